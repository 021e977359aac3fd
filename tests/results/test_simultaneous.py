"""Intervals that hold together: against the studentized range, a multivariate t, and single intervals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import optimize, stats

from results.statistics import simultaneous
from results.statistics.at_large import margin_at_large, standard_errors, votes_of
from results.statistics.preference import mean_margin
from results.statistics.ratings import Indices, Ratings
from results.statistics.resample import Resampling

pytestmark = pytest.mark.slow

HOW = Resampling(resamples=2_000, seed=3)


def differences_of(systems: int) -> np.ndarray:
    """Correlations of all differences of independent means that err alike: 1/2 where two share a system."""
    rows = np.array([[(s == a) - (s == b) for s in range(systems)] for a, b in combinations(range(systems), 2)])
    return np.asarray(rows @ rows.T / 2, np.float64)


def votes(systems: int = 3, dialogues: int = 40, raters: int = 6, seed: int = 5) -> tuple[Ratings, Indices]:
    """Signed strengths of all pairs in turn, of systems that differ from dialogue to dialogue and rater to rater."""
    random, pairs = np.random.default_rng(seed), np.array(list(combinations(range(systems), 2)))
    dialogue, rater = (part.ravel() for part in np.indices((dialogues, raters)))
    group = (dialogue + rater) % len(pairs)
    of_dialogue, of_rater = random.normal(0, 0.5, (dialogues, systems)), random.normal(0, 0.3, (raters, systems))
    worth = 0.3 * np.arange(systems) + of_dialogue[dialogue] + of_rater[rater]
    first, second = pairs[group].T
    rows = np.arange(len(group))
    signed = np.clip(np.round(worth[rows, first] - worth[rows, second] + random.normal(0, 0.8, len(group))), -2, 2)
    units, unit = np.unique(dialogue * len(pairs) + group, return_inverse=True)
    names = tuple(range(raters)), tuple(range(len(units)))
    places = (signed + 2).astype(np.int64)
    return Ratings(unit, rater, places, np.arange(-2.0, 3.0), units // len(pairs), *names), units % len(pairs)


@pytest.mark.parametrize(("systems", "df"), [(3, 10), (3, 40), (5, 20)])
def test_the_joint_quantile_is_tukeys_where_all_pairs_are_compared(systems: int, df: int) -> None:
    """Tukey: the largest |t| of all differences is the studentized range over the root of two.

    For three systems and ten degrees of freedom the tables give q = 3.877, so 2.741.
    """
    found = simultaneous.largest_t(differences_of(systems) + 1e-9 * np.eye(systems * (systems - 1) // 2), df, 0.95)
    assert found == pytest.approx(stats.studentized_range.ppf(0.95, systems, df) / np.sqrt(2), rel=0.015)
    if (systems, df) == (3, 10):
        assert found == pytest.approx(2.741, rel=0.015)


def test_one_mean_has_the_single_quantile() -> None:
    assert simultaneous.largest_t(np.eye(1), 8, 0.95) == pytest.approx(2.306, rel=0.015)  # t(8), two-sided 5 %


def nearest(related: np.ndarray) -> np.ndarray:
    """Correlations that can be, where those found cannot: negative eigenvalues are left out."""
    values, vectors = np.linalg.eigh(related)
    kept = (vectors * values.clip(1e-9)) @ vectors.T
    return np.asarray(kept / np.sqrt(np.outer(np.diag(kept), np.diag(kept))), np.float64)


def oracle(ratings: Ratings, group: Indices) -> list[tuple[float, float]]:
    """The intervals at large by loops and scipy's multivariate t."""
    tables = [ratings.only(group[ratings.unit] == k) for k in range(int(group.max()) + 1)]
    made = [votes_of(table) for table in tables]
    pulls: list[dict[tuple[int, int], float]] = []
    for table, one in zip(tables, made, strict=True):
        own: dict[tuple[int, int], float] = {}
        for unit, rater, weight, value in zip(table.unit, table.rater, one.weight, one.value, strict=True):
            cell = int(table.dialogue[unit]), int(rater)
            own[cell] = own.get(cell, 0.0) + weight * (value - one.mean())
        pulls.append(own)

    def summed(own: dict[tuple[int, int], float], part: int) -> dict[int, float]:
        return {key: sum(v for cell, v in own.items() if cell[part] == key) for key in {cell[part] for cell in own}}

    def together(a: dict[tuple[int, int], float], b: dict[tuple[int, int], float]) -> float:
        total = -sum(value * b.get(cell, 0.0) for cell, value in a.items())
        for part in (0, 1):
            one, two = summed(a, part), summed(b, part)
            total += sum(value * two.get(key, 0.0) for key, value in one.items())
        return total

    covariance = np.array([[together(a, b) for b in pulls] for a in pulls])
    scale = np.sqrt(np.diag(covariance))
    related = nearest(covariance / np.outer(scale, scale))
    errors = [standard_errors(one) for one in made]
    halves = np.zeros(len(made))
    for kind in range(2):
        df = min(one[kind][1] for one in errors)
        law = stats.multivariate_t(np.zeros(len(made)), related, df=df, seed=1)  # type: ignore[arg-type]

        def missed(c: float, law: object = law) -> float:
            box = np.full(len(made), c)
            return float(law.cdf(box, lower_limit=-box, maxpts=200_000)) - 0.95  # type: ignore[attr-defined]

        quantile = optimize.brentq(missed, 1.5, 8, xtol=1e-3)
        halves = np.maximum(halves, [quantile * one[kind][0] for one in errors])
    return [(one.mean() - half, one.mean() + half) for one, half in zip(made, halves, strict=True)]


@pytest.mark.parametrize("seed", [5, 6])
def test_at_large_against_an_oracle(seed: int) -> None:
    ratings, group = votes(seed=seed)
    found = simultaneous.raters_at_large(ratings, group)
    for figure, (low, high) in zip(found, oracle(ratings, group), strict=True):
        assert figure.low == pytest.approx(max(low, -2), abs=0.03)
        assert figure.high == pytest.approx(min(high, 2), abs=0.03)


def test_one_comparison_alone_is_as_wide_as_by_itself() -> None:
    ratings, group = votes(systems=2)
    (these,) = simultaneous.these_raters(ratings, group, HOW)
    (large,) = simultaneous.raters_at_large(ratings, group)
    alone, wide = mean_margin(ratings, HOW), margin_at_large(ratings).figure
    for figure, single in ((these, alone), (large, wide)):
        assert figure.value == single.value
        assert figure.low == pytest.approx(single.low, abs=0.02)
        assert figure.high == pytest.approx(single.high, abs=0.02)


def test_for_these_raters_as_many_flips_leave_all_means_inside_as_should() -> None:
    """Worked by hand: two means of 16 dialogues, errors of 1 in eight of them each, none shared.

    |sum| is 8 in 2/256 of the flips of eight signs (p = 1/128) and 6 in 16/256 more (p = 18/256). The smaller p of both
    is 1/128 in 1 - (127/128)^2 = 1.6 % of the flips, and 18/256 or less in 13.6 %: the largest level that errs in 5 %
    at most is 1/128. With three dialogues each, p is 1/4 at least, so there is none.
    """
    assert simultaneous.joint_tail(np.array([[1.0, 0.0], [0.0, 1.0]] * 8), HOW) == pytest.approx(1 / 128, abs=0.002)
    assert simultaneous.joint_tail(np.array([[1.0, 0.0], [0.0, 1.0]] * 3), HOW) == 0


def test_systems_renamed_are_told_apart_alike() -> None:
    ratings, group = votes()
    turned = Ratings(
        ratings.unit, ratings.rater, 4 - ratings.value, ratings.domain, ratings.dialogue, ratings.rater_names,
        ratings.unit_names,
    )  # fmt: skip
    there = (*simultaneous.these_raters(ratings, group, HOW), *simultaneous.raters_at_large(ratings, group))
    back = (*simultaneous.these_raters(turned, group, HOW), *simultaneous.raters_at_large(turned, group))
    for one, other in zip(there, back, strict=True):
        mirrored = (-(one.value or 0), -(one.high or 0), -(one.low or 0))
        assert (other.value, other.low, other.high) == pytest.approx(mirrored, abs=0.01)


def test_with_few_dialogues_no_interval_holds_for_all() -> None:
    ratings, group = votes(dialogues=6, raters=6)
    assert {figure.reason for figure in simultaneous.these_raters(ratings, group, HOW)} == {"few_dialogues"}


def test_two_raters_say_nothing_at_large() -> None:
    ratings, group = votes(raters=2)
    assert {figure.reason for figure in simultaneous.raters_at_large(ratings, group)} == {"few_raters"}
