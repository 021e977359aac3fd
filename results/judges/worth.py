"""What a machine judge is worth beside a study's raters: every figure of it in one record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from results.judges.contenders import contenders, gaps
from results.judges.habits import agreement, correlation, leanings, position, summed
from results.judges.sheet import Sheet, sheet
from results.record.figure import FigureRecord, OfSystems
from results.record.judges import BesideRater, JudgeRecord, PoweredMargin, RatedByJudge
from results.statistics.figure import Sizes, finite
from results.statistics.judges.alternative import EPSILON, alternative, winning_rate
from results.statistics.judges.powered import powered
from results.statistics.judges.rule import OTHER_EPSILONS, Worth, worth
from results.statistics.means import mean_figure
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.study.judged import Judged, preference_of
from tasks.schema import Criterion, Verdict

_RATED = ("scale", "count")
"""Kinds of criteria whose points are numbers."""


def judge_records(data: Judged, verdicts: Sequence[Verdict], resampling: Resampling) -> tuple[JudgeRecord, ...]:
    """One record for each judge, by name; none where the study asked for no preference."""
    criterion = preference_of(data)
    by_judge: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_judge.setdefault(verdict.judge, []).append(verdict)
    if criterion is None:
        return ()
    return tuple(_record(data, criterion, by_judge[name], resampling) for name in sorted(by_judge))


def _record(data: Judged, criterion: Criterion, verdicts: Sequence[Verdict], resampling: Resampling) -> JudgeRecord:
    table = sheet(data, criterion, verdicts)
    found = worth(table.votes, table.choice, table.strength, resampling.seed)
    listed = {frozenset(pair) for pair in table.pairs}
    answered = np.isfinite(table.strength)
    return JudgeRecord(
        judge=verdicts[0].judge,
        model=verdicts[0].model,
        verdicts=len(verdicts),
        failed=dict(sorted(Counter(verdict.failed for verdict in verdicts if verdict.failed).items())),
        elsewhere=sum(frozenset(verdict.order) not in listed for verdict in verdicts),
        items=found.units,
        items_alone=int((answered & ~np.isfinite(table.votes.means)).sum()),
        prompt_tokens=_total([verdict.prompt_tokens for verdict in verdicts]),
        completion_tokens=_total([verdict.completion_tokens for verdict in verdicts]),
        seconds=_seconds(verdicts),
        criterion=criterion.criterion_id,
        epsilon=EPSILON,
        beside=_beside(table, found),
        winning_rate_at={f"{one:g}": _rate_at(table, one) for one in OTHER_EPSILONS},
        passes=found.passes,
        reason=Reason.FEW_FOR_JUDGE if found.passes is None else None,
        contenders=contenders(data.export, table, found, resampling.seed),
        agreement=tuple(agreement(table, resampling)),
        position=position(data, table, verdicts, criterion, resampling),
        leanings=tuple(leanings(table, gaps(data.export, table), resampling)),
        ratings=tuple(_ratings(data, verdicts, resampling)),
        margins=tuple(_margins(table)),
    )


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _seconds(verdicts: Sequence[Verdict]) -> float | None:
    known = [verdict.seconds for verdict in verdicts if verdict.seconds is not None]
    return finite(sum(known)) if known else None


def _beside(table: Sheet, found: Worth) -> tuple[BesideRater, ...]:
    return tuple(
        BesideRater(
            rater=table.raters[one.rater],
            items=one.units,
            advantage=float(f"{one.advantage:.12g}"),
            p_value=float(f"{one.p_value:.12g}"),
            won=one.won,
        )
        for one in found.beside
    )


def _rate_at(table: Sheet, epsilon: float) -> float | None:
    return winning_rate(alternative(table.votes.choice, table.choice, table.dialogue, epsilon))


# --- margins with the judge's help --------------------------------------------------------------------------------


def _margins(table: Sheet) -> Iterator[PoweredMargin]:
    """Of every pair of systems, over dialogues: those that people judged, and those that the judge alone judged."""
    answered, judged = np.isfinite(table.strength), np.isfinite(table.votes.means)
    for number, pair in enumerate(table.pairs):
        here = answered & (table.pair == number)
        people = np.unique(table.dialogue[here & judged])
        both, alone = here & judged, here & ~np.isin(table.dialogue, people)
        raters = int(np.isfinite(table.humans[both]).any(axis=0).sum())
        human, machine, further = (
            _by_dialogue(values[chosen], table, chosen)
            for values, chosen in ((table.votes.means, both), (table.strength, both), (table.strength, alone))
        )
        found = powered(human, machine, further, raters)
        yield PoweredMargin(
            systems=pair,
            people=OfSystems.of(found.people),
            joined=OfSystems.of(found.joined),
            judge=OfSystems.of(found.judge),
            weight=finite(found.weight),
            saved=finite(found.saved),
        )


def _by_dialogue(values: Array, table: Sheet, chosen: Array) -> Array:
    """Means of dialogues."""
    rows = summed(np.column_stack([values, np.ones(len(values))]), table.dialogue[chosen])
    means: Array = rows[:, 0] / rows[:, 1]
    return means


# --- ratings of responses -----------------------------------------------------------------------------------------

Place = tuple[str, str]
"""An item and a system."""


def _ratings(data: Judged, verdicts: Sequence[Verdict], resampling: Resampling) -> Iterator[RatedByJudge]:
    """Every criterion of single responses whose points are numbers, and that the judge answered."""
    dialogues = {item.item_id: item.dialogue for item in data.export.items}
    for criterion in data.study.criteria:
        if criterion.of != "response" or criterion.kind not in _RATED:
            continue
        own, raters = _own_ratings(verdicts, criterion), _raters_ratings(data, criterion)
        places = sorted(own.keys() & raters.keys(), key=lambda place: (place[1], dialogues[place[0]], place[0]))
        if places:
            yield _rated(criterion, places, own, raters, dialogues, resampling)


def _rated(
    criterion: Criterion,
    places: Sequence[Place],
    own: Mapping[Place, float],
    raters: Mapping[Place, float],
    dialogues: Mapping[str, str],
    resampling: Resampling,
) -> RatedByJudge:
    values = np.array([(own[place], raters[place]) for place in places])
    systems = sorted({system for _, system in places})
    group = np.array([systems.index(system) for _, system in places], dtype=np.int64)
    dialogue = np.unique([dialogues[item] for item, _ in places], return_inverse=True)[1].astype(np.int64)
    differences = {}
    for number, system in enumerate(systems):
        here = group == number
        rows = summed(np.column_stack([values[here, 0] - values[here, 1], np.ones(int(here.sum()))]), dialogue[here])
        sizes = Sizes(len(rows), 0, int(here.sum()))
        differences[system] = OfSystems.of(
            mean_figure(rows, "mean difference", sizes, resampling, Reason.NOT_BOTH_RATED)
        )
    r = correlation(values[:, 0], values[:, 1], group, dialogue, resampling)
    return RatedByJudge(criterion=criterion.criterion_id, correlation=FigureRecord.of(r), difference=differences)


def _own_ratings(verdicts: Sequence[Verdict], criterion: Criterion) -> dict[Place, float]:
    """The judge's mean over orders of each response."""
    found: dict[Place, list[int]] = {}
    for verdict in verdicts:
        for system in verdict.order:
            value = verdict.value(criterion.criterion_id, system)
            if value is not None:
                found.setdefault((verdict.item_id, system), []).append(value)
    return {place: sum(values) / len(values) for place, values in found.items()}


def _raters_ratings(data: Judged, criterion: Criterion) -> dict[Place, float]:
    """The raters' mean of each response."""
    found: dict[Place, list[float]] = {}
    for row in data.of(criterion.criterion_id):
        if row.target.system is not None and isinstance(row.value, (int, float)):
            found.setdefault((row.item_id, row.target.system), []).append(row.value)
    return {place: sum(values) / len(values) for place, values in found.items()}
