"""A line of the event log, and what those lines hold that the program reads again.

A stored payload keeps its keys for ever; what a later version adds is `NotRequired`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from tasks.schema import Value


@dataclass(frozen=True)
class Event:
    """One line of the log. `at` is the server's clock (UTC ISO-8601); `seq` is its order and 0 before it is stored."""

    uuid: str
    study: str
    at: str
    actor: str
    kind: str
    payload: dict[str, Any]
    seq: int = 0


class PlannedWork(TypedDict):
    """One assignment of `study_created` and `seats_planned`, under `assignments`."""

    assignment_id: str
    seat: int
    position: int
    number: int
    kind: str
    item_id: str
    order: list[str]
    stratum: str
    repeats: str | None


class PlannedRoom(TypedDict):
    """One session of `study_created` and `seats_planned`, under `sessions`: Seats of client and counsellor."""

    session_id: str
    number: int
    scenario_id: str
    client: int
    counselor: int


class RoomLine(TypedDict):
    """An event `room_…` that both sides see: the `number`-th line of its room, from 1, without gaps.

    The words of a message stand in the note of the number `note`, so that they can be erased; here are their hash and
    length in code points.
    """

    session_id: str
    number: int
    role: str
    uuid: NotRequired[str]
    note: NotRequired[int]
    sha256: NotRequired[str]
    characters: NotRequired[int]
    why: NotRequired[str]


class RoomWords(TypedDict):
    """The note `said` of a room, whose actor is the session: what was written in one of its lines."""

    number: int
    text: str


class JudgedValue(TypedDict):
    """One judgment of a form, in systems: `tasks.schema.Judgment`."""

    criterion: str
    target: str
    value: Value | None
    chosen_system: str | None
    reason: list[str]


class SubmittedForm(TypedDict):
    """The event `submitted`."""

    rater: str
    assignment_id: str
    submission_id: str
    supersedes: str | None
    counted: bool
    judgments: list[JudgedValue]
    left: str | None
    left_reasons: list[str]
    active_seconds: float | None
    """Of all stays with the assignment; before 0.2.0, where `stay_seconds` is missing, of the last one alone."""
    stay_seconds: NotRequired[float | None]
    ended_at: NotRequired[str]
    digest: str


class FreeText(TypedDict):
    """An answer to a criterion of kind `text`."""

    criterion: str
    target: str
    value: str


class Comment(TypedDict):
    """The note `comment`: what a rater wrote with a form."""

    submission_id: str
    assignment_id: str
    comment: str
    texts: list[FreeText]
