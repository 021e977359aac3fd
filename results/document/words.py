"""Words of the report in both languages, and the reasons for undefined figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from tasks.schema import Language, Words


def reason(code: str | None, language: Language) -> str:
    """The words of a reason's code; '' where there is none. A sentence, as older files hold, is given back as it is."""
    if code is None:
        return ""
    words = reasons().get(code)
    if words is None:
        return code
    return words.ja if language == "ja" else words.en


@cache
def reasons() -> dict[str, Words]:
    """The words of every reason, by its code (results/statistics/reasons.py)."""
    return _catalogue("reasons.yaml")


@cache
def _all() -> dict[str, Words]:
    return _catalogue("words.yaml")


def _catalogue(name: str) -> dict[str, Words]:
    path = Path(__file__).parent / "templates" / name
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: Words(**words) for key, words in read.items()}


def word(key: str, language: Language) -> str:
    """The report's words for `key`. Raises KeyError for a key that has none."""
    words = _all()[key]
    return words.ja if language == "ja" else words.en


def all_keys() -> tuple[str, ...]:
    """All keys of words.yaml."""
    return tuple(_all())
