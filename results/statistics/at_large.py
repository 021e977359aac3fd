"""A mean for raters at large: dialogues and raters both drawn from many, any crossed design, unequal cells allowed.

    y = mu + dialogue + rater + rest,     estimate = sum w y  with the weights w summing to 1

Components by Henderson's method I (1953, Biometrics 9, 226-252): the sums of squares q between dialogues, between
raters and in all have expectations M sigma, so sigma = M^-1 q, and the variance of the estimate is V = g' sigma = y'Qy
with g the sums of squared weights of dialogues, raters and votes. Its degrees of freedom are Satterthwaite's (1946,
Biometrics Bull. 2, 110-114), 2 V^2 / Var(y'Qy) with Var(y'Qy) = 2 tr (QS)^2 at the estimated covariance S. Where raters
do not differ by more than chance, they are left out of the fit. Beside it stands the spread of the raters' own
contributions, V2 = r / (r - 1) sum_r (sum_i w (y - m))^2 on r - 1 degrees of freedom. The interval has the larger of
both half-widths and the test the larger p-value, so that they never contradict each other. With few raters the second
decides; with every cell filled the first is the two-way analysis of variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.ratings import Indices, Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Array, alike
from results.statistics.shares import FEWEST_APART
from results.statistics.signflip import Test

FEWEST_RATERS = 3
"""Raters below which nothing is said of others."""
METHOD = "dialogues and raters random: larger of Henderson I with Satterthwaite's t and t of the raters' spread"
_NOTHING, _SINGULAR = 1e-12, 1e10


Limits = tuple[float, float]
"""The ends of a scale."""


@dataclass(frozen=True)
class Spread:
    """Variances of a vote by where they come from, none below 0, and whether raters differ by more than chance."""

    dialogues: float
    raters: float
    rest: float
    heterogeneity: Test
    """F test of raters within dialogues; null where no dialogue was judged by two raters."""

    @property
    def sd_raters(self) -> float:
        """Standard deviation of raters' own means, in the unit of a vote."""
        return math.sqrt(self.raters)

    @property
    def lean(self) -> float | None:
        """Share of a vote's variance that is the rater's own leaning, 0..1; None where nothing varies."""
        whole = self.dialogues + self.raters + self.rest
        return self.raters / whole if whole > _NOTHING else None


@dataclass(frozen=True)
class AtLarge:
    """A mean read for raters at large: its figure, its test of zero, and the spread of raters that it rests on."""

    figure: Figure
    test: Test
    spread: Spread | None
    """None where there is no interval, or every dialogue has one vote."""
    new_rater: Figure
    """The mean of one more rater over many dialogues: 95 % prediction interval."""


@dataclass(frozen=True)
class Votes:
    """N votes: value, dialogue (0..n-1), rater (0..r-1) and weight (summing to 1), shapes (N,)."""

    value: Array
    dialogue: Indices
    rater: Indices
    weight: Array

    @property
    def dialogues(self) -> int:
        """n."""
        return int(self.dialogue.max()) + 1

    @property
    def raters(self) -> int:
        """r."""
        return int(self.rater.max()) + 1

    def mean(self) -> float:
        """The estimate."""
        return float(self.weight @ self.value)


def margin_at_large(ratings: Ratings, name: str = "mean margin per item", level: float = 0.95) -> AtLarge:
    """The mean over units of the unit's mean rating, as `mean_margin`, for raters at large."""
    limits = (float(ratings.domain.min()), float(ratings.domain.max())) if len(ratings.domain) else (0.0, 0.0)
    return at_large(votes_of(ratings), name, ratings.sizes(), limits, level)


def votes_of(ratings: Ratings) -> Votes:
    """Every rating as a vote; units weigh alike, and ratings of one unit share its weight."""
    rated = np.bincount(ratings.unit, minlength=ratings.units)
    units = np.count_nonzero(rated)
    weight = 1 / (rated[ratings.unit] * units) if units else np.zeros(0)
    return Votes(ratings.numbers, _codes(ratings.dialogue[ratings.unit]), _codes(ratings.rater), weight)


def _codes(names: Indices) -> Indices:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def at_large(votes: Votes, name: str, sizes: Sizes, limits: Limits, level: float = 0.95) -> AtLarge:
    """The mean with its interval and test for raters at large; no bound lies outside `limits`, the scale's ends.

    Below three raters or six dialogues there is a value and no interval; the same where fewer than five dialogues hold
    a vote other than the commonest.
    """
    method = f"{name}; {METHOD}"
    if not len(votes.value):
        nothing = undefined(Reason.NO_VOTES, method, sizes)
        return AtLarge(nothing, Test(None, METHOD, Reason.NO_VOTES), None, nothing)
    value = votes.mean()
    few = _too_few(sizes) or _too_alike(votes)
    if few:
        return _without_interval(value, method, few, sizes)
    fit = _Fit.of(votes)
    reach = max(_quantile(df, level) * error for error, df in fit.errors)
    if alike(value - reach, value + reach):
        return _without_interval(value, method, Reason.NO_VARIATION, sizes)
    return AtLarge(
        _figure(value, reach, limits, method, sizes),
        Test(max(_p_value(value, error, df) for error, df in fit.errors), METHOD),
        fit.spread(votes),
        _new_rater(value, reach, fit, name, sizes, limits, level),
    )


def standard_errors(votes: Votes) -> tuple[tuple[float, float], ...]:
    """The standard errors of the mean with their degrees of freedom: by components where these are known, by raters."""
    return _Fit.of(votes).errors


def _too_few(sizes: Sizes) -> Reason | None:
    if sizes.raters < FEWEST_RATERS:
        return Reason.ONE_RATER if sizes.raters == 1 else Reason.FEW_RATERS
    return Reason.FEW_DIALOGUES if sizes.items < FEWEST_DIALOGUES else None


def _too_alike(votes: Votes) -> Reason | None:
    """Too few dialogues apart from the commonest vote, as of a rare answer: their spread says little of others."""
    _, place = np.unique(votes.value, return_inverse=True)
    common = int(np.argmax(np.bincount(place)))
    apart = len(np.unique(votes.dialogue[place != common]))
    if not apart:
        return Reason.NO_VARIATION
    return Reason.FEW_APART if apart < FEWEST_APART else None


def _without_interval(value: float, method: str, reason: Reason, sizes: Sizes) -> AtLarge:
    figure = Figure(value, method=method, reason=reason, sizes=sizes)
    return AtLarge(figure, Test(None, METHOD, reason), None, figure)


def _quantile(df: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


def _p_value(value: float, error: float, df: float) -> float:
    from scipy.special import stdtr

    return 1.0 if error <= 0 else float(2 * stdtr(df, -abs(value) / error))


def _figure(value: float, reach: float, limits: Limits, method: str, sizes: Sizes) -> Figure:
    return Figure(value, max(value - reach, limits[0]), min(value + reach, limits[1]), method, None, sizes)


def _new_rater(value: float, reach: float, fit: _Fit, name: str, sizes: Sizes, limits: Limits, level: float) -> Figure:
    """Where the mean of one more rater lies: the raters' own spread on top of the uncertainty of the mean."""
    method = f"{name}; prediction interval of one more rater"
    if fit.components is None:
        return Figure(value, method=method, reason=Reason.NO_TWO_RATINGS, sizes=sizes)
    further = math.hypot(reach, _quantile(sizes.raters - 1, level) * math.sqrt(max(fit.components[1], 0.0)))
    return _figure(value, further, limits, method, sizes)


# --- the fit ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    errors: tuple[tuple[float, float], ...]
    """Standard errors of the mean with their degrees of freedom: by components where these are known, by raters."""
    components: Array | None
    """Variances between dialogues, between raters and within, as estimated; may lie below 0."""

    @classmethod
    def of(cls, votes: Votes) -> _Fit:
        table = _Table.of(votes)
        by_raters = (_cluster_error(votes), table.raters - 1)
        sums = _sums_of_squares(votes, table)
        solved = _components(table, sums, _squares(votes.weight, votes))
        if solved is None:  # every dialogue has one vote: raters are then clusters that nothing joins
            return cls((by_raters,), None)
        components, coefficients = solved
        variance = max(float(coefficients @ sums), 0.0)
        spread = _trace_of_square(table, coefficients, np.maximum(components, 0))
        df = max(1.0, variance**2 / spread) if spread > 0 else 1.0
        return cls(((math.sqrt(variance), df), by_raters), components)

    def spread(self, votes: Votes) -> Spread | None:
        if self.components is None:
            return None
        dialogues, raters, rest = (float(v) for v in np.maximum(self.components, 0))
        return Spread(dialogues, raters, rest, heterogeneity(votes))


@dataclass(frozen=True)
class _Table:
    """Votes by dialogue and rater, shape (n, r), and what the sums of squares are expected to be."""

    cells: Array
    expectations: Array
    """Rows: sums of squares between dialogues, between raters, in all; columns: the three variances."""

    @property
    def raters(self) -> int:
        return int(self.cells.shape[1])

    @classmethod
    def of(cls, votes: Votes) -> _Table:
        n, r = votes.dialogues, votes.raters
        cells = np.zeros((n, r))
        np.add.at(cells, (votes.dialogue, votes.rater), 1.0)
        by_dialogue, by_rater, total = cells.sum(axis=1), cells.sum(axis=0), float(cells.sum())
        a, b = float((by_dialogue**2).sum()) / total, float((by_rater**2).sum()) / total
        rater_in_dialogues = float((cells**2 / by_dialogue[:, None]).sum()) - b
        dialogue_in_raters = float((cells**2 / by_rater[None, :]).sum()) - a
        expectations = np.array([
            [total - a, rater_in_dialogues, n - 1],
            [dialogue_in_raters, total - b, r - 1],
            [total - a, total - b, total - 1],
        ])  # fmt: skip
        return cls(cells, expectations)


def _squares(weight: Array, votes: Votes) -> Array:
    """Sums of squared weights of dialogues, of raters, of votes."""
    by_dialogue, by_rater = np.bincount(votes.dialogue, weight), np.bincount(votes.rater, weight)
    return np.array([(by_dialogue**2).sum(), (by_rater**2).sum(), (weight**2).sum()])


def _sums_of_squares(votes: Votes, table: _Table) -> Array:
    centred = votes.value - votes.value.mean()
    by_dialogue, by_rater = np.bincount(votes.dialogue, centred), np.bincount(votes.rater, centred)
    cells = table.cells
    return np.array([
        (by_dialogue**2 / cells.sum(axis=1)).sum(), (by_rater**2 / cells.sum(axis=0)).sum(), (centred**2).sum()
    ])  # fmt: skip


def _components(table: _Table, sums: Array, weights: Array) -> tuple[Array, Array] | None:
    """The three variances, and what each sum of squares counts for in the variance of the mean.

    Without raters where they differ by less than chance or cannot be told from the rest; None where dialogues cannot.
    """
    if np.linalg.cond(table.expectations) < _SINGULAR:
        components = np.linalg.solve(table.expectations, sums)
        if components[1] > 0:
            coefficients = np.linalg.solve(table.expectations.T, weights)
            return np.asarray(components, np.float64), np.asarray(coefficients, np.float64)
    return _without_raters(table, sums, weights)


def _without_raters(table: _Table, sums: Array, weights: Array) -> tuple[Array, Array] | None:
    between, _, whole = table.expectations
    expectations = np.array([[between[0], between[2]], [whole[0] - between[0], whole[2] - between[2]]])
    if np.linalg.cond(expectations) >= _SINGULAR:
        return None
    dialogues, rest = np.linalg.solve(expectations, np.array([sums[0], sums[2] - sums[0]]))
    first, second = np.linalg.solve(expectations.T, weights[[0, 2]])
    return np.array([dialogues, 0.0, rest]), np.array([first - second, 0.0, second])


def _cluster_error(votes: Votes) -> float:
    """Standard error of the mean from the raters' contributions to it."""
    contributions = np.bincount(votes.rater, votes.weight * (votes.value - votes.mean()))
    raters = len(contributions)
    return math.sqrt(raters / (raters - 1) * float((contributions**2).sum()))


def _trace_of_square(table: _Table, coefficients: Array, components: Array) -> float:
    """tr (QS)^2 in time linear in the dialogues.

    With F = [dialogues, raters, 1] as columns, Q = c I + F A F' and S = s I + F B F' for diagonal A and B, so that
    QS = c s I + F X F' with X = c B + s A + A G B and G = F'F, and tr (QS)^2 = (c s)^2 N + 2 c s tr XG + tr XGXG.
    In XG the dialogues' block is a diagonal and a product of two thin tables, and the rest is thin: E = G's columns of
    raters and the one, H = their own block.
    """
    cells = table.cells
    size, by_rater, total = cells.sum(axis=1), cells.sum(axis=0), float(cells.sum())
    (c_dialogues, c_raters, c), (s_dialogues, s_raters, s) = coefficients, components
    thin = np.column_stack([cells, size])
    own = np.block([[np.diag(by_rater), by_rater[:, None]], [by_rater[None, :], np.array([[total]])]])
    a = c_dialogues / size
    a_thin = np.append(c_raters / by_rater, -float(coefficients.sum()) / total)
    b_thin = np.append(np.full(len(by_rater), s_raters), 0.0)

    x = c * s_dialogues + s * a + a * size * s_dialogues
    x_thin = np.diag(c * b_thin + s * a_thin) + a_thin[:, None] * own * b_thin[None, :]
    left = a[:, None] * thin * b_thin[None, :]
    diagonal = x * size
    upper = x[:, None] * thin + left @ own
    lower = (s_dialogues * a_thin)[:, None] * (thin * size[:, None]).T + x_thin @ thin.T
    corner = (s_dialogues * a_thin)[:, None] * (thin.T @ thin) + x_thin @ own
    inner = thin.T @ left

    trace = diagonal.sum() + np.trace(inner) + np.trace(corner)
    squared = (
        (diagonal**2).sum()
        + 2 * float((thin * diagonal[:, None] * left).sum())
        + float((inner * inner.T).sum())
        + 2 * float((upper * lower.T).sum())
        + float((corner * corner.T).sum())
    )
    return float((c * s) ** 2 * total + 2 * c * s * trace + squared)


def heterogeneity(votes: Votes) -> Test:
    """F test that raters have the same mean, dialogues taken out; null where they cannot be told apart.

    Source: Searle (1971), Linear Models, section 7.1: reduction in sum of squares of raters adjusted for dialogues.
    """
    from scipy.special import fdtrc

    method = "F test of raters adjusted for dialogues"
    table = _Table.of(votes).cells
    size = table.sum(axis=1)
    means = np.bincount(votes.dialogue, votes.value) / size
    within = votes.value - means[votes.dialogue]
    normal = np.diag(table.sum(axis=0)) - table.T @ (table / size[:, None])
    right = np.bincount(votes.rater, within)
    rank = int(np.linalg.matrix_rank(normal))
    reduction = float(right @ np.linalg.pinv(normal) @ right)
    rest, df = float((within**2).sum()) - reduction, len(within) - len(size) - rank
    if rank < 1 or df < 1:
        return Test(None, method, Reason.NO_TWO_RATINGS)
    if rest <= _NOTHING:
        return Test(None, method, Reason.NO_VARIANCE)
    return Test(float(fdtrc(rank, df, reduction / rank / (rest / df))), method)
