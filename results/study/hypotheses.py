"""The tests that a study declared before its first judgment, each for whom it names, corrected within its family.

A test compares two systems on one criterion: on a preference by its signed strength, on a rated criterion by the
difference of a measure between the two responses that one rater saw together. For these raters it is the sign-flip
test over dialogues, for raters at large that of results/statistics/at_large.py. One-sided p-values are halves of the
two-sided ones where the estimate lies on the side claimed. `not_worse` tests the value plus the margin above 0;
`equivalent` is two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657-680), so that its p-value is
the larger of both. What a test leaves open is never shown to be equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from results.statistics.at_large import at_large, votes_of
from results.statistics.figure import FEWEST_DIALOGUES, Figure
from results.statistics.preference import dialogue_sums, holm, item_margins, mean_margin
from results.statistics.ratings import Pair, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.statistics.signflip import Test, sign_flip
from results.study.judged import Judged, preference_ratings
from results.study.measures import measures_of
from results.study.paired import paired, paired_differences, reach
from tasks.schema import Criterion, Estimand, Hypothesis, Measure, Study
from tasks.study import hypotheses

LEVEL = 0.05
"""Of every family."""


@dataclass(frozen=True)
class HypothesisResult:
    """A declared hypothesis and what the judgments say of it."""

    hypothesis: Hypothesis
    measure: Measure | None
    figure: Figure
    """First system minus second, for whom the hypothesis names."""
    test: Test
    p_holm: float | None

    @property
    def holds(self) -> bool:
        """Whether the claim is shown at the level of its family."""
        return self.p_holm is not None and self.p_holm < LEVEL


@dataclass(frozen=True)
class _Compared:
    """Signed values by item and rater, and the ends of what they can be."""

    values: Ratings
    reach: float
    measure: Measure | None


def is_declared(
    study: Study, criterion: Criterion, systems: Pair, estimand: Estimand, measure: Measure | None = None
) -> bool:
    """Whether the study declared a test of this comparison for this estimand; all else is exploratory."""
    if not study.hypotheses:
        primary = study.primary
        named = primary.systems is None or set(primary.systems) == set(systems)
        return criterion.criterion_id == primary.criterion and estimand == primary.estimand and named
    return any(
        one.criterion == criterion.criterion_id
        and set(one.systems) == set(systems)
        and one.estimand == estimand
        and measure_of(one, criterion) == measure
        for one in study.hypotheses
    )


def measure_of(hypothesis: Hypothesis, criterion: Criterion) -> Measure | None:
    """What of a rated criterion a test compares; None for a preference."""
    return hypothesis.measure or next(iter(hypotheses.measures(criterion)), None)


def hypothesis_results(data: Judged, resampling: Resampling) -> tuple[HypothesisResult, ...]:
    """Every declared hypothesis in the study's order, Holm-corrected within its family."""
    found = [_result(data, hypothesis, resampling) for hypothesis in data.study.hypotheses]
    for family in ("primary", "secondary"):
        places = [place for place, one in enumerate(found) if one.hypothesis.family == family]
        for place, p_holm in zip(places, holm([found[place].test for place in places]), strict=True):
            found[place] = replace(found[place], p_holm=p_holm)
    return tuple(found)


def _result(data: Judged, hypothesis: Hypothesis, resampling: Resampling) -> HypothesisResult:
    compared = _compared(data, data.study.criterion(hypothesis.criterion), hypothesis)
    if hypothesis.estimand == "these_raters":
        figure, test_of = mean_margin(compared.values, resampling), _flip
    else:
        figure = _at_large(compared, 0.0)[0]
        test_of = _test_at_large
    test = _claim(hypothesis, lambda shift: test_of(compared, shift), figure.value)
    return HypothesisResult(hypothesis, compared.measure, figure, test, None)


def _compared(data: Judged, criterion: Criterion, hypothesis: Hypothesis) -> _Compared:
    rows = data.of(criterion.criterion_id)
    pair: Pair = hypothesis.systems
    if criterion.kind == "preference":
        return _Compared(preference_ratings(rows, criterion, [pair]), float(max(criterion.values())), None)
    measures = measures_of(criterion)
    name = measure_of(hypothesis, criterion) or hypotheses.measures(criterion)[0]
    return _Compared(
        paired_differences(*paired(rows, criterion, pair), measures[name]), reach(criterion, measures[name]), name
    )


TestOf = Callable[[float], Test]
"""The two-sided test that the mean plus a shift is zero."""


def _claim(hypothesis: Hypothesis, test_of: TestOf, value: float | None) -> Test:
    """The test of what is claimed, from two-sided ones of the mean shifted by 0 or by the margin."""
    margin = hypothesis.margin or 0.0
    if value is None or hypothesis.claim == "differs":
        return test_of(0.0)
    above = _one_sided(test_of(margin), value + margin > 0)
    if hypothesis.claim in ("better", "not_worse"):
        return above
    below = _one_sided(test_of(-margin), value - margin < 0)
    if above.p_value is None or below.p_value is None:
        return above if above.p_value is None else below
    return above if above.p_value >= below.p_value else below


def _one_sided(test: Test, on_its_side: bool) -> Test:
    if test.p_value is None:
        return test
    p_value = test.p_value / 2 if on_its_side else 1 - test.p_value / 2
    return Test(p_value, f"{test.method}, one-sided", test.reason)


def _flip(compared: _Compared, shift: float) -> Test:
    """The sign-flip test over dialogues of the items' means, each shifted."""
    values = compared.values
    if values.sizes().items < FEWEST_DIALOGUES:
        return Test(None, "sign-flip permutation", Reason.FEW_DIALOGUES)
    margins, votes = item_margins(values)
    return sign_flip(dialogue_sums(np.where(votes > 0, margins + shift, 0.0), votes, values))


def _test_at_large(compared: _Compared, shift: float) -> Test:
    return _at_large(compared, shift)[1]


def _at_large(compared: _Compared, shift: float) -> tuple[Figure, Test]:
    votes = votes_of(compared.values)
    moved = replace(votes, value=votes.value + shift)
    found = at_large(moved, "mean by item", compared.values.sizes(), (-compared.reach + shift, compared.reach + shift))
    return found.figure, found.test
