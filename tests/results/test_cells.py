from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from results.export.csv_cells import guard, parse, render, unguard


@given(st.text())
@example("'=1")
@example("''@x")
@example("-5")
def test_guard_is_undone(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.sampled_from("=+-@\t\r＝＠"), st.text())
def test_no_cell_but_a_number_begins_like_a_formula(opening: str, rest: str) -> None:
    cell = guard(opening + rest)
    assert cell.startswith("'") or float(cell) is not None


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=2, max_size=2))
def test_rows_survive_csv(row: list[str]) -> None:
    assert parse(render(["a", "b"], [row])) == [["a", "b"], row]
