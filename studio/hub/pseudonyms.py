"""An export whose raters nobody can recognise, not even with their code, their Seat, their link or their hours.

The code R003 stands on the rater's page and the payment list, so it is not published. The new names follow a hash of
what each Seat judged: the same export gives the same names, and they say nothing about the old ones.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from results.export.folder import Export
from results.export.rows import AssignmentRow, CommentRow, JudgmentRow, RaterRow
from results.export.sessions import SessionRow, agreed_words

MIDNIGHT = "T00:00:00Z"
PARTS = ("client", "counselor")
TIMES = ("begun_at", "ended_at", "rated_at")


@dataclass(frozen=True)
class Names:
    """What is renamed, old to new."""

    seats: Mapping[int, int]
    raters: Mapping[str, str]
    assignments: Mapping[str, str]
    order: Mapping[str, int]
    """Each assignment's place by new Seat and position, 1-based; it stands for the server's sequence number."""


def rename(export: Export) -> Export:
    """The same judgments under new names, in the order of the new Seats; times are cut to the day."""
    names = _names(export)
    judgments = sorted(
        (_judgment(row, names) for row in export.judgments), key=lambda row: (row.seq, row.criterion, row.target)
    )
    assignments = sorted((_assignment(row, names) for row in export.assignments), key=lambda r: (r.seat, r.position))
    raters = sorted((_rater(row, names) for row in export.raters), key=lambda row: row.seat)
    comments = sorted((_comment(row, names) for row in export.comments), key=lambda row: row.assignment_id)
    return replace(
        export,
        judgments=tuple(judgments),
        assignments=tuple(assignments),
        raters=tuple(raters),
        comments=tuple(comments),
        sessions=tuple(_session(agreed_words(row), names) for row in export.sessions if row.agreed),
        last_seq=max((row.seq for row in assignments if row.seq is not None), default=0),
        exported_at=day(export.exported_at) or export.exported_at,
    )


def day(moment: str | None) -> str | None:
    """The day of a time, at midnight; None for None."""
    return None if moment is None else moment[:10] + MIDNIGHT


def _names(export: Export) -> Names:
    digests = _digests(export)
    seats = {old: new for new, old in enumerate(sorted(digests, key=digests.__getitem__))}
    placed = sorted(export.assignments, key=lambda row: (seats[row.seat], row.position))
    order = {row.assignment_id: number for number, row in enumerate(placed, start=1)}
    return Names(
        seats=seats,
        raters={row.rater: f"P{seats[row.seat] + 1:03d}" for row in export.raters},
        assignments={old: f"assignment-{number:06d}" for old, number in order.items()},
        order=order,
    )


def _digests(export: Export) -> dict[int, tuple[bool, str]]:
    """Of every Seat: whether nobody took it, and a hash of what was planned and judged there."""
    work: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for row in export.assignments:
        work[row.seat].append((row.position, row.kind, row.item_id, row.first_system, row.second_system))
    for one in export.judgments:
        work[one.seat].append((one.position, one.criterion, one.target, one.value, one.chosen_system, one.reason))
    taken = {row.seat for row in export.raters}
    return {seat: (seat not in taken, _sha256(work[seat])) for seat in {*work, *taken}}


def _sha256(rows: list[Sequence[Any]]) -> str:
    lines = sorted(json.dumps(row, ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _judgment(row: JudgmentRow, names: Names) -> JudgmentRow:
    return row.model_copy(
        update={
            "rater": names.raters[row.rater],
            "seat": names.seats[row.seat],
            "assignment_id": names.assignments[row.assignment_id],
            "seq": names.order[row.assignment_id],
            "submission_id": f"submission-{names.order[row.assignment_id]:06d}",
            "submitted_at": day(row.submitted_at),
        }
    )


def _assignment(row: AssignmentRow, names: Names) -> AssignmentRow:
    answered = row.submission_id is not None
    return row.model_copy(
        update={
            "rater": None if row.rater is None else names.raters[row.rater],
            "seat": names.seats[row.seat],
            "assignment_id": names.assignments[row.assignment_id],
            "repeats": None if row.repeats is None else names.assignments[row.repeats],
            "seq": names.order[row.assignment_id] if answered else None,
            "submission_id": f"submission-{names.order[row.assignment_id]:06d}" if answered else None,
            "submitted_at": day(row.submitted_at),
        }
    )


def _rater(row: RaterRow, names: Names) -> RaterRow:
    return row.model_copy(
        update={
            "rater": names.raters[row.rater],
            "seat": names.seats[row.seat],
            "joined_at": day(row.joined_at),
            "finished_at": day(row.finished_at),
        }
    )


def _session(row: SessionRow, names: Names) -> SessionRow:
    """A session that both people let be published; it begins at midnight of its day, and its gaps stay."""
    begun = row.begun_at or row.booked_at or MIDNIGHT
    own = {"client_seat": names.seats[row.client_seat], "counselor_seat": names.seats[row.counselor_seat]}
    codes = {role: names.raters[code] for role in PARTS if (code := getattr(row, role)) is not None}
    moved = {name: _since(begun, at) for name in TIMES if (at := getattr(row, name)) is not None}
    said = tuple(message.model_copy(update={"at": _since(begun, message.at)}) for message in row.messages)
    return row.model_copy(update={**own, **codes, **moved, "messages": said, "booked_at": None})


def _since(begun: str, at: str) -> str:
    """A time as it were had the session begun at midnight of its day."""
    first = datetime.fromisoformat(begun)
    passed = datetime.fromisoformat(at) - first
    return (first.replace(hour=0, minute=0, second=0, microsecond=0) + passed).isoformat()


def _comment(row: CommentRow, names: Names) -> CommentRow:
    return row.model_copy(
        update={"rater": names.raters[row.rater], "assignment_id": names.assignments[row.assignment_id]}
    )
