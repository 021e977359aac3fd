from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from results.export.csv_cells import guard, parse, render, unguard


@given(st.text())
@example("'=1")
@example("''@x")
@example("-5")
def test_guard_is_undone(text: str) -> None:
    assert unguard(guard(text)) == text


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@given(st.sampled_from("=+-@\t\r＝＋－＠"), st.text(st.sampled_from("0123456789.eE+-=@'A１ \n")))
@example("-", "5")
@example("-", "5\n")
@example("+", "1e5")
@example("-", "1+1")
@example("=", "1")
@example("-", "１")
def test_no_cell_but_a_number_begins_like_a_formula(opening: str, rest: str) -> None:
    cell = guard(opening + rest)
    if opening in "+-" and NUMBER.fullmatch(opening + rest):
        assert cell == opening + rest
    else:
        assert cell == "'" + opening + rest


@given(st.sampled_from("'\"A1 あ"), st.text())
def test_other_cells_stay_as_they_are(opening: str, rest: str) -> None:
    assert guard(opening + rest) in (opening + rest, "'" + opening + rest)
    assert guard("A" + rest) == "A" + rest


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=2, max_size=2))
def test_rows_survive_csv(row: list[str]) -> None:
    assert parse(render(["a", "b"], [row])) == [["a", "b"], row]
