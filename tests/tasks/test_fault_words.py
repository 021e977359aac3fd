"""Faults are said in English by commands, and in the reader's language on pages: all of them, wherever they arise."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.intake.faults import Faults, quoted
from tasks.languages import catalogue
from tasks.languages.fault import Fault, at, instead, line_of, said, why

ROOT = Path(__file__).parents[2]
SPOKEN = tuple(tag for tag in catalogue.languages("faults") if tag != "en")
ROOMS = ("tasks/intake", "tasks/study", "tasks/design", "tasks/schema", "studio/intake", "studio/service")
"""Where faults arise that pages show."""
RAISED = {"InputError", "StudioError", "UnreadableError", "ValueError", "Problem", "Nested"}
GATHERED = {"add", "append", "extend"}


def test_a_fault_is_its_english_text_and_can_be_said_in_other_languages() -> None:
    fault = at(line_of("study.yaml", 3, "design.seats"), instead(0, Fault("at_least", bound="1")))
    assert fault == "study.yaml line 3, design.seats: found 0; allowed: 1 or more"
    assert fault.text("ja") == "study.yaml の 3 行目、design.seats：0 とあります。使えるのは次のとおりです：1 以上"
    assert fault.text("de") == "study.yaml, Zeile 3, design.seats: gefunden: 0; erlaubt: 1 oder mehr"
    assert said([fault, "as it is"], "de") == (fault.text("de"), "as it is")


def test_values_stand_isolated_where_the_language_runs_from_right_to_left() -> None:
    text = at("answers.csv", instead("'x'", Fault("a_number"))).text("ar")
    assert "\u2068answers.csv\u2069" in text
    assert "\u2068'x'\u2069" in text
    assert text.count("\u2068") == text.count("\u2069") == 2, "sentences in sentences are not isolated again"


def test_a_language_without_the_words_reads_english() -> None:
    assert Fault("a_list").text("fi") == "a list"
    assert Fault("a_list").text("de-AT") == "eine Liste"


def test_a_value_in_braces_is_never_filled_in_again() -> None:
    fault = instead("{allowed} {found}", "x")
    assert fault == "found {allowed} {found}; allowed: x"


def test_a_fault_is_copied_and_stored_whole() -> None:
    fault = at("x", Fault("cells", n=2))
    assert pickle.loads(pickle.dumps(fault)).text("de") == "x: 2 Zellen"


def test_rows_and_columns_are_named_in_the_language() -> None:
    faults = Faults("a.csv")
    for row in (3, 5, 7):
        faults.add(
            Fault("allowed", allowed=Fault("a_text")), row=row, column="text", found=Fault("the_number", value="1")
        )
    (line,) = faults.lines()
    assert line == "a.csv, rows 3, 5 and 7, column text: found a number (1); allowed: a text"
    assert said([line], "ja") == ("a.csv、3, 5、7 行目、列 text：数（1） とあります。使えるのは次のとおりです：文字列",)
    assert said([line], "de") == ("a.csv, Zeilen 3, 5 und 7, Spalte text: gefunden: eine Zahl (1); erlaubt: ein Text",)


def test_many_rows_and_many_values_are_counted_in_the_language() -> None:
    faults = Faults("a.csv")
    for row in range(2, 30):
        faults.add(Fault("no_id"), row=row, column="id", found=quoted(f"v{row % 9}"))
    lines = said(faults.lines(), "de")
    assert "weitere Werte wie diese" in lines[-1]
    assert not any(re.search(r"\b(and|rows|found|more)\b", line) for line in lines)


@pytest.mark.parametrize("tag", SPOKEN)
def test_no_words_of_the_section_are_those_of_english(tag: str) -> None:
    """But for frames without words of their own."""
    own, english = catalogue.words("faults", tag), catalogue.words("faults", "en")
    same = {
        key
        for key in english
        if own[key] == english[key] and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", str(english[key])))
    }
    assert same == set()


def _words_of(node: ast.AST) -> Iterator[str]:
    """Texts of two words or more in an expression, but for those that a Fault is made of."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "at", "instead", "line_of", "refuse"):
        return
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    if re.search(r"[a-z]{2,} [a-z]{2,}", text) and not text.lstrip().startswith("#"):  # a comment of a study.yaml
        yield text
    for child in ast.iter_child_nodes(node):
        yield from _words_of(child)


def _unworded(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "")
        gathers = isinstance(node.func, ast.Attribute) and node.func.attr in GATHERED
        if name in RAISED or gathers:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from (f"{path.relative_to(ROOT)}:{node.lineno}: {words}" for words in _words_of(argument))


def test_no_fault_that_pages_show_is_written_in_the_code() -> None:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(paths) > 60
    unworded = {line for path in paths for line in _unworded(path)}
    assert unworded == set(), "\n".join(sorted(unworded))


def test_a_librarys_own_words_are_for_those_who_read_english() -> None:
    fault = at("a.zip", Fault("no_zip", reason=why(ValueError("File is not a zip file"))))
    assert "(File is not a zip file)" in fault
    assert "zip file" not in fault.text("ja")
    assert "(der Inhalt ist beschädigt oder von anderer Form)" in fault.text("de")
    assert pickle.loads(pickle.dumps(fault)).text("de") == fault.text("de")
