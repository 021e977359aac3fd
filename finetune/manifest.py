"""The run card beside every adapter and every file of responses: what made it, with hashes and versions."""

from __future__ import annotations

import json
import platform
import re
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from finetune.preference_recipe import PreferenceRecipe
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS
from tasks.errors import InputError

NAME = "manifest.json"
PACKAGES = (
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "bitsandbytes",
    "tokenizers",
    "numpy",
    "trl",
    "kokoro-studio",
)
DEMONSTRATION = (
    "A demonstration on a very small model: not a usable counsellor. "
    "ごく小さなモデルによる実演です。相談には使えません。"
)


class Card(BaseModel):
    """A frozen record; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class BaseCard(Card):
    """The base model. `digest` covers weights, configuration and tokeniser: adapters fit where it is equal."""

    backend: str
    name: str
    revision: str | None
    digest: str
    folder: str
    """Where it lay on the machine that made this card; empty in what is pushed."""

    @property
    def local(self) -> bool:
        """True where `name` is a folder of the machine that made this card."""
        return bool(self.folder) and Path(self.folder) == Path(self.name)

    @property
    def public_name(self) -> str:
        """The name without a path: a Hub id, or a folder's last part."""
        return re.split(r"[\\/]", self.name.rstrip("\\/"))[-1] if self.local else self.name

    @property
    def hub_id(self) -> str:
        """The Hub's id of the base, '' where it is none."""
        return self.name if self.backend == "transformers" and not self.local and "/" in self.name else ""


class PromptCard(Card):
    """How dialogues were written: names, and hashes of the texts behind them."""

    rendering: str
    rendering_digest: str
    system_prompt: str
    system_prompt_text: str


class DataCard(Card):
    """What was trained on. Counts of dialogues and tokens; ids are in splits.json beside the adapter.

    `examples` are the sequences dialogues became (pieces where they were split); `truncated` and `dropped` count
    examples, `lost_targets` the counsellor tokens lost with them. None in cards made before they were counted.
    """

    digest: str
    source: str
    dialogues: int
    tokens: int
    targets: int
    held_out_dialogues: int
    truncated: int
    dropped: int
    examples: int | None = None
    lost_targets: int | None = None


class Metrics(Card):
    """Held-out losses in nats per counsellor token, speed, and why the run ended."""

    held_out_loss_before: float
    held_out_loss_after: float | None
    """None where it is not a number: the run diverged."""
    train_loss: float | None
    """Mean over the last logged steps; None where none was logged."""
    steps: int
    epochs: float
    tokens: int
    seconds: float
    tokens_per_second: float
    peak_gigabytes: float | None
    ended: Literal["whole", "max_minutes", "max_steps", "early_stopping", "diverged"]
    loss_of: Literal["token", "pair"] = "token"
    """`pair`: held-out losses are those of preferences, nats per pair: ln 2 where nothing was learned."""

    @property
    def warning(self) -> str:
        """Why the adapter is not to be used, '' where nothing says so."""
        before, after = self.held_out_loss_before, self.held_out_loss_after
        if self.ended == "diverged":
            return f"NOT TO BE USED: training diverged and was ended after {self.steps} steps; lower learning_rate"
        if after is not None and after <= before:
            return ""
        worse = "is no number" if after is None else f"rose from {before:.4f} to {after:.4f} nats per {self.loss_of}"
        better = "the base without this adapter" if self.loss_of == "token" else "what it began from"
        return (
            f"NOT TO BE USED: the held-out loss {worse}; {better} is better. Usual causes: a"
            " learning rate too high (learning_rate), or too few steps for one (num_train_epochs, max_steps)"
        )


def nats(loss: float | None) -> str:
    """A loss to four decimals; words where it is none."""
    return "no number" if loss is None else f"{loss:.4f}"


class Preferred(Card):
    """How an adapter learned from preferences, and how many of those held out it tells: a pair counts as right where
    training raised the chosen text's log-probability by more than the rejected one's."""

    settings: PreferenceRecipe
    start: str
    """sha256 of the weights it began from and is measured against."""
    pairs: int
    """Trained on."""
    left_out: dict[str, int]
    """Pairs of the file that were not used, by reason."""
    simulated: int
    """Pairs of the file that no person preferred."""
    held_out_pairs: int
    right_pairs: int
    accuracy: float
    """Mean over held-out dialogues of their share of right pairs, 0..1; chance is 0.5."""


class Manifest(Card):
    """Everything about one adapter but its weights."""

    format_version: Literal[1] = 1
    kind: Literal["adapter"] = "adapter"
    name: str
    made_at: str
    note: str
    recipe: Recipe
    recipe_digest: str
    base: BaseCard
    prompt: PromptCard
    data: DataCard
    dtype: str
    device: str
    processes: int
    metrics: Metrics
    preferred: Preferred | None = None
    """Of an adapter that learned from preferences; `recipe` is then that of its start."""
    versions: dict[str, str]
    licences: tuple[str, ...]


def prompt_card(recipe: Recipe) -> PromptCard:
    """How the recipe writes dialogues."""
    return PromptCard(
        rendering=recipe.rendering,
        rendering_digest=RENDERINGS[recipe.rendering].digest,
        system_prompt=recipe.system_prompt,
        system_prompt_text=recipe.prompt,
    )


def versions() -> dict[str, str]:
    """Installed versions of what decides the result; packages that are not installed are left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def now() -> str:
    """The time, UTC ISO-8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read(folder: Path) -> Manifest:
    """The card of an adapter's folder.

    Raises:
        InputError: there is none, or it is not one of ours.
    """
    path = folder / NAME
    try:
        return Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: missing; {folder} is no finished run of finetune (a run writes it last)") from error
    except (json.JSONDecodeError, ValidationError) as error:
        raise InputError(f"{path}: not a run card of this version: {error}") from error


def dumped(card: Card) -> dict[str, Any]:
    """A card as JSON holds it."""
    return card.model_dump(mode="json")
