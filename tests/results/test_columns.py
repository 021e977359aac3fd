"""Judgments as columns say what the rows say, and ratings of codes are those of names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.export.columns import Rows
from results.statistics.ratings import coded_ratings, ratings
from results.study.judged import compared, judged, signed
from results.study.raters import rater_records
from tasks.errors import InputError
from tests.judged import export

SYSTEMS = ("a", "b", "c")
DATA = judged(export(items=24, raters=8, systems=SYSTEMS, name="full", missing=0.2))


@pytest.mark.parametrize("pair", [("a", "b"), ("c", "b")])
def test_columns_say_what_rows_say(pair: tuple[str, str]) -> None:
    rows = DATA.preferences
    columns = rows.columns
    assert [columns.item.names[code] for code in columns.item.codes] == [row.item_id for row in rows]
    assert columns.between(pair).tolist() == [{row.first_system, row.second_system} == set(pair) for row in rows]
    chosen = compared(rows, pair)
    expected = [signed(row, pair) for row in chosen]
    assert [None if np.isnan(x) else x for x in chosen.columns.signed(pair)] == expected
    assert chosen.columns.position.tolist() == [row.position for row in chosen]


def test_a_part_of_the_rows_has_its_part_of_the_columns() -> None:
    rows = DATA.rows
    part = rows.where(rows.columns.given)
    again = Rows(part)  # its columns are made anew, from names of its own
    for name in ("rater", "item", "unit", "criterion", "chosen"):
        old, new = getattr(part.columns, name), getattr(again.columns, name)
        assert [old.names[code] if code >= 0 else None for code in old.codes] == [
            new.names[code] if code >= 0 else None for code in new.codes
        ]
    assert part == tuple(row for row in rows if row.value is not None)


def test_rows_stand_in_the_order_in_which_each_rater_gave_them() -> None:
    rows = DATA.rows
    assert list(rows) == sorted(rows, key=lambda row: (row.rater, row.position, row.criterion, row.target))


def test_agreement_with_the_rest_is_counted_pair_by_pair() -> None:
    rows = [row for row in DATA.preferences if row.strength is not None]
    for record in rater_records(DATA):
        shares = []
        for own in (row for row in rows if row.rater == record.rater):
            sides = {own.first_system, own.second_system}
            others = [
                other.chosen_system == own.chosen_system
                for other in rows
                if other.item_id == own.item_id
                and other.rater != own.rater
                and {other.first_system, other.second_system} == sides
            ]
            if others:
                shares.append(sum(others) / len(others))
        assert record.agreement_with_rest == pytest.approx(sum(shares) / len(shares))


CELLS = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), st.sampled_from("rst"), st.sampled_from([0, 1, 2, None])),
    unique_by=lambda cell: cell[:2],
    min_size=1,
)


@given(CELLS)
def test_ratings_of_codes_are_those_of_names(cells: list[tuple[str, str, int | None]]) -> None:
    units, raters, values = (list(column) for column in zip(*cells, strict=True))
    dialogue = ["d1" if unit in "uxz" else "d0" for unit in units]
    named = ratings(units, raters, values, dialogue, domain=[0, 1, 2])
    coded = coded_ratings(
        np.array(["uvwxyz".index(unit) for unit in units]),
        np.array(["rst".index(rater) for rater in raters]),
        np.array([np.nan if value is None else value for value in values], dtype=float),
        np.array([int(name[1]) for name in dialogue]),
        [0, 1, 2],
        "uvwxyz".__getitem__,
        "rst".__getitem__,
    )
    for made in (named, coded):
        found = {
            (made.unit_names[u], made.rater_names[r], made.domain[v])
            for u, r, v in zip(made.unit, made.rater, made.value, strict=True)
        }
        assert found == {(unit, rater, value) for unit, rater, value in cells if value is not None}
        assert made.unit_names == tuple(sorted(set(units), key=lambda unit: (unit in "uxz", unit)))
        assert made.dialogue[0] == 0
        assert (np.diff(made.dialogue) >= 0).all()
    assert named.value.tolist() == coded.value.tolist()


def test_units_of_numbers_and_words_stand_kind_by_kind() -> None:
    assert ratings([2, "a", 1], ["r", "r", "r"], [0, 1, 1]).unit_names == (1, 2, "a")


def test_a_value_outside_the_scale_is_named() -> None:
    with pytest.raises(InputError, match="value '7' is none of"):
        coded_ratings(
            np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([7.0]), np.zeros(1, np.int64), [0, 1], str, str
        )
