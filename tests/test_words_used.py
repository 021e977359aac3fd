"""Every word of the languages' files is used: no sentence stays behind when its page goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.languages import catalogue
from tests.tree import ROOT

ROOMS = ("studio", "results", "tasks", "finetune")
FORMS = {"zero", "one", "two", "few", "many", "other"}
LEAST = 2
"""Letters that stand in a key as it is built; a key built of variables alone says nothing of what is used."""


def keys(words: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The keys of a section, nested ones with points."""
    for key, value in words.items():
        if isinstance(value, Mapping) and not set(value) <= FORMS:
            yield from keys(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def alternatives(part: ast.expr) -> list[str]:
    """What a part of a string may be, as far as the code says it itself; [] = anything."""
    inner = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(inner, ast.Constant):
        return [str(inner.value)]
    if isinstance(inner, ast.IfExp):
        either = [alternatives(inner.body), alternatives(inner.orelse)]
        return [*either[0], *either[1]] if all(either) else []
    return []


def code() -> tuple[set[str], set[re.Pattern[str]]]:
    """(strings as they stand in the code, patterns of strings that it builds)."""
    whole: set[str] = set()
    built: set[re.Pattern[str]] = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
                whole.add(str(node.value))
            elif isinstance(node, ast.JoinedStr | ast.BinOp):
                parts = node.values if isinstance(node, ast.JoinedStr) else [node.left, node.right]
                fixed = [alternatives(one) for one in parts]
                if sum(min(map(len, one)) for one in fixed if one) >= LEAST:
                    built.add(
                        re.compile("".join(f"({'|'.join(map(re.escape, one))})" if one else ".+" for one in fixed))
                    )
    for script, page in re.findall(r"`([\w.]+)\$\{[^}]+\}`|\"([\w.]+)\" [~+]", others()):
        built.add(re.compile(re.escape(script or page) + ".+"))
    return whole, built


def others() -> str:
    """What names words without being Python: scripts and pages that browsers read, templates of reports and studies."""
    kinds = ("studio/**/*.js", "studio/**/*.html", "results/**/*.j2", "tasks/templates/*.yaml")
    return "".join(path.read_text("utf-8") for kind in kinds for path in ROOT.glob(kind))


def test_every_word_is_used() -> None:
    whole, built = code()
    shown = others()
    unused = {
        f"{section} {key}"
        for section in catalogue.sections("en")
        for key in keys(catalogue.words(section, "en"))
        if key not in whole
        and not any(one.fullmatch(key) for one in built)
        and not re.search(rf"\b{re.escape(key)}\b", shown)
    }
    assert sorted(unused) == []
