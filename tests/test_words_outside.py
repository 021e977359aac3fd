"""What people read stands in the files of the languages: no code of report or organiser's page chooses by language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tasks.languages import catalogue
from tests.tree import ROOT

FOLDERS = ("results/report", "results/document", "results/scores", "studio/pages/admin", "studio/documents")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
TAGS = frozenset(catalogue.languages("organiser"))
ALLOWED = {
    **dict.fromkeys(
        (
            "results/scores/facts.py",
            "results/scores/rated.py",
            "results/scores/sections.py",
            "results/scores/experiments.py",
            "results/scores/rated_sections.py",
        ),
        "KokoroChat's names of its items: keys of a score report's JSON, beside each other in tables",
    ),
}
"""Modules that name a language, and why."""


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but those that stand alone as statements, its docstrings; and its attributes' names."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value
        if isinstance(node, ast.Attribute):
            yield node.attr


def names_a_language(code: str) -> bool:
    return any(text in TAGS or JAPANESE.search(text) for text in texts(ast.parse(code)))


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_module_chooses_words_by_language_or_holds_japanese() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in modules() if names_a_language(path.read_text("utf-8"))}
    assert found - set(ALLOWED) == set()


def test_no_exception_stands_for_what_is_gone() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in modules() if names_a_language(path.read_text("utf-8"))}
    assert set(ALLOWED) - found == set()


def test_the_search_finds_what_it_is_for() -> None:
    assert names_a_language('x = words.ja if language == "ja" else words.en')
    assert names_a_language("x = words.text(language) or words.en")
    assert names_a_language('x = "こんにちは"')
    assert not names_a_language('"""ja: 日本語"""\nx = word("report", language)')
