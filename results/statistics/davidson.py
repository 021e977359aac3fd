"""Strength of systems from pairwise choices with ties: the model of Davidson (1970), J. Am. Stat. Assoc. 65, 317-328.

    P(i over j) = w_i / (w_i + w_j + nu sqrt(w_i w_j)),   P(tie) = nu sqrt(w_i w_j) / (w_i + w_j + nu sqrt(w_i w_j))

`evalica.newman` fits it (Newman 2023; nu = 2 v). Bootstraps fit many tables at once by Newton's method: with
d = log w_i - log w_j and eta = log nu the log-likelihood of a pair is concave,
wins d/2 - losses d/2 + ties eta - n log(e^(d/2) + e^(-d/2) + e^eta).
Strength is the centred log worth: log w_i minus the mean over systems.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from results.statistics.resample import Array

Index = npt.NDArray[np.int64]

_STEPS = 30
_TIGHT = 1e-9
"""Largest step at which Newton's method has arrived."""
_SOME_TIES = 0.1
"""Where nu starts for a table with ties when the start has none."""
_FAR = 30.0
"""A log worth beyond which a resample has no finite fit."""


@dataclass(frozen=True)
class Cells:
    """Votes summed by pair of systems: first, second (P,) places of systems with first < second; counts of the last
    axis (wins of first, wins of second, ties), shape (..., P, 3)."""

    first: Index
    second: Index
    systems: int
    counts: Array

    def of(self, counts: Array) -> Cells:
        """The same pairs with other counts."""
        return Cells(self.first, self.second, self.systems, counts)

    @property
    def tied(self) -> bool:
        """True where any vote is a tie, so that nu is estimated; without ties nu is 0 (Bradley-Terry)."""
        return bool(self.counts[..., 2].sum() > 0)


def connected(cells: Cells) -> bool:
    """True where every system can be reached from every other over pairs that were compared."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    met = cells.counts.sum(axis=-1) > 0
    edges = (np.ones(int(met.sum())), (cells.first[met], cells.second[met]))
    graph = coo_array(edges, shape=(cells.systems, cells.systems))
    parts, _ = connected_components(graph, directed=False)
    return int(parts) == 1


def finite(cells: Cells) -> bool:
    """True where the maximum of the likelihood lies at finite worths and nu.

    It does not where the outcomes can be separated: some direction (worths and, with ties, eta) makes every observed
    outcome at least as likely as its alternatives and one of them more so (Albert and Anderson 1984). A system that
    won, or lost, throughout is the plain case. Found by one linear programme.
    """
    from scipy.optimize import linprog

    rows = _separation(cells)
    if not len(rows):
        return False
    limits = np.concatenate([np.zeros(len(rows)), np.ones(len(rows))])
    solved = linprog(-rows.sum(axis=0), A_ub=np.vstack([-rows, rows]), b_ub=limits, bounds=(None, None), method="highs")
    return bool(solved.status == 0 and abs(float(solved.fun or 0.0)) < 1e-7)


def _separation(cells: Cells) -> Array:
    """For every observed outcome, how far its score lies above each alternative's: rows over (worths, eta)."""
    tied = cells.tied
    rows = []
    for first, second, (wins, losses, ties) in zip(cells.first, cells.second, cells.counts, strict=True):
        d = np.zeros(cells.systems + 1)
        d[first], d[second] = 0.5, -0.5
        eta = np.zeros(cells.systems + 1)
        eta[-1] = 1.0
        rows += [2 * d] + ([d - eta] if tied else []) if wins else []
        rows += [-2 * d] + ([-d - eta] if tied else []) if losses else []
        rows += [eta - d, eta + d] if ties else []
    table = np.array(rows).reshape(-1, cells.systems + 1)
    return table if tied else table[:, :-1]


def fit(cells: Cells) -> tuple[Array, float]:
    """Centred log worths (S,) and nu of one table, by `evalica.newman`, polished by Newton steps to full precision.

    Without ties it is `evalica.bradley_terry`, and nu is 0. The fit must be connected and finite.
    """
    import evalica
    import pandas as pd

    kinds = (evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw)
    met = [(pair, kind) for pair, kind in np.argwhere(cells.counts > 0)]
    names = [str(place).zfill(9) for place in range(cells.systems)]
    model = partial(evalica.newman, v_init=0.5) if cells.tied else evalica.bradley_terry
    fitted = model(
        [names[cells.first[pair]] for pair, _ in met],
        [names[cells.second[pair]] for pair, _ in met],
        [kinds[kind] for _, kind in met],
        index=pd.Index(names),
        weights=[float(cells.counts[pair, kind]) for pair, kind in met],
        tolerance=1e-12,
        limit=100_000,
    )
    worths = np.log(fitted.scores.reindex(names).to_numpy(dtype=np.float64))
    nu = 2 * float(fitted.v) if cells.tied else 0.0
    polished, nus = fit_many(cells.of(cells.counts[None]), worths - worths.mean(), nu)
    return polished[0], float(nus[0])


def fit_many(cells: Cells, start: Array, nu: float) -> tuple[Array, Array]:
    """Centred log worths (B, S) and nu (B,) of tables of counts (B, P, 3), by Newton's method from one start.

    A table without a tie has nu = 0, where the likelihood is largest: with one tie among all votes, more than a third
    of all resamples are such. NaN where a table has no finite fit.
    """
    tied = cells.counts[..., 2].sum(axis=-1) > 0
    worths, nus = np.full((len(tied), cells.systems), np.nan), np.full(len(tied), np.nan)
    for alike, own in ((tied, nu or _SOME_TIES), (~tied, 0.0)):
        if alike.any():
            worths[alike], nus[alike] = _newton(cells.of(cells.counts[alike]), start, own)
    return worths, nus


def _newton(cells: Cells, start: Array, nu: float) -> tuple[Array, Array]:
    """As `fit_many`, of tables that all have ties (nu > 0) or all have none (nu = 0)."""
    tied = nu > 0
    eta = np.log(nu) if tied else -np.inf
    state = np.tile(np.append(start, eta if tied else 0.0), (len(cells.counts), 1))
    design = _design(cells)
    moved = np.full(len(state), np.inf)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(_STEPS):
            going = (moved > _TIGHT) & (np.abs(state).max(axis=1) < _FAR)
            if not going.any():
                break
            step = _newton_step(cells.of(cells.counts[going]), design, state[going], tied)
            state[going] += step
            moved[going] = np.abs(step).max(axis=1)
    lost = (moved > 1e-6) | ~(np.abs(state).max(axis=1) < _FAR)
    state[lost] = np.nan
    return state[:, :-1], np.exp(state[:, -1]) if tied else np.where(lost, np.nan, 0.0)


def _design(cells: Cells) -> Array:
    """+1 for a pair's first system, -1 for its second, shape (P, S)."""
    table = np.zeros((len(cells.first), cells.systems))
    rows = np.arange(len(cells.first))
    table[rows, cells.first], table[rows, cells.second] = 1.0, -1.0
    return table


def _newton_step(cells: Cells, design: Array, state: Array, tied: bool) -> Array:
    """The step towards the maximum, shape (B, S + 1); steps longer than 2 are shortened."""
    wins, losses, ties = np.moveaxis(cells.counts, -1, 0)
    n = wins + losses + ties
    half = state[:, :-1] @ design.T / 2
    nu = np.exp(state[:, -1])[:, None] if tied else 0.0
    up, down = np.exp(half), np.exp(-half)
    total = up + down + nu
    lean, drawn = (up - down) / total / 2, nu / total
    slope = ((wins - losses) / 2 - n * lean) @ design
    curve = n * ((up + down) / total / 4 - lean**2)
    systems = cells.systems
    hessian = np.zeros((len(state), systems + 1, systems + 1))
    hessian[:, :systems, :systems] = _scattered(curve, cells, systems) + 1.0 / systems
    gradient = np.concatenate([slope, np.zeros((len(state), 1))], axis=1)
    hessian[:, -1, -1] = 1.0
    if tied:
        gradient[:, -1] = (ties - n * drawn).sum(axis=1)
        cross = (-n * lean * drawn) @ design
        hessian[:, -1, :systems] = hessian[:, :systems, -1] = cross
        hessian[:, -1, -1] = (n * drawn * (1 - drawn)).sum(axis=1)
    step = _solved(hessian, gradient)
    longest = np.abs(step).max(axis=1, keepdims=True)
    shortened: Array = step * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-300))
    return shortened


def _scattered(curve: Array, cells: Cells, systems: int) -> Array:
    """Sums of curve x (e_i - e_j)(e_i - e_j)^T over pairs, shape (B, S, S)."""
    table = np.zeros((len(curve), systems, systems))
    table[:, cells.first, cells.second] = -curve
    table += table.transpose(0, 2, 1)
    places = np.arange(systems)
    table[:, places, places] = -table.sum(axis=2)
    return table


def _solved(hessian: Array, gradient: Array) -> Array:
    """hessian^-1 gradient; a table whose Hessian is singular gets a step out of all bounds, so that it is given up."""
    try:
        return np.asarray(np.linalg.solve(hessian, gradient[..., None])[..., 0])
    except np.linalg.LinAlgError:
        small = np.linalg.cond(hessian) < 1e14
        step = np.full_like(gradient, np.inf)
        step[small] = np.linalg.solve(hessian[small], gradient[small][..., None])[..., 0]
        return step
