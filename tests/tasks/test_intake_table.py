"""The one reader of tables: what is written is read back, the rest is refused by row, nothing is cut or guessed."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.readers import parquet_file
from tasks.intake.table import Column, Table, preview, read_table
from tasks.languages.fault import Fault

TEXT = Column("text", kind="text", needed=True)
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
name = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """A header of two or more different names, and rows of which none is blank."""
    header = draw(st.lists(name, min_size=2, max_size=5, unique_by=lambda one: one.casefold()))
    row = st.lists(cell, min_size=len(header), max_size=len(header)).filter(any)
    return header, draw(st.lists(row, min_size=1, max_size=8))


def as_csv(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([header, *rows])
    return out.getvalue()


def written(folder: Path, content: str | bytes, ending: str = ".csv") -> Path:
    path = folder / f"t{ending}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def refusal(folder: Path, content: str | bytes, *columns: Column, ending: str = ".csv") -> list[str]:
    """The lines with which a table is refused, without the file's name."""
    path = written(folder, content, ending)
    with pytest.raises(InputError) as caught:
        read_table(path, columns or [Column("id"), TEXT], "t")
    return list(caught.value.errors)


def lines(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


# --- what is written is read ------------------------------------------------------------------------------------


@pytest.mark.slow
@often
@given(table=tables(), mark=st.booleans())
def test_any_csv_table_is_read_back_equal(tmp_path: Path, table: tuple[list[str], list[list[str]]], mark: bool) -> None:
    header, rows = table
    path = written(tmp_path, ("\ufeff" if mark else "") + as_csv(header, rows))
    read = read_table(path, [Column(column) for column in header])
    assert [list(row) for row in zip(*(read.cells[column] for column in header), strict=True)] == rows
    assert list(read.rows) == list(range(2, len(rows) + 2))


@pytest.mark.slow
@often
@given(table=tables(), data=st.data())
def test_a_cell_more_or_less_in_any_row_is_refused_by_that_row(
    tmp_path: Path, table: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    header, rows = table
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] = [*rows[place], "x"] if data.draw(st.booleans()) else rows[place][:-1]
    assume(any(rows[place]))
    (line,) = refusal(tmp_path, as_csv(header, rows), Column(header[0]))
    assert line.startswith(
        f"t, row {place + 2}: found {Fault('cells', n=len(rows[place]))}; the header has {len(header)}"
    )


@pytest.mark.slow
@often
@given(table=tables(), data=st.data())
def test_only_the_chosen_columns_matter(
    tmp_path: Path, table: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    header, rows = table
    chosen = data.draw(st.sampled_from(header))
    more = [[*row, data.draw(cell)] for row in rows]
    one = read_table(written(tmp_path, as_csv(header, rows)), [Column(chosen)])
    two = read_table(written(tmp_path, as_csv([*header, ""], more)), [Column(chosen)])
    assert one.cells == two.cells


@pytest.mark.slow
@often
@given(records=st.lists(st.fixed_dictionaries({"id": st.integers() | cell, "text": cell}), min_size=1, max_size=6))
def test_json_lines_and_parquet_read_like_csv(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    assume(len({type(record["id"]) for record in records}) == 1)
    assume(all(abs(record["id"]) < 2**63 for record in records if isinstance(record["id"], int)))
    columns = [Column("id"), Column("text", kind="text")]
    parquet.write_table(pa.Table.from_pylist(records), tmp_path / "t.parquet")
    rows = [[str(record["id"]), record["text"]] for record in records]
    expected = {"id": [row[0] for row in rows], "text": [row[1] for row in rows]}
    assert read_table(written(tmp_path, lines(*records), ".jsonl"), columns).cells == expected
    assert read_table(tmp_path / "t.parquet", columns).cells == expected


def test_numbers_keep_their_writing(tmp_path: Path) -> None:
    path = written(tmp_path, '{"v": 1}\n{"v": 1.0}\n{"v": 1e3}\n{"v": 123456789012345678901}\n{"v": true}\n', ".jsonl")
    assert read_table(path, [Column("v")]).cells["v"] == ["1", "1.0", "1e3", "123456789012345678901", "true"]


def test_line_ends_within_texts_stay(tmp_path: Path) -> None:
    text = "one\u2028two\u0085three\r\nfour\rfive"
    for content, ending in (
        (as_csv(["id", "text"], [["1", text]]), ".csv"),
        (lines({"id": 1, "text": text}), ".jsonl"),
    ):
        assert read_table(written(tmp_path, content, ending), [TEXT]).cells["text"] == [text]


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    text = "長" * 200_000  # the library's own bound is 131,072
    assert read_table(written(tmp_path, as_csv(["id", "text"], [["1", text]])), [TEXT]).cells["text"] == [text]


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("id,text\na,Thank you, I hear you.\n", "t, row 2: found 3 cells; the header has 2"),
        ('id,text\na,"say \\"hello\\" now"\n', "t, row 2: is no CSV row (line 2: ',' expected after '\"')"),
        ('id,text\na,x\nb,"open\nc,y\n', "t, row 3: is no CSV row (line 3: a cell's closing quote is missing)"),
        ("id,text,text\na,x,y\n", "t, row 1, column text: 2 columns have this name"),
        ("id,text\na,one\0tail\n", "t, row 2: holds a NUL character"),
        (
            "id,text\na,\u200b\n",
            "t, row 2, column text: found '\\u200b', in which nothing can be seen; a text is needed",
        ),
        ("id,text\na,\u3164\n", "t, row 2, column text: found 'ㅤ', in which nothing can be seen"),
        ("id,text\na,  \n", "t, row 2, column text: is empty; a text is needed"),
        ("", "t: is no CSV table (it is empty)"),
        ("id,text\n", "t: holds no rows under its column names"),
        ("id,answer\na,x\n", "t, column 'text': not found; the file has ['id', 'answer']"),
        (
            "id,text\na,語\n".encode("cp932"),
            "t: in which encoding is it? Its bytes do not say it. Say so with --encoding",
        ),
        ("id,text\na,語\n".encode("utf-16")[:-1], "t: is not UTF-16 (line 2, byte"),
        ("id,text\na,語語語語語\n".encode()[:-2], "t: is not UTF-8 (line 2, byte 22: 0xe8)"),
        ("id,text\na,é\n".encode("latin-1"), "t: in which encoding is it?"),
    ],
)
def test_csv_faults_in_one_line_each(tmp_path: Path, content: str | bytes, line: str) -> None:
    found = refusal(tmp_path, content)
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            '{"id": 1, "text": {"role": "a", "content": "b"}}',
            "t, row 1, column text: found an object with the keys role,",
        ),
        ('{"id": 1, "text": ["x"]}', "t, row 1, column text: found a list; allowed: a text"),
        ('{"id": 1, "text": 5}', "t, row 1, column text: found a number (5); allowed: a text"),
        ('{"id": 1, "text": true}', "t, row 1, column text: found true or false (true); allowed: a text"),
        ('{"id": [1], "text": "x"}', "t, row 1, column id: found a list; allowed: a text, a number, true or false"),
        ('{"id": 1, "text": "x", "text": "y"}', "t, row 1: is no JSON (key 'text' occurs twice)"),
        ('{"id": 1, "text": "x", "more": {"a": 1, "a": 2}}', "t, row 1: is no JSON (key 'a' occurs twice)"),
        ('{"id": NaN, "text": "x"}', "t, row 1: is no JSON (NaN is no JSON number; a missing value is null)"),
        ('{"id": 1, "text": "\\u0000"}', "t, row 1, column text: holds a NUL character"),
        ('{"id": 1, "text": "\\ud800"}', "t, row 1: is no JSON (half of a surrogate pair"),
        ('{"id": 1, "text": null}', "t, row 1, column text: is empty; a text is needed"),
        ('[{"id": 1, "text": "x"}]', 't, row 1: found \'[{"id": 1, "text": "x"}]\'; each line must be one JSON object'),
        ('{"id": 1, "text": "x"}\n{"id": 2}', "t, row 2, column text: is missing; the object has id"),
        ("[" * 20_000, "t, row 1: is no JSON (nested too deeply)"),
    ],
)
def test_json_lines_faults_in_one_line_each(tmp_path: Path, content: str, line: str) -> None:
    found = refusal(tmp_path, content, ending=".jsonl")
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize("value", [[["x"]], [{"a": "x"}], [b"x"]])
def test_parquet_columns_of_other_types_are_refused(tmp_path: Path, value: list[Any]) -> None:
    parquet.write_table(pa.table({"id": [1], "text": value}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"column text: found values of type .*; allowed: text, numbers"):
        read_table(tmp_path / "t.parquet", [TEXT])
    assert read_table(tmp_path / "t.parquet", [Column("id")]).cells["id"] == ["1"], "nobody chose the other column"


def test_the_index_that_pandas_adds_is_not_read(tmp_path: Path) -> None:
    table = pa.table({"text": ["x"], "__index_level_0__": [[1]]})
    parquet.write_table(table, tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", [TEXT]).cells == {"text": ["x"]}


def test_a_key_of_the_first_row_alone_is_nobodys_column(tmp_path: Path) -> None:
    path = written(tmp_path, lines({"text": "x", "extra": {"a": 1}}, {"text": "y"}), ".jsonl")
    assert read_table(path, [TEXT]).cells["text"] == ["x", "y"]
    assert preview(path, 3).rows == (("x", "[an object with the keys a]"), ("y", ""))


def test_every_fault_is_said_at_once_and_equal_ones_in_one_line(tmp_path: Path) -> None:
    rows = [f"{place},x\n" for place in range(1000)]
    rows[10], rows[20], rows[30] = ",x\n", "a,b,c\n", "5,\n"
    found = refusal(tmp_path, "id,text\n" + "".join(rows), Column("id", needed=True), TEXT)
    assert [line.partition(":")[0] for line in found] == ["t, row 12, column id", "t, row 22", "t, row 32, column text"]
    bad = refusal(tmp_path, "id,text\n" + "a,b,c\n" * 10_000)
    assert [line[:50] for line in bad] == ["t, rows 2, 3, 4, 5, 6 and 9,995 more: found 3 cell"]
    many = refusal(tmp_path, lines(*({"id": place, "text": place} for place in range(10_000))), ending=".jsonl")
    assert len(many) == 6
    assert many[-1].startswith("t, rows 6, 7, 8, 9, 10 and 9,990 more, column text: 9995 more values like these")
    assert sum(map(len, many)) < 1000


def test_faults_are_capped() -> None:
    faults = Faults("t")
    for place in range(100):
        faults.add(f"rule {place}", row=place)
    assert len(faults.lines()) == 21
    assert faults.lines()[-1] == "… and 80 more"


# --- what is taken for something else is said -------------------------------------------------------------------


def read(tmp_path: Path, content: str, *columns: str) -> Table:
    return read_table(written(tmp_path, content), [Column(column) for column in columns], "t")


def test_a_header_may_differ_by_case_width_and_blanks_and_it_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, "Item ID,ＴＥＸＴ\na,x\n", "itemid", "text")
    assert table.cells == {"itemid": ["a"], "text": ["x"]}
    assert table.notes == ("t: column 'Item ID' was taken for 'itemid'", "t: column 'ＴＥＸＴ' was taken for 'text'")


def test_a_header_that_could_be_two_columns_is_refused(tmp_path: Path) -> None:
    assert "column 'TEXT': not found" in refusal(tmp_path, "Text,text\na,x\n", Column("TEXT"))[0]
    assert "is named for two purposes" in refusal(tmp_path, "text\nx\n", Column("text"), Column("Text"))[0]


def test_blanks_after_commas_are_left_out_where_the_header_has_them(tmp_path: Path) -> None:
    table = read(tmp_path, 'id, text\na, "x, y"\nb, z\n', "id", "text")
    assert table.cells["text"] == ["x, y", "z"]
    assert "blanks after commas are left out" in table.notes[0]
    assert read(tmp_path, "id,text\na, x\n", "text").cells["text"] == [" x"], "elsewhere a text stays as it is"


def test_blank_rows_are_left_out_counted_and_said(tmp_path: Path) -> None:
    table = read(tmp_path, "id,text\na,x\n\n,\nb,y\n\n,\n", "id", "text")
    assert list(table.rows) == [2, 5]
    assert table.notes == ("t, row 3: is blank and was left out", "t, row 4: is blank and was left out")


# --- bounds -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_100_000_rows_are_read_in_seconds(tmp_path: Path) -> None:
    rows = [[f"i{place}", "それはおつらいですね。" * 5] for place in range(100_000)]
    path = written(tmp_path, as_csv(["id", "text"], rows))
    start = time.process_time()
    assert len(read_table(path, [Column("id", needed=True), TEXT]).rows) == 100_000
    assert time.process_time() - start < 10


def test_parquet_that_unpacks_to_much_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "長い応答です。" * 1000
    path = tmp_path / "t.parquet"
    for encoding in (
        {"use_dictionary": True},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
    ):
        parquet.write_table(pa.table({"text": [long] * 1000}), path, compression="zstd", **encoding)
        monkeypatch.setattr(parquet_file, "MOST_BYTES", 2**20)
        with pytest.raises(InputError, match=r"longer than|bytes in the columns"):
            read_table(path, [TEXT])
        monkeypatch.setattr(parquet_file, "MOST_BYTES", 2**24)
        assert read_table(path, [TEXT]).cells["text"] == [long] * 1000
        monkeypatch.setattr(parquet_file, "BATCH_BYTES", 1)  # fewer rows at a time than a preview shows
        assert preview(path, 3).rows == ((long,),) * 3
    monkeypatch.setattr(parquet_file, "MOST_ROWS", 999)
    with pytest.raises(InputError, match="found 1,000 rows"):
        read_table(path, [TEXT])


def test_a_preview_reads_the_first_rows_alone(tmp_path: Path) -> None:
    good = as_csv(["id", "text"], [[str(place), "x" * 1000] for place in range(100)])
    path = written(tmp_path, good.encode() + b"\xff broken,\xff\n")
    with pytest.raises(InputError, match="in which encoding"):
        preview(path, 3)
    path = written(tmp_path, good + "a,b,c\n")
    assert preview(path, 3).rows == tuple((str(place), "x" * 1000) for place in range(3))
    assert "row 102: found 3 cells" in refusal(tmp_path, path.read_bytes())[0]
