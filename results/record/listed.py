"""Records of what readers look up: flagged responses, disputed items, visible differences between systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import Effect, Strict
from tasks.languages.tag import Language
from tasks.schema import Words


class FlagCounts(Strict):
    """How many of a system's responses were flagged as possibly harmful."""

    rated: int
    flagged_by_anyone: int
    flagged_by_majority: int


class FlaggedResponse(Strict):
    """A response that somebody flagged."""

    system: str
    item_id: str
    flags: int
    raters: int
    """Raters who judged it."""
    reasons: tuple[str, ...]
    """Ids of the reasons pressed."""


class FlaggedRecord(Strict):
    """Possible harm."""

    systems: Mapping[str, FlagCounts]
    responses: tuple[FlaggedResponse, ...]


class DisputedAnswer(Strict):
    """One rater's answer, unnamed."""

    margin: int
    """Signed strength, positive towards the first of the item's `systems`."""
    comment: str
    """'' where none was written."""
    marks: Mapping[str, Mapping[str, int]]
    """Points of scales by criterion and system of whoever commented; {} without a comment."""


class DisputedItem(Strict):
    """An item on which raters differ."""

    item_id: str
    systems: tuple[str, str]
    variance: float
    """Of the signed strengths."""
    answers: tuple[DisputedAnswer, ...]


class LeakRecord(Strict):
    """A visible difference between two systems' responses, by which a rater could guess."""

    kind: Literal["self_identification", "model_name", "template", "language", "format", "gap"]
    name: str
    """`characters` or `questions`."""
    system: str
    other: str | None
    """The system it is compared with."""
    count: int
    """Responses of `system` that show it."""
    responses: int
    items: tuple[str, ...]
    found: tuple[str, ...]
    clear: bool
    """true where the interval of Cliff's delta excludes 0."""
    effects: Mapping[str, Effect]
    """`cohens_d`, `cliffs_delta` (-1..1) and `dominance` (0..1, ties half); positive or above 0.5 where `system` has
    more."""


class ExampleText(Strict):
    """A text that raters read."""

    text: str
    language: Language
    """The language that the study's dialogues are taken to be written in, by their script and its languages."""
    translation: Words | None


class ExampleRecord(Strict):
    """An item to read, chosen by a rule, with its texts."""

    rule: Literal["typical", "disputed", "against"]
    """`typical`: its margin is nearest to the mean. `disputed`: its answers spread most widely. `against`: its margin
    is furthest from 0 on the side that the mean does not favour."""
    item_id: str
    systems: tuple[str, str]
    margin: float
    votes: tuple[int, int, int]
    """Votes for the first system, for neither, for the second."""
    last: ExampleText
    """The turn that was answered."""
    responses: tuple[ExampleText, ExampleText]
