"""The rows of an export, named after the columns of docs/study-format.md, in their order.

Several values in one cell (reasons, kinds of question) are joined by `|`. None is an empty cell.
"""

from __future__ import annotations

from tasks.schema import AssignmentKind, Kind, Leaving, Of, Record, Status, Target, Value


class JudgmentRow(Record):
    """One judgment that counts: that of the highest server sequence of its assignment."""

    study_id: str
    rater: str
    """Pseudonym, `R001` by Seat."""
    seat: int
    assignment_id: str
    kind: AssignmentKind
    position: int
    item_id: str
    dialogue: str
    """The resampling unit of every interval: `Item.dialogue`."""
    stratum: str = ""
    criterion: str
    criterion_kind: Kind
    of: Of
    target: Target
    value: Value | None = None
    """A preference's strength 0..2; None = missing, see `reason`."""
    chosen_system: str | None = None
    """Of a preference: None = about the same, when `value` is given."""
    strength: int | None = None
    reason: str = ""
    """`cannot_judge` or `skipped` (then reasons pressed) where the value is missing, else the reasons pressed."""
    first_system: str | None = None
    second_system: str | None = None
    side: str = ""
    """Where the target stood: `first`, `second` or ''."""
    seq: int
    submission_id: str
    submitted_at: str
    active_seconds: float | None = None


class AssignmentRow(Record):
    """One assignment, judged or not."""

    assignment_id: str
    seat: int
    rater: str | None = None
    """None while nobody has taken the Seat."""
    position: int
    kind: AssignmentKind
    item_id: str
    first_system: str | None = None
    second_system: str | None = None
    stratum: str = ""
    repeats: str | None = None
    """assignment_id that this one shows again."""
    status: Status
    seq: int | None = None
    submission_id: str | None = None
    submitted_at: str | None = None
    active_seconds: float | None = None
    revision: int = 0
    """Number of superseded submissions."""
    left: Leaving | None = None
    left_reasons: str = ""


class ItemRow(Record):
    """Facts of an item, without its text."""

    item_id: str
    dialogue: str
    topic: str = ""
    depth: float | None = None
    stratum: str = ""
    counselor_id: str | None = None


class ResponseRow(Record):
    """Facts of a response, without its text, so that a report stands without texts."""

    item_id: str
    system_id: str
    characters: int
    """Unicode code points."""
    questions: int | None = None
    """Questions found by the detector of `language` (`tasks.asking.detectors`); None where it has none."""
    question_kinds: str = ""
    language: str = "ja"
    """In which the response is written, and by whose rules it was counted."""
    minimal: bool | None = None
    """Whether it is a minimal response by its own words (`tasks.asking.minimal`); None where that cannot be told."""


class RaterRow(Record):
    """How far a rater came."""

    rater: str
    seat: int
    joined_at: str | None = None
    finished_at: str | None = None
    assignments_planned: int
    assignments_done: int
    withdrawn: bool = False


class CommentRow(Record):
    """A comment, with the systems in the order that rater saw."""

    assignment_id: str
    rater: str
    item_id: str
    first_system: str | None = None
    second_system: str | None = None
    comment: str = ""


class LookRow(Record):
    """A look by the rule that a study declared: whether it may stop, and nothing of what the judgments say."""

    at: str
    look: int
    """After which block of items, from 1."""
    of: int
    """Looks declared, the last one included."""
    items: int
    """Items judged by then, of `planned`."""
    planned: int
    level: float
    """Nominal two-sided level that the comparison was held against."""
    enough: bool
    """Whether the bound was crossed."""


PLAN_CHANGED = "plan_changed"
"""The act that changed what a study declares of its analysis after launch."""


class ActRow(Record):
    """What was done after launch that readers must know of: Seats added, results looked at, opened again."""

    at: str
    kind: str
    """`seats_planned`, `reclaimed`, `looked`, `exported` (while open), `reopened`, `plan_changed` (of the analysis), or
    `withdrawn` (not of whom)."""
    what: str = ""
    """Of `looked`: what was looked at, and why; of `seats_planned`: kind and number of assignments; of `plan_changed`:
    each part before and after."""
