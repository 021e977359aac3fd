from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from results.commands import terminal
from results.document import numbers, svg, words
from results.document.page import is_broad
from results.document.view import Table
from results.export.folder import Export, write
from results.export.rows import JudgmentRow
from results.report.build import Report, build
from results.report.build import write as write_report
from results.report.pages import lay_out
from results.statistics.figure import Figure
from tasks.languages import catalogue
from tests.judged import export, flipped, with_judgments

RESAMPLES = 200


@pytest.fixture(scope="module")
def made() -> Export:
    return export(items=16, raters=3)


@pytest.fixture(scope="module")
def report(made: Export) -> Report:
    return build(made, RESAMPLES)


def facts_of(report: Report) -> dict[str, Any]:
    """The content of report.json."""
    facts: dict[str, Any] = json.loads(report.record.json_text())
    return facts


def without_order(report: Report) -> dict[str, Any]:
    kept = {key: value for key, value in facts_of(report).items() if key != "order"}
    kept["blinding"] = {key: value for key, value in kept["blinding"].items() if key != "order"}
    return kept


@pytest.mark.parametrize("systems", [("base", "tuned"), ("base", "human", "tuned")])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flipping_every_presentation_order_changes_order_facts_alone(systems: tuple[str, ...], seed: int) -> None:
    made = export(items=12, raters=3, systems=systems, seed=seed)
    one, two = build(made, RESAMPLES), build(flipped(made), RESAMPLES)
    assert without_order(one) == without_order(two)
    share, other = (facts_of(r)["order"]["first_side_share"]["value"] for r in (one, two))
    assert share == pytest.approx(1 - other)


def test_rows_may_come_in_any_order(made: Export, report: Report) -> None:
    assert facts_of(build(with_judgments(made, made.judgments[::-1]), RESAMPLES)) == facts_of(report)


def test_raters_may_change_their_names(made: Export, report: Report) -> None:
    names = {"R001": "R003", "R002": "R001", "R003": "R002"}
    renamed = [row.model_copy(update={"rater": names[row.rater]}) for row in made.judgments]
    other = facts_of(build(with_judgments(made, renamed), RESAMPLES))
    for one, two in zip(facts_of(report)["agreement"], other["agreement"], strict=True):
        assert one["figures"] == two["figures"]
        assert one["leave_one_rater_out"] == two["leave_one_rater_out"]
    for key in ("margin", "margin_test", "items", "votes", "by_item"):
        assert facts_of(report)["preference"]["pairs"][0][key] == other["preference"]["pairs"][0][key]


@pytest.mark.parametrize("kind", ["practice", "pilot", "repeat", "check", "blinding", "adjudication"])
def test_other_kinds_never_enter_a_main_figure(made: Export, report: Report, kind: str) -> None:
    extra = [
        row.model_copy(update={"kind": kind, "assignment_id": "x" + row.assignment_id, "chosen_system": "base"})
        for row in made.judgments
    ]
    other = facts_of(build(with_judgments(made, [*made.judgments, *extra]), RESAMPLES))
    own = {"checks", "checks_failed"} if kind == "check" else set()  # what the kind itself is counted for
    for one, two in zip(other["raters"], facts_of(report)["raters"], strict=True):
        assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in two.items() if k not in own}
    assert {k: v for k, v in other.items() if k != "raters"} == {
        k: v for k, v in facts_of(report).items() if k != "raters"
    }


def test_a_withdrawn_rater_is_in_no_figure(made: Export) -> None:
    gone = tuple(r.model_copy(update={"withdrawn": r.rater == "R002"}) for r in made.raters)
    left = [row for row in made.judgments if row.rater != "R002"]
    marked = facts_of(build(replace(made, raters=gone), RESAMPLES))
    removed = facts_of(build(with_judgments(replace(made, raters=gone), left), RESAMPLES))
    assert marked["preference"] == removed["preference"]
    assert marked["agreement"] == removed["agreement"]
    assert marked["data"]["withdrawn_raters"] == 1


def unanimous(made: Export) -> Export:
    """Everybody prefers the tuned response strongly and rates it the same, whatever side it stands on."""

    def agreed(row: JudgmentRow) -> JudgmentRow:
        values: dict[str, Any] = {"reason": "", "value": int(row.target == "system:tuned")}
        if row.criterion_kind == "preference":
            values |= {"value": 2, "strength": 2, "chosen_system": "tuned"}
        return row.model_copy(update=values)

    return with_judgments(made, [agreed(row) for row in made.judgments])


def test_raters_who_agree_on_the_system_agree_whatever_the_sides() -> None:
    facts = facts_of(build(unanimous(export(items=40, raters=3)), RESAMPLES))
    entries = {entry["criterion"]: entry["figures"] for entry in facts["agreement"]}
    assert entries["preference"]["percent_agreement"]["value"] == 1.0
    assert entries["preference"]["alpha"]["value"] == 1.0
    assert entries["preference"]["alpha_by_system"]["value"] is None
    for criterion in ("question_amount", "empathy"):
        assert entries[criterion]["alpha"]["value"] == 1.0
        assert entries[criterion]["percent_agreement"]["value"] == 1.0
    assert facts["preference"]["pairs"][0]["items"] == {"won": 0, "lost": 40, "tied": 0}


def test_an_export_without_judgments_has_a_report_with_reasons(made: Export, tmp_path: Path) -> None:
    nothing = replace(made, judgments=(), assignments=(), raters=(), comments=())
    empty = build(nothing, RESAMPLES)
    assert empty.record.answer["en"] == ("No preference was given, so there is no comparison to report.",)
    write_report(empty, tmp_path / "out", "en")
    json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))


def test_one_rater_and_one_item(tmp_path: Path) -> None:
    alone = build(export(items=1, raters=1, missing=0), RESAMPLES)
    figures = facts_of(alone)["agreement"][0]["figures"]
    assert figures["alpha"]["reason"] == "no_two_ratings"
    for lang in ("ja", "en"):
        write_report(alone, tmp_path / lang, lang)


def test_same_export_same_bytes(made: Export, tmp_path: Path) -> None:
    folder = write(made, tmp_path / "export")
    for name in ("one", "two"):
        assert main(["report", str(folder), "--out", str(tmp_path / name), "--resamples", "200"]) == 0
    paths = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {"heds.md", "heds.json", "tables/agreement.csv", "tables/agreement.tex"} <= {str(path) for path in paths}
    for path in paths:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path


def test_every_undefined_figure_has_a_reason(report: Report) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if {"value", "low", "high", "method", "reason"} <= set(value):
                assert value["value"] is not None or value["reason"] in catalogue.words("reasons", "en")
                assert value["low"] is None or value["low"] <= value["high"]
            for child in value.values():
                walk(child)
        if isinstance(value, list):
            for child in value:
                walk(child)

    walk(facts_of(report))


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_page_stands_alone_and_marks_what_is_simulated(report: Report, lang: Any) -> None:
    html = lay_out(report.record, lang).html()
    assert not re.search(r"""(src|href)=["'](?!#)|url\(|@import|<script""", html)
    mark = words.word("simulated", lang)
    assert html.count(mark) == 2  # the banner, and the top of every printed page
    assert mark in lay_out(report.record, lang).markdown()
    for sentence in report.record.answer[lang]:
        assert sentence.split("<")[0][:40] in html


def test_a_real_study_is_not_marked(made: Export) -> None:
    real = build(replace(made, study=made.study.model_copy(update={"simulated": False})), RESAMPLES)
    assert words.word("simulated", "en") not in lay_out(real.record, "en").html()


def test_names_are_text_never_markup(made: Export) -> None:
    systems = tuple(s.model_copy(update={"name": "<b>x</b>"}) for s in made.study.systems)
    evil = build(replace(made, study=made.study.model_copy(update={"systems": systems})), RESAMPLES)
    assert "<b>x" not in lay_out(evil.record, "en").html()


def test_all_words_are_used() -> None:
    package = Path("results")
    text = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*") if path.suffix in (".py", ".j2"))
    built = (
        "gap_",
        "rule_",
        "depth_",
        "short_",
        "yes_no_",
        "system_",
        "kind_",
        "reading_",
        "act_",
        "mean_margin_",
        "equal_",
        "together_",
        "exclusions_note_",
        "answer_",
        "claim_",
        "ranks_",
        "told_",
        "minimal_",
        "family_",
        "choice_",
        "imported_",
        "front_",
        "rank_",
        "doubt_",
        "sessions_why_",
        "sessions_stopped_",
        "example_",
        "contender.",
        "habit.",
    )
    unused = [
        key
        for key in catalogue.words("report", "en")
        if not re.search(rf"""["']{key}["']""", text) and not key.startswith(built)
    ]
    assert unused == []


def test_a_broken_export_is_one_message_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path}: not an export folder (manifest.json is missing)\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_sections_and_pictures_are_drawn_once_for_a_language(
    report: Report, tmp_path: Path, lang: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    markup = svg.Drawing.markup

    def counted(drawing: svg.Drawing) -> str:
        drawn.append(drawing.title)
        return markup(drawing)

    monkeypatch.setattr(svg.Drawing, "markup", counted)
    write_report(report, tmp_path / "out", lang)
    assert len(drawn) == (tmp_path / "out/report.html").read_text(encoding="utf-8").count("<svg ")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_what_is_wider_than_a_phone_scrolls_and_says_so(report: Report, lang: Any) -> None:
    page = lay_out(report.record, lang)
    html = page.html()
    tables = re.findall(r"<thead>.*?</thead>", html)
    assert html.count(words.word("scroll_hint", lang)) >= 5
    assert html.count('<div class="scroll"') == len(tables)


def test_every_picture_is_drawn_for_paper_and_for_phones_and_never_scrolls(report: Report) -> None:
    html = lay_out(report.record, "en").html()
    sizes = re.findall(r'<svg class="(\w+)" viewBox="0 0 (\d+) ', html)
    assert len(sizes) == html.count("<svg ") > 10
    assert sizes[::2] == [("broad", "720")] * (len(sizes) // 2)
    assert sizes[1::2] == [("narrow", "300")] * (len(sizes) // 2)
    assert not re.search(r'<div class="scroll"[^>]*>\s*<svg', html)


def test_a_table_is_broad_by_what_cannot_be_broken() -> None:
    assert not is_broad(Table(("", "value"), (("a long name of many short words that may be broken", "0.12"),)))
    assert is_broad(Table(("", "a", "b"), (("name", "−0.12 [−0.34, +0.56]", "−0.12 [−0.34, +0.56]"),)))
    assert not is_broad(Table(("", "a"), (("name", "−0.12 [−0.34, +0.56]"),)))
    assert not is_broad(Table(("", "a", "b"), (("name", "−0.12 [0.3]", "−0.12 [0.3]"),), wraps=True))
    assert not is_broad(Table(("", "あ" * 40), (("い" * 40, "0.1"),))), "between any two letters a line may end"


def test_an_interval_is_spelled_in_one_way_on_page_terminal_and_in_latex(report: Report) -> None:
    (pair,), pages = report.record.preference.pairs, lay_out(report.record, "en")
    share = pair.win_share_of_votes
    spelled = numbers.interval(share.low, share.high)
    figure = Figure(share.value, share.low, share.high)
    assert re.fullmatch(r"\[0\.\d\d,\N{NO-BREAK SPACE}0\.\d\d\]", spelled)
    assert spelled in pages.html()
    assert spelled in pages.markdown()
    assert spelled.replace("\N{NO-BREAK SPACE}", "~") in pages.latex()["preference"]
    assert terminal.number(figure).endswith(spelled.replace("\N{NO-BREAK SPACE}", " "))
