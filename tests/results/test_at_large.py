"""A mean for raters at large: worked by hand, by plain matrices, and what must not change it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from results.statistics.at_large import AtLarge, at_large, margin_at_large, votes_of
from results.statistics.components import Fit, Votes, heterogeneity
from results.statistics.figure import Sizes
from results.statistics.ratings import Ratings, ratings
from tests import published


def table(rows: list[list[int | None]]) -> Ratings:
    return ratings(*published.long({"data": rows}), domain=[-2, -1, 0, 1, 2])


def made(seed: int, items: int, raters: int, kept: float = 1.0, lean: float = 0.4) -> list[list[int | None]]:
    """Votes with a taste of each rater's own; a cell is kept with chance `kept`."""
    random = np.random.default_rng(seed)
    z = random.normal(0.3, 0.9, (items, raters)) + random.normal(0, lean, raters) + random.normal(0, 0.5, (items, 1))
    grid = np.clip(np.round(z), -2, 2).astype(int)
    return [[int(v) if random.random() < kept else None for v in row] for row in grid]


def ends(found: AtLarge) -> tuple[float | None, ...]:
    return found.figure.value, found.figure.low, found.figure.high, found.test.p_value


def test_a_complete_table_is_the_two_way_analysis_of_variance() -> None:
    """V = (MSi + MSr - MSe) / (n r) and its Satterthwaite df, written out for a table of 8 x 4."""
    y = np.array(made(1, 8, 4), dtype=float)
    n, r = y.shape
    grand, rows, columns = y.mean(), y.mean(axis=1), y.mean(axis=0)
    between_items, between_raters = r * ((rows - grand) ** 2).sum(), n * ((columns - grand) ** 2).sum()
    rest = ((y - grand) ** 2).sum() - between_items - between_raters
    i, c, e = between_items / (n - 1), between_raters / (r - 1), rest / ((n - 1) * (r - 1))
    assert c > e, "raters differ here"
    variance = (i + c - e) / (n * r)
    df = (i + c - e) ** 2 / (i**2 / (n - 1) + c**2 / (r - 1) + e**2 / ((n - 1) * (r - 1)))
    by_raters = stats.t.ppf(0.975, r - 1) * columns.std(ddof=1) / np.sqrt(r)
    reach = max(stats.t.ppf(0.975, df) * np.sqrt(variance), by_raters)
    found = margin_at_large(table(y.astype(int).tolist()))
    assert ends(found)[:3] == pytest.approx((grand, grand - reach, grand + reach))
    assert found.spread is not None
    assert found.spread.raters == pytest.approx((c - e) / n)
    assert found.spread.heterogeneity.p_value == pytest.approx(stats.f.sf(c / e, r - 1, (n - 1) * (r - 1)))


def by_matrices(votes: Votes) -> tuple[float, float, float]:
    """Estimate, variance and degrees of freedom from the definitions, with N x N matrices."""
    size = len(votes.value)
    dialogues, raters = np.eye(votes.dialogue.max() + 1)[votes.dialogue], np.eye(votes.rater.max() + 1)[votes.rater]
    centre = np.eye(size) - 1 / size
    forms = [centre @ z @ np.diag(1 / z.sum(axis=0)) @ z.T @ centre for z in (dialogues, raters)] + [centre]
    covariances = [dialogues @ dialogues.T, raters @ raters.T, np.eye(size)]
    expected = np.array([[np.trace(form @ covariance) for covariance in covariances] for form in forms])
    sums = np.array([votes.value @ form @ votes.value for form in forms])
    wanted = np.array([votes.weight @ covariance @ votes.weight for covariance in covariances])
    assume(np.linalg.cond(expected) < 1e8)
    chosen = [0, 1, 2] if np.linalg.solve(expected, sums)[1] > 0 else [0, 2]
    system = expected[np.ix_(chosen, chosen)]
    components, weights = np.linalg.solve(system, sums[chosen]), np.linalg.solve(system.T, wanted[chosen])
    form = sum(w * forms[k] for w, k in zip(weights, chosen, strict=True))
    covariance = sum(max(s, 0.0) * covariances[k] for s, k in zip(components, chosen, strict=True))
    variance = float(weights @ sums[chosen])
    both = form @ covariance
    return votes.mean(), variance, max(1.0, variance**2 / float(np.trace(both @ both)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 14), st.integers(3, 6), st.sampled_from([1.0, 0.7, 0.5]),
       st.sampled_from([0.0, 0.5]))  # fmt: skip
def test_any_design_is_what_the_definitions_say(seed: int, items: int, raters: int, kept: float, lean: float) -> None:
    judged = table(made(seed, items, raters, kept, lean))
    sizes = judged.sizes()
    assume(sizes.items >= 6 and sizes.raters >= 3)
    votes = votes_of(judged)
    value, variance, df = by_matrices(votes)
    assume(variance > 1e-9)
    part = np.bincount(votes.rater, votes.weight * (votes.value - value))
    error = np.sqrt(sizes.raters / (sizes.raters - 1) * (part**2).sum())
    reach = max(stats.t.ppf(0.975, df) * np.sqrt(variance), stats.t.ppf(0.975, sizes.raters - 1) * error)
    p_values = 2 * stats.t.sf(abs(value) / np.array([np.sqrt(variance), error]), [df, sizes.raters - 1])
    assume(margin_at_large(judged).figure.low is not None)  # fewer than five dialogues apart
    assert ends(margin_at_large(judged)) == pytest.approx(
        (value, max(value - reach, -2), min(value + reach, 2), float(np.max(p_values))), abs=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 0.6]))
def test_names_and_orientation_change_nothing_but_the_sign(seed: int, kept: float) -> None:
    rows = made(seed, 9, 4, kept)
    one = margin_at_large(table(rows))
    other = margin_at_large(table([[None if v is None else -v for v in reversed(row)] for row in reversed(rows)]))
    assume(one.figure.low is not None and one.figure.high is not None)
    low, high = one.figure.low, one.figure.high
    mirrored = (-(one.figure.value or 0), -(high or 0), -(low or 0), one.test.p_value)
    assert ends(other) == pytest.approx(mirrored, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 12), st.sampled_from([1.0, 0.6]))
def test_the_interval_holds_zero_exactly_where_the_test_does_not_reject(seed: int, items: int, kept: float) -> None:
    found = margin_at_large(table(made(seed, items, 3, kept)))
    if found.figure.low is None or found.figure.high is None or found.test.p_value is None:
        return
    assert (found.figure.low <= 0 <= found.figure.high) == (found.test.p_value >= 0.05 - 1e-12)
    assert found.spread is None or (found.new_rater.low or 0) <= found.figure.low


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1], [2], [0], [1], [0], [2]], "one_rater"),
        ([[1, 2], [2, 2], [0, 1], [1, 1], [0, 0], [2, 1]], "few_raters"),
        ([[1, 2, 0], [2, 2, 1], [0, 1, 1], [1, 1, 2], [0, 0, 1]], "few_dialogues"),
        ([[2, 2, 2]] * 8, "no_variation"),
        ([[2, 2, 2]] * 8 + [[2, 2, 1]] * 4, "few_apart"),
        ([[None, None]], "no_votes"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(rows: list[list[int | None]], reason: str) -> None:
    found = margin_at_large(table(rows))
    assert (found.figure.low, found.figure.high, found.test.p_value) == (None, None, None)
    assert found.figure.reason == found.test.reason == found.new_rater.reason == reason
    assert (found.figure.value is None) == (reason == "no_votes")


def test_raters_who_differ_widen_the_interval() -> None:
    even, apart = (margin_at_large(table(made(3, 40, 5, lean=lean))) for lean in (0.0, 0.6))
    widths = [(one.figure.high or 0) - (one.figure.low or 0) for one in (even, apart)]
    assert widths[1] > 1.5 * widths[0] > 0
    assert apart.spread is not None
    assert apart.spread.lean is not None
    assert 0.1 < apart.spread.lean < 0.6
    assert apart.spread.heterogeneity.p_value is not None
    assert apart.spread.heterogeneity.p_value < 0.001


def test_raters_who_share_no_dialogue_cannot_be_held_apart() -> None:
    alone = Votes(np.arange(6.0), np.arange(6), np.arange(6) % 3, np.full(6, 1 / 6))
    assert heterogeneity(alone).reason == "no_two_ratings"
    found = at_large(alone, "mean", Sizes(6, 3, 6), (0.0, 5.0))
    # Means of raters 0, 1, 2 are 1.5, 2.5, 3.5: their standard error is 1 / sqrt(3), on two degrees of freedom.
    reach = float(stats.t.ppf(0.975, 2)) / 3**0.5
    assert (found.figure.low, found.figure.high) == pytest.approx((2.5 - reach, 2.5 + reach))
    assert at_large(alone, "mean", Sizes(6, 3, 6), (1.0, 3.0)).figure.low == 1, "no bound lies off the scale"
    assert found.spread is None
    assert found.new_rater.reason == "no_two_ratings"


def test_raters_who_differ_by_exactly_nothing_are_left_out_however_the_sums_were_rounded() -> None:
    """Three raters of nine dialogues whose variance is exactly 0: how the sums were rounded says nothing."""
    rows = [[-1, -1, 0], [1, 2, -1], [1, -2, 0], [0, -1, 0], [1, 0, 2], [2, 2, 2], [0, -2, 1], [-1, 0, 0], [-1, 0, 0]]
    table = np.array(rows, dtype=np.float64)
    dialogue, rater = np.divmod(np.arange(27), 3)
    random, found = np.random.default_rng(3), set()
    for scale in 40 * (1.0, 0.1, 1 / 3, 7.0, 1e-3):
        order = random.permutation(27)
        votes = Votes(table.ravel()[order] * scale, dialogue[order], rater[order], np.full(27, 1 / 27))
        (error, df), (by_raters, free) = Fit.of(votes).errors
        found.add((round(error / scale, 9), round(df, 6), round(by_raters / scale, 9), free))
    assert found == {(0.294555069, 8.0, 0.195981579, 2)}
