"""report.json is what its records say: the reference page is current, and nothing else is read or written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from results.__main__ import main
from results.record.report import ReportRecord

EXAMPLE = Path("results/example/report.json")


def test_the_reference_page_and_the_schema_are_current(tmp_path: Path) -> None:
    assert main(["schema", "--out", str(tmp_path)]) == 0
    pages = ("report-json", "agreement-json", "preference-json", "judge-json")
    for name in [*(f"{page}.md" for page in pages), *(f"schemas/{page}.schema.json" for page in pages)]:
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert (Path("docs") / name).read_text(encoding="utf-8") == written, "python -m results schema --out docs"


def test_the_example_is_read_and_written_back_byte_for_byte() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert ReportRecord.read(text).json_text() == text


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for child in value.values():
            yield from keys(child)
    elif isinstance(value, list):
        for child in value:
            yield from keys(child)


def test_every_key_that_is_a_word_of_ours_stands_on_the_page() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", Path("docs/report-json.md").read_text(encoding="utf-8"), re.M))
    facts = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert set(facts) <= documented
    for part in ("data", "settings", "order", "blinding", "questions", "detector", "flagged"):
        assert set(facts[part]) <= documented
    for part in (facts["preference"]["pairs"][0], facts["agreement"][0], facts["ratings"][0], facts["raters"][0]):
        assert set(part) <= documented


def changed(path: str, value: Any) -> str:
    facts = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    at, *steps = facts, *path.split("/")
    for step in steps[:-1]:
        at = at[int(step) if isinstance(at, list) else step]
    at[steps[-1]] = value
    return json.dumps(facts)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data/n_items", "14"),
        ("data/n_item", 14),
        ("preference/pairs/0/margin/value", "0.5"),
        ("preference/pairs/0/margin/reason", "because"),
        ("preference/pairs/0/systems", ["one"]),
        ("study/systems/0/kind", "person"),
        ("agreement/0/figures/alpha/low", float("nan")),
    ],
)
def test_what_no_record_allows_is_refused_with_its_place(path: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=path.replace("/", r"\.")):
        ReportRecord.read(changed(path, value))


def test_a_record_cannot_be_changed() -> None:
    record = ReportRecord.read(EXAMPLE.read_text(encoding="utf-8"))
    with pytest.raises(ValidationError, match="frozen"):
        record.data.n_items = 3  # type: ignore[misc]  # what is to be refused
