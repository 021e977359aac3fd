"""Alpha of sets of labels: distances by hand, alpha by hand, nltk as an oracle, and what is undefined."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.statistics.agreement.alpha import alpha
from results.statistics.agreement.sets import Distance, distance, sets_alpha
from results.statistics.ratings import Ratings, ratings
from results.statistics.resample import Resampling
from tasks.errors import InputError

POINT = Resampling(resamples=100)
KINDS: tuple[Distance, ...] = ("masi", "jaccard")
Labels = frozenset[str]


def labels(text: str) -> Labels:
    return frozenset(text)


def table(rows: list[list[str | None]]) -> tuple[Ratings, list[Labels]]:
    """Units by raters; a letter is a label, None a missing rating."""
    sets = sorted({labels(cell) for row in rows for cell in row if cell is not None}, key=sorted)
    columns = [
        (f"u{unit}", f"r{rater}", None if cell is None else float(sets.index(labels(cell))))
        for unit, row in enumerate(rows)
        for rater, cell in enumerate(row)
    ]
    units, raters, values = zip(*columns, strict=True)
    return ratings(units, raters, values, domain=[float(place) for place in range(len(sets))]), sets


def value(rows: list[list[str | None]], kind: Distance) -> float | None:
    return sets_alpha(*table(rows), kind, POINT).value


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "masi"),
    [
        ("ab", "ab", 0, 0),
        ("a", "b", 1, 1),
        # one holds the other: J = 1/2, M = 2/3, so 1 - 1/3 (Passonneau 2006: Jaccard .5, MASI .33 of similarity)
        ("a", "ab", 1 / 2, 2 / 3),
        # overlap: J = 1/3, M = 1/3, so 1 - 1/9
        ("ab", "bc", 2 / 3, 8 / 9),
        ("", "a", 1, 1),
        ("", "", 0, 0),
    ],
)
def test_distances_by_hand(one: str, other: str, jaccard: float, masi: float) -> None:
    for left, right in ((one, other), (other, one)):
        assert distance(labels(left), labels(right), "jaccard") == pytest.approx(jaccard)
        assert distance(labels(left), labels(right), "masi") == pytest.approx(masi)


def test_alpha_by_hand() -> None:
    # Units {a},{a} | {b},{b} | {a},{a,b}: n = 6, counts a 3, b 2, ab 1. Observed: 2 d(a, ab).
    # Expected: 2 (3 * 2 d(a, b) + 3 * 1 d(a, ab) + 2 * 1 d(b, ab)) = 2 (6 + 5 d), d = d(a, ab) = d(b, ab).
    # alpha = 1 - 5 * 2 d / (12 + 10 d): d = 1/2 (Jaccard) gives 1 - 5 / 17; d = 2/3 (MASI) gives 1 - (20/3) / (56/3).
    rows: list[list[str | None]] = [["a", "a"], ["b", "b"], ["a", "ab"]]
    assert value(rows, "jaccard") == pytest.approx(12 / 17)
    assert value(rows, "masi") == pytest.approx(9 / 14)


cells = st.one_of(st.none(), st.sampled_from(["", "a", "b", "ab", "abc", "c", "bc"]))
tables = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=8)


@settings(max_examples=30)
@given(tables)
def test_nltk_computes_the_same(rows: list[list[str | None]]) -> None:
    agreement = pytest.importorskip("nltk.metrics.agreement")
    triples = [
        (f"r{rater}", f"u{unit}", labels(cell))
        for unit, row in enumerate(rows)
        for rater, cell in enumerate(row)
        if cell is not None
    ]
    rated = {unit for unit in {t[1] for t in triples} if sum(t[1] == unit for t in triples) >= 2}
    pairable = [triple for triple in triples if triple[1] in rated]  # nltk counts single ratings into chance agreement
    for kind in KINDS:
        own = value(rows, kind)
        if own is None:
            continue
        task = agreement.AnnotationTask(pairable, distance=lambda one, other, k=kind: distance(one, other, k))
        assert own == pytest.approx(task.alpha(), abs=1e-9)


def test_masi_is_nltks_but_for_its_rounding() -> None:
    metrics = pytest.importorskip("nltk.metrics.distance")
    for one, other in (("a", "ab"), ("ab", "bc"), ("abc", "bcd"), ("a", "b"), ("ab", "ab")):
        sets = labels(one), labels(other)
        assert distance(*sets, "masi") == pytest.approx(metrics.masi_distance(*sets), abs=0.005)
        assert distance(*sets, "jaccard") == pytest.approx(metrics.jaccard_distance(*sets), abs=1e-12)


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=3, max_size=3), min_size=2, max_size=8))
def test_single_labels_are_the_nominal_level(rows: list[list[str | None]]) -> None:
    made, _ = table(rows)
    nominal = alpha(made, "nominal", POINT).value
    for kind in KINDS:
        found = value(rows, kind)
        assert (found is None) == (nominal is None)
        assert found == pytest.approx(nominal) if found is not None else True


@settings(max_examples=30)
@given(tables, st.permutations([0, 1, 2]))
def test_raters_may_be_exchanged(rows: list[list[str | None]], order: list[int]) -> None:
    other = [[row[place] for place in order] for row in rows]
    for kind in KINDS:
        one, two = value(rows, kind), value(other, kind)
        assert one == pytest.approx(two) if one is not None else two is None


def test_undefined_is_null_with_its_reason() -> None:
    for rows, reason in (
        ([["a", None], [None, "b"]], "no_two_ratings"),
        ([["ab", "ab"], ["ab", "ab"]], "one_value"),
        ([[None, None]], "no_two_ratings"),
    ):
        figure = sets_alpha(*table(list(map(list, rows))), "masi", POINT)
        assert (figure.value, figure.reason) == (None, reason)


def test_the_interval_is_about_the_resampled_units() -> None:
    random = np.random.default_rng(4)
    rows: list[list[Any]] = [
        [kept if random.random() < 0.7 else random.choice(["a", "b", "ab"]) for _ in range(3)]
        for kept in random.choice(["a", "b", "ab"], size=40)
    ]
    figure = sets_alpha(*table(rows), "masi", POINT)
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < figure.value < figure.high
    assert "MASI" in figure.method
    percentile = sets_alpha(*table(rows), "masi", Resampling(resamples=2_000, interval="percentile"))
    assert percentile.low is not None
    assert math.isclose(percentile.low, figure.low, abs_tol=0.1)


def test_too_many_different_sets_are_refused() -> None:
    rows: list[list[str | None]] = [[chr(0x4E00 + place), chr(0x4E00 + place)] for place in range(2_001)]
    with pytest.raises(InputError, match="2001 different sets"):
        value(rows, "masi")
