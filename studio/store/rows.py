"""Rows of the tables as frozen records, as the queries give them: columns in the tables' order."""

from __future__ import annotations

from typing import NamedTuple

from tasks.schema import Judgment, Target, Value


class Person(NamedTuple):
    """Who stands behind a session token, and where that Rater is in the study."""

    identity_id: str
    study_id: str
    role: str
    rater: str
    seat: int
    done: int
    total: int
    active_seconds: float
    consent_version: str | None
    profile_at: str | None
    blinding_at: str | None
    finished_at: str | None
    withdrawn_at: str | None
    last_at: str
    """When the Rater's previous event was (UTC ISO-8601)."""
    closed_at: str | None


class StudyRow(NamedTuple):
    """When a study was brought in, and when it was closed (None: it is open)."""

    study_id: str
    created_at: str
    closed_at: str | None


class WorkCount(NamedTuple):
    """Assignments of a Seat that have one kind and one status: how many, and how many of them are judged."""

    seat: int
    kind: str
    status: str
    n: int
    judged: int


class RaterRow(NamedTuple):
    """One Rater as stored: the columns of the table, in their order."""

    study_id: str
    rater: str
    seat: int
    joined_at: str
    last_at: str
    consent_version: str | None
    consented_at: str | None
    profile_at: str | None
    blinding_at: str | None
    finished_at: str | None
    withdrawn_at: str | None
    done: int
    total: int
    active_seconds: float

    @property
    def withdrawn(self) -> bool:
        """True for a Rater who was taken out."""
        return self.withdrawn_at is not None


class AssignmentRow(NamedTuple):
    """One assignment as stored: the columns of the table, in their order."""

    study_id: str
    assignment_id: str
    seat: int
    position: int
    number: int
    """What a rater sees it called: 1-based among the Seat's pairs, or its practice pairs, or its blinding questions."""
    kind: str
    item_id: str
    first_system: str | None
    second_system: str | None
    stratum: str
    repeats: str | None
    status: str
    seq: int | None
    submission_id: str | None
    submitted_at: str | None
    active_seconds: float | None
    revision: int
    left: str | None
    left_reasons: list[str]

    @property
    def order(self) -> tuple[str, ...]:
        """The system_ids shown, first side first."""
        return tuple(s for s in (self.first_system, self.second_system) if s is not None)


class SubmissionRow(NamedTuple):
    """One stored form, without its judgments: the columns of the table, in their order."""

    study_id: str
    submission_id: str
    assignment_id: str
    rater: str
    seq: int
    submitted_at: str
    supersedes: str | None
    """submission_id of the form that this one revises."""
    digest: str
    active_seconds: float | None
    left: str | None
    left_reasons: list[str]


class JudgmentRow(NamedTuple):
    """One stored judgment, in systems (`tasks.schema.Judgment`): the columns of the table, in their order."""

    seq: int
    criterion: str
    target: str
    study_id: str
    assignment_id: str
    value: Value | None
    chosen_system: str | None
    reason: list[str]

    @property
    def judgment(self) -> Judgment:
        """The judgment itself."""
        return Judgment(
            criterion=self.criterion,
            target=Target(self.target),
            value=self.value,
            chosen_system=self.chosen_system,
            reason=tuple(self.reason),
        )
