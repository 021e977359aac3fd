"""The answer in three sentences: who was preferred, how sure that is, how far the raters agree.

The words follow the intervals, never a label: a wide interval is said to leave the question open, not to show that
there is no difference; two systems are called alike only against the smallest effect named before the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.document.numbers import interval, number, p_value, percent
from results.document.words import reason

Facts = Mapping[str, Any]

NOTHING = {
    "ja": "どちらがよいかの回答がないため、比較の結果はありません。",
    "en": "No preference was given, so there is no comparison to report.",
}


def sentences(facts: Facts) -> dict[str, list[str]]:
    """The three sentences in both languages; fewer where there was nothing to compare."""
    pair = primary_pair(facts)
    if pair is None or pair["margin"]["value"] is None:
        return {language: [text] for language, text in NOTHING.items()}
    ja, en = _Turned(facts, pair, "ja"), _Turned(facts, pair, "en")
    return {
        "ja": [ja.preferred_ja(), ja.margin_ja(), _agreement_ja(facts)],
        "en": [en.preferred_en(), en.margin_en(), _agreement_en(facts)],
    }


def primary_pair(facts: Facts) -> dict[str, Any] | None:
    """The comparison the study is about: its primary pair, else the first one."""
    pairs: list[dict[str, Any]] = facts["preference"]["pairs"]
    named = facts["study"]["primary"]["systems"]
    for pair in pairs:
        if named and set(pair["systems"]) == set(named):
            return pair
    return pairs[0] if pairs else None


def decided(pair: Mapping[str, Any]) -> bool:
    """True where the margin's interval excludes zero and its test gives p < 0.05."""
    margin, p = pair["margin"], pair["margin_test"]["p_value"]
    if margin["low"] is None or p is None:
        return False
    return bool(p < 0.05 and (margin["low"] > 0 or margin["high"] < 0))


class _Turned:
    """The comparison seen from the system that is ahead, so that sentences have one direction."""

    def __init__(self, facts: Facts, pair: Mapping[str, Any], language: str) -> None:
        names = {s["system_id"]: s["names"][language] for s in facts["study"]["systems"]}
        margin, items = pair["margin"], pair["items"]
        ahead = margin["value"] >= 0
        self.first, self.second = (names[s] for s in (pair["systems"] if ahead else pair["systems"][::-1]))
        self.won, self.lost = (items["won"], items["lost"]) if ahead else (items["lost"], items["won"])
        self.tied = items["tied"]
        self.total = self.won + self.lost + self.tied
        self.margin = margin if ahead else _negated(margin)
        self.pair = pair
        self.smallest = facts["study"]["primary"]["smallest_effect"]
        self.top = max(abs(int(value)) for value in pair["votes"])

    def preferred_en(self) -> str:
        counts = (
            f"of {self.total} items, {self.won} went to {self.first}, {self.lost} to {self.second} and {self.tied} "
            f"were tied (exact sign test {p_value(self.pair['sign_test']['p_value'])})."
        )
        if decided(self.pair):
            return f"{self.first} was preferred to {self.second}: {counts}"
        return f"These judgments leave open whether {self.first} or {self.second} is preferred: {counts}"

    def preferred_ja(self) -> str:
        counts = (
            f"{self.total}件のうち{self.first}が{self.won}件、{self.second}が{self.lost}件で選ばれ、"
            f"{self.tied}件は引き分けでした（正確な符号検定 {p_value(self.pair['sign_test']['p_value'])}）。"
        )
        if decided(self.pair):
            return f"{self.first}は{self.second}より好まれました。{counts}"
        return f"{self.first}と{self.second}のどちらが好まれるかは、この評価では決まりません。{counts}"

    def margin_en(self) -> str:
        test = p_value(self.pair["margin_test"]["p_value"])
        return (
            f"The mean margin per item is {number(self.margin['value'], sign=True)} towards {self.first} on a scale "
            f"from −{self.top} to +{self.top} (95 % interval {interval(self.margin, sign=True)}; sign-flip permutation "
            f"{test}){self._smallest_en()}."
        )

    def margin_ja(self) -> str:
        test = p_value(self.pair["margin_test"]["p_value"])
        return (
            f"1件あたりの平均差は、−{self.top}から+{self.top}の尺度で{self.first}の側へ"
            f"{number(self.margin['value'], sign=True)}です（95 % 区間 {interval(self.margin, sign=True)}、"
            f"符号反転の並べ替え検定 {test}）{self._smallest_ja()}。"
        )

    def _against_smallest(self) -> str | None:
        """Where the interval lies against the smallest effect that matters: `beyond`, `within` or `across`."""
        if self.smallest is None or self.margin["low"] is None:
            return None
        low, high = self.margin["low"], self.margin["high"]
        if low >= self.smallest:
            return "beyond"
        return "within" if -self.smallest < low and high < self.smallest else "across"

    def _smallest_en(self) -> str:
        words = {
            "beyond": "all of it at or beyond the smallest effect that matters",
            "within": "all of it smaller than the smallest effect that matters",
            "across": "which reaches across the smallest effect that matters",
        }
        where = self._against_smallest()
        return f", {words[where]} ({number(self.smallest)}, named beforehand)" if where else ""

    def _smallest_ja(self) -> str:
        words = {
            "beyond": "区間の全体が、意味のある最小の差以上です",
            "within": "区間の全体が、意味のある最小の差より小さいです",
            "across": "区間は、意味のある最小の差をまたいでいます",
        }
        where = self._against_smallest()
        return f"。{words[where]}（事前に定めた値 {number(self.smallest)}）" if where else ""


def _negated(figure: Mapping[str, Any]) -> dict[str, Any]:
    low, high = figure["low"], figure["high"]
    turned = {"value": -figure["value"], "low": None if high is None else -high, "high": None if low is None else -low}
    return {**figure, **turned}


def _preference_agreement(facts: Facts) -> Mapping[str, Any]:
    criterion = facts["preference"]["criterion"]
    found: Mapping[str, Any] = next(a for a in facts["agreement"] if a["criterion"] == criterion)
    return found


def _agreement_en(facts: Facts) -> str:
    figures = _preference_agreement(facts)["figures"]
    alpha, same = figures["alpha"], figures["percent_agreement"]
    if same["value"] is None:
        return "How far the raters agree cannot be said, because no item was judged by two of them."
    raters = f"Two raters made the same choice {percent(same['value'])} of the time"
    if alpha["value"] is None:
        return f"{raters}; Krippendorff's α is undefined ({reason(alpha['reason'], 'en')})."
    return (
        f"{raters}; Krippendorff's α is {number(alpha['value'])} (95 % interval {interval(alpha)}; "
        f"0 = no better than chance, 1 = full agreement)."
    )


def _agreement_ja(facts: Facts) -> str:
    figures = _preference_agreement(facts)["figures"]
    alpha, same = figures["alpha"], figures["percent_agreement"]
    if same["value"] is None:
        return "同じ相談を二人以上が評価していないため、評価者間の一致は計算できません。"
    raters = f"二人の評価者の選択は{percent(same['value'])}で一致し"
    if alpha["value"] is None:
        return f"{raters}ました。クリッペンドルフの α は定まりません（{reason(alpha['reason'], 'ja')}）。"
    return (
        f"{raters}、クリッペンドルフの α は{number(alpha['value'])}でした（95 % 区間 {interval(alpha)}。"
        f"0 は偶然と同じ、1 は完全な一致）。"
    )
