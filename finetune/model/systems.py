"""The systems a reader asks for, `NAME=base|ADAPTER|MODEL`: what each needs, one base in memory, adapters switched."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune import manifest, recipe
from finetune.data.vocabulary import WholeVocabulary
from finetune.hub import client as hub
from finetune.manifest import Manifest
from finetune.model import bases
from finetune.model.bases import Base
from finetune.model.loss import refuse_unlike
from finetune.model.stock_template import stock
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS, Control
from tasks.errors import InputError
from tasks.files import sha256_file

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
LAPTOP = "embedded-high"
"""Names the base where neither an adapter nor --recipe does."""
READING = (
    "load_in_4bit",
    "dtype",
    "attn_implementation",
    "rendering",
    "system_prompt",
    "system_prompt_text",
    "strip_meta",
    "language",
    "task",
)
"""Settings of a recipe that decide what the base alone says: its precision, and how it reads a dialogue."""
FOREIGN = ("llama3", "qwen3", "chatml", "gemma3", "plain")
"""Renderings tried, in this order, on a model that no recipe of ours describes; qwen3 where its template can think."""


@dataclass(frozen=True)
class Asked:
    """One system: its id in the study, its base, and its adapter's folder (None = the base alone) and card.

    `card` is None where the system is no adapter trained here.
    """

    system_id: str
    base: Base
    recipe: Recipe
    adapter: Path | None
    card: Manifest | None

    @property
    def trained_on(self) -> frozenset[str]:
        """Ids of the dialogues its adapter was trained on; empty where nothing says."""
        return self._split("trained")

    @property
    def preferred(self) -> frozenset[str]:
        """Ids of the dialogues about which its adapter saw preferences, those held out among them."""
        return self._split("preferred")

    def _split(self, part: str) -> frozenset[str]:
        path = self.adapter / "splits.json" if self.adapter else None
        if path is None or not path.is_file():
            return frozenset()
        return frozenset(json.loads(path.read_text(encoding="utf-8")).get(part, ()))


@dataclass(frozen=True)
class _Named:
    """One --system option with what it was found to be."""

    name: str
    what: str
    artifact: hub.Artifact | None
    card: Manifest | None


def asked(texts: Sequence[str], base_recipe: str | None) -> list[Asked]:
    """Reads `--system` options.

    Args:
        base_recipe: recipe that names the base where no adapter does; it also says how a full model, or an adapter
            made elsewhere, reads dialogues. Without it, `base` is the base of the adapters named, or else the laptop
            model, and a foreign model's tokeniser decides how it reads.

    Raises:
        InputError: an id twice or malformed, a name that is neither adapter nor model, or an adapter whose base is
            another one than the machine has now; all at once.
    """
    pairs = _pairs(texts)
    given = recipe.load(base_recipe) if base_recipe is not None else None
    errors: list[str] = []
    named = [option for pair in pairs if (option := _resolved(*pair, errors)) is not None]
    systems = []
    for option in named if not errors else []:
        try:
            systems.append(_asked(option, given, named))
        except InputError as error:
            errors += error.errors
    if errors:
        raise InputError(errors)
    return systems


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(name, what) for name, _, what in (text.partition("=") for text in texts)]
    names = [name for name, _ in pairs]
    errors = [f"--system {n}={w}: found id {n!r}; write NAME=base, NAME=ADAPTER or NAME=MODEL, NAME of letters, digits,"
              " '_', '.', '-'" for n, w in pairs if not w or not IDENTIFIER.fullmatch(n)]  # fmt: skip
    errors += [f"--system {name}: named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if errors:
        raise InputError(errors)
    return pairs


def _resolved(name: str, what: str, errors: list[str]) -> _Named | None:
    if what == "base":
        return _Named(name, what, None, None)
    try:
        artifact = hub.resolve(what)
        card = manifest.read(artifact.folder) if (artifact.folder / manifest.NAME).is_file() else None
    except InputError as error:
        errors += [f"--system {name}={what}: {line}" for line in error.errors]
        return None
    return _Named(name, what, artifact, card)


def _asked(option: _Named, given: Recipe | None, named: Sequence[_Named]) -> Asked:
    if option.artifact is None:
        reading = given or _base_of(option, named)
        return Asked(option.name, bases.find(reading), reading, None, None)
    if option.artifact.kind == "model":
        return _full_model(option, option.artifact, given)
    if option.card is None:
        return _foreign_adapter(option, option.artifact, given)
    base = bases.find(option.card.recipe)
    if base.digest != option.card.base.digest:
        raise InputError(
            f"--system {option.name}={option.what}: the adapter was trained on another base ({option.card.base.name},"
            f" {option.card.base.digest[:12]}) than the one here ({base.name}, {base.digest[:12]})"
        )
    return Asked(option.name, base, option.card.recipe, option.artifact.folder, option.card)


def _base_of(option: _Named, named: Sequence[_Named]) -> Recipe:
    """The recipe under which the base alone answers: that of the adapters beside it, in whatever order they stand."""
    cards = {other.name: other.card for other in named if other.card is not None}
    bases = {card.base.digest for card in cards.values()}
    if len(bases) > 1:
        raise InputError(
            f"--system {option.name}=base: which base is meant? The adapters have {len(bases)}; name a recipe with"
            " --recipe, or the model itself"
        )
    if differing := [key for key in READING if len({getattr(c.recipe, key) for c in cards.values()}) > 1]:
        ways = "; ".join(
            f"{name}: {', '.join(f'{key}={getattr(card.recipe, key)}' for key in differing)}"
            for name, card in sorted(cards.items())
        )
        raise InputError(
            f"--system {option.name}=base: the adapters load or read the base in different ways ({ways}), and its"
            " responses would differ with them; say with --recipe which is meant, or ask for the base in a run with one"
            " of them"
        )
    return next(iter(cards.values())).recipe if cards else recipe.load(LAPTOP)


def _full_model(option: _Named, artifact: hub.Artifact, given: Recipe | None) -> Asked:
    known = option.card.recipe if option.card is not None else given
    reading = _reading(known, option.what, artifact.folder, artifact.revision)
    demonstration = bool(option.card and option.card.note)
    return Asked(
        option.name,
        Base(artifact.folder, option.what, bases.digest(artifact.folder), demonstration),
        reading,
        None,
        None,
    )


def _foreign_adapter(option: _Named, artifact: hub.Artifact, given: Recipe | None) -> Asked:
    """An adapter without a run card: its own adapter_config.json names the base."""
    config = json.loads((artifact.folder / "adapter_config.json").read_text(encoding="utf-8"))
    name, revision = str(config.get("base_model_name_or_path") or ""), config.get("revision")
    if not name and given is None:
        raise InputError(f"--system {option.name}={option.what}: its adapter_config.json names no base; say --recipe")
    if given is not None:
        return Asked(option.name, bases.find(given), given, artifact.folder, None)
    folder = bases.local_or_hub(name, revision)
    return Asked(
        option.name, Base(folder, name, bases.digest(folder), False), _reading(None, name, folder, revision),
        artifact.folder, None,
    )  # fmt: skip


def _reading(known: Recipe | None, name: str, folder: Path, revision: str | None) -> Recipe:
    """A recipe under which the model in `folder` is loaded and reads dialogues."""
    place = {"backend": "transformers", "model_name_or_path": str(folder), "model_revision": revision}
    if known is not None:
        return known.model_copy(update={**place, "load_in_4bit": known.load_in_4bit and known.backend != "embedded"})
    rendering = rendering_of(folder)
    prompt = "transcript-ja-1" if rendering == "plain" else "counselor-ja-1"
    return Recipe.model_validate({"name": name, "rendering": rendering, "system_prompt": prompt, **place})


def rendering_of(folder: Path) -> str:
    """The first rendering whose control tokens a model's tokeniser has.

    Raises:
        InputError: none fits.
    """
    vocabulary = WholeVocabulary(folder / "tokenizer.json")
    for name in FOREIGN:
        rendering = RENDERINGS[name]
        frames = (rendering.begin, *rendering.system, *rendering.client, *rendering.counselor)
        controls = {part for parts in frames for part in parts if isinstance(part, Control)}
        thinks = name != "qwen3" or "enable_thinking" in stock(folder)
        if thinks and all(vocabulary.control(part) is not None for part in controls):
            return name
    raise InputError(
        f"{folder}: its tokeniser has the control tokens of none of {', '.join(FOREIGN)}; this model cannot be asked"
    )


def by_base(wanted: Sequence[Asked]) -> list[list[Asked]]:
    """Systems that can share one base in memory, in the order first named."""
    groups: dict[tuple[str, bool, str, str], list[Asked]] = {}
    for system in wanted:
        how = system.recipe
        key = (system.base.digest, how.load_in_4bit, how.dtype, how.attn_implementation)
        groups.setdefault(key, []).append(system)
    return list(groups.values())


def loaded(systems: Sequence[Asked], measured: bool = False) -> Any:
    """Their one base with every adapter, in eval mode; none is chosen yet: see `switched`.

    Args:
        measured: losses or answers are read from its hidden states, not only texts drawn.

    Raises:
        InputError: `measured`, and the model's own logits are others than those: see `loss.refuse_unlike`.
    """
    from peft import PeftModel

    model = bases.load(systems[0].base, systems[0].recipe)
    if measured:
        refuse_unlike(model, systems[0].base.name)
    for system in systems:
        if system.adapter is None:
            continue
        name, folder = adapter_name(system), str(system.adapter)
        if isinstance(model, PeftModel):
            model.load_adapter(folder, adapter_name=name)
        else:
            model = PeftModel.from_pretrained(model, folder, adapter_name=name)
    return model.eval()


def adapter_name(system: Asked) -> str:
    """The name peft knows an adapter by; module names cannot hold dots."""
    return system.system_id.replace(".", "_dot_")


def switched(model: Any, system: Asked) -> AbstractContextManager[Any]:
    """A context in which the model answers as the system does."""
    if system.adapter is not None:
        model.set_adapter(adapter_name(system))
        return nullcontext()
    plain: AbstractContextManager[Any] = nullcontext()
    return model.disable_adapter() if hasattr(model, "disable_adapter") else plain


def precision(recipe: Recipe) -> dict[str, str]:
    """How weights are held and computed with on this machine: part of what a system is."""
    compute = str(bases.compute_dtype(recipe, bases.device_of())).removeprefix("torch.")
    return {
        "weights": "nf4" if recipe.load_in_4bit else compute,
        "compute": compute,
        "attention": recipe.attn_implementation,
    }


def weights_of(system: Asked) -> Path | None:
    """The file of its adapter; None = the base alone."""
    return system.adapter / "adapter_model.safetensors" if system.adapter else None


def made_by(system: Asked) -> dict[str, Any]:
    """Base, adapter and precision, for the card of what the system made."""
    weights = weights_of(system)
    card = manifest.dumped(system.card) if system.card else None
    return {
        "base": {"name": system.base.name, "revision": system.recipe.model_revision, "digest": system.base.digest},
        "adapter": {"sha256": sha256_file(weights), "card": card} if weights else None,
        "precision": precision(system.recipe),
    }
