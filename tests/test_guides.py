"""What the guides quote from a page stands on a page: a button that is renamed is renamed in the guides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tasks.languages import catalogue
from tests.tree import ROOT

QUOTED = {"en": re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)"), "ja": re.compile(r"「([^」]+)」")}
"""How a guide quotes words of a page, by its language."""


def texts(value: Any) -> Iterator[str]:
    """Every text of a language's file, without the stop at its end."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    else:
        yield str(value).rstrip("。.")


def quoted(name: str) -> set[str]:
    """What a guide quotes, lines joined, commands left out."""
    language = name.rsplit(".", 1)[1]
    text = re.sub(r"`[^`]*`", "", (ROOT / f"docs/{name}.md").read_text(encoding="utf-8"))
    return set(QUOTED[language].findall(" ".join(text.split())))


@pytest.mark.parametrize("name", ["rater-guide.en", "rater-guide.ja", "organiser-guide.en", "organiser-guide.ja"])
def test_what_a_guide_quotes_stands_on_a_page(name: str) -> None:
    known = set(texts(catalogue.file(name.rsplit(".", 1)[1])))
    assert quoted(name), "a guide quotes something, or the pattern is at fault"
    assert quoted(name) - known == set()
