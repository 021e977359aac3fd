"""Choices of the set-up: problems of files, for whom the study speaks, when it may end, and what the last step says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from studio.pages.admin.review import CHANGED, PARTS
from studio.service import Service
from tasks.languages import catalogue
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.whole_studio import desk_of

ROWS = "".join(f"{n},Client: I cannot sleep {n}.,I see {n}.,Since when {n}?\n" for n in range(1, 13))
WIDE = f"id,dialogue,A,B\n{ROWS}"
READ: dict[str, str | list[str]] = {"answer.answers": ["A", "B"], "answer.provenance": "model", "answer.item": "id"}


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def planned(desk: DeskClient) -> str:
    """Where the steps of a draft of twelve dialogues stand, the plan reached."""
    base = desk.draft(("talks.csv", WIDE.encode())).rsplit("/", 1)[0]
    assert desk.next(f"{base}/file", "questions", **READ)["go"] == f"{base}/questions"
    assert desk.next(f"{base}/questions")["go"] == f"{base}/texts"
    assert desk.next(f"{base}/texts", contact="a@example.org")["go"] == f"{base}/plan"
    return base


def plain(page: str) -> str:
    """What stands in a page."""
    return re.sub(r"[\u2066-\u2069]", "", unescape(re.sub("<[^>]+>", " ", page[page.index('id="page"') :])))


def test_a_problem_of_a_file_is_asked_about_and_done_as_was_chosen(here: Service, desk: DeskClient) -> None:
    draft = desk.draft(("talks.csv", f"{WIDE}12,Client: I cannot sleep 12.,Another.,Since when 12?\n".encode()))
    assert desk.next(draft, "questions", **READ)["told"] == "Please answer the questions that are left."
    page = desk.page(draft)
    assert "What could not be used as it stands" in page
    assert page.count('name="answer.twice"') == 4
    assert "data-open-question" in page
    assert desk.next(draft, "questions", **READ, **{"answer.twice": "last"})["go"].endswith("/questions")
    (line,) = here.drafts()
    kept = here.draft(line.draft_id)
    assert kept is not None
    assert kept.draft.study is not None
    assert {"Another."} <= {one.text for one in kept.draft.study.responses}
    assert "the last counts" in desk.page(draft)


def test_the_plan_says_for_whom_it_speaks_and_when_it_may_end(here: Service, desk: DeskClient) -> None:
    base = planned(desk)
    page = desk.page(f"{base}/plan")
    assert re.findall(r'name="looks" value="(\d)"', page) == ["1", "2"]  # twelve dialogues: two looks of six
    assert 'name="about"' not in page  # one pair alone
    clash = desk.next(f"{base}/plan", estimand="raters_at_large", looks="2")
    assert "looks speak for these raters alone" in clash["told"]
    assert desk.next(f"{base}/plan", estimand="these_raters", looks="2", study_id="early")["go"] == f"{base}/launch"
    desk.next(f"{base}/launch")
    study = here.study("early")
    assert (study.primary.estimand, study.design.looks) == ("these_raters", 2)


def test_of_three_systems_one_pair_may_be_what_the_study_is_about(here: Service, desk: DeskClient) -> None:
    wide = "id,dialogue,A,B,C\n" + "".join(f"{n},Client: I cannot sleep {n}.,a{n},b{n},c{n}\n" for n in range(1, 4))
    base = desk.draft(("talks.csv", wide.encode())).rsplit("/", 1)[0]
    read: dict[str, str | list[str]] = {**READ, "answer.answers": ["A", "B", "C"]}
    assert desk.next(f"{base}/file", "questions", **read)["go"].endswith("/questions")
    desk.next(f"{base}/questions")
    desk.next(f"{base}/texts", contact="a@example.org")
    assert 'name="looks"' not in desk.page(f"{base}/plan")
    assert desk.next(f"{base}/plan", about="A C", study_id="three")["go"] == f"{base}/launch"
    assert "What the study is about" not in plain(desk.page(f"{base}/launch"))
    desk.next(f"{base}/launch")
    assert here.study("three").primary.systems == ("A", "C")


def test_the_last_step_speaks_the_organisers_words_and_leads_to_each_change(desk: DeskClient) -> None:
    base = planned(desk)
    desk.next(f"{base}/plan", seats="1")
    desk.ask(f"{base}/texts", "next", {"to": "launch", "payment": "none", "stopping": "whole"})
    page = desk.page(f"{base}/launch")
    said = plain(re.sub(r'<ul class="found">.*?</ul>', "", page, flags=re.DOTALL))  # for who keeps the server
    assert "What cannot both be true" in said
    assert "Nothing is paid, but this speaks of payment." in said
    assert "Change it under “Texts”" in said
    assert "Change it under “Plan”" in said
    assert not re.search(r"design\.|tuned:|STUDIO_|docs/|python -m|support\.|primary\.|information\.", said)
    assert set(re.findall(r'name="to" value="(\w+)"', page)) >= {"texts", "plan"}


def test_every_caution_leads_to_the_step_on_which_it_is_changed() -> None:
    words = catalogue.words("organiser", "en")
    assert {key.removeprefix("caution ") for key in words if key.startswith("caution ")} == set(CHANGED)
    assert set(PARTS.values()) <= set(words)


def test_an_empty_desk_begins_with_the_demo(desk: DeskClient) -> None:
    assert 'data-do="demo"' in desk.page("/admin/")
    assert str(desk.ask("/admin/", "demo")["go"]).endswith("/questions")
