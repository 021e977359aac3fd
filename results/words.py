"""Words of the report in both languages, and the reasons for undefined figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from tasks.schema import Language, Words

REASONS: dict[str, str] = {
    "no unit has two ratings": "二人以上が評価した対象がない",
    "all ratings are the same value: chance agreement is perfect too": "すべての評価が同じ値で、偶然の一致も完全になる",
    "only one category: there is no chance to agree by": "使われた区分が一つだけで、偶然の一致を考えられない",
    "too many distinct values to be categories": "値の種類が多すぎて区分として扱えない",
    "one dialogue alone: no interval": "相談が一件だけで、区間を計算できない",
    "undefined in more than 5 % of the resamples: no interval": "再標本の 5 % 超で値が定まらず、区間を計算できない",
    "no preference was given for this pair": "この組の比較の回答がない",
    "no decisive item: every item is tied": "すべての相談が引き分けで、勝敗がない",
    "no decisive vote": "どちらかを選んだ回答がない",
    "no dialogue has a margin other than zero": "どの相談でも差が 0 である",
    "no response of this system was rated": "このシステムの応答が評価されていない",
    "no item where both systems were rated": "両方のシステムが評価された相談がない",
    "the blinding question was not answered": "盲検の質問への回答がない",
    "no pair has exactly one adjusted system (a system with an adapter)": "調整されたシステムが一つだけの組がない",
    "all who guessed named the same side: chance agreement cannot be had": "推測がすべて同じ側で、偶然の一致がない",
    "the adjusted system never stood first": "調整されたシステムが先に示されたことがない",
    "the adjusted system never stood second": "調整されたシステムが後に示されたことがない",
    "no variation between dialogues: no interval": "相談による違いがなく、区間を計算できない",
    "no variation within either system": "どちらのシステムでも値が変わらない",
    "no response of this system is in the export": "このシステムの応答が書き出しに含まれていない",
}
"""Every reason a figure of a report can carry, with its Japanese words."""


def reason(text: str | None, language: Language) -> str:
    """The reason in the language; '' where there is none."""
    if text is None:
        return ""
    return REASONS.get(text, text) if language == "ja" else text


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
