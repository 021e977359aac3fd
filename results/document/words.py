"""Words of the report in both languages, and the reasons for undefined figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from tasks.schema import Language, Words


def reason(text: str | None, language: Language) -> str:
    """The reason in the language; '' where there is none."""
    if text is None:
        return ""
    return reasons().get(text, text) if language == "ja" else text


@cache
def reasons() -> dict[str, str]:
    """Every reason a figure of a report can carry, with its Japanese words."""
    path = Path(__file__).parent / "templates" / "reasons.yaml"
    read: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


@cache
def _all() -> dict[str, Words]:
    path = Path(__file__).parent / "templates" / "words.yaml"
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: Words(**words) for key, words in read.items()}


def word(key: str, language: Language) -> str:
    """The report's words for `key`. Raises KeyError for a key that has none."""
    words = _all()[key]
    return words.ja if language == "ja" else words.en


def all_keys() -> tuple[str, ...]:
    """All keys of words.yaml."""
    return tuple(_all())
