"""The verdict of a report: one orientation everywhere, the primary test alone, nothing below six dialogues."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from results.document import numbers
from results.document.words import LANGUAGES
from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.record.figure import Effect
from results.record.preference import PairRecord
from results.record.report import ReportRecord
from results.report.build import build
from results.report.compared import verdict
from results.report.csv_tables import csv_tables
from results.report.pages import lay_out
from results.statistics.preference import outcome
from results.statistics.resample import Resampling
from results.statistics.signflip import Test
from results.study.judged import judged, preference_of, preference_ratings
from tasks.schema import Exclusion, Primary
from tests.judged import export, with_judgments

RESAMPLES = 200
THREE = ("base", "human", "tuned")


def record_of(made: Export, resamples: int = RESAMPLES, **study: Any) -> ReportRecord:
    return build(replace(made, study=made.study.model_copy(update=study)), resamples).record


def unanimous(items: int, systems: Sequence[str] = ("base", "tuned")) -> Export:
    """Everybody clearly prefers the last system of the two that stand there."""

    def agreed(row: JudgmentRow) -> JudgmentRow:
        chosen = max(row.first_system or "", row.second_system or "")
        new = {"value": 2, "strength": 2, "chosen_system": chosen, "reason": ""}
        return row.model_copy(update=new) if row.criterion_kind == "preference" else row

    made = export(items=items, raters=3, missing=0, systems=systems)
    return with_judgments(made, [agreed(row) for row in made.judgments])


# --- one orientation ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def record() -> ReportRecord:
    return record_of(export(items=16, raters=3, effect=1.5))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answer_page_picture_csv_and_latex_show_the_margin_with_one_sign(record: ReportRecord, lang: Any) -> None:
    (pair,), pages = record.preference.pairs, lay_out(record, lang)
    assert pair.margin.value is not None
    assert pair.margin.value < 0, "the system that is listed second is ahead, so that a turned figure would show"
    value = numbers.number(pair.margin.value, sign=True)
    bounds = numbers.interval(pair.margin.low, pair.margin.high, sign=True)
    assert [f"{value}" in sentence and bounds in sentence for sentence in record.answer[lang]].count(True) == 1
    assert f"{value} | {bounds}" in re.sub("[\u2068\u2069]", "", pages.markdown())
    assert value.replace("−", "$-$") in pages.latex()["preference"]
    lines = list(csv.DictReader(io.StringIO(csv_tables(record)["preference"].decode("utf-8-sig"))))
    (line,) = [line for line in lines if line["statistic"] == "margin" and not line["rater"]]
    assert (line["first"], line["second"]) == pair.systems
    assert float(line["value"]) == pair.margin.value
    assert f">{value}<" in pages.html()  # the forest of raters prints the overall margin


def test_a_gap_of_length_is_turned_like_every_other_figure(record: ReportRecord) -> None:
    pairs = [pair.systems for pair in record.preference.pairs]
    assert [(leak.system, leak.other) for leak in record.leaks if leak.name == "characters"] == pairs


def mirrored(one: Effect, two: Effect, turn: str) -> bool:
    """Whether a figure is the other one's negative or complement to 1, interval and reason included."""
    first = (one.value, one.low, one.high)
    second = (two.value, two.high, two.low)
    for x, y in zip(first, second, strict=True):
        if (x is None) != (y is None):
            return False
        if x is not None and y is not None and x != pytest.approx(-y if turn == "sign" else 1 - y, abs=1e-9):
            return False
    return one.reason == two.reason


def assert_mirrored(one: PairRecord, two: PairRecord) -> None:
    assert one.systems == two.systems[::-1]
    assert one.role == two.role
    assert one.verdict == two.verdict
    if one.verdict and one.verdict.preferred and one.margin.low is not None and one.margin.high is not None:
        assert one.margin.low > 0 or one.margin.high < 0
    assert (one.margin_test, one.sign_test) == (two.margin_test, two.sign_test)
    assert (one.items.won, one.items.tied, one.items.lost) == (two.items.lost, two.items.tied, two.items.won)
    assert one.votes == {str(-int(value)): count for value, count in two.votes.items()}
    signed = [(one.margin, two.margin), (one.margin_at_large, two.margin_at_large)]
    signed += list(zip(one.by_rater, two.by_rater, strict=True))
    signed += list(zip(one.without_rater, two.without_rater, strict=True))
    signed += [(mine.margin, its.margin) for mine, its in zip(one.strata, two.strata, strict=True)]
    assert all(mirrored(mine, its, "sign") for mine, its in signed)
    shares = [(one.win_share_of_items, two.win_share_of_items), (one.win_share_of_votes, two.win_share_of_votes)]
    shares.append((one.adjusted.share_when_equal, two.adjusted.share_when_equal))
    assert all(mirrored(mine, its, "share") for mine, its in shares)


@settings(max_examples=4, deadline=None)
@given(
    seed=st.integers(1, 10_000),
    effect=st.sampled_from([0.0, 0.6, 2.0]),
    systems=st.sampled_from([("base", "tuned"), THREE]),
    items=st.integers(3, 9),
)
def test_listing_another_system_first_mirrors_every_figure_and_changes_no_verdict(
    seed: int, effect: float, systems: tuple[str, ...], items: int
) -> None:
    made = export(items=items, raters=3, systems=systems, effect=effect, seed=seed)
    one, two = record_of(made, 60), record_of(made, 60, systems=made.study.systems[::-1])
    other = {frozenset(pair.systems): pair for pair in two.preference.pairs}
    for pair in one.preference.pairs:
        assert_mirrored(pair, other[frozenset(pair.systems)])
    for mine, its in zip(one.ratings, two.ratings, strict=True):
        turned = {frozenset(pair.systems): pair for pair in its.pairs}
        for rated in mine.pairs:
            there = turned[frozenset(rated.systems)]
            assert all(mirrored(rated.differences[m], there.differences[m], "sign") for m in rated.differences)
    gaps = {(leak.name, leak.system, leak.other): leak for leak in two.leaks}
    for leak in one.leaks:
        its_gap = gaps[leak.name, leak.other or "", leak.system]
        for name, effect_size in leak.effects.items():
            assert mirrored(effect_size, its_gap.effects[name], "share" if name == "dominance" else "sign")


# --- the primary test alone -----------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(p_value=st.floats(0, 1), won=st.integers(0, 50), lost=st.integers(0, 50))
def test_no_sign_test_and_no_count_of_items_decides(p_value: float, won: int, lost: int) -> None:
    data = judged(unanimous(8))
    criterion = preference_of(data)
    assert criterion is not None
    (pair,) = data.pairs()
    result = outcome(preference_ratings(data.rows, criterion, [pair]), pair, Resampling(resamples=100))
    changed = replace(result, sign_test=Test(p_value, "sign test"), items_won=won, items_lost=lost)
    assert verdict(changed.margin, pair, 0.01) == verdict(result.margin, pair, 0.01)
    assert verdict(changed.margin, pair, 0.01).preferred == "tuned"
    assert verdict(changed.margin, pair, 0.2).preferred is None


def test_two_systems_are_the_comparison_and_exploratory_rows_say_so(record: ReportRecord) -> None:
    (pair,) = record.preference.pairs
    assert pair.role == "primary"
    rows = [line for line in lay_out(record, "en").markdown().splitlines() if line.startswith("|")]
    words = ("share of decisive", "held equal", "Margin per")
    tested = [row for row in rows if any(part in row for part in words) and "for reading only" not in row]
    assert len(tested) == 6
    assert all("(exploratory)" in row for row in tested)
    assert not [sentence for sentence in record.answer["en"] if "sign test" in sentence]


@pytest.mark.parametrize("seed", [1, 2])
def test_three_systems_without_a_named_pair_are_a_family(seed: int) -> None:
    made = export(items=15, raters=3, systems=THREE, effect=2.0, seed=seed)
    record = record_of(made, exclusions=(Exclusion(rule="min_seconds", threshold=62),))
    pairs = record.preference.pairs
    assert [pair.role for pair in pairs] == ["family"] * 3
    for pair in pairs:
        assert pair.verdict is not None
        assert pair.verdict.p_value == pair.margin_test.p_holm
    for rule in ("no_rule", "min_seconds"):
        under = [one.systems for one in record.exclusions if one.rule == rule]
        assert under == [pair.systems for pair in pairs]
    for lang, primary in (("en", "primary)"), ("ja", "主な比較）")):
        text = lay_out(record, lang).markdown()
        assert primary not in text
    assert "Holm" in record.answer["en"][2], "after the order of the systems, for both estimands"
    assert "Holm" in record.answer["ja"][2]
    assert len(record.answer["en"]) == 2 + 1 + len(pairs) + 1


def test_a_family_of_which_one_pair_was_judged_is_told_as_one_comparison() -> None:
    made = export(items=15, raters=3, systems=THREE, effect=2.0, seed=1)
    only = ("base", "tuned")
    rows = [row for row in made.judgments if sorted((row.first_system or "", row.second_system or "")) == [*only]]
    record = record_of(with_judgments(made, rows))
    assert [pair.systems for pair in record.preference.pairs if pair.margin.value is not None] == [only]
    assert "only one pair of systems was judged" in record.answer["en"][0]
    assert "一組だけ" in record.answer["ja"][0]
    for sentences in (record.answer["en"], record.answer["ja"]):
        assert not [sentence for sentence in sentences if "Holm" in sentence]
    assert "mean margin" in record.answer["en"][2]


def test_a_family_verdict_needs_the_corrected_test() -> None:
    result = record_of(export(items=15, raters=3, systems=THREE, effect=2.0, seed=1)).preference.pairs
    for pair in result:
        assert pair.verdict is not None
        assert pair.margin_test.p_holm is not None
        if pair.verdict.preferred:
            assert pair.margin_test.p_holm < 0.05
    assert any(pair.verdict and pair.verdict.preferred for pair in result)


@pytest.mark.parametrize("named", [("tuned", "human"), ("human", "tuned")])
def test_a_named_pair_is_the_only_one_that_decides(named: tuple[str, str]) -> None:
    made = export(items=15, raters=3, systems=THREE, effect=2.0)
    record = record_of(made, primary=Primary(systems=named))
    roles = {pair.systems: pair.role for pair in record.preference.pairs}
    assert roles.pop(named) == "primary"
    assert set(roles.values()) == {"exploratory"}
    for pair in record.preference.pairs:
        if pair.role == "primary":
            assert pair.verdict is not None
            assert pair.verdict.p_value == pair.margin_test.p_value
        else:
            assert pair.verdict is None
    text = lay_out(record, "en").markdown()
    assert text.count("Mean margin per item (primary)") == 1
    # of both other pairs for both estimands, and of the primary one for the other estimand
    assert text.count("Mean margin per item (exploratory)") == 2 * 2 + 1
    assert "Base" not in " ".join(record.answer["en"])


def test_a_named_pair_that_nobody_judged_gives_no_other_headline() -> None:
    made = export(items=12, raters=3, systems=THREE)
    rows = [row for row in made.judgments if {row.first_system, row.second_system} != {"human", "tuned"}]
    record = record_of(with_judgments(made, rows), primary=Primary(systems=("human", "tuned")))
    assert {pair.role for pair in record.preference.pairs} == {"exploratory"}
    assert "was not judged" in record.answer["en"][0]
    assert not [sentence for sentence in record.answer["en"] if "preferred" in sentence]


# --- few dialogues, small p-values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dialogues", "preferred"), [(1, None), (3, None), (5, None), (6, "tuned")])
def test_no_verdict_below_six_dialogues(dialogues: int, preferred: str | None) -> None:
    record = record_of(unanimous(dialogues))
    (pair,) = record.preference.pairs
    assert pair.verdict is not None
    assert pair.verdict.preferred == preferred
    assert pair.verdict.reason == (None if preferred else "few_dialogues")
    assert ("p\N{NO-BREAK SPACE}" in record.answer["en"][1]) == (preferred is not None)
    assert pair.margin.low is None, "no interval where nothing varies, and none below six dialogues"
    few = "Fewer than six dialogues" in record.answer["en"][0] and "6 件未満" in record.answer["ja"][0]
    assert few == (preferred is None)


def effects(value: Any) -> Iterator[Effect]:
    if isinstance(value, Effect):
        yield value
    elif isinstance(value, BaseModel):
        yield from (effect for name in type(value).model_fields for effect in effects(getattr(value, name)))
    elif isinstance(value, Mapping):
        yield from (effect for child in value.values() for effect in effects(child))
    elif isinstance(value, tuple):
        yield from (effect for child in value for effect in effects(child))


@pytest.mark.parametrize(("dialogues", "systems"), [(5, ("base", "tuned")), (5, THREE), (6, ("base", "tuned"))])
def test_no_interval_below_six_dialogues_and_none_of_no_width(dialogues: int, systems: tuple[str, ...]) -> None:
    made = unanimous(dialogues) if dialogues == 6 else export(dialogues, 6, name="full", systems=systems)
    figures = list(effects(build(made, 100).record))
    assert len(figures) > 50
    for figure in figures:
        assert (figure.low is None) == (figure.high is None)
        if figure.low is not None and figure.high is not None:
            assert dialogues >= 6
            assert figure.low < figure.high
        elif figure.value is not None:
            assert figure.reason is not None, "an interval that is missing says why"


def test_a_tiny_p_value_is_printed_as_such_and_kept_as_a_number() -> None:
    record = record_of(unanimous(44))
    (pair,) = record.preference.pairs
    assert pair.margin_test.p_value == pytest.approx(2 / 2**44, rel=1e-9)
    assert pair.margin_test.p_holm == pair.margin_test.p_value
    assert pair.verdict is not None
    assert pair.verdict.p_value == pair.margin_test.p_value
    pages = lay_out(record, "en")
    assert "p\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}.001" in record.answer["en"][1]
    assert "p\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}.001" in pages.markdown()
    assert r"p~\textless{}~.001" in pages.latex()["preference"]
    assert not re.search(r"p.=.0(?![.\d])|p.=.\.000", pages.markdown())
