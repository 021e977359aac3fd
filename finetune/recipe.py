"""Recipes: one frozen record, read from YAML, overridden by a card section and by `--set key=value`.

Names are trl's and peft's wherever they have one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from finetune.rendering import RENDERINGS, SYSTEM_PROMPTS, Language, in_language
from finetune.settings import given
from tasks.errors import InputError
from tasks.files import sha256_texts

FOLDER = Path(__file__).parent / "recipes"
Card = Literal["24gb", "80gb"]


class Recipe(BaseModel):
    """Everything that decides a training run but the data's bytes. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    name: str
    backend: Literal["tiny", "embedded", "transformers"]
    """`tiny`: random weights for tests. `embedded`: Gemma 3 270M for the laptop. `transformers`: a folder or Hub id."""
    model_name_or_path: str = ""
    """Folder or Hub id, for `transformers`."""
    model_revision: str | None = None
    """A Hub model's commit, branch or tag; None = its newest commit, which the run card then names."""
    rendering: str
    """How a dialogue is written: a name of `finetune.rendering.RENDERINGS`."""
    task: Literal["respond", "score"] = "respond"
    """`respond`: the counsellor's turns carry loss. `score`: the client's feedback on the whole dialogue does."""
    system_prompt: str = "counselor-ja-1"
    """A name of `finetune.rendering.SYSTEM_PROMPTS`, or a text file of one's own (`FILE.txt`); '' = none."""
    system_prompt_text: str = ""
    """The words of that file, read with the recipe; '' = those of the name."""

    language: Language = "ja"
    """Whose words of Multilingual KokoroChat are trained on; shipped prompts and labels go with it, of any data."""
    subset: Literal["low", "high", "full", "all"] = "high"
    """Score bands trained on: low < 70, high 70..98, full = both, all = with 99 and 100."""
    match_subset: Literal["low", "high", "full"] | None = None
    """Draw only as many dialogues as this subset has in the same split: a control for size."""
    split_by: Literal["counselor", "client", "random", "paper"] = "counselor"
    """`counselor`, `client`: no such person of valid or test is trained on. `random`: by dialogue, people are shared.
    `paper`: scores over 98 are the test part."""
    split_salt: str = "kokorochat-split-v199"
    holdout_persons: bool = False
    """Also drop dialogues whose client is a held-out person."""
    strip_meta: Literal["bracket", "keep"] = "bracket"
    """`bracket`: utterances in brackets, talk outside the played counselling, are left out."""
    examples: Literal["per_dialogue", "per_turn"] = "per_dialogue"
    """`per_turn` makes one example of each counsellor turn: the same losses for 19 times the tokens."""
    loss_on: Literal["every", "last"] = "every"
    """The counsellor's turns that carry loss: every one, or a dialogue's last alone."""
    person_field: str = ""
    """Of other data than KokoroChat, the field that names whose dialogue it is; '' = each dialogue is its own."""
    dialogue_field: str = ""
    """Of other data, the field with a dialogue's list of messages; '' = told by its shape."""
    speaker_field: str = "role"
    """A message's field with its speaker's label, where `dialogue_field` is said."""
    text_field: str = "content"
    """A message's field with its words, where `dialogue_field` is said."""
    speaker_roles: dict[str, Literal["client", "counselor", "none"]] = Field(default_factory=dict)
    """Who a speaker's label is, where no common word says it; `none`: left out."""
    eval_dialogues: int = Field(default=64, ge=1)
    """Dialogues of the valid part (of train, `split_by: paper`) whose loss is held out; drawn by hash of their ids."""

    max_length: int = Field(default=4096, ge=64)
    """Tokens an example may have."""
    on_long: Literal["truncate", "split", "drop", "error"] = "truncate"
    """What becomes of a longer one: its end is cut (and counted), it is split after counsellor turns into several that
    each begin anew, it is left out (and counted), or training stops."""

    load_in_4bit: bool = False
    """NF4 with double quantisation: QLoRA. False = LoRA on the base in `dtype`."""
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    """Compute dtype; `auto` = bfloat16 where the hardware has it, else float32."""
    attn_implementation: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa"
    lora_r: int = Field(default=16, ge=1)
    lora_alpha: float = Field(default=32, gt=0)
    lora_dropout: float = Field(default=0.05, ge=0, lt=1)
    lora_target_modules: str | tuple[str, ...] = "all-linear"
    use_rslora: bool = False

    learning_rate: float = Field(default=2e-4, gt=0)
    """Peak; warmed up linearly, then a cosine to a tenth of it."""
    warmup_ratio: float = Field(default=0.03, ge=0, lt=1)
    """Share of the run."""
    weight_decay: float = Field(default=0.0, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    optim: Literal["adamw_torch", "adamw_8bit", "paged_adamw_8bit"] = "adamw_torch"
    num_train_epochs: float = Field(default=2.0, gt=0)
    max_tokens: int | None = Field(default=None, ge=1)
    """End after this many training tokens, repeating or cutting passes as needed; num_train_epochs is then ignored."""
    max_minutes: float | None = Field(default=None, gt=0)
    """End after this much wall clock of training; the learning rate then follows whichever end comes first."""
    max_steps: int | None = Field(default=None, ge=1)
    """End after this many optimizer steps (the schedule is not changed: for trying things out)."""
    tokens_per_batch: int = Field(default=8192, ge=64)
    """Tokens of one forward pass, padding counted; also the width of a packed row."""
    sequences_per_batch: int | None = Field(default=None, ge=1)
    """Examples of one forward pass, drawn in random order, in place of a number of tokens; None = by tokens."""
    gradient_accumulation_steps: int = Field(default=1, ge=1)
    """Batches in an optimizer step, for each process."""
    packing: bool = False
    """Examples end to end in rows of tokens_per_batch instead of length-grouped batches."""
    gradient_checkpointing: bool = False
    seed: int = 0

    eval_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps between evaluations; None = before and after training alone."""
    save_steps: int = Field(default=50, ge=1)
    """Optimizer steps between checkpoints; with early stopping it follows eval_steps."""
    early_stopping_patience: int | None = Field(default=None, ge=1)
    """Evaluations without a better held-out loss after which training ends; the best adapter is kept."""
    logging_steps: int = Field(default=5, ge=1)
    report_to: Literal["none", "tensorboard", "trackio", "wandb"] = "none"
    """Where losses go as they come, beside log.jsonl; no text of a dialogue goes there."""
    sample_answers: int = Field(default=2, ge=0)
    """Held-out contexts that are answered at each evaluation, into samples.jsonl; 0 = none."""

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        problems = list(_contradictions(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def prompt(self) -> str:
        """The words of the system prompt; '' = none."""
        return self.system_prompt_text or SYSTEM_PROMPTS.get(self.system_prompt, "")

    @property
    def digest(self) -> str:
        """Hash of every setting that decides the trained weights; where a run ends and what it logs are not of them."""
        ends = {"max_minutes", "max_steps", "report_to", "logging_steps", "save_steps", "sample_answers"}
        later: dict[str, Any] = {
            "task": "respond",
            "loss_on": "every",
            "person_field": "",
            "language": "ja",
            "dialogue_field": "",
            "speaker_field": "role",
            "text_field": "content",
            "speaker_roles": {},
            "sequences_per_batch": None,
            "system_prompt_text": "",
        }
        # runs made before there were these settings keep their digest
        ends |= {name for name, was in later.items() if getattr(self, name) == was}
        return sha256_texts(self.model_dump_json(exclude=ends))


def _contradictions(recipe: Recipe) -> list[str]:
    found = []
    if recipe.backend == "transformers" and not recipe.model_name_or_path:
        found.append("model_name_or_path is needed with backend transformers: a model folder or a Hub id")
    if recipe.backend == "embedded" and recipe.load_in_4bit:
        found.append("load_in_4bit: the embedded model is small; it is trained unquantised")
    if recipe.rendering not in RENDERINGS:
        found.append(f"rendering: found {recipe.rendering!r}; allowed: {', '.join(RENDERINGS)}")
    if recipe.system_prompt and not recipe.prompt:
        allowed = f"{', '.join(SYSTEM_PROMPTS)}, a text file (FILE.txt) or ''"
        found.append(f"system_prompt: found {recipe.system_prompt!r}; allowed: {allowed}")
    if recipe.task == "score" and recipe.language != "ja":
        found.append(f"language: found {recipe.language!r}; scores are predicted of the Japanese dialogues alone")
    if recipe.sequences_per_batch and recipe.packing:
        found.append("sequences_per_batch: packed rows are filled by tokens; leave one of the two out")
    if recipe.early_stopping_patience and not recipe.eval_steps:
        found.append("early_stopping_patience needs eval_steps")
    return found


def load(name: str, card: Card | None = None, overrides: tuple[str, ...] = ()) -> Recipe:
    """A shipped recipe by name, or a YAML file by path.

    Args:
        card: the section of `cards` laid over the recipe; needed only where the recipe has sections and no default.
        overrides: `key=value`, the value read as YAML.

    Raises:
        InputError: no such recipe, unknown key, value not allowed; all of them at once.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    values = _read(path, name)
    cards = values.pop("cards", {})
    if card is not None and card not in cards:
        raise InputError(f"{path}: no section for --card {card}; allowed: {', '.join(cards) or 'none'}")
    section = cards.get(card or next(iter(cards), None), {})
    values = {"name": path.stem, **values, **section, **given(overrides)}
    values |= {**_in_language(values), **_own_prompt(values.get("system_prompt"))}
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise InputError(_message(path, entry) for entry in error.errors()) from error


def _in_language(values: dict[str, Any]) -> dict[str, Any]:
    """Prompt and rendering in the recipe's language, where shipped ones in Japanese were named or none was."""
    language: Language | None = next((one for one in get_args(Language) if one == values.get("language")), None)
    if language is None:
        return {}
    named = {"system_prompt": Recipe.model_fields["system_prompt"].default, **values}
    return {key: in_language(str(named[key]), language) for key in ("system_prompt", "rendering") if key in named}


def _own_prompt(name: object) -> dict[str, str]:
    """The words of a system prompt that is a file, under the file's name alone; {} of a shipped one."""
    if not isinstance(name, str) or not name.endswith(".txt"):
        return {}
    try:
        text = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"system_prompt: {name}: cannot be read ({error}); a text file in UTF-8 is needed") from error
    if not text:
        raise InputError(f"system_prompt: {name}: is empty; for no system prompt say system_prompt=")
    return {"system_prompt": Path(name).name, "system_prompt_text": text}


def names() -> tuple[str, ...]:
    """The shipped recipes."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def _read(path: Path, name: str) -> dict[str, Any]:
    if not path.is_file():
        raise InputError(f"recipe {name}: not found; shipped: {', '.join(names())}, or give a .yaml file")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {error}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path}: found {type(values).__name__}; a mapping of settings is needed")
    return values


def _message(path: Path, entry: Any) -> str:
    where = ".".join(str(part) for part in entry["loc"])
    if entry["type"] == "extra_forbidden":
        return f"{path}: unknown key {where}; allowed: {', '.join(Recipe.model_fields)}"
    found = "" if entry["type"] in ("missing", "value_error") else f" found {entry['input']!r};"
    return f"{path}: {where + ':' if where else ''}{found} {entry['msg'].removeprefix('Value error, ')}"
