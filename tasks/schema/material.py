"""What is judged: dialogues up to a moment, the systems that answer there, and their responses."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tasks.schema.record import Identifier, Record
from tasks.schema.words import Translation, Words

Role = Literal["client", "counselor"]


class Turn(Record):
    """Consecutive utterances of one role. `utterances` are 0-based indices into the published dialogue, [] if none."""

    role: Role
    text: str
    utterances: tuple[int, ...] = ()
    translation: Translation | None = None
    """Shown, marked as such, to readers of its languages."""


class Source(Record):
    """Where an item comes from; `text_sha256` is of the context's texts joined by newlines, so it can be rehydrated."""

    dataset: str
    dialogue_id: str
    utterance_index: int | None = None
    """0-based index of the last utterance shown."""
    text_sha256: str | None = None
    reference_utterances: tuple[int, ...] = ()
    """0-based indices of the human's next turn, of which `reference` is the text."""
    reference_sha256: str | None = None
    counselor_id: str | None = None
    client_id: str | None = None
    score: int | None = None


class Item(Record):
    """The dialogue so far that systems answer; in `rating` and `label`, the dialogue itself."""

    item_id: Identifier
    turns: tuple[Turn, ...]
    source: Source | None = None
    topic: str = ""
    depth: float | None = Field(default=None, ge=0, le=1)
    """Share of the dialogue's utterances that lie before the answer, 0..1."""
    stratum: str = ""
    """Cell of the design within which sides are balanced, usually topic and depth band; '' = one stratum."""
    reference: str | None = None
    """The human's next turn. Never sent to a rater but as the Response of a human System."""

    @property
    def dialogue(self) -> str:
        """The resampling unit of every interval: the source dialogue, or the item where there is none."""
        return self.source.dialogue_id if self.source else self.item_id


class Response(Record):
    """One System's text for one Item."""

    item_id: Identifier
    system_id: Identifier
    text: str
    translation: Translation | None = None
    generation: dict[str, Any] = Field(default_factory=dict)
    """Facts of the generation: seed, token count, stop reason, batch size."""


class System(Record):
    """What produced responses: model + adapter + decoding, or the human counsellor."""

    system_id: Identifier
    kind: Literal["model", "human", "written"] = "model"
    """`written`: example texts written for a study, by no model and no counsellor at work."""
    name: str = ""
    description: Words | None = None
    model: str | None = None
    adapter: str | None = None
    tuned: bool = False
    """True: training made this system out of another one of the study; an adapter says so by itself (`is_tuned`)."""
    decoding: dict[str, Any] = Field(default_factory=dict)
    manifest: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_tuned(self) -> bool:
        """Whether the last question calls this system the adjusted one: marked as tuned, or with an adapter."""
        return self.tuned or bool(self.adapter)
