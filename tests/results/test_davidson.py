"""The Davidson model: against evalica alone, against other ties rules kept here as oracles, and where no fit exists."""

from __future__ import annotations

from typing import Any

import evalica
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize

from results.statistics.davidson import Cells, connected, finite, fit, fit_many
from tests import published


def cells_of(case: dict[str, Any]) -> Cells:
    rows = case["data"]
    return Cells(
        first=np.array([int(row["i"]) - 1 for row in rows]),
        second=np.array([int(row["j"]) - 1 for row in rows]),
        systems=6,
        counts=np.array([[row["wins_i"], row["wins_j"], row["ties"]] for row in rows], dtype=float),
    )


def small(counts: list[list[int]]) -> Cells:
    """Three systems: pairs (0, 1), (0, 2), (1, 2)."""
    return Cells(np.array([0, 0, 1]), np.array([1, 2, 2]), 3, np.array(counts, dtype=float))


def against_first(worths: np.ndarray, case: dict[str, Any]) -> None:
    expected = [case["expected"]["log_ability_vs_1"][str(system)] for system in range(1, 7)]
    assert (worths - worths[0]).tolist() == pytest.approx(expected, abs=case["tolerance"])


def test_published_davidson() -> None:
    case = published.case("bt-davidson-pudding")
    worths, nu = fit(cells_of(case))
    against_first(worths, case)
    assert nu == pytest.approx(case["expected"]["nu"], abs=case["tolerance"])
    shares = np.exp(worths) / np.exp(worths).sum()
    assert shares.tolist() == pytest.approx(list(case["expected"]["worth"].values()), abs=case["tolerance"])
    assert -loss(np.append(worths, np.log(nu)), cells_of(case)) == pytest.approx(case["expected"]["loglik"], abs=1e-3)


def loss(parameters: np.ndarray, cells: Cells) -> float:
    """Minus the log-likelihood of Davidson's model, straight from its definition."""
    worth, nu = np.exp(parameters[:-1]), np.exp(parameters[-1])
    one, two = worth[cells.first], worth[cells.second]
    drawn = nu * np.sqrt(one * two)
    total = one + two + drawn
    chances = np.column_stack([one / total, two / total, drawn / total])
    return -float((cells.counts * np.log(chances)).sum())


def test_rao_kupper_oracle() -> None:
    # Rao and Kupper (1967): P(i over j) = w_i / (w_i + nu w_j). Another ties rule, kept here for comparison alone.
    case = published.case("bt-raokupper-pudding")
    cells = cells_of(case)

    def rao_kupper(parameters: np.ndarray) -> float:
        worth, nu = np.exp(np.append(0.0, parameters[:-1])), 1 + np.exp(parameters[-1])
        one, two = worth[cells.first], worth[cells.second]
        wins, losses = one / (one + nu * two), two / (two + nu * one)
        return -float((cells.counts * np.log(np.column_stack([wins, losses, 1 - wins - losses]))).sum())

    found = minimize(rao_kupper, np.zeros(6), method="BFGS")
    against_first(np.append(0.0, found.x[:-1]), case)
    assert 1 + np.exp(found.x[-1]) == pytest.approx(case["expected"]["nu"], abs=case["tolerance"])
    assert -found.fun == pytest.approx(case["expected"]["loglik"], abs=case["tolerance"])


def test_half_ties_oracle_shrinks_strengths() -> None:
    case = published.case("bt-half-ties-pudding")
    cells = cells_of(case)
    halves = cells.counts[:, :2] + cells.counts[:, 2:] / 2
    worths, nu = fit(cells.of(np.column_stack([halves, np.zeros(len(halves))])))
    against_first(worths, case)
    assert nu == 0
    davidson, _ = fit(cells)
    assert np.ptp(worths) < np.ptp(davidson)


def test_equals_evalica() -> None:
    cells = cells_of(published.case("bt-davidson-pudding"))
    kinds = [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw]
    rows = [(a, b, kind, n) for a, b, counts in zip(cells.first, cells.second, cells.counts, strict=True)
            for kind, n in zip(kinds, counts, strict=True)]  # fmt: skip
    made = evalica.newman(*zip(*((str(a), str(b), kind) for a, b, kind, _ in rows), strict=True),
                          weights=[n for *_, n in rows], tolerance=1e-12, limit=10_000)  # fmt: skip
    scores = np.log(pd.Series(made.scores).sort_index().to_numpy())
    worths, nu = fit(cells)
    assert worths.tolist() == pytest.approx((scores - scores.mean()).tolist(), abs=1e-5)
    assert nu == pytest.approx(2 * made.v, abs=1e-5)


tables = st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=3, max_size=3)


@given(tables)
def test_where_a_fit_is_called_finite_newton_finds_it_and_nowhere_else(counts: list[list[int]]) -> None:
    cells = small(counts)
    assume(cells.counts.sum() > 0)
    assume(connected(cells))
    start = 1.0 if cells.tied else 0.0
    worths, _ = fit_many(cells.of(cells.counts[None]), np.zeros(3), start)
    assert bool(np.isfinite(worths).all()) == finite(cells)


@given(tables)
def test_the_fit_is_the_top_of_the_likelihood(counts: list[list[int]]) -> None:
    cells = small(counts)
    assume(cells.counts.sum() > 0 and connected(cells) and cells.tied and finite(cells))
    worths, nu = fit(cells)
    best = np.append(worths, np.log(nu))
    random = np.random.default_rng(1)
    for _ in range(10):
        assert loss(best + random.normal(0, 0.05, 4), cells) >= loss(best, cells) - 1e-9


def test_ties_alone_do_not_make_a_fit() -> None:
    # Two systems, wins and ties but no loss: three outcomes, two numbers, so the worth runs away.
    cells = Cells(np.array([0]), np.array([1]), 2, np.array([[3.0, 0.0, 2.0]]))
    assert connected(cells)
    assert not finite(cells)


def test_tables_without_a_fit_are_nan_among_others() -> None:
    good, bad = [[3, 2, 1], [2, 2, 1], [1, 3, 2]], [[3, 0, 0], [4, 0, 0], [1, 3, 2]]
    worths, nu = fit_many(small(good).of(np.array([good, bad], dtype=float)), np.zeros(3), 0.5)
    assert np.isfinite(worths[0]).all()
    assert np.isnan(worths[1]).all()
    assert np.isnan(nu[1])
