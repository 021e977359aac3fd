"""What an organiser may watch while a study runs: how well it goes, and nothing of which system is preferred."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import TYPE_CHECKING

from tasks.schema import Study, Turn, Words

if TYPE_CHECKING:
    from results.export.folder import Export
    from results.record.figure import Effect
    from results.record.raters import RaterRecord
    from results.study.beside.habits import Habit
    from results.study.judged import Judged
    from results.study.position_bias import Order

RESAMPLES = 1000


@dataclass(frozen=True)
class Reply:
    """The text of a response, without a word on who wrote it."""

    text: str
    translation: Words | None


@dataclass(frozen=True)
class Shown:
    """What raters read of one item: the dialogue and responses to it; () and None where the texts are not there."""

    turns: tuple[Turn, ...]
    responses: tuple[Reply | None, ...]


@dataclass(frozen=True)
class Agreement:
    """How far raters agree on a criterion, whichever system they prefer."""

    criterion: str
    measure: str
    """`alpha`, or `percent_agreement` where alpha would be unstable."""
    figure: Effect


@dataclass(frozen=True)
class Habits:
    """A rater's work so far: counts, and shares 0..1 that are None where there is nothing to count."""

    rater: str
    judged: int
    passed_over: int
    """Skipped, or said not to be judged."""
    seconds: tuple[float, float, float] | None
    """Seconds a pair: the first decile, the median, the last decile."""
    first_side: Effect | None
    """Share of decisive choices that fell on the side shown first."""
    sides: tuple[int, int]
    """Decisive choices of the side shown first, and all of them."""
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
    """An item on which raters are split: both responses have a vote, or ties are as many as the votes."""

    item_id: str
    more: int
    """Votes for the response with more of them."""
    fewer: int
    ties: int
    shown: Shown
    """The responses in an order that has nothing to do with systems, sides or votes."""
    by_response: tuple[int, int] | None
    """Votes for each response as shown; None while results are sealed."""


@dataclass(frozen=True)
class Flags:
    """Possible harm in any of an item's responses."""

    item_id: str
    flags: int
    reasons: tuple[str, ...]
    """Ids of the reasons pressed, sorted, each once."""
    shown: Shown


@dataclass(frozen=True)
class Comment:
    """What a rater wrote about an item."""

    item_id: str
    rater: str
    comment: str


@dataclass(frozen=True)
class Quality:
    """How a study goes. No field names a system; none tells which one is preferred while results are sealed."""

    judged: int
    """Assignments judged by those who did not withdraw."""
    agreement: tuple[Agreement, ...]
    raters: tuple[Habits, ...]
    unusual: tuple[Habit, ...]
    disputed: tuple[Disputed, ...]
    flags: tuple[Flags, ...]
    comments: tuple[Comment, ...]


def quality(export: Export, sealed: bool = True) -> Quality:
    """How a study goes, from its export.

    Orientation-free agreement, shares of sides and of ties say nothing of who wins; disputed items give how the votes
    split, and which way only where the results are not `sealed`.
    """
    from results.study.beside.habits import unusual
    from results.study.judged import judged
    from results.study.raters import rater_records

    data = judged(export)
    records, sides, seconds = rater_records(data), _order(data), _seconds(data)
    return Quality(
        judged=sum(row.kind == "main" and row.status == "submitted" for row in export.assignments),
        agreement=_agreement(data),
        raters=tuple(_habits(record, sides, seconds[record.rater]) for record in records),
        unusual=unusual(data.study, records, sides.raters),
        disputed=_disputed(data, sealed),
        flags=_flags(data),
        comments=tuple(Comment(row.item_id, row.rater, row.comment) for row in export.comments),
    )


def shown(study: Study, item_id: str, systems: Sequence[str]) -> Shown:
    """An item's dialogue and the responses of some systems, as far as the study holds the texts."""
    item = next((item for item in study.items if item.item_id == item_id), None)
    texts = {
        one.system_id: Reply(one.text, one.translation)
        for one in study.responses
        if one.item_id == item_id and one.text
    }
    turns = item.turns if item and any(turn.text for turn in item.turns) else ()
    return Shown(turns, tuple(texts.get(system) for system in systems))


def blind(study: Study, item_id: str) -> Shown:
    """An item with every response to it, in an order that says nothing of systems."""
    return shown(study, item_id, sorted((one.system_id for one in study.systems), key=partial(_place, item_id)))


def _agreement(data: Judged) -> tuple[Agreement, ...]:
    from results.record.figure import Effect
    from results.statistics.resample import Resampling
    from results.study.agreement import headlines

    found = headlines(data, Resampling(resamples=RESAMPLES, seed=0))
    return tuple(Agreement(criterion.criterion_id, name, Effect.bare(figure)) for criterion, name, figure in found)


def _order(data: Judged) -> Order:
    """Facts of sides; none of an import that does not know them."""
    from results.statistics.resample import Resampling
    from results.study.position_bias import order, sides_known

    return order(data.preferences if sides_known(data.study) else (), Resampling(resamples=RESAMPLES, seed=0))


def _habits(record: RaterRecord, sides: Order, seconds: Sequence[float]) -> Habits:
    from results.record.figure import Effect

    side = sides.shares.get(record.rater)
    return Habits(
        rater=record.rater,
        judged=record.judged,
        passed_over=record.skipped + record.cannot_judge,
        seconds=_spread(seconds),
        first_side=None if side is None else Effect.bare(side),
        sides=sides.raters.get(record.rater, (0, 0)),
        ties=record.tie_rate,
        longest_run=record.longest_run_of_one_answer,
        repeats=record.repeats,
        repeats_same=record.repeats_same_choice,
        checks=record.checks,
        checks_failed=record.checks_failed,
        with_rest=record.agreement_with_rest,
    )


def _seconds(data: Judged) -> dict[str, list[float]]:
    """Seconds of each rater's main assignments."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in data.export.assignments:
        if row.kind == "main" and row.active_seconds is not None:
            found[row.rater or ""].append(row.active_seconds)
    return found


def _spread(seconds: Sequence[float]) -> tuple[float, float, float] | None:
    """First decile, median and last decile; None of nothing."""
    if not seconds:
        return None
    if len(seconds) == 1:
        return seconds[0], seconds[0], seconds[0]
    deciles = quantiles(seconds, n=10, method="inclusive")
    return deciles[0], deciles[4], deciles[8]


def _disputed(data: Judged, sealed: bool) -> tuple[Disputed, ...]:
    from results.study.disputed import disputed

    preferences = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    rows = []
    for item in disputed(data, preferences[0], data.pairs()) if preferences else ():
        signs = Counter((answer.margin > 0) - (answer.margin < 0) for answer in item.answers)
        votes = dict(zip(item.systems, (signs[1], signs[-1]), strict=True))
        if not min(votes.values()) and signs[0] < max(votes.values()):
            continue
        systems = sorted(item.systems, key=partial(_place, item.item_id))
        fewer, more = sorted(votes.values())
        by_response = None if sealed else (votes[systems[0]], votes[systems[1]])
        texts = shown(data.study, item.item_id, systems)
        rows.append(Disputed(item.item_id, more, fewer, signs[0], texts, by_response))
    return tuple(rows)


def _place(item_id: str, system: str) -> str:
    """An order of an item's systems that says nothing of either."""
    return hashlib.sha256(f"{item_id}\n{system}".encode()).hexdigest()


def _flags(data: Judged) -> tuple[Flags, ...]:
    from results.study.disputed import flagged

    counts: dict[str, int] = defaultdict(int)
    reasons: dict[str, set[str]] = defaultdict(set)
    for response in flagged(data).responses:
        counts[response.item_id] += response.flags
        reasons[response.item_id].update(response.reasons)
    return tuple(
        Flags(
            item_id,
            count,
            tuple(sorted(reasons[item_id])),
            blind(data.study, item_id),
        )
        for item_id, count in counts.items()
    )
