"""What an organiser may watch while a study runs: how well it goes, and nothing of which system is preferred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.service.desk import Desk
from studio.service.organiser import exporting
from studio.store.database import Connection

if TYPE_CHECKING:
    from results.export.folder import Export
    from results.export.rows import JudgmentRow
    from results.record.figure import Effect
    from results.record.raters import RaterRecord
    from results.study.judged import Judged

RESAMPLES = 1000


@dataclass(frozen=True)
class Agreement:
    """How far raters agree on a criterion, whichever system they prefer."""

    criterion: str
    figure: Effect


@dataclass(frozen=True)
class Habits:
    """A rater's work so far: counts, and shares 0..1 that are None where there is nothing to count."""

    rater: str
    judged: int
    passed_over: int
    """Skipped, or said not to be judged."""
    median_seconds: float | None
    first_side: float | None
    """Share of decisive choices that fell on the side shown first."""
    ties: float | None
    longest_run: int
    """The most preferences in a row that were the same answer."""
    repeats: int
    repeats_same: float | None
    checks: int
    checks_failed: int
    with_rest: float | None
    """Mean share of the other raters who made the same choice."""


@dataclass(frozen=True)
class Disputed:
    """An item on which raters are split: how, not which way."""

    item_id: str
    more: int
    """Votes for the system with more of them."""
    fewer: int
    ties: int


@dataclass(frozen=True)
class Flags:
    """Possible harm in any of an item's responses."""

    item_id: str
    flags: int
    reasons: tuple[str, ...]
    """Ids of the reasons pressed, sorted, each once."""


@dataclass(frozen=True)
class Comment:
    """What a rater wrote about an item."""

    item_id: str
    rater: str
    comment: str


@dataclass(frozen=True)
class Quality:
    """How a study goes. No field names a system or tells which one is preferred."""

    agreement: tuple[Agreement, ...]
    raters: tuple[Habits, ...]
    disputed: tuple[Disputed, ...]
    flags: tuple[Flags, ...]
    comments: tuple[Comment, ...]


def watch(desk: Desk, connection: Connection, study_id: str) -> Quality:
    """How a running study goes, without anything of who is preferred: see `quality`."""
    return quality(exporting.build(desk, connection, study_id))


def quality(export: Export) -> Quality:
    """How a study goes, from its export.

    Orientation-free agreement, shares of sides and of ties say nothing of who wins; disputed items give how the votes
    split, not which way.
    """
    from results.study.judged import judged

    data = judged(export)
    return Quality(
        agreement=_agreement(data),
        raters=_raters(data),
        disputed=_disputed(data),
        flags=_flags(data),
        comments=tuple(Comment(row.item_id, row.rater, row.comment) for row in export.comments),
    )


def _agreement(data: Judged) -> tuple[Agreement, ...]:
    from results.record.figure import Effect
    from results.statistics.resample import Resampling
    from results.study.agreement import all_agreements, headline

    agreements = all_agreements(data, Resampling(resamples=RESAMPLES, seed=0))
    return tuple(Agreement(entry.criterion.criterion_id, Effect.bare(headline(entry))) for entry in agreements)


def _raters(data: Judged) -> tuple[Habits, ...]:
    from results.study.raters import rater_records

    preferences = [row for row in data.rows if row.criterion_kind == "preference"]
    return tuple(
        _habits(record, [row for row in preferences if row.rater == record.rater]) for record in rater_records(data)
    )


def _habits(record: RaterRecord, preferences: Sequence[JudgmentRow]) -> Habits:
    return Habits(
        rater=record.rater,
        judged=record.judged,
        passed_over=record.skipped + record.cannot_judge,
        median_seconds=record.median_seconds,
        first_side=_first_side(preferences),
        ties=record.tie_rate,
        longest_run=record.longest_run_of_one_answer,
        repeats=record.repeats,
        repeats_same=record.repeats_same_choice,
        checks=record.checks,
        checks_failed=record.checks_failed,
        with_rest=record.agreement_with_rest,
    )


def _first_side(rows: Sequence[JudgmentRow]) -> float | None:
    """Share of decisive choices that fell on the side shown first; None where there are none."""
    decisive = [row for row in rows if row.chosen_system is not None]
    return sum(row.chosen_system == row.first_system for row in decisive) / len(decisive) if decisive else None


def _disputed(data: Judged) -> tuple[Disputed, ...]:
    from results.study.disputed import disputed

    preferences = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    rows = []
    for item in disputed(data, preferences[0], data.pairs()) if preferences else ():
        margins = [answer.margin for answer in item.answers]
        fewer, more = sorted((sum(m > 0 for m in margins), sum(m < 0 for m in margins)))
        rows.append(Disputed(item.item_id, more, fewer, margins.count(0)))
    return tuple(rows)


def _flags(data: Judged) -> tuple[Flags, ...]:
    from results.study.disputed import flagged

    counts: dict[str, int] = defaultdict(int)
    reasons: dict[str, set[str]] = defaultdict(set)
    for response in flagged(data).responses:
        counts[response.item_id] += response.flags
        reasons[response.item_id].update(response.reasons)
    return tuple(Flags(item_id, count, tuple(sorted(reasons[item_id]))) for item_id, count in counts.items())
