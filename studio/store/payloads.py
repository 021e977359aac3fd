"""What events and notes hold that the program reads again: one shape for who writes them and for who reads them.

A stored payload keeps its keys for ever; what a later version adds is `NotRequired`.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from tasks.schema import Value


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
