"""A study that is being set up: kept step by step, thrown away or launched once, and nobody's data before that."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.documents.reach import reaches
from studio.service import Service
from studio.service.organiser.drafting import MOST_DRAFTS
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.schema import Words as Title
from tasks.study.changing.remaking import template_of
from tests import studio_world as w
from tests.studio.desk_client import DeskClient, columns
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow

PLAN = {"study_id": "fromthepage", "contact": "a@example.org", "seats": "4"}
WIDE = "id,dialogue,A,B\n1,Client: I cannot sleep.,I see.,Since when?\n2,Client: I am tired.,Yes.,Why?\n"
MODEL = {"answer.provenance": "model"}
READ: dict[str, str | list[str]] = {"answer.answers": ["A", "B"], "answer.provenance": "model"}


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def demo(desk: DeskClient) -> str:
    """Where the steps of a draft on the demo's dialogues stand."""
    return str(desk.ask("/admin/new", "demo")["go"]).rsplit("/", 1)[0]


def to_launch(desk: DeskClient, base: str, **plan: str) -> None:
    """Contact and plan are typed, and the last step reached."""
    assert desk.next(f"{base}/texts", contact=(PLAN | plan)["contact"])["go"] == f"{base}/plan"
    assert desk.next(f"{base}/plan", **(PLAN | plan))["go"] == f"{base}/launch"


def test_the_demo_is_reviewed_and_launched_once(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    to_launch(desk, base)
    page = desk.page(f"{base}/launch")
    assert "main 56" in page
    assert "sha256" in page
    assert here.studies() == []
    assert desk.next(f"{base}/launch")["go"] == "/admin/s/fromthepage/people"
    assert "no longer there" in desk.next(f"{base}/launch")["told"], "a second press does nothing"
    assert [row.study_id for row in here.studies()] == ["fromthepage"]
    assert here.audit("fromthepage")[-1].actor.startswith("organiser:")
    assert here.drafts() == [], "what was a draft is erased"
    assert here.verify()[1] == []


def test_a_draft_is_on_the_list_survives_a_restart_and_is_thrown_away(tmp_path: Path, desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", WIDE.encode()))
    assert desk.next(draft, "questions", **READ)["go"] == draft.replace("/file", "/questions")
    again = w.service(tmp_path)
    (line,) = again.drafts()
    assert (line.name, line.step, again.draft_files(line.draft_id)) == (
        "talks",
        "questions",
        {"talks.csv": WIDE.encode()},
    )
    home = desk.page("/admin/")
    assert "Step 2 of 5: Questions" in home
    assert f'href="{draft.replace("/file", "/questions")}"' in home
    assert desk.ask("/admin/", "throw", {"draft_id": line.draft_id})["told"] == "The draft is thrown away."
    assert again.drafts() == []
    assert again.draft_files(line.draft_id) == {}
    assert "Step 2" not in desk.page("/admin/")


def test_what_stands_in_a_form_is_kept_right_or_not_and_back_loses_nothing(desk: DeskClient) -> None:
    base = demo(desk)
    wrong = {**PLAN, "seats": "many"}
    assert desk.ask(f"{base}/plan", "keep", {**wrong})["kind"] == "good"
    assert 'name="seats" value="many"' in desk.page(f"{base}/plan")
    assert "seats: found" in desk.next(f"{base}/plan", **wrong)["told"]
    assert desk.next(f"{base}/plan", to="texts", **wrong)["go"] == f"{base}/texts", "back also where a field is wrong"
    assert 'name="seats" value="many"' in desk.page(f"{base}/plan")


@pytest.mark.parametrize("to", ["plan", "file", "launch"])
def test_the_way_back_from_the_last_step_launches_nothing(here: Service, desk: DeskClient, to: str) -> None:
    base = demo(desk)
    to_launch(desk, base)
    answer = desk.next(f"{base}/launch", to=to)
    assert answer["go"] == ("" if to == "launch" else f"{base}/{to}")
    assert (here.studies(), len(here.drafts())) == ([], 1)


def test_nothing_is_launched_while_raters_have_nobody_to_ask(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    helped = study_of(here, base).support
    assert helped is not None
    to_launch(desk, base, contact=" ")
    assert study_of(here, base).support == helped, "where help is found stays"
    assert "Raters need somebody to ask" in desk.page(f"{base}/launch")
    assert desk.next(f"{base}/launch")["told"] == "Raters need somebody to ask: name a contact among the texts."
    assert here.studies() == []
    to_launch(desk, base)
    assert desk.next(f"{base}/launch")["go"]
    support = here.study("fromthepage").support
    assert support == helped.model_copy(update={"contact": "a@example.org"})


def test_two_tabs_share_a_draft_and_the_last_word_counts(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    to_launch(desk, base)
    to_launch(desk, base, study_id="fromtheothertab")
    assert desk.next(f"{base}/launch")["go"] == "/admin/s/fromtheothertab/people"
    assert "no longer there" in desk.next(f"{base}/plan", **PLAN)["told"]
    assert [row.study_id for row in here.studies()] == ["fromtheothertab"]


def test_an_id_that_is_taken_changes_nothing(here: Service, desk: DeskClient) -> None:
    here.create_study(study := w.study(items=2), w.plan(study))
    base = demo(desk)
    to_launch(desk, base, study_id="sleep")
    assert "sleep" in desk.next(f"{base}/launch")["told"]
    assert len(here.drafts()) == 1
    assert len(here.study("sleep").items) == 2


def test_as_many_drafts_as_may_be_are_kept_and_none_is_dropped_unasked(here: Service, desk: DeskClient) -> None:
    for _ in range(MOST_DRAFTS):
        here.begin_draft()
    first = here.drafts()[-1].draft_id
    told = f"{MOST_DRAFTS} drafts are kept, and no more can be"
    assert desk.send(("talks.csv", WIDE.encode()))["told"].startswith(told)
    assert desk.ask("/admin/new", "demo")["told"].startswith(told)
    assert len(here.drafts()) == MOST_DRAFTS
    here.drop_draft(first)
    assert desk.draft(("talks.csv", WIDE.encode()))


def test_other_files_take_the_place_of_those_of_a_draft(here: Service, desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", WIDE.encode()))
    assert desk.next(draft, "questions", **READ)["go"]
    data = {"lang": "en", "draft": draft.split("/")[3]}
    answer = desk.client.post(
        "/admin/new", data=data, files={"files": ("more.csv", WIDE.encode() + b"3,Client: x,y,z\n")}
    )
    assert answer.json() == {"go": draft}
    (line,) = here.drafts()
    assert line.step == "file", "what was said of the files before is asked anew"
    assert list(here.draft_files(line.draft_id)) == ["more.csv"]
    gone = desk.client.post("/admin/new", data={**data, "draft": "none"}, files={"files": ("a.csv", WIDE.encode())})
    assert "no longer there" in gone.json()["told"]


def test_what_raters_are_told_is_shown_and_changed_before_launch(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    first = desk.page(f"{base}/texts")
    assert "records of role-play" not in first
    typed = {
        "statement.payment.en": "Nothing is paid.",
        "statement.payment.ja": "謝金はありません。",
        "consent.en": "Read this.\r\n\r\n- and <b>that</b>",
        "retention_days": "30",
    }
    assert desk.next(f"{base}/texts", **typed)["go"] == f"{base}/plan"
    to_launch(desk, base)
    assert desk.next(f"{base}/launch")["go"]
    study = here.study("fromthepage")
    assert study.information is not None
    assert study.information.payment == Title(ja="謝金はありません。", en="Nothing is paid.")
    assert study.consent is not None
    assert study.consent.text("en") == "Read this.\n\n- and <b>that</b>"
    assert "この評価について" in study.consent.text("ja")  # what the form did not hold stays
    assert study.retention_days == 30


def test_answers_write_what_raters_read_and_leave_what_was_written_by_hand(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    step = f"{base}/texts"
    asked: dict[str, str | list[str]] = {
        "source": "model",
        "payment": "all",
        "amount": "3,000 yen",
        "use": "none",
        "tuned": ["", "written-reflective"],
    }
    page = desk.ask(step, "next", {**asked})["html"]
    seen = re.search(r'id="seen-consent".*?</div>', page, re.DOTALL)
    assert seen is not None
    assert "<strong>Payment.</strong> Everybody who takes part receives 3,000 yen." in seen[0], "as raters see it"
    assert "The dialogues were written by a language model." in seen[0]
    own = {"statement.payment.en": "A book token.", "statement.payment.ja": "図書カードです。"}
    desk.ask(step, "next", {**asked, **own})
    desk.ask(step, "next", {"payment": "hour", "amount": "9 yen", "stopping": "free"})
    information = study_of(here, base).information
    assert information is not None
    assert information.payment == Title(ja="図書カードです。", en="A book token.")
    assert information.stopping is not None
    assert information.stopping.text("ja").endswith("不利益はありません。")


def test_answers_that_contradict_each_other_are_named_beside_the_field(desk: DeskClient) -> None:
    base = demo(desk)
    page = desk.ask(f"{base}/texts", "next", {"payment": "none", "stopping": "share"})["html"]
    assert 'data-for="stopping">Nothing is paid, but this speaks of payment.' in page
    page = desk.ask(f"{base}/texts", "next", {"payment": "all", "stopping": "share"})["html"]
    assert 'data-for="amount">please fill this in' in page
    assert "payment: found &#x27;x&#x27;; allowed: none" in desk.ask(f"{base}/texts", "next", {"payment": "x"})["html"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"retention_days": "-3"}, "retention_days: found '-3'"),
        ({"consent.en": " "}, "consent"),
    ],
)
def test_a_text_that_cannot_be_used_changes_nothing(
    here: Service, desk: DeskClient, typed: dict[str, str], told: str
) -> None:
    base = demo(desk)
    before = study_of(here, base)
    assert told in desk.next(f"{base}/texts", **typed)["told"]
    assert study_of(here, base) == before


def test_what_was_typed_is_shown_again_with_the_fault_beside_it(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    before = study_of(here, base)
    wrong = {"retention_days": "-3", "statement.payment.en": "500 yen"}
    answer = desk.next(f"{base}/texts", **wrong)
    assert answer["kind"] == "warn"
    for page in (answer["html"], desk.page(f"{base}/texts")):
        assert 'name="retention_days" min="1" value="-3"' in page
        assert ">\n500 yen</textarea>" in page
        assert '<p class="warn wrong" data-for="retention_days">found &#x27;-3&#x27;' in page
    assert study_of(here, base) == before
    desk.ask(f"{base}/texts", "keep", {**wrong, "retention_days": "x"})
    assert 'min="1" value="x"' in desk.page(f"{base}/texts"), "kept while typing, too"
    assert desk.next(f"{base}/texts", **{**wrong, "retention_days": "3"})["go"] == f"{base}/plan"
    assert "data-for" not in desk.page(f"{base}/texts")
    assert "wrong" not in desk.page(f"{base}/plan")


@pytest.mark.parametrize(
    ("language", "told"), [("en", "No two raters judge the same pair"), ("ja", "一致度を推定できません")]
)
def test_a_plan_without_overlap_is_warned_of(desk: DeskClient, language: str, told: str) -> None:
    base = demo(desk)
    to_launch(desk, base, seats="1")
    assert told in desk.page(f"{base}/launch?lang={language}")
    to_launch(desk, base, seats="2")
    assert told not in desk.page(f"{base}/launch?lang={language}")


def test_the_review_speaks_japanese(desk: DeskClient) -> None:
    base = demo(desk)
    to_launch(desk, base)
    page = desk.page(f"{base}/launch?lang=ja")
    assert "検出力（符号検定" in page
    assert "本番 56" in page
    assert "確実な手がかりはありません" in page
    assert "characters" not in page


@pytest.mark.parametrize("seats", ["0", "1001", "x", ""])
def test_a_number_of_raters_that_cannot_be_is_told(desk: DeskClient, seats: str) -> None:
    assert "seats: found" in desk.next(f"{demo(desk)}/plan", **{**PLAN, "seats": seats})["told"]


def test_an_id_that_is_none_is_told_before_the_launch(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    desk.next(f"{base}/plan", **{**PLAN, "study_id": "a b"})
    assert "study_id" in desk.next(f"{base}/plan", **{**PLAN, "study_id": "a b"})["told"]
    assert here.studies() == []


def test_a_step_that_was_not_reached_is_no_link_and_needs_its_study(desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", WIDE.encode()))
    assert re.findall(r'name="to" value="(\w+)"', desk.page(draft)) == ["questions"]
    assert "The files have to be read first" in desk.next(draft.replace("/file", "/plan"), **PLAN)["told"]
    assert "The files have to be read first" in desk.page(draft.replace("/file", "/plan"))


# --- the roles of columns -----------------------------------------------------------------------------------------


def test_roles_of_columns_are_taken_as_they_stand_or_as_they_are_changed(here: Service, desk: DeskClient) -> None:
    rows = "1,Client: I cannot sleep.,I see.,Since when?,Sleep", "2,Client: I am tired.,Yes.,Why?,Day"
    table = "\n".join(("id,dialogue,A,B,note", *rows, ""))
    draft = desk.draft(("talks.csv", table.encode()))
    page = desk.page(draft)
    assert desk.next(draft, "questions", **columns(page), **MODEL)["go"]
    base = draft.rsplit("/", 1)[0]
    assert [one.name for one in study_of(here, base).systems] == ["A", "B"]
    changed = columns(desk.page(draft), note="response", B="unused")
    assert desk.next(draft, "questions", **changed, **MODEL)["go"]
    assert {one.name for one in study_of(here, base).systems} == {"A", "note"}
    assert desk.next(draft, "questions", **columns(desk.page(draft)), **MODEL)["go"], "once more, as it now stands"
    assert {one.name for one in study_of(here, base).systems} == {"A", "note"}
    wrong = columns(desk.page(draft), dialogue="response", A="dialogue")
    assert desk.next(draft, "questions", **wrong, **MODEL)["go"], "any column may be the dialogue"
    assert study_of(here, base).items[0].turns[0].text == "I see."


def test_roles_that_make_no_study_are_told_and_what_was_chosen_stays(desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", WIDE.encode()))
    none = columns(desk.page(draft), A="unused", B="unused")
    answer = desk.next(draft, "questions", **none, **MODEL)
    assert answer["kind"] == "warn"
    assert answer["go"] == ""
    both = columns(answer["html"], A="response", B="response")
    assert desk.next(draft, "questions", **both, **MODEL)["go"]


def test_files_join_those_of_a_draft(here: Service, desk: DeskClient) -> None:
    items = b"id,dialogue\n1,Client: I cannot sleep.\n2,Client: I am tired.\n"
    draft = desk.draft(("talks.csv", items))
    data = {"lang": "en", "draft": draft.split("/")[3], "keep": "yes"}
    more = {"files": ("answers.csv", b"id,text,model\n1,I see.,a\n2,Yes.,a\n1,Since when?,b\n2,Why?,b\n")}
    assert desk.client.post("/admin/new", data=data, files=more).json() == {"go": draft}
    assert sorted(here.draft_files(draft.split("/")[3])) == ["answers.csv", "talks.csv"]
    assert "answers.csv</b>" in desk.page(draft)


# --- what raters are asked ------------------------------------------------------------------------------------------


def study_of(here: Service, base: str) -> Study:
    kept = here.draft(base.rsplit("/", 1)[1])
    assert kept is not None
    assert kept.draft.study is not None
    return kept.draft.study


def test_another_template_and_other_languages_rebuild_what_nobody_edited(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    desk.next(f"{base}/texts", **{"consent.en": "Our own words."})
    desk.ask(f"{base}/questions", "next", {"template": "full"})
    assert template_of(study_of(here, base)) == "full"
    desk.ask(f"{base}/questions", "next", {"languages": ["en", "de"]})
    study = study_of(here, base)
    assert study.languages == ("en", "de")
    assert study.consent is not None
    assert study.consent.text("en") == "Our own words."
    assert study.consent.text("de").startswith("##") or study.consent.text("de")
    assert 'name="consent.de"' in desk.page(f"{base}/texts")
    assert 'name="consent.ja"' not in desk.page(f"{base}/texts")


def test_the_demo_speaks_a_language_of_the_study(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    japanese = study_of(here, base)
    desk.ask(f"{base}/questions", "next", {"languages": ["en", "de"]})
    english = study_of(here, base)
    assert english.items[0].turns[0].text.isascii()
    assert english.responses[0].text.isascii()
    desk.ask(f"{base}/questions", "next", {"languages": ["en", "ja"]})
    again = study_of(here, base)
    assert (again.items, again.responses, again.systems) == (japanese.items, japanese.responses, japanese.systems)


def test_the_template_of_the_floor_brings_its_second_test(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    desk.ask(f"{base}/questions", "next", {"template": "floor"})
    found = [(one.criterion, one.measure) for one in study_of(here, base).hypotheses]
    assert found == [("preference", None), ("floor", "share_above")]
    desk.ask(f"{base}/questions", "next", {"template": "quick"})
    assert study_of(here, base).hypotheses == ()


@pytest.mark.parametrize("languages", [["DE"], ["pt"], ["de", "nonsense"], ["de", "tlh"]])
def test_a_language_that_no_study_begins_in_is_refused(here: Service, desk: DeskClient, languages: list[str]) -> None:
    base = demo(desk)
    before = study_of(here, base)
    told = desk.ask(f"{base}/questions", "next", {"languages": languages})["told"]
    assert told.startswith("languages: found")
    assert "allowed: " in told
    assert study_of(here, base) == before
    assert "template: found 'other'" in desk.ask(f"{base}/questions", "next", {"template": "other"})["told"]


def test_drafts_are_named_and_accepted_one_by_one_before_launch(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    desk.ask(f"{base}/questions", "next", {"languages": ["de", "ar"]})
    to_launch(desk, base)
    page = desk.page(f"{base}/texts")
    assert 'name="consent.ar" lang="ar" dir="rtl"' in page
    names = [f"{tag}.{part}" for tag in ("de", "ar") for part in ("scales", "guidelines", "consent", "ethics")]
    assert re.findall(r'type="checkbox" name="accept\.([\w.]+)"', page) == names
    assert desk.next(f"{base}/launch")["told"].count("\n") == len(names)  # a sentence, then each by its name
    ticked = {f"accept.{name}": "on" for name in names[:-1]}
    desk.next(f"{base}/texts", drafts="shown", **ticked)
    told = desk.next(f"{base}/launch")["told"]
    assert told.split("\n")[1:] == ["Arabic: Papers for the ethics board"]
    assert here.studies() == []
    desk.next(f"{base}/texts", drafts="shown", **ticked, **{f"accept.{names[-1]}": "on"})
    assert desk.next(f"{base}/launch")["go"]
    assert here.study("fromthepage").accepted == tuple(names)


def test_words_points_keys_and_order_are_edited_and_every_fault_is_told_at_once(
    here: Service, desk: DeskClient
) -> None:
    base, name = demo(desk), "question_amount"
    step = f"{base}/questions"
    wrong = {"shown": name, f"label.{name}.en": " ", f"point.{name}.0.ja": "", f"key.{name}.0": "1"}
    told = desk.next(step, **wrong)["told"].splitlines()
    assert {line.split(":")[0] for line in told} == {f"label.{name} (en)", f"point.{name}.0 (ja)", f"key.{name}"}
    right = {"shown": name, f"label.{name}.en": "How much it asks", f"key.{name}.0": "x", f"required.{name}": "yes"}
    assert desk.next(step, **right)["go"] == f"{base}/texts"
    for act, at in (("up", name), ("longer", name), ("add", "scale"), ("drop", "harm")):
        assert desk.ask(step, "next", {act: at})["html"], act
    study = study_of(here, base)
    assert [one.criterion_id for one in study.criteria] == [
        name, "preference", "empathy", "both_unacceptable", "comment", "own-1",
    ]  # fmt: skip
    changed = study.criterion(name)
    assert (changed.label.text("en"), [point.key for point in changed.points]) == (
        "How much it asks",
        ["1", "x", "3", "4"],
    )
    assert study.guidelines is not None
    assert "## How much it asks" in study.guidelines.text("en")
    assert "is what the study is about" in desk.ask(step, "next", {"drop": "preference"})["told"]
    assert template_of(study) == ""


def test_raters_see_the_questions_in_the_words_of_the_form(desk: DeskClient) -> None:
    base = demo(desk)
    desk.next(
        f"{base}/questions", **{"shown": "empathy", "label.empathy.en": "<b>Warmth</b>", "required.empathy": "yes"}
    )
    seen = desk.page(f"{base}/questions").partition('class="card seen"')[2]
    assert "&lt;b&gt;Warmth&lt;/b&gt;" in seen
    assert "<b>Warmth" not in seen


def test_files_read_again_keep_what_was_said_of_the_study(here: Service, desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", WIDE.encode()))
    base = draft.rsplit("/", 1)[0]
    desk.next(draft, "questions", **READ)
    desk.ask(f"{base}/questions", "next", {"template": "full", "title.en": "Sleep"})
    assert desk.ask(draft, "next", {"again": "yes"})["html"], "everything is asked again"
    assert "Please answer" in desk.next(draft)["told"]
    assert desk.next(draft, "questions", **READ)["go"]
    study = study_of(here, base)
    assert (template_of(study), study.title.text("en")) == ("full", "Sleep")


# --- the plan -------------------------------------------------------------------------------------------------------


def test_the_plan_says_what_it_shows_and_changes_with_its_numbers(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    page = desk.page(f"{base}/plan")
    assert "With 5 raters, a difference of" in page
    assert page.count("<polyline") == 2
    shown = desk.ask(f"{base}/plan", "next", {**PLAN, "seats": "2"})["html"]
    assert "nothing can be said with so few" in shown
    assert "No two raters judge the same pair" in desk.ask(f"{base}/plan", "next", {**PLAN, "seats": "1"})["html"]
    assert desk.next(f"{base}/plan", **PLAN, raters_per_item="3")["go"]
    assert study_of(here, base).design.raters_per_item == 3
    assert "raters_per_item: found" in desk.next(f"{base}/plan", **PLAN, raters_per_item="x")["told"]
    wrong = desk.next(f"{base}/plan", **PLAN, raters_per_item="9")
    assert wrong["go"] == ""
    assert "raters_per_item" in wrong["told"]


def test_smaller_differences_are_shown_by_more_raters(here: Service, desk: DeskClient) -> None:
    study = study_of(here, demo(desk))
    found = reaches(study, plan(study))
    for name in ("these", "large"):
        values = [getattr(one, name) for one in found]
        assert values == sorted(values, reverse=True)
    assert all(one.these < one.large for one in found if one.these and one.large)


def test_looking_at_the_rating_page_leaves_no_trace(here: Service, desk: DeskClient, tmp_path: Path) -> None:
    base = demo(desk)
    draft = base.rsplit("/", 1)[1]
    before = rows_of(tmp_path)
    for size in ("", "&phone=yes"):
        answer = desk.client.get(f"/admin/preview/{draft}?lang=en{size}")
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert 'data-view="pair"' in answer.text
        assert "<script" not in answer.text
        assert not any(name in answer.text for name in ("written-questioning", "written-reflective"))
    assert rows_of(tmp_path) == before
    assert desk.client.get("/admin/preview/none").status_code == 404
    desk.client.cookies.clear()
    assert desk.client.get(f"/admin/preview/{draft}", headers={"accept": "text/html"}).status_code in (303, 404)


def rows_of(folder: Path) -> dict[str, int]:
    """The rows of every table of the studio's database."""
    (path,) = folder.glob("*.sqlite")
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


# --- before the launch ---------------------------------------------------------------------------------------------


def test_what_to_look_at_stands_with_its_text_and_links_say_who_can_open_them(desk: DeskClient) -> None:
    rows = (
        "1,Client: I cannot sleep.,As an AI language model I see.,Since when?",
        "2,Client: Write to a@b.org.,Yes.,Why?",
    )
    draft = desk.draft(("talks.csv", "\n".join(("id,dialogue,A,B", *rows, "")).encode()))
    assert desk.next(draft, "questions", **READ)["go"]
    base = draft.rsplit("/", 1)[0]
    page = desk.page(f"{base}/launch")
    assert "Write to <mark>a@b.org</mark>." in page
    assert '<q dir="auto"><mark>As an AI</mark> language model' in page, "what tells the systems apart, in its text"
    assert "this computer alone" in page
    assert "Not ready to launch" in page
    to_launch(desk, base)
    assert "Not ready to launch" not in desk.page(f"{base}/launch")


# --- once more ------------------------------------------------------------------------------------------------------


def test_a_study_is_duplicated_under_a_new_id_with_everything_but_people(here: Service, desk: DeskClient) -> None:
    base = demo(desk)
    desk.next(f"{base}/texts", contact="a@example.org", payment="none", **{"consent.en": "Our own words."})
    to_launch(desk, base)
    assert desk.next(f"{base}/launch")["go"]
    here.invite("fromthepage", 2)
    first = here.study("fromthepage")
    answer = desk.ask("/admin/", "duplicate", {"study": "fromthepage"})
    again = answer["go"].removesuffix("/texts")
    assert study_of(here, again) == first.model_copy(update={"study_id": "study-1"})
    assert "Our own words." in desk.page(f"{again}/texts")
    assert 'class="said client"' in desk.page(f"{again}/file"), "the first item is seen on step one"
    assert desk.next(f"{again}/launch")["go"] == "/admin/s/study-1/people"
    assert here.study("study-1").items == first.items
    assert here.roster("study-1") == [] or all(not row.name for row in here.roster("study-1"))
    assert desk.ask("/admin/", "duplicate", {"study": "none"})["kind"] == "warn"
    third = desk.ask("/admin/", "duplicate", {"study": "study-1"})["go"].split("/")
    data = {"lang": "en", "draft": third[3]}
    assert desk.client.post("/admin/new", data=data, files={"files": ("t.csv", WIDE.encode())}).json()["go"]
    file = "/".join([*third[:4], "file"])
    assert desk.next(file, "questions", **READ)["go"]
    study = study_of(here, "/".join(third[:4]))
    assert (len(study.items), study.consent) == (2, first.consent), "other dialogues, the same texts"
