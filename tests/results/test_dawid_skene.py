"""Dawid and Skene's model: their own table, cases by hand, and what EM promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.statistics.agreement.dawid_skene import Fit, dawid_skene

# Dawid and Skene (1979), table 1: 45 patients, classes 1 to 4 by five anaesthetists; the first saw each three times.
TABLE = """
111 1 1 1 1|333 4 3 3 4|112 2 1 2 2|222 3 1 2 1|222 3 2 2 2|222 3 3 2 2|122 2 1 1 1|333 3 4 3 3|222 2 2 2 3|232 2 2 2 3
444 4 4 4 4|222 3 3 4 3|111 1 1 1 1|222 3 2 1 2|121 1 1 1 1|111 2 1 1 1|111 1 1 1 1|111 1 1 1 1|222 2 2 2 1|222 1 3 2 2
222 2 2 2 2|222 2 2 2 1|222 3 2 2 2|221 2 2 2 2|111 1 1 1 1|111 1 1 1 1|232 2 2 2 2|111 1 1 1 1|111 1 1 1 1|112 1 1 2 1
111 1 1 1 1|333 3 2 3 3|111 1 1 1 1|222 2 2 2 2|222 3 2 3 2|433 4 3 4 3|221 2 2 3 2|232 3 2 3 3|333 3 4 3 2|111 1 1 1 1
111 1 1 1 1|121 2 1 1 1|232 2 2 2 2|121 1 1 1 1|222 2 2 2 2
"""


def fit(rows: list[tuple[int, int, int]], classes: int) -> Fit:
    unit, rater, answer = np.array(rows, dtype=np.int64).T
    return dawid_skene(unit, rater, answer, classes)


def published() -> list[tuple[int, int, int]]:
    patients = [one.split() for line in TABLE.split("\n") for one in line.split("|") if one]
    return [(u, r, int(a) - 1) for u, cells in enumerate(patients) for r, cell in enumerate(cells) for a in cell]


def test_the_table_of_the_paper() -> None:
    """Table 2 of the paper: shares .40, .42, .11, .07; and the first anaesthetist takes class 1 for 1 in .89."""
    found = fit(published(), 4)
    assert len(found.chances) == 45
    assert found.converged
    assert found.shares == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)
    assert found.confusion[0, 0] == pytest.approx([0.89, 0.11, 0, 0], abs=0.005)


def test_two_classes_by_hand() -> None:
    """Three raters agree on all of two units of each class: the shares are one half, and nobody errs."""
    found = fit([(u, r, u % 2) for u in range(4) for r in range(3)], 2)
    assert found.shares.tolist() == [0.5, 0.5]
    assert found.accuracy.tolist() == [1, 1, 1]
    assert found.log_likelihood[-1] == pytest.approx(4 * np.log(0.5))


def test_one_step_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units: (0 0) (0 1). Chances at first (1, 0), (1/2, 1/2): shares 3/4, 1/4. Rater 0 said 0 twice: c = (1, 0) of
    either class; rater 1 of class 0: (1, 1/2)/1.5, of class 1: (0, 1). Unit 1: 3/4 * 1/3 = 1/4 and 1/4 * 1 = 1/4."""
    monkeypatch.setattr("results.statistics.agreement.dawid_skene.MOST_STEPS", 1)
    found = fit([(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1)], 2)
    assert found.shares.tolist() == [0.75, 0.25]
    assert found.confusion[0].tolist() == [[1, 0], [1, 0]]
    assert found.confusion[1] == pytest.approx(np.array([[2 / 3, 1 / 3], [0, 1]]))
    assert found.chances == pytest.approx(np.array([[1, 0], [0.5, 0.5]]))
    assert found.log_likelihood == pytest.approx([np.log(0.75 * 2 / 3) + np.log(0.5)])
    assert not found.converged


def test_a_rater_who_always_says_the_other_is_read_the_other_way_round() -> None:
    rows = [(u, r, (u % 2) ^ (r == 3)) for u in range(20) for r in range(4)]
    found = fit(rows, 2)
    assert found.accuracy == pytest.approx([1, 1, 1, 0])
    assert found.chances.argmax(axis=1).tolist() == [u % 2 for u in range(20)]


@pytest.mark.parametrize(
    ("rows", "shares"),
    [
        ([(0, 0, 1)], [0, 1, 0]),
        ([(u, r, 2) for u in range(3) for r in range(2)], [0, 0, 1]),
        ([(0, 0, 0), (2, 1, 1)], [0.5, 0.5, 0]),
    ],
)
def test_degenerate_tables(rows: list[tuple[int, int, int]], shares: list[float]) -> None:
    """One answer; one value everywhere; raters who share nothing, and a unit that nobody rated."""
    found = fit(rows, 3)
    assert found.shares.tolist() == shares
    assert found.converged
    rated = {unit for unit, _, _ in rows}
    assert [bool(np.isfinite(row).all()) for row in found.chances] == [u in rated for u in range(len(found.chances))]


def test_nothing_to_fit() -> None:
    empty = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="no answer"):
        dawid_skene(empty, empty, empty, 2)


@st.composite
def answers(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    units, raters, classes = draw(st.integers(2, 8)), draw(st.integers(2, 4)), 3
    cells = [(u, r, draw(st.integers(0, classes - 1))) for u in range(units) for r in range(raters)]
    return draw(st.lists(st.sampled_from(cells), min_size=2, unique_by=lambda cell: cell[:2]))


@given(answers())
@settings(max_examples=60, deadline=None)
def test_the_likelihood_never_falls_and_chances_are_chances(rows: list[tuple[int, int, int]]) -> None:
    found = fit(rows, 3)
    steps = np.array(found.log_likelihood)
    assert (np.diff(steps) >= -1e-9 * (1 + np.abs(steps[1:]))).all()
    rated = np.isfinite(found.chances[:, 0])
    assert found.chances[rated].sum(axis=1) == pytest.approx(1)
    assert found.shares.sum() == pytest.approx(1)


@given(answers(), st.permutations(range(3)))
@settings(max_examples=30, deadline=None)
def test_other_names_of_the_classes_change_nothing(rows: list[tuple[int, int, int]], names: list[int]) -> None:
    one, other = fit(rows, 3), fit([(u, r, names[a]) for u, r, a in rows], 3)
    if one.converged and other.converged and len(one.log_likelihood) == len(other.log_likelihood):
        assert other.shares[names] == pytest.approx(one.shares, abs=1e-6)


def test_a_careless_rater_counts_less_than_two_careful_ones() -> None:
    """Drawn: four raters right in 95, 90, 90 and 55 of 100 of 400 units of three classes; all are found again."""
    random = np.random.default_rng(5)
    truth = random.integers(0, 3, 400)
    right = (0.95, 0.9, 0.9, 0.55)
    rows = [
        (u, r, int(truth[u]) if random.random() < p else int((truth[u] + random.integers(1, 3)) % 3))
        for u in range(400)
        for r, p in enumerate(right)
    ]
    found = fit(rows, 3)
    assert found.accuracy == pytest.approx(right, abs=0.05)
    assert (found.chances.argmax(axis=1) == truth).mean() > 0.97
