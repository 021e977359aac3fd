"""How far raters agree on each criterion: one headline and one check, and the rest beside them.

Units, headline and check follow the kind of criterion:

| kind | unit | headline | check |
|---|---|---|---|
| preference | item x pair of systems | alpha at its level, orientation-free | percent agreement |
| scale, count | item x target | alpha at its level | percent agreement |
| yes/no | item x target | percent agreement | Gwet's AC1 (what is rare makes alpha unstable) |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from results.statistics.agreement import chance
from results.statistics.agreement.alpha import Level, alpha, both_ways, orientation_free_alpha
from results.statistics.agreement.chance import Weights
from results.statistics.agreement.cohen import cohen_kappa
from results.statistics.agreement.icc import icc
from results.statistics.figure import Figure, finite
from results.statistics.ratings import Indices, Ratings
from results.statistics.resample import Resampling
from results.study.judged import Judged, preference_ratings, target_ratings
from results.study.measures import two_ended
from tasks.schema import Criterion

RaterPair = tuple[str, str]
"""The names of two raters."""
VALUED = ("scale", "count", "yes_no_unsure")
"""Kinds of criteria whose values are compared, besides preferences."""


@dataclass(frozen=True)
class Agreement:
    """All agreement figures of one criterion."""

    criterion: Criterion
    level: Level
    headline: str
    """Key in `figures`."""
    check: str
    figures: Mapping[str, Figure]
    within: Mapping[str, Figure] = field(default_factory=dict)
    """The headline within each system: a gap between systems alone raises the pooled value."""
    without: Mapping[str, float | None] = field(default_factory=dict)
    """The headline's value when one rater is left out."""
    pairwise: Mapping[RaterPair, tuple[float | None, int]] = field(default_factory=dict)
    """Percent agreement of two raters, and the number of units both rated."""
    kappas: Mapping[RaterPair, Figure] = field(default_factory=dict)
    """Cohen's kappa of two raters: quadratic weights above the nominal level."""
    icc: Mapping[str, Figure] = field(default_factory=dict)
    """The six forms; {} for preferences, unordered categories, top-coded counts and scales whose best point is in the
    middle."""


def agreement_of(data: Judged, criterion: Criterion, resampling: Resampling) -> Agreement | None:
    """The agreement on one criterion; None for kinds whose answers are not compared (text, labels, spans)."""
    rows = data.of(criterion.criterion_id)
    if criterion.kind == "preference":
        ratings = preference_ratings(rows, criterion, data.pairs())
        return _of_preference(ratings, criterion, resampling)
    if criterion.kind in VALUED:
        agreement = _of_values(target_ratings(rows, criterion), criterion, resampling)
        within = _within(data, criterion, agreement, resampling) if criterion.of == "response" else {}
        return replace(agreement, within=within)
    return None


def level_of(criterion: Criterion) -> Level:
    """The criterion's level of measurement; nominal for yes/no and ordinal for the rest where it names none."""
    return criterion.level or ("nominal" if criterion.kind == "yes_no_unsure" else "ordinal")


def _of_preference(ratings: Ratings, criterion: Criterion, resampling: Resampling) -> Agreement:
    level = level_of(criterion)
    choices = _choices(ratings)
    figures = {
        "alpha": orientation_free_alpha(ratings, level, resampling),
        "alpha_by_system": alpha(ratings, level, resampling),
        "alpha_of_choice": orientation_free_alpha(choices, "nominal", resampling),
        "percent_agreement": chance.percent_agreement(choices, resampling),
        "percent_agreement_exact": chance.percent_agreement(ratings, resampling),
        "percent_agreement_without_ties": chance.percent_agreement(choices.only(choices.value != 1), resampling),
        "gwet_ac": chance.gwet(both_ways(ratings), chance.GWET_WEIGHTS[level], resampling).of(ratings.sizes()),
    }
    without = _without(ratings, lambda left: orientation_free_alpha(left, level, _POINT))
    agreement = Agreement(criterion, level, "alpha", "percent_agreement", figures, {}, without, _pairwise(choices))
    return replace(agreement, kappas=_kappas(ratings, level, resampling))


def _of_values(ratings: Ratings, criterion: Criterion, resampling: Resampling) -> Agreement:
    level = level_of(criterion)
    yes_no = criterion.kind == "yes_no_unsure"
    figures = {
        "alpha": alpha(ratings, level, resampling),
        "percent_agreement": chance.percent_agreement(ratings, resampling),
        "percent_agreement_over_pairs": chance.percent_agreement_over_pairs(ratings, resampling),
        "gwet_ac": chance.gwet(ratings, chance.GWET_WEIGHTS[level], resampling),
        "fleiss_kappa": chance.fleiss_kappa(ratings, resampling),
    }
    headline, check = ("percent_agreement", "gwet_ac") if yes_no else ("alpha", "percent_agreement")
    without = _without(ratings, lambda left: _headline(left, level, headline, _POINT))
    agreement = Agreement(criterion, level, headline, check, figures, {}, without, _pairwise(ratings))
    unordered = yes_no or level == "nominal" or criterion.top_coded or two_ended(criterion)
    forms = {} if unordered else icc(ratings, resampling)
    return replace(agreement, kappas=_kappas(ratings, level, resampling), icc=forms)


MOST_RATERS = 50
"""Raters of whom every two are compared: 1,225 pairs."""
_MOST_PAIRS = 15
_POINT = Resampling(resamples=2)
"""For values of which only the point is used."""


def _headline(ratings: Ratings, level: Level, name: str, resampling: Resampling) -> Figure:
    return alpha(ratings, level, resampling) if name == "alpha" else chance.percent_agreement(ratings, resampling)


def _within(data: Judged, criterion: Criterion, agreement: Agreement, resampling: Resampling) -> dict[str, Figure]:
    rows = data.of(criterion.criterion_id)
    return {
        system: _headline(target_ratings(rows, criterion, [system]), agreement.level, agreement.headline, resampling)
        for system in data.systems()
    }


def _choices(ratings: Ratings) -> Ratings:
    """Strengths reduced to which system was chosen: -1, 0, +1."""
    signs = np.sign(ratings.numbers).astype(np.int64)
    return replace(ratings, value=signs + 1, domain=np.array([-1.0, 0.0, 1.0]))


def _without(ratings: Ratings, statistic: Callable[[Ratings], Figure]) -> dict[str, float | None]:
    return {str(rater): statistic(others).value for rater, others in ratings.without_each_rater().items()}


def _kappas(ratings: Ratings, level: Level, resampling: Resampling) -> dict[RaterPair, Figure]:
    """Cohen's kappa of every two raters; with many raters without intervals, which would cost more than all else."""
    pairs = _rater_pairs(ratings)
    few = len(pairs) <= _MOST_PAIRS
    weights: Weights = "identity" if level == "nominal" else "quadratic"
    return {
        names: cohen_kappa(ratings, *places, weights, resampling if few else None) for names, places in pairs.items()
    }


def _rater_pairs(ratings: Ratings) -> dict[RaterPair, tuple[int, int]]:
    """Names and places of every two raters; {} of more than 50, whose pairs nobody would read."""
    if ratings.raters > MOST_RATERS:
        return {}
    return {
        (str(ratings.rater_names[first]), str(ratings.rater_names[second])): (first, second)
        for first, second in combinations(range(ratings.raters), 2)
    }


def _pairwise(ratings: Ratings) -> dict[RaterPair, tuple[float | None, int]]:
    grid = ratings.grid
    return {names: _same(grid[:, first], grid[:, second]) for names, (first, second) in _rater_pairs(ratings).items()}


def _same(first: Indices, second: Indices) -> tuple[float | None, int]:
    """Share of equal values among the units that both rated (None where there is none), and their number."""
    shared = (first >= 0) & (second >= 0)
    number = int(shared.sum())
    return (float((first[shared] == second[shared]).mean()) if number else None), number


def leave_one_out_range(agreement: Agreement) -> tuple[float | None, float | None]:
    """The lowest and highest headline when one rater is left out; (None, None) where it is undefined throughout."""
    values = [value for value in agreement.without.values() if value is not None]
    return (finite(min(values)), finite(max(values))) if values else (None, None)


def headline(agreement: Agreement) -> Figure:
    """The figure that stands for the criterion."""
    return agreement.figures[agreement.headline]


def headlines(data: Judged, resampling: Resampling) -> list[tuple[Criterion, str, Figure]]:
    """Every criterion that has one, with the name of its headline and the figure alone: the rest costs far more."""
    found = []
    for criterion in data.study.criteria:
        rows, level = data.of(criterion.criterion_id), level_of(criterion)
        if criterion.kind == "preference":
            ratings = preference_ratings(rows, criterion, data.pairs())
            found.append((criterion, "alpha", orientation_free_alpha(ratings, level, resampling)))
        elif criterion.kind in VALUED:
            name = "percent_agreement" if criterion.kind == "yes_no_unsure" else "alpha"
            figure = _headline(target_ratings(rows, criterion), level, name, resampling)
            found.append((criterion, name, figure))
    return found


def all_agreements(
    data: Judged, resampling: Resampling, criteria: Sequence[Criterion] | None = None
) -> list[Agreement]:
    """The agreement on every criterion that has one, in the study's order."""
    chosen = data.study.criteria if criteria is None else criteria
    agreements = (agreement_of(data, criterion, resampling) for criterion in chosen)
    return [agreement for agreement in agreements if agreement is not None]
