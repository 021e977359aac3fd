"""The first page of a report: the answer for each estimand, what to doubt, examples that a rule chooses."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from results.document.words import LANGUAGES
from results.export.folder import Export, write
from results.export.rows import JudgmentRow
from results.report.build import Report, build
from results.report.pages import lay_out
from results.report.sections.doubts import doubts, unremarkable
from results.report.sections.front import Front
from results.report.sections.reader import Reader
from tasks.errors import InputError
from tasks.schema import Item, Response, Source, Words
from tasks.study.save import save_study
from tests.judged import export, flipped, with_judgments

pytestmark = pytest.mark.slow

RESAMPLES = 100
FOUR = ("base", "human", "large", "tuned")


@pytest.fixture(scope="module")
def made() -> Export:
    return export(items=16, raters=4, effect=1.5)


@pytest.fixture(scope="module")
def report(made: Export) -> Report:
    return build(made, RESAMPLES, texts=made.study)


def front(made: Export, language: str = "en") -> Front:
    return Front(Reader(build(made, RESAMPLES).record, language))


# --- the answer -------------------------------------------------------------------------------------------------------


def test_two_systems_are_answered_for_both_estimands_with_the_figures_beside(report: Report) -> None:
    page, (pair,) = Front(Reader(report.record, "en")), report.record.preference.pairs
    assert page.headline[0] == "These raters preferred Tuned to Base."
    assert len(page.headline) == 2
    assert "raters at large" in page.headline[1].lower()
    these, large = page.cards()
    assert (these.whose, these.badge, these.shown) == ("These 4 raters", "shown", True)
    assert large.whose == "Raters at large (exploratory)"
    assert f"{pair.margin.value:+.2f}".replace("-", "−") in these.text
    assert f"{pair.margin_at_large.value:+.2f}".replace("-", "−") in large.text


def test_what_both_estimands_leave_open_is_one_sentence() -> None:
    page = front(export(items=8, raters=3, effect=0.0, seed=3))
    (said,) = page.headline
    assert "leave open" in said
    assert [card.shown for card in page.cards()] == [False, False]


def test_sides_change_nothing_on_the_page_but_what_is_said_of_sides(made: Export) -> None:
    one, two = front(made), front(flipped(made))
    assert (one.headline, one.cards(), one.picture()) == (two.headline, two.cards(), two.picture())


def test_of_four_systems_the_order_is_the_answer() -> None:
    record = build(export(items=36, raters=12, systems=FOUR, effect=3.0), RESAMPLES).record
    page = Front(Reader(record, "en"))
    assert page.headline == (
        "These raters preferred Tuned to each of the 3 others.",
        "Raters at large prefer Tuned to each of the 3 others, as far as these raters stand for them.",
    )
    assert page.cards() == ()
    drawn = page.picture()
    assert drawn is not None
    first = [one.best_rank for one in record.preference.rankings[0].systems]
    assert first[0] == 1
    for system in record.preference.rankings[0].systems:
        assert system.system.title() in drawn.svg.broad
    assert record.answer["en"][:2] == page.headline
    html = lay_out(record, "en").html()
    assert html.index(page.headline[0]) < html.index("<details>")


def test_an_order_that_nothing_shows_is_said_to_be_open() -> None:
    page = front(export(items=60, raters=6, systems=FOUR, effect=0.0))
    assert page.headline == (
        "For these raters, the order of the systems stays open.",
        "For raters at large, the order of the systems stays open.",
    )


def test_without_a_comparison_there_is_neither_picture_nor_card(made: Export) -> None:
    page = front(replace(made, judgments=(), assignments=(), raters=(), comments=()))
    assert page.headline == ("No preference was given, so there is no comparison to report.",)
    assert (page.picture(), page.cards(), page.examples()) == (None, (), ())


# --- doubts -----------------------------------------------------------------------------------------------------------


def keys(made: Export) -> dict[str, str]:
    return {one.key: one.text for one in doubts(Reader(build(made, RESAMPLES).record, "en"))}


def always_first(made: Export, rater: str) -> Export:
    """The export with a rater who clearly prefers whatever stands first."""

    def chosen(row: JudgmentRow) -> JudgmentRow:
        if row.rater != rater or row.criterion_kind != "preference" or row.value is None:
            return row
        return row.model_copy(update={"value": 2, "strength": 2, "chosen_system": row.first_system})

    return with_judgments(made, [chosen(row) for row in made.judgments])


def test_a_rater_who_keeps_to_one_side_is_named_and_others_are_not(made: Export) -> None:
    assert "one_side" not in keys(made)
    found = keys(always_first(made, "R002"))["one_side"]
    decisive = sum(r.rater == "R002" and r.criterion == "preference" and r.value is not None for r in made.judgments)
    assert found == f"R002 chose the side shown first in {decisive} of {decisive} choices."


def test_what_was_looked_at_without_a_sign_is_said_too(made: Export) -> None:
    reader = Reader(build(made, RESAMPLES).record, "en")
    assert "Raters who keep to one side" in unremarkable(reader)
    assert {one.title for one in doubts(reader)}.isdisjoint(unremarkable(reader).split(", "))


def test_few_raters_are_a_doubt_and_ten_are_not() -> None:
    assert keys(export(items=6, raters=9))["few_raters"] == "9 raters: the answer may be their own taste."
    assert "few_raters" not in keys(export(items=6, raters=10))


def test_clearly_longer_responses_are_a_doubt(made: Export) -> None:
    longer = [row.model_copy(update={"characters": 200 if row.system_id == "tuned" else 50}) for row in made.responses]
    found = keys(replace(made, responses=tuple(longer)))["length"]
    assert found.startswith("Tuned is longer than Base in 100")
    assert "cannot be told" in found, "no margin at equal length where no responses are of equal length"


def test_every_doubt_and_every_part_of_the_contents_leads_somewhere(report: Report) -> None:
    for language in LANGUAGES:
        html = lay_out(report.record, language).html()
        targets = set(re.findall(r'href="#([\w-]+)"', html))
        assert targets <= set(re.findall(r' id="([\w-]+)"', html))
        assert len(targets) > 12


# --- one count --------------------------------------------------------------------------------------------------------


def test_the_count_says_its_parts_and_they_add_up(report: Report) -> None:
    said = Reader(report.record, "en").counts()
    found = re.fullmatch(
        r"16 items · 4 raters · (\d+) pairs judged \(of (\d+) planned: (\d+) with a preference; (\d+) about the same;"
        r" (\d+) left as cannot judge\)", said
    )  # fmt: skip
    assert found is not None, said
    judged, planned, preferred, same, left = map(int, found.groups())
    assert preferred + same == judged
    assert judged + left == planned == 64
    assert lay_out(report.record, "en").html().count(said) == 1


# --- examples ---------------------------------------------------------------------------------------------------------


def told(votes: dict[str, tuple[int, ...]]) -> Export:
    """Two systems judged with these signed strengths, towards `base`."""
    made = export(items=len(votes), raters=max(map(len, votes.values())), missing=0)
    place = dict(zip((item.item_id for item in made.study.items), votes.values(), strict=True))

    def given(row: JudgmentRow) -> JudgmentRow:
        if row.criterion_kind != "preference":
            return row
        vote = place[row.item_id][row.seat]
        chosen = None if vote == 0 else "base" if vote > 0 else "tuned"
        return row.model_copy(update={"value": abs(vote), "strength": abs(vote), "chosen_system": chosen})

    return with_judgments(made, [given(row) for row in made.judgments])


def test_examples_are_chosen_by_the_rule() -> None:
    # means 2, 1, 0, -1, 1: the mean is 0.6, so that i0001 (1) is nearest, i0002 (2, -2) widest, i0003 (-1) opposite
    made = told({"i0": (2, 2), "i1": (1, 1), "i2": (2, -2), "i3": (-1, -1), "i4": (1, 1)})
    found = build(made, RESAMPLES, texts=made.study).record.examples
    assert [(one.rule, one.item_id, one.margin) for one in found] == [
        ("typical", "i0001", 1), ("disputed", "i0002", 0), ("against", "i0003", -1),
    ]  # fmt: skip
    assert found[1].votes == (1, 0, 1)
    assert found[0].last.text == "相談 1"
    assert found[0].last.language == "ja"
    assert [one.text for one in found[0].responses] == ["base の応答です。", "tuned の応答です。"]


def test_there_is_none_the_other_way_where_all_agree() -> None:
    made = told({"i0": (2, 2), "i1": (2, 2), "i2": (2, 2)})
    assert [one.rule for one in build(made, RESAMPLES, texts=made.study).record.examples] == ["typical"]


def test_no_text_of_a_closed_source_is_shown_and_none_without_being_asked(made: Export) -> None:
    assert build(made, RESAMPLES).record.examples == ()
    closed = tuple(
        item.model_copy(update={"source": Source(dataset="KokoroChat", dialogue_id=item.dialogue)})
        if number % 2 else item
        for number, item in enumerate(made.study.items)
    )  # fmt: skip
    study = made.study.model_copy(update={"items": closed})
    found = build(replace(made, study=study), RESAMPLES, texts=study).record.examples
    assert found
    assert {int(one.item_id[1:]) % 2 for one in found} == {0}
    whole = made.study.model_copy(update={"items": tuple(closed_item(item) for item in closed)})
    assert build(replace(made, study=whole), RESAMPLES, texts=whole).record.examples == ()


def closed_item(item: Item) -> Item:
    return item.model_copy(update={"source": Source(dataset="some/KokoroChat", dialogue_id=item.dialogue)})


def test_another_study_s_texts_are_refused(made: Export) -> None:
    other = made.study.model_copy(update={"study_id": "other"})
    with pytest.raises(InputError, match="another study"):
        build(made, RESAMPLES, texts=other)


@pytest.mark.parametrize(("language", "shown"), [("ja", "応答です"), ("en", "An answer."), ("de", "An answer.")])
def test_a_reader_is_shown_the_translation_and_keeps_the_original(made: Export, language: str, shown: str) -> None:
    def translated(response: Response) -> Response:
        return response.model_copy(update={"translation": Words(en="An answer.")})

    study = made.study.model_copy(update={"responses": tuple(map(translated, made.study.responses))})
    record = build(replace(made, study=study), RESAMPLES, texts=study).record
    html = lay_out(record, language).html()
    first, rest = html.split('<div class="rest">')
    assert shown in first
    assert "base の応答です。" in rest
    assert ("応答です" in first) == (language == "ja")


def test_texts_are_text_never_markup(made: Export) -> None:
    evil = tuple(r.model_copy(update={"text": "<script>alert(1)</script>"}) for r in made.study.responses)
    study = made.study.model_copy(update={"responses": evil})
    assert "<script" not in lay_out(build(replace(made, study=study), RESAMPLES, texts=study).record, "en").html()


def run(*arguments: Any) -> int:
    return main(["report", *map(str, arguments), "--resamples", "100", "--languages", "en"])


def test_the_command_shows_examples_when_it_is_given_the_texts(
    made: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(made, tmp_path / "export")
    save_study(made.study, tmp_path / "study")
    assert run(folder, "--out", tmp_path / "bare") == 0
    assert "Nearest to the mean" not in (tmp_path / "bare/report.html").read_text(encoding="utf-8")
    assert run(folder, "--out", tmp_path / "out", "--texts", tmp_path / "study") == 0
    assert "Nearest to the mean" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    save_study(made.study.model_copy(update={"study_id": "other"}), tmp_path / "other")
    capsys.readouterr()
    assert run(folder, "--out", tmp_path / "none", "--texts", tmp_path / "other") == 2
    assert "study_id" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
