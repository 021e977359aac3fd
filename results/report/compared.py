"""The parts of a report that say who was preferred: every pair of systems, strengths, exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from results.export.rows import JudgmentRow
from results.record.figure import FigureRecord, MarginTest, RaterFigure, TestRecord
from results.record.preference import (
    Adjusted,
    Excluded,
    ItemMargin,
    Items,
    PairRecord,
    PreferenceRecord,
    RaterSpread,
    Stratum,
    Strengths,
    Verdict,
)
from results.statistics.at_large import AtLarge, margin_at_large
from results.statistics.figure import FEWEST_DIALOGUES, Figure, finite, significant
from results.statistics.preference import Outcome, holm, outcome
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.statistics.strength import strengths, votes_of
from results.study.adjusted import Adjustment, adjusted
from results.study.exclusions import Excluded as Exclusion
from results.study.exclusions import exclusions
from results.study.judged import Judged, preference_ratings
from results.study.strata import strata
from tasks.schema import Criterion

_LEVEL = 0.05


def preference_record(data: Judged, resampling: Resampling) -> PreferenceRecord:
    """The comparison of every pair of systems, Holm-adjusted over the pairs."""
    criterion = preference_of(data)
    if criterion is None:
        return PreferenceRecord(criterion=None, pairs=(), strengths=None)
    rows = data.of(criterion.criterion_id)
    tables = [preference_ratings(rows, criterion, [pair]) for pair in data.pairs()]
    outcomes = [outcome(table, pair, resampling) for table, pair in zip(tables, data.pairs(), strict=True)]
    large = [margin_at_large(table) for table in tables]
    corrected, corrected_large = holm([r.margin_test for r in outcomes]), holm([one.test for one in large])
    together = zip(outcomes, corrected, large, corrected_large, strict=True)
    pairs = (_pair(data, criterion, *one, resampling) for one in together)
    return PreferenceRecord(
        criterion=criterion.criterion_id, pairs=tuple(pairs), strengths=_strengths(rows, data, resampling)
    )


def preference_of(data: Judged) -> Criterion | None:
    """The preference criterion that the study is about; None where none was asked."""
    preferences = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    named = [criterion for criterion in preferences if criterion.criterion_id == data.study.primary.criterion]
    return next(iter([*named, *preferences]), None)


Role = Literal["primary", "family", "exploratory"]


def role_of(data: Judged, pair: Pair) -> Role:
    """What a pair is to the study: no pair of three or more systems is primary unless the study named it."""
    named = data.study.primary.systems
    if named:
        return "primary" if set(pair) == set(named) else "exploratory"
    return "primary" if len(data.systems()) == 2 else "family"


def verdict(result: Outcome, p_value: float | None) -> Verdict:
    """Whom the margin's test names, of which the interval is the inverse; nobody below six dialogues."""
    margin = result.margin
    if margin.value is None:
        return Verdict(preferred=None, reason="no_votes", p_value=None)
    if margin.sizes.items < FEWEST_DIALOGUES:
        return Verdict(preferred=None, reason="few_dialogues", p_value=None)
    if p_value is None or p_value >= _LEVEL:
        return Verdict(preferred=None, reason="undecided", p_value=significant(p_value))
    preferred = result.pair[0] if margin.value > 0 else result.pair[1]
    return Verdict(preferred=preferred, reason=None, p_value=significant(p_value))


def _pair(
    data: Judged,
    criterion: Criterion,
    result: Outcome,
    p_holm: float | None,
    large: AtLarge,
    p_large: float | None,
    resampling: Resampling,
) -> PairRecord:
    rows = data.of(criterion.criterion_id)
    values = [str(value) for value in sorted(criterion.values())]
    role, test = role_of(data, result.pair), result.margin_test
    return PairRecord(
        systems=result.pair,
        role=role,
        verdict=None if role == "exploratory" else verdict(result, p_holm if role == "family" else test.p_value),
        margin=FigureRecord.of(result.margin),
        margin_test=MarginTest.corrected(test, p_holm),
        items=_items(result),
        win_share_of_items=FigureRecord.of(result.win_share),
        sign_test=TestRecord.of(result.sign_test),
        votes=dict(zip(values, result.votes, strict=True)),
        win_share_of_votes=FigureRecord.of(result.vote_share),
        by_rater=_by_rater(result.raters),
        without_rater=_by_rater(result.without),
        by_item=tuple(
            ItemMargin(item_id=item.item, margin=finite(item.margin) or 0.0, votes=item.votes) for item in result.items
        ),
        margin_at_large=FigureRecord.of(large.figure),
        margin_at_large_test=MarginTest.corrected(large.test, p_large),
        spread=_spread(large),
        adjusted=_adjusted(adjusted(data, rows, result.pair)),
        strata=tuple(
            Stratum(by=part.by, name=part.name, margin=FigureRecord.of(part.margin))
            for part in strata(data, criterion, result.pair, resampling)
        ),
    )


def _spread(large: AtLarge) -> RaterSpread:
    spread = large.spread
    if spread is None:
        nothing = TestRecord.of(large.test)
        return RaterSpread(sd=None, lean=None, heterogeneity=nothing, new_rater=FigureRecord.of(large.new_rater))
    return RaterSpread(
        sd=finite(spread.sd_raters),
        lean=finite(spread.lean),
        heterogeneity=TestRecord.of(spread.heterogeneity),
        new_rater=FigureRecord.of(large.new_rater),
    )


def _adjusted(found: Adjustment) -> Adjusted:
    return Adjusted(
        test_when_equal=TestRecord.of(found.test),
        share_when_equal=FigureRecord.of(found.share_when_equal),
        **{term: FigureRecord.of(figure) for term, figure in found.terms.items()},
    )


def _items(result: Outcome) -> Items:
    return Items(won=result.items_won, lost=result.items_lost, tied=result.items_tied)


def _by_rater(figures: Mapping[str, Figure]) -> tuple[RaterFigure, ...]:
    return tuple(RaterFigure.of_rater(rater, figure) for rater, figure in figures.items())


def _strengths(rows: Sequence[JudgmentRow], data: Judged, resampling: Resampling) -> Strengths | None:
    """Davidson's model where three or more systems were compared; None else."""
    judged = [row for row in rows if row.value is not None and row.first_system and row.second_system]
    if len(data.systems()) < 3 or not judged:
        return None
    outcomes = [0 if r.chosen_system is None else 1 if r.chosen_system == r.first_system else -1 for r in judged]
    sides = [[row.first_system or "" for row in judged], [row.second_system or "" for row in judged]]
    votes = votes_of([r.item_id for r in judged], sides[0], sides[1], outcomes, [r.dialogue for r in judged])
    fit = strengths(votes, resampling)
    return Strengths(
        systems={name: FigureRecord.of(figure) for name, figure in zip(votes.systems, fit.figures, strict=True)},
        ties_nu=finite(fit.nu),
        connected=fit.connected,
        finite=fit.finite,
    )


def exclusion_records(data: Judged, resampling: Resampling) -> tuple[Excluded, ...]:
    """The primary comparison, or each of the family, under every exclusion rule of the study."""
    criterion = preference_of(data)
    if criterion is None:
        return ()
    return tuple(
        _excluded(pair, exclusion)
        for pair in data.pairs()
        if role_of(data, pair) != "exploratory"
        for exclusion in exclusions(data, criterion, pair, resampling)
    )


def _excluded(pair: Pair, exclusion: Exclusion) -> Excluded:
    result = exclusion.outcome
    return Excluded(
        systems=pair,
        rule=exclusion.rule,
        threshold=exclusion.threshold,
        left_out=exclusion.judgments,
        raters_left_out=exclusion.raters,
        margin=FigureRecord.of(result.margin),
        margin_test=TestRecord.of(result.margin_test),
        items=_items(result),
        alpha=FigureRecord.of(exclusion.alpha),
    )
