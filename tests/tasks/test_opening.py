"""Anybody's files opened: what was written is read back equal, or asked, or refused; nothing is altered in silence."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tasks.errors import InputError
from tasks.intake.opening import Opened, open_any
from tasks.intake.table import Column, read_table

pytestmark = pytest.mark.slow

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAID = "最近あまり眠れていません。どうしたらよいのでしょうか"
ANSWER = "それはおつらいですね。いつごろからでしょうか"


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def opened(path: Path, **answers: str) -> Opened:
    return open_any(path, {"header": "names"} | answers)


def rows(found: Opened) -> list[list[str]]:
    """The cells of the only table, header first."""
    assert (found.errors, found.questions) == ((), ())
    (table,) = found.tables
    return [list(table.header), *([str(cell) for cell in record.values()] for _, record in table.rows)]


def asked(found: Opened) -> list[str]:
    return [question.key for question in found.questions]


def workbook(path: Path, fill: Callable[[Any], None]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    fill(book)
    book.close()
    return path


def as_csv(table: Sequence[Sequence[str]], separator: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(table)
    return out.getvalue()


# --- any table in any writing ------------------------------------------------------------------------------------

cell = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)
names = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str] = cell) -> list[list[str]]:
    """A header of two or more different names, and rows of which none is blank."""
    header = draw(st.lists(names, min_size=2, max_size=4, unique_by=str.casefold))
    row = st.lists(cells, min_size=len(header), max_size=len(header)).filter(any)
    return [header, *draw(st.lists(row, min_size=1, max_size=6))]


@often
@given(table=tables(), separator=st.sampled_from(",\t;|"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_table_is_read_back_equal(
    tmp_path: Path, table: list[list[str]], separator: str, encoding: str
) -> None:
    path = written(tmp_path, "t.csv", as_csv(table, separator), encoding)
    assert rows(opened(path)) == table


JAPANESE = st.text(st.sampled_from('あいうえおのはをにがでとアイウ相談者悩眠朝時日私、。？髙①ｱ,\n"'), max_size=12)


@often
@given(table=tables(JAPANESE), encoding=st.sampled_from(["cp932", "euc_jp", "gb18030", "cp949", "iso2022_jp"]))
def test_a_table_in_another_encoding_is_read_equal_or_asked(
    tmp_path: Path, table: list[list[str]], encoding: str
) -> None:
    table[0] = [f"c{place}" for place in range(len(table[0]))]
    try:
        content = as_csv(table).encode(encoding)
    except UnicodeEncodeError:
        return
    found = opened(written(tmp_path, "t.csv", content))
    if found.questions or found.errors:
        assert asked(found) == ["encoding:t.csv"] or found.errors
        assert rows(opened(tmp_path / "t.csv", encoding=encoding)) == table
    else:
        assert rows(found) == table


@often
@given(table=tables(cell.filter(lambda text: "\ufffe" not in text and "\uffff" not in text)))
def test_any_table_is_read_back_equal_from_a_workbook(tmp_path: Path, table: list[list[str]]) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for place, row in enumerate(table):
            for column, text in enumerate(row):
                sheet.write_string(place, column, text)

    assert rows(opened(workbook(tmp_path / "t.xlsx", fill))) == table


nested = st.recursive(
    st.none() | st.booleans() | cell,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cell, inner, max_size=3),
)


@often
@given(records=st.lists(st.dictionaries(names, nested, min_size=1, max_size=4), min_size=1, max_size=5))
def test_records_keep_what_is_nested(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    whole = written(tmp_path, "t.json", json.dumps(records))
    by_line = written(tmp_path, "t.jsonl", "\ufeff" + "\n\n".join(json.dumps(record) for record in records))
    for path in (whole, by_line):
        found = opened(path)
        assert (found.errors, found.questions) == ((), ())
        assert [record for _, record in found.tables[0].rows] == records


# --- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8-sig"])
def test_a_japanese_csv_as_offices_save_it(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "t.csv", f"相談,応答\n{SAID},{ANSWER}\n", encoding)
    assert rows(opened(path)) == [["相談", "応答"], [SAID, ANSWER]]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("我最近睡得不好，心里很难受，我能理解你的感受", "gb18030"),
        ("요즘 잠을 잘 못 자고 있어요. 많이 힘드셨겠네요", "cp949"),
        ("Je suis très fatigué, ça dure depuis l’été", "cp1252"),
        ("Ich fühle mich müde, und alles ist trüb und öde", "cp1252"),
    ],
)
def test_other_languages_are_told_by_their_letters_and_said(tmp_path: Path, text: str, encoding: str) -> None:
    found = opened(written(tmp_path, "t.tsv", f"id\ttext\n1\t{text}\n", encoding))
    assert rows(found)[1] == ["1", text]
    assert [note.key for note in found.notes] == ["read_encoding_letters", "read_separator_tab"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("語", "cp932"), ("Я очень устал", "cp1251"), ("أنا متعب جدا هذه الأيام", "cp1256"),
        ("Včera jsem se cítila unavená a příliš těžké", "cp1250"), ("ağır şeyler yaşadım ışık", "cp1254"),
        ("我最近睡不好，謝謝你", "big5"),
    ],
)  # fmt: skip
def test_what_letters_cannot_tell_is_asked_with_cells_to_look_at(tmp_path: Path, text: str, encoding: str) -> None:
    path = written(tmp_path, "t.csv", f"id,text\n1,x{text}\n", encoding)
    (question,) = opened(path).questions
    assert question.key == "encoding:t.csv"
    assert encoding in question.options
    assert any(sample.startswith(f"{encoding}: x") for sample in question.samples)
    assert rows(open_any(path, {"encoding:t.csv": encoding}))[1] == ["1", f"x{text}"]
    (line,) = opened(path, encoding="utf-8").errors
    assert line.startswith("t.csv: is not UTF-8 (line 2, byte")


def test_utf8_with_a_broken_byte_is_refused_with_its_place(tmp_path: Path) -> None:
    content = f"id,text\n1,{SAID}\n2,".encode() + b"\xff\n"
    assert opened(written(tmp_path, "t.csv", content)).errors[0].startswith("t.csv: is not UTF-8 (line 3, byte ")


# --- separators --------------------------------------------------------------------------------------------------


def test_decimal_commas_in_semicolons_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "unit;value\nu1;3,5\nu2;4,0\n")
    assert rows(opened(path)) == [["unit", "value"], ["u1", "3,5"], ["u2", "4,0"]]
    assert read_table(path, [Column("value")]).cells["value"] == ["3,5", "4,0"]


def test_two_signs_that_would_do_are_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "a;b,c\n1;2,3\n")
    assert asked(opened(path)) == ["separator:t.csv"]
    assert rows(opened(path, separator="comma")) == [["a;b", "c"], ["1;2", "3"]]
    with pytest.raises(InputError, match="Say so with --separator: comma, semicolon"):
        read_table(path, [Column("a")])


def test_a_surplus_cell_is_refused_and_not_explained_by_another_separator(tmp_path: Path) -> None:
    found = opened(written(tmp_path, "t.csv", "unit,rater,value\nu1,A,3,5\n"))
    assert found.errors[0].startswith("t.csv, row 2: found 4 cells; the header has 3")


# --- names of columns, or a first row of data --------------------------------------------------------------------

UNSURE = {
    "labels": "1,はい,いいえ\n2,いいえ,はい\n",
    "first names no usual words": "甲,乙\nはい,いいえ\nいいえ,はい\n",
    "sentences": "眠れません。,つらいですね。\n朝が来ません。,何時に？\n",
    "numbers above numbers": "7,眠れません\n8,朝が来ません\n",
    "a short text above sentences": "1,はい\n2,眠れません。\n3,つらいです。\n4,そうです。\n",
    "a name that stands below too": "question,answer\nquestion,眠れません\nanswer,つらい\n",
    "no row below": "甲,乙\n",
    "one usual word above labels": "質問,甲\n相づち,乙\n反射,丙\n",
}
SURE = {
    "two usual words": "id,text\na,b\n",
    "a usual word above dialogues": "相談内容,甲\n眠れません。,つらいですね\n",
    "a strange name above numbers": "連番,言葉\n1,はい\n2,いいえ\n3,はい\n",
    "strange names above sentences": "甲,乙\n眠れません。,はい\n朝が来ません。,いいえ\nつらいです。,はい\n",
    "an index": ",甲\n0,はい\n1,いいえ\n2,はい\n",
}


@pytest.mark.parametrize("name", UNSURE)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_first_row_that_may_be_data_is_asked_about(tmp_path: Path, name: str, kind: str) -> None:
    path = _table(tmp_path, UNSURE[name], kind)
    assert asked(open_any(path, {})) == [f"header:t.{kind}"]
    cells = list(csv.reader(io.StringIO(UNSURE[name])))
    numbers = [str(number) for number in range(1, len(cells[0]) + 1)]
    assert rows(open_any(path, {"header": "data"})) == [numbers, *cells]


@pytest.mark.parametrize("name", SURE)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_names_that_are_sure_are_not_asked_about(tmp_path: Path, name: str, kind: str) -> None:
    found = open_any(_table(tmp_path, SURE[name], kind), {})
    assert not found.questions
    assert list(found.tables[0].header) == SURE[name].split("\n")[0].split(",")


def _table(folder: Path, content: str, kind: str) -> Path:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for place, row in enumerate(csv.reader(io.StringIO(content))):
            sheet.write_row(place, 0, row)

    return workbook(folder / "t.xlsx", fill) if kind == "xlsx" else written(folder, "t.csv", content)


def test_no_cell_of_a_first_row_of_data_is_lost_or_refused(tmp_path: Path) -> None:
    content = "1,はい,はい,\n2,いいえ,はい,memo\n"
    found = open_any(written(tmp_path, "t.csv", content), {"header:t.csv": "data"})
    assert rows(found) == [["1", "2", "3", "4"], ["1", "はい", "はい", ""], ["2", "いいえ", "はい", "memo"]]
    assert [row for row, _ in found.tables[0].rows] == [1, 2]


def test_keys_of_records_are_names(tmp_path: Path) -> None:
    found = open_any(written(tmp_path, "t.json", '[{"1": "眠れません。", "2": "x"}]'), {})
    assert (found.questions, found.tables[0].headed) == ((), True)


# --- workbooks ---------------------------------------------------------------------------------------------------


def two_sheets(book: Any) -> None:
    for name in ("相談", "メモ"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["id", "text"])
        sheet.write_row(1, 0, [1, SAID])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_row(2, 0, [2, ANSWER])
    book.add_worksheet("空")


def test_sheets_and_hidden_rows_are_asked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", two_sheets)
    assert asked(opened(path)) == ["sheet:t.xlsx"]
    assert asked(opened(path, sheet="相談")) == ["hidden:t.xlsx [相談]"]
    assert rows(opened(path, sheet="相談", hidden="read"))[1:] == [["1", SAID], ["2", ANSWER]]
    assert rows(opened(path, sheet="メモ", hidden="leave"))[1:] == [["1", SAID]]
    assert len(opened(path, sheet="相談,メモ", hidden="read").tables) == 2
    with pytest.raises(InputError, match="--sheet: 相談, メモ"):
        read_table(path, [Column("id")])
    answers = {"sheet": "相談", "hidden": "leave"}
    assert read_table(path, [Column("id"), Column("text")], answers=answers).cells == {"id": ["1"], "text": [SAID]}


def test_hidden_columns_are_asked(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "text", "memo", "response"])
        sheet.write_row(1, 0, ["a", SAID, "x", ANSWER])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.set_column(5, 9, None, None, {"hidden": True})  # nothing stands there

    path = workbook(tmp_path / "t.xlsx", fill)
    assert asked(opened(path)) == ["hidden_columns:t.xlsx"]
    assert opened(path).questions[0].values == {"file": "t.xlsx", "n": 1, "rows": "C"}
    assert rows(opened(path, hidden_columns="leave")) == [["id", "text", "", "response"], ["a", SAID, ANSWER]]
    assert "column memo: found an error of Excel" in opened(path, hidden_columns="read").errors[0]
    with pytest.raises(InputError, match="--hidden-columns: read, leave"):
        read_table(path, [Column("id")])


def test_merged_cells_are_filled_or_left_as_was_said(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["dialogue", "answer"])
        sheet.merge_range(1, 0, 2, 0, SAID)
        sheet.write(1, 1, "a")
        sheet.write(2, 1, "b")

    path = workbook(tmp_path / "t.xlsx", fill)
    assert asked(opened(path)) == ["merged:t.xlsx"]
    assert rows(opened(path, merged="fill"))[1:] == [[SAID, "a"], [SAID, "b"]]
    assert rows(opened(path, merged="leave"))[1:] == [[SAID, "a"], ["", "b"]]


def test_errors_and_formulas_without_a_value_are_named_with_their_place(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "text"])
        sheet.write_row(1, 0, ["a", "x"])
        sheet.write_string(2, 0, "b")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")

    path = workbook(tmp_path / "t.xlsx", fill)
    assert opened(path).errors[0].startswith("t.xlsx, row 3, column text: found an error of Excel")
    (line,) = _refusal(path, Column("text"))
    assert "row 3, column text: found an error of Excel" in line
    _without_value(path)
    assert "row 3, column text: found a formula whose value was not stored" in opened(path).errors[0]


def _refusal(path: Path, *columns: Column) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read_table(path, columns)
    return caught.value.errors


def _without_value(path: Path) -> None:
    """Takes the stored value of the formula out of the sheet, as programs that do not compute leave it."""
    members = {entry.filename: zipfile.ZipFile(path).read(entry) for entry in zipfile.ZipFile(path).infolist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b' t="e"><f>1/0</f><v>#DIV/0!</v>', b"><f>1/0</f>")
    _zipped(path, members)


def _zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_numbers_and_days_are_written_as_they_are_shown(tmp_path: Path) -> None:
    from datetime import date

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["n", "x", "zero", "day"])
        sheet.write_row(1, 0, [1, 0.1])
        sheet.write_string(1, 2, "007")
        sheet.write_datetime(1, 3, date(2026, 1, 31), book.add_format({"num_format": "d.m.yyyy"}))

    found = opened(workbook(tmp_path / "t.xlsx", fill))
    assert rows(found)[1] == ["1", "0.1", "007", "2026-01-31"]
    assert [note.key for note in found.notes] == ["read_dates"]


# --- compressed files ---------------------------------------------------------------------------------------------

COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "xz": lzma.compress}


@pytest.mark.parametrize("ending", COMPRESS)
def test_a_compressed_file_is_what_it_holds(tmp_path: Path, ending: str) -> None:
    compress = COMPRESS[ending]
    table = "id,text\na,眠れません\n".encode("cp932")
    path = written(tmp_path, f"t.csv.{ending}", compress(table[:9]) + compress(table[9:]))
    found = open_any(path, {f"encoding:t.csv.{ending}": "cp932"})
    assert rows(found) == [["id", "text"], ["a", "眠れません"]]
    assert found.tables[0].name == f"t.csv.{ending}"
    (tmp_path / f"t.csv.{ending}").rename(tmp_path / "named.jsonl")  # its bytes say that it is compressed
    assert open_any(tmp_path / "named.jsonl", {}).errors[0].startswith("named.jsonl, rows 1 and 2: is no JSON")


@pytest.mark.parametrize("ending", COMPRESS)
def test_a_compressed_file_that_is_cut_or_no_table_is_refused(tmp_path: Path, ending: str) -> None:
    whole = COMPRESS[ending](b"id,text\na,x\n")
    for name, content, words in (
        ("cut.csv", whole[:-5], "cannot be unpacked"),
        ("bent.csv", whole[:-9] + b"xxxx" + whole[-5:], "cannot be unpacked"),
        ("a.tar", whole, "found a file ending in '.tar'"),
        ("bare", whole, "found a file ending in ''"),
    ):
        (line,) = open_any(written(tmp_path, f"{name}.{ending}", content), {}).errors
        assert line.startswith(f"{name}.{ending}: {words}")


def test_compressed_files_that_swell_are_refused(tmp_path: Path) -> None:
    zeros = bytes(2**20)
    with gzip.open(tmp_path / "a.csv.gz", "wb", compresslevel=1) as file:
        for _ in range(129):
            file.write(zeros)
    with lzma.open(tmp_path / "a.csv.xz", "wb", preset=0) as packed:
        for _ in range(129):
            packed.write(zeros)
    huge = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 2**27}]
    written(tmp_path, "wide.csv.xz", lzma.compress(b"id,text\na,x\n", filters=huge))
    written(tmp_path, "many.csv.gz", gzip.compress(b"a") * 1001)
    for name, words in (
        ("a.csv.gz", "unpacks to more than 128 MB"),
        ("a.csv.xz", "unpacks to more than 128 MB"),
        ("wide.csv.xz", "cannot be unpacked (Memory usage limit exceeded)"),
        ("many.csv.gz", "holds more than 1,000 compressed streams"),
    ):
        (line,) = open_any(tmp_path / name, {}).errors
        assert line.startswith(f"{name}: {words}"), line


# --- JSON, Parquet, archives, folders -------------------------------------------------------------------------------


def test_an_object_that_holds_a_list_is_opened_and_a_dialogue_is_not(tmp_path: Path) -> None:
    held = opened(written(tmp_path, "a.json", json.dumps({"version": 1, "data": [{"id": "x"}, {"id": "y"}]})))
    assert rows(held) == [["id"], ["x"], ["y"]]
    assert [note.key for note in held.notes] == ["read_listed"]
    talk = {"messages": [{"role": "user", "content": "x"}]}
    assert opened(written(tmp_path, "b.json", json.dumps(talk))).tables[0].rows == [(1, talk)]


def test_json_lines_under_the_name_of_json_are_read(tmp_path: Path) -> None:
    assert rows(opened(written(tmp_path, "a.json", '{"id": "x"}\n{"id": "y"}\n'))) == [["id"], ["x"], ["y"]]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", '[{"a": 1, "a": 2}]', "a.json: is no JSON (key 'a' occurs twice)"),
        ("a.json", "[" * 200_000, "a.json: is no JSON (nested too deeply)"),
        ("a.json", '[{"a": 1}, 2]', "a.json, row 2: found '2'; each entry must be one JSON object"),
        ("a.doc", "x", "a.doc: found a file ending in '.doc'; allowed: .csv"),
        ("a.xlsx", "x,y\n1,2\n", "a.xlsx: is no Excel workbook that can be read"),
        ("a.zip", b"PK\x03\x04broken", "a.zip: is no zip file that can be unpacked"),
        ("a.csv", "x,y\n", "a.csv: holds no rows under its column names"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, name: str, content: str | bytes, words: str) -> None:
    (line,) = opened(written(tmp_path, name, content)).errors
    assert line.startswith(words)


def test_parquet_keeps_lists_and_objects(tmp_path: Path) -> None:
    records = [{"id": 1, "turns": [{"role": "client", "text": SAID}]}, {"id": 2, "turns": []}]
    parquet.write_table(pa.Table.from_pylist(records), tmp_path / "t.parquet")
    found = opened(tmp_path / "t.parquet").tables[0].rows
    assert [record for _, record in found] == [{**record, "id": str(record["id"])} for record in records]


def test_a_zip_with_one_in_it_and_a_folder(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.jsonl", '{"id": "2"}\n')
    table = f"id,text\n1,{SAID}\n".encode("cp932")
    members = {
        "予備調査/応答.csv": table,
        "inner.zip": inner.getvalue(),
        "liesmich.doc": b"x",
        "__MACOSX/._a.csv": b"x",
    }
    found = opened(_zipped(tmp_path / "t.zip", members))
    assert found.errors == ()
    assert [table.name for table in found.tables] == ["t.zip/予備調査/応答.csv", "t.zip/inner.zip/b.jsonl"]
    assert [note.values["file"] for note in found.notes if note.key == "left_other_file"] == ["t.zip/liesmich.doc"]
    written(tmp_path, "folder/a.csv", "id\n1\n")
    written(tmp_path, "folder/deep/b.jsonl", '{"id": "2"}\n')
    written(tmp_path, "folder/.hidden.csv", "id\n9\n")
    assert [table.name for table in opened(tmp_path / "folder").tables] == ["folder/a.csv", "folder/deep/b.jsonl"]
    with pytest.raises(InputError, match="--part"):
        read_table(tmp_path / "folder", [Column("id")])
    one = read_table(tmp_path / "folder", [Column("id")], "f", answers={"part": "f/a.csv"})
    assert one.cells["id"] == ["1"]


# --- bombs -------------------------------------------------------------------------------------------------------


def test_archives_and_workbooks_that_swell_are_refused(tmp_path: Path) -> None:
    zeros = bytes(200 * 2**20)
    path = _zipped(tmp_path / "t.zip", {"a.csv": zeros})
    assert "allowed: up to" in opened(path).errors[0]
    book = _zipped(tmp_path / "t.xlsx", {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": zeros})
    assert "unpacks to" in opened(book).errors[0]


def test_a_sheet_with_one_stray_cell_far_out_is_refused(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "text"])
        sheet.write(1_048_575, 16_383, "x")

    (line,) = opened(workbook(tmp_path / "t.xlsx", fill)).errors
    assert "reaches over 1,048,576 rows and 16,384 columns" in line


def test_parquet_that_means_one_text_a_million_times_is_refused_inside_lists_too(tmp_path: Path) -> None:
    long = "長い応答です。" * 20_000
    parquet.write_table(pa.table({"t": [[long, long]] * 2_000}), tmp_path / "t.parquet", compression="zstd")
    assert "are longer than" in opened(tmp_path / "t.parquet").errors[0]
