"""Intraclass correlations, six forms, of any crossed design; where every cell is filled, those of Shrout and Fleiss.

With variances between units su, between raters sr, of the rest se, and within units sw (raters and rest together):

    ICC(1,1) = su / (su + sw)        ICC(2,1) = su / (su + sr + se)        ICC(3,1) = su / (su + se)

and ICC(., k), the mean of k raters, by Spearman and Brown: k v / (1 + (k - 1) v), k the mean number of ratings of a
unit. ICC(1, .) holds where every unit has its own raters, (2, .) where the same raters stand for others (absolute
agreement), (3, .) where only these raters count (consistency). Variances come from sums of squares adjusted for the
other factor: su = (SSU / (n - 1) - MSE) / k0, sr = (SSR / (r - 1) - MSE) / n0 with k0 = (N - sum c^2 / k_r) / (n - 1)
and n0 = (N - sum c^2 / m_u) / (r - 1), c being 1 for a filled cell (Searle 1971, Linear Models, section 7.2; Shrout and
Fleiss 1979, Psychol. Bull. 86, 420-428). Intervals are generalised pivotal ones (Weerahandi 1993, J. Am. Stat. Assoc.
88, 899-905): each sum of squares is divided by a draw of chi-square instead of its degrees of freedom. Where several
units belong to a dialogue, the units' sum has the degrees of freedom of the dialogues.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, undefined
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, alike

FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
_NOTHING = 1e-12
_INTERVAL = "generalised pivotal interval"

Form = Callable[[Array, Array, Array], Array]
"""From the variances of units, raters and rest (or units, nothing and within) to the coefficient."""
ONE_WAY: Form = lambda units, _, within: _ratio(units, units + within)  # noqa: E731
AGREEMENT: Form = lambda units, raters, rest: _ratio(units, units + raters + rest)  # noqa: E731
CONSISTENCY: Form = lambda units, _, rest: _ratio(units, units + rest)  # noqa: E731
LEAN: Form = lambda units, raters, rest: _ratio(raters, units + raters + rest)  # noqa: E731


@dataclass(frozen=True)
class _Sums:
    """Sums of squares of units, raters and rest with their degrees of freedom, and ratings per unit and per rater."""

    squares: tuple[float, float, float]
    freedom: tuple[int, int, int]
    per_unit: float
    per_rater: float

    def variances(self) -> tuple[Array, Array, Array]:
        """As estimated; those of units and raters may lie below 0."""
        units, raters, rest = (np.array(s / max(df, 1)) for s, df in zip(self.squares, self.freedom, strict=True))
        return (units - rest) / self.per_unit, (raters - rest) / self.per_rater, rest

    def drawn(self, draws: int, seed: int, dialogues: int) -> tuple[Array, Array, Array]:
        """Pivotal draws of the variances, shapes (draws,); raters' ones not below 0."""
        random = np.random.default_rng(seed)
        (units, raters, rest), (df_units, df_raters, df_rest) = self.squares, self.freedom
        free = min(dialogues - 1, df_units)
        rests = rest / random.chisquare(df_rest, draws)
        between = units / df_units * free / random.chisquare(free, draws)
        of_raters = raters / random.chisquare(max(df_raters, 1), draws)
        return (between - rests) / self.per_unit, np.maximum((of_raters - rests) / self.per_rater, 0.0), rests


def icc(ratings: Ratings, resampling: Resampling) -> dict[str, Figure]:
    """The six forms by name, from all ratings.

    The one-way forms need a unit with two ratings; the others raters that units join to one another. Below six
    dialogues there is no interval.
    """
    sizes = ratings.sizes()
    within = _one_way(ratings)
    if within is None:
        return {form: undefined(Reason.NO_COMPLETE_UNITS, form, sizes) for form in FORMS}
    crossed = _two_way(ratings)
    single = {
        "ICC(1,1)": _figure("ICC(1,1)", ONE_WAY, within, ratings, resampling),
        "ICC(2,1)": _figure("ICC(2,1)", AGREEMENT, crossed, ratings, resampling),
        "ICC(3,1)": _figure("ICC(3,1)", CONSISTENCY, crossed, ratings, resampling),
    }
    k = sizes.judgments / np.count_nonzero(np.bincount(ratings.unit))
    means = {form.replace(",1)", ",k)"): _of_mean(figure, form, k) for form, figure in single.items()}
    return {**single, **means}


def lean(ratings: Ratings, resampling: Resampling) -> Figure:
    """Share of a vote's variance that is the rater's own, sr / (su + sr + se), 0..1: ICC(2,1) with the roles exchanged.

    Its interval is as good as that of ICC(2,1); with few raters it is very wide.
    """
    sums, sizes = _two_way(ratings), ratings.sizes()
    method = f"share of variance between raters; {_INTERVAL}"
    if sums is None:
        return undefined(Reason.DIFFERENT_RATERS, method, sizes)
    value = max(float(LEAN(*sums.variances())), 0.0)
    if not math.isfinite(value):
        return undefined(Reason.NO_VARIANCE, method, sizes)
    if sizes.items < FEWEST_DIALOGUES:
        return Figure(value, method=method, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    units, raters, rest = sums.drawn(resampling.resamples, resampling.seed, sizes.items)
    draws = LEAN(np.maximum(units, 0.0), raters, rest)
    low, high = (float(end) for end in np.quantile(draws[np.isfinite(draws)], resampling.tails))
    return Figure(value, low, high, method, None, sizes, resampling.seed)


def _figure(name: str, form: Form, sums: _Sums | None, ratings: Ratings, resampling: Resampling) -> Figure:
    sizes, method = ratings.sizes(), f"{name}; {_INTERVAL}"
    if sums is None:
        return undefined(Reason.DIFFERENT_RATERS, method, sizes)
    value = float(form(*sums.variances()))
    if not math.isfinite(value):
        return undefined(Reason.NO_VARIANCE, method, sizes)
    if sizes.items < FEWEST_DIALOGUES:
        return Figure(value, method=method, reason=Reason.FEW_DIALOGUES, sizes=sizes)
    draws = form(*sums.drawn(resampling.resamples, resampling.seed, sizes.items))
    low, high = (float(end) for end in np.quantile(draws[np.isfinite(draws)], resampling.tails))
    if alike(low, high):
        return Figure(value, method=method, reason=Reason.NO_VARIATION, sizes=sizes)
    return Figure(value, low, high, method, None, sizes, resampling.seed)


def _of_mean(single: Figure, name: str, k: float) -> Figure:
    """The same form for the mean of k raters; no interval where its lower end has no such value."""
    method = single.method.replace(name, name.replace(",1)", ",k)"))
    ends = [end for end in (single.value, single.low, single.high) if end is not None]
    if not all(1 + (k - 1) * end > _NOTHING for end in ends):
        return undefined(Reason.NO_VARIANCE, method, single.sizes)
    moved = single.moved(lambda v: k * v / (1 + (k - 1) * v))
    return Figure(moved.value, moved.low, moved.high, method, moved.reason, moved.sizes, moved.seed)


def _one_way(ratings: Ratings) -> _Sums | None:
    """Units against all that varies within them; None where no two units are rated, or none has two ratings."""
    _, unit = np.unique(ratings.unit, return_inverse=True)
    number = np.bincount(unit).astype(np.float64)
    total, units = len(unit), len(number)
    if units < 2 or total == units:
        return None
    values = ratings.numbers - ratings.numbers.mean()
    means = np.bincount(unit, values) / number
    between, within = float((number * means**2).sum()), float(((values - means[unit]) ** 2).sum())
    per_unit = (total - float((number**2).sum()) / total) / (units - 1)
    return _Sums((between, 0.0, within), (units - 1, 0, total - units), per_unit, 1.0)


def _two_way(ratings: Ratings) -> _Sums | None:
    """Units and raters, each adjusted for the other; None where raters are not joined by units, or no rest is left."""
    _, unit = np.unique(ratings.unit, return_inverse=True)
    _, rater = np.unique(ratings.rater, return_inverse=True)
    cells = np.zeros((int(unit.max()) + 1, int(rater.max()) + 1))
    cells[unit, rater] = 1.0
    (units, raters), total = cells.shape, len(unit)
    per_unit, per_rater = cells.sum(axis=1), cells.sum(axis=0)
    values = ratings.numbers - ratings.numbers.mean()
    means = np.bincount(unit, values) / per_unit
    within = values - means[unit]
    normal = np.diag(per_rater) - cells.T @ (cells / per_unit[:, None])
    free = total - units - raters + 1
    if raters < 2 or free < 1 or np.linalg.matrix_rank(normal) < raters - 1:
        return None
    sums = np.bincount(rater, within)
    of_raters = float(sums @ np.linalg.pinv(normal) @ sums)
    rest = max(float((within**2).sum()) - of_raters, 0.0)
    raters_alone = float((np.bincount(rater, values) ** 2 / per_rater).sum())
    of_units = max(float((per_unit * means**2).sum()) + of_raters - raters_alone, 0.0)
    return _Sums(
        (of_units, of_raters, rest),
        (units - 1, raters - 1, free),
        (total - float((cells / per_rater).sum())) / (units - 1),
        (total - float((cells / per_unit[:, None]).sum())) / (raters - 1),
    )


def _ratio(top: Array, bottom: Array) -> Array:
    return np.where(bottom > _NOTHING, top / np.where(bottom > _NOTHING, bottom, 1.0), np.nan)
