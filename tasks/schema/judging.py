"""Work and what comes of it: planned assignments, the page's submissions, judgments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StrictInt, StrictStr, StringConstraints

from tasks.schema.record import Identifier, Record
from tasks.schema.target import Place, Target

AssignmentKind = Literal["practice", "pilot", "main", "repeat", "check", "blinding", "adjudication"]
Status = Literal["planned", "shown", "submitted", "left", "withdrawn", "reclaimed"]
Leaving = Literal["cannot_judge", "skipped"]
AnswerValue = int | str | list[JsonValue]
"""What a page gives; lists are labels, spans, or [index, value] of utterances, as the criterion says."""
Value = int | float | str | list[StrictInt | StrictStr] | list[list[StrictInt | StrictStr]]
"""What is stored: a point or count, a word, labels, or spans as [start, end), a label third where they have labels."""


class PlannedAssignment(Record):
    """One line of the plan: what a Seat sees at a position (0-based), and in which presentation order.

    `order` is the system_ids shown, first side first: two in `pairwise`, one or none in `rating` and `label`.
    """

    seat: int = Field(ge=0)
    position: int = Field(ge=0)
    kind: AssignmentKind = "main"
    item_id: Identifier
    order: tuple[Identifier, ...]
    stratum: str = ""
    repeats: int | None = None
    """Position, in the same Seat, of the assignment this one shows again."""


class Answer(Record):
    """One answer as the page gives it, still in sides. The service resolves it to systems, once."""

    criterion: Identifier
    side: Place
    value: AnswerValue | None = None
    reasons: tuple[str, ...] = ()


class Submission(Record):
    """A Rater's whole form for one Assignment. `submission_id` is made on the device: sending it again is harmless."""

    submission_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F-]{32,36}$")]
    assignment_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    answers: tuple[Answer, ...] = ()
    left: Leaving | None = None
    left_reasons: tuple[str, ...] = ()
    comment: str = Field(default="", max_length=4000)
    client: dict[str, Any] = Field(default_factory=dict)
    """Facts of the device, whatever a page sends of them: active_seconds, viewport, layout, order of answering,
    changes, texts seen to their end."""


class Judgment(Record):
    """One value of one target.

    For a preference `value` is the strength 0..2 and `chosen_system` the system preferred (None = about the same);
    for spans, half-open [start, end) offsets in Unicode code points. `reason` says why a value is missing
    (`cannot_judge`, `skipped`), or is the reasons pressed.
    """

    criterion: Identifier
    target: Target
    value: Value | None = None
    chosen_system: Identifier | None = None
    reason: tuple[str, ...] = ()
