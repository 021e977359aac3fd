"""The parts of a report that say who was preferred: every pair of systems, strengths, exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from results.export.rows import JudgmentRow
from results.record.figure import MarginTest, OfSystems, RaterFigure, Standing, TestRecord
from results.record.hypotheses import DeclaredTest
from results.record.preference import (
    Adjusted,
    CourseRecord,
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
from results.report.ranking import rankings
from results.statistics.at_large import FEWEST_RATERS, AtLarge, margin_at_large
from results.statistics.figure import FEWEST_DIALOGUES, Figure, finite, significant
from results.statistics.preference import Outcome, holm, outcome
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.statistics.strength import strengths, votes_of
from results.study.adjusted import EQUAL, TERMS, Adjustment, adjusted, strengths_when_equal
from results.study.course import Course, course
from results.study.exclusions import NO_RULE, exclusions
from results.study.exclusions import Excluded as Exclusion
from results.study.hypotheses import LEVEL, HypothesisResult, is_declared
from results.study.judged import MOST_SYSTEMS, Judged, preference_of, preference_ratings
from results.study.sequential.ending import ending
from results.study.strata import strata
from tasks.schema import Criterion, Estimand, Hypothesis

_RESAMPLES_OF_MANY = 2_000
"""Refits of the strengths of more than 12 systems, which cost more than all else."""
OTHER: dict[Estimand, Estimand] = {"these_raters": "raters_at_large", "raters_at_large": "these_raters"}


def preference_record(
    data: Judged, resampling: Resampling, hypotheses: Sequence[HypothesisResult] = ()
) -> PreferenceRecord:
    """The comparison of every pair that is listed, Holm-adjusted over these, or within the declared family.

    Of a study that may stop, the one pair's margin has the repeated interval and p-value.
    """
    criterion = preference_of(data)
    if criterion is None:
        return PreferenceRecord(criterion=None, pairs=(), strengths=None, rankings=())
    rows = data.of(criterion.criterion_id)
    tables = [preference_ratings(rows, criterion, [pair]) for pair in data.listed()]
    outcomes = [outcome(table, pair, resampling) for table, pair in zip(tables, data.listed(), strict=True)]
    if (ended := ending(data)) is not None:
        outcomes = [replace(one, margin=ended.look.margin, margin_test=ended.look.test) for one in outcomes]
    large = [margin_at_large(table) for table in tables]
    corrected, corrected_large = holm([r.margin_test for r in outcomes]), holm([one.test for one in large])
    declared = [_declared(hypotheses, criterion, pair) for pair in data.listed()]
    together = zip(outcomes, corrected, large, corrected_large, declared, strict=True)
    pairs = tuple(_pair(data, criterion, _Comparison(*one), resampling) for one in together)
    return PreferenceRecord(
        criterion=criterion.criterion_id,
        pairs=pairs,
        pairs_left_out=len(data.pairs()) - len(pairs),
        strengths=_strengths(rows, data, resampling),
        strengths_when_equal={s: OfSystems.of(figure) for s, figure in strengths_when_equal(data, rows).items()},
        rankings=rankings(data, criterion, resampling),
    )


Role = Literal["primary", "family", "exploratory"]


def _declared(hypotheses: Sequence[HypothesisResult], criterion: Criterion, pair: Pair) -> HypothesisResult | None:
    """The pair's test of a difference in the primary family; None where the study declares none."""
    for one in hypotheses:
        hypothesis = one.hypothesis
        compares = hypothesis.criterion == criterion.criterion_id and set(hypothesis.systems) == set(pair)
        if hypothesis.family == "primary" and hypothesis.claim in ("differs", "better") and compares:
            return one
    return None


def hypothesis_records(hypotheses: Sequence[HypothesisResult]) -> tuple[DeclaredTest, ...]:
    """The declared tests, in the study's order."""
    return tuple(
        DeclaredTest(
            family=one.hypothesis.family,
            criterion=one.hypothesis.criterion,
            systems=one.hypothesis.systems,
            measure=one.measure,
            claim=one.hypothesis.claim,
            margin=one.hypothesis.margin,
            estimand=one.hypothesis.estimand,
            difference=OfSystems.of(one.figure, "declared"),
            test=TestRecord.of(one.test, "declared"),
            p_holm=significant(one.p_holm),
            holds=one.holds,
        )
        for one in hypotheses
    )


def role_of(data: Judged, pair: Pair) -> Role:
    """What a pair is to the study: no pair of three or more systems is primary unless the study named it."""
    if data.study.imported is not None:
        return "exploratory"
    family = [set(h.systems) for h in data.study.hypotheses if h.family == "primary" and _of_preference(data, h)]
    if data.study.hypotheses:
        return "exploratory" if set(pair) not in family else "primary" if len(family) == 1 else "family"
    named = data.study.primary.systems
    if named:
        return "primary" if set(pair) == set(named) else "exploratory"
    return "primary" if len(data.systems()) == 2 else "family"


def _of_preference(data: Judged, hypothesis: Hypothesis) -> bool:
    return data.study.criterion(hypothesis.criterion).kind == "preference"


def verdict(margin: Figure, pair: Pair, p_value: float | None, estimand: Estimand = "these_raters") -> Verdict:
    """Whom the margin's test names, of which the interval is the inverse; nobody where too few were asked."""
    if margin.value is None:
        return Verdict(preferred=None, reason="no_votes", p_value=None, estimand=estimand)
    if margin.sizes.items < FEWEST_DIALOGUES:
        return Verdict(preferred=None, reason="few_dialogues", p_value=None, estimand=estimand)
    if estimand == "raters_at_large" and margin.sizes.raters < FEWEST_RATERS:
        return Verdict(preferred=None, reason="few_raters", p_value=None, estimand=estimand)
    p_value = significant(p_value)
    if p_value is None or p_value >= LEVEL:
        return Verdict(preferred=None, reason="undecided", p_value=p_value, estimand=estimand)
    preferred = pair[0] if margin.value > 0 else pair[1]
    return Verdict(preferred=preferred, reason=None, p_value=p_value, estimand=estimand)


@dataclass(frozen=True)
class _Comparison:
    """One pair's outcome for both estimands, with p-values corrected over all pairs and by the declared family."""

    outcome: Outcome
    p_holm: float | None
    large: AtLarge
    p_large: float | None
    declared: HypothesisResult | None
    """The pair's test in the primary family, where families are declared."""

    def verdict(self, role: Role, estimand: Estimand) -> Verdict | None:
        """Whom the pair's test names; None for an exploratory pair."""
        if role == "exploratory":
            return None
        if estimand == "these_raters":
            margin, alone, corrected = self.outcome.margin, self.outcome.margin_test, self.p_holm
        else:
            margin, alone, corrected = self.large.figure, self.large.test, self.p_large
        p_value = corrected if role == "family" else alone.p_value
        if self.declared is not None and self.declared.hypothesis.estimand == estimand:
            p_value = self.declared.p_holm
        return verdict(margin, self.outcome.pair, p_value, estimand)


def _pair(data: Judged, criterion: Criterion, one: _Comparison, resampling: Resampling) -> PairRecord:
    rows = data.of(criterion.criterion_id)
    values = [str(value) for value in sorted(criterion.values())]
    result, large, role = one.outcome, one.large, role_of(data, one.outcome.pair)
    estimand = one.declared.hypothesis.estimand if one.declared else data.study.primary.estimand
    these, wide = _standing(data, criterion, result.pair)
    return PairRecord(
        systems=result.pair,
        role=role,
        verdict=one.verdict(role, estimand),
        beside=one.verdict(role, OTHER[estimand]),
        margin=OfSystems.of(result.margin, these),
        margin_test=MarginTest.corrected(result.margin_test, one.p_holm, these),
        items=_items(result),
        win_share_of_items=OfSystems.of(result.win_share),
        sign_test=TestRecord.of(result.sign_test),
        votes=dict(zip(values, result.votes, strict=True)),
        win_share_of_votes=OfSystems.of(result.vote_share),
        by_rater=_by_rater(result.raters),
        without_rater=_by_rater(result.without),
        by_item=tuple(
            ItemMargin(item_id=item.item, margin=finite(item.margin) or 0.0, votes=item.votes) for item in result.items
        ),
        margin_at_large=OfSystems.of(large.figure, wide),
        margin_at_large_test=MarginTest.corrected(large.test, one.p_large, wide),
        spread=_spread(large),
        adjusted=_adjusted(adjusted(data, rows, result.pair)),
        course=_course(course(data, criterion, result.pair, resampling)),
        strata=tuple(
            Stratum(by=part.by, name=part.name, margin=OfSystems.of(part.margin))
            for part in strata(data, criterion, result.pair, resampling)
        ),
    )


def _standing(data: Judged, criterion: Criterion, pair: Pair) -> tuple[Standing, Standing]:
    """Of a pair's margin for these raters, and for raters at large."""

    def of(estimand: Estimand) -> Standing:
        return "declared" if is_declared(data.study, criterion, pair, estimand) else "exploratory"

    return of("these_raters"), of("raters_at_large")


def _spread(large: AtLarge) -> RaterSpread:
    spread = large.spread
    if spread is None:
        nothing = TestRecord.of(large.test)
        return RaterSpread(sd=None, lean=None, heterogeneity=nothing, new_rater=OfSystems.of(large.new_rater))
    return RaterSpread(
        sd=finite(spread.sd_raters),
        lean=finite(spread.lean),
        heterogeneity=TestRecord.of(spread.heterogeneity),
        new_rater=OfSystems.of(large.new_rater),
    )


def _adjusted(found: Adjustment) -> Adjusted:
    terms = {term: OfSystems.of(figure) for term, figure in found.terms.items()}
    return Adjusted(
        covariates=found.covariates,
        margin_when_equal=terms[EQUAL],
        test_when_equal=TestRecord.of(found.test),
        share_when_equal=OfSystems.of(found.share_when_equal),
        **{term: terms.get(term) for term in TERMS.values()},
    )


def _course(found: Course) -> CourseRecord:
    return CourseRecord(**{name: OfSystems.of(figure) for name, figure in vars(found).items()})


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
    many = len(data.systems()) > MOST_SYSTEMS
    fewer = replace(resampling, resamples=min(resampling.resamples, _RESAMPLES_OF_MANY)) if many else resampling
    fit = strengths(votes, fewer)
    return Strengths(
        systems={name: OfSystems.of(figure) for name, figure in zip(votes.systems, fit.figures, strict=True)},
        ties_nu=finite(fit.nu),
        connected=fit.connected,
        finite=fit.finite,
    )


def exclusion_records(data: Judged, resampling: Resampling) -> tuple[Excluded, ...]:
    """The primary comparison, or each of the family, under every exclusion rule of the study, and without any."""
    criterion = preference_of(data)
    if criterion is None:
        return ()
    governs = data.study.primary.exclusions == "govern"
    return tuple(
        _excluded(pair, exclusion, governs)
        for pair in data.listed()
        if role_of(data, pair) != "exploratory"
        for exclusion in exclusions(data, criterion, pair, resampling)
    )


def _excluded(pair: Pair, exclusion: Exclusion, governs: bool) -> Excluded:
    main = exclusion.all_rules if governs else exclusion.rule == NO_RULE
    standing: Standing = "declared" if main else "exploratory"
    return Excluded(
        systems=pair,
        rule=exclusion.rule,
        governs=main,
        threshold=exclusion.threshold,
        left_out=exclusion.judgments,
        raters_left_out=exclusion.raters,
        margin=OfSystems.of(exclusion.margin, standing),
        margin_test=TestRecord.of(exclusion.test, standing),
        items=Items(won=exclusion.won, lost=exclusion.lost, tied=exclusion.tied),
        alpha=OfSystems.of(exclusion.alpha),
    )
