"""A study that is being set up: kept step by step, thrown away or launched once, and nobody's data before that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from studio.service import Service
from studio.service.organiser.drafting import MOST_DRAFTS
from studio.settings import Settings
from studio.web.app import build
from tasks.schema import Words as Title
from tests import studio_world as w
from tests.studio.desk_client import DeskClient

PLAN = {"study_id": "fromthepage", "contact": "a@example.org", "seats": "4"}
WIDE = "id,dialogue,A,B\n1,Client: I cannot sleep.,I see.,Since when?\n2,Client: I am tired.,Yes.,Why?\n"
READ: dict[str, str | list[str]] = {"answer.answers": ["A", "B"], "answer.provenance": "model"}


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with TestClient(build(here, Settings()), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        yield DeskClient(client)


def demo(desk: DeskClient) -> str:
    """Where the steps of a draft on the demo's dialogues stand."""
    return str(desk.ask("/admin/new", "demo")["go"]).rsplit("/", 1)[0]


def to_launch(desk: DeskClient, base: str, **plan: str) -> None:
    """The plan is typed, and the last step reached."""
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
    assert "role-play" not in first
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
    before = here.draft(base.rsplit("/", 1)[1])
    assert told in desk.next(f"{base}/texts", **typed)["told"]
    assert here.draft(base.rsplit("/", 1)[1]) == before


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
