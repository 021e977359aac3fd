"""The page on results: sealed, opened once, and then the report's own answer with figure, doubts, examples, files."""

from __future__ import annotations

import csv
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from results.report.build import build as report_of
from results.report.sections.answer import headline
from studio.service import Service
from studio.service.organiser.figures import Figures, State
from tasks.schema import Primary, Source
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.opened_studies import judged, made, prefers, whole
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow

PAGE = "/admin/s/talk/results"
NAMED = Primary(criterion="preference", systems=("calm", "plain"), smallest_effect=0.3)


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def plain(html: str) -> str:
    return re.sub(r"[\u2066-\u2069]", "", unescape(re.sub("<[^>]+>", "", html)))


def body(page: str) -> str:
    return page[page.index('id="page"') :]


def test_results_are_sealed_then_opened_once_and_never_reopened(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk", primary=NAMED), 4, prefers("calm"))
    sealed = body(desk.page(PAGE))
    assert "Results stay blinded until the study is closed" in sealed
    assert "Calm" not in sealed
    assert desk.ask(PAGE, "close")["told"] == "Closed."
    closed = body(desk.page(PAGE))
    assert "Nobody has opened its results yet" in closed
    assert "Calm" not in closed
    assert 'data-do="reopen"' in closed
    assert desk.ask(PAGE, "reopen")["told"] == "Open again; the report says so."
    desk.ask(PAGE, "close")
    desk.ask(PAGE, "unseal")
    opened = body(whole(desk, PAGE))
    assert "Calm system" in opened
    assert "reopen" not in opened
    assert desk.ask(PAGE, "reopen")["kind"] == "warn"
    assert here.summary("talk").closed_at is not None
    assert here.summary("talk").step == "report"
    kinds = [act.kind for act in here.deviations("talk")]
    assert kinds == ["reopened"]  # opening results in due course is no deviation
    desk.ask(PAGE, "unseal")
    assert sum(act.kind == "looked" for act in here.audit("talk")) == 1


def test_the_answer_is_the_reports_with_figure_doubts_and_examples(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk", primary=NAMED), 4, prefers("calm"))
    here.close_study("talk")
    here.open_results("talk", "organiser")
    page = body(whole(desk, PAGE))
    told = plain(page)
    record = report_of(here.in_memory("talk")).record
    for sentence in (*headline(record.study, record.preference, "en"), *record.answer["en"]):
        assert plain(sentence) in told
    pair = record.preference.pairs[0]
    assert f"How the {pair.margin.n_items} items went" in told
    for name, n in (("Calm system", pair.items.won), ("Plain system", pair.items.lost)):
        assert re.search(rf"{name} {n}(?!\d)", told)
    assert "Before you believe this" in told
    assert "4 raters: the answer may be their own taste." in told
    assert "Items on which all agree" in told
    assert "calmの応答" in page
    assert "±0.30" in told
    left, right = page.index('<i class="second"'), page.index('<i class="first"')
    assert left < right  # the first system of the pair, towards which figures are positive, stands at the right
    for forbidden in ("more raters", "raters still needed"):
        assert forbidden not in told


def test_downloads_say_what_is_in_them_and_the_table_of_votes_holds_texts(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk"), 2, prefers("calm"), most=3)
    for kind in ("csv", "xlsx"):
        assert desk.client.get(f"/admin/votes/talk.{kind}").status_code == 403
    here.close_study("talk")
    assert desk.client.get("/admin/votes/talk.pdf").status_code == 404
    rows = list(csv.DictReader(io.StringIO(desk.client.get("/admin/votes/talk.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert {row["preference"] for row in rows} <= {"calm", "plain", "tie"}
    assert all(row["first_text"].startswith(f"{row['first_system']}の応答") for row in rows)
    assert zipfile.ZipFile(io.BytesIO(desk.client.get("/admin/votes/talk.xlsx").content)).testzip() is None
    assert here.results_opened("talk")  # who takes a file has seen the results
    page = body(whole(desk, PAGE))
    assert "/admin/pairs/" not in page  # raters were not told of training
    assert "raters were not told that models may be trained" in plain(page)
    assert desk.client.get("/admin/pairs/talk.jsonl").status_code == 403
    for address in ("votes/talk.csv", "votes/talk.xlsx", "export/talk.zip", "report/talk.zip"):
        assert f'/admin/{address}"' in page
    assert plain(page).count("One row a vote") == 1


def test_the_report_shows_words_where_they_are_asked_for_and_none_of_a_closed_source(
    here: Service, desk: DeskClient
) -> None:
    open_, closed = made("talk", items=8), made("shut", items=8)
    source = Source(dataset="KokoroChat", dialogue_id="d")
    shut = tuple(item.model_copy(update={"source": source}) for item in closed.items)
    for study in (open_, closed.model_copy(update={"items": shut})):
        judged(here, study, 2, prefers("calm"))
        here.close_study(study.study_id)
        here.open_results(study.study_id, "organiser")
    assert "?texts=true" in body(whole(desk, PAGE))
    bare, told, none = (
        desk.client.get(f"/admin/report/{address}").text
        for address in ("talk.en.html", "talk.en.html?texts=true", "shut.en.html?texts=true")
    )
    assert "calmの応答" in told
    assert "calmの応答" not in bare + none


def test_four_systems_have_a_ranking_with_intervals_and_who_beats_whom(here: Service, desk: DeskClient) -> None:
    systems = ("calm", "plain", "long", "short")
    judged(here, made("talk", systems, items=12), 4, prefers("calm", 3))
    here.close_study("talk")
    here.open_results("talk", "organiser")
    page = body(whole(desk, PAGE))
    matrix = re.search(r'<table class="matrix">.*?</table>', page, re.DOTALL)
    assert matrix is not None
    assert len(re.findall("<td", matrix[0])) == 4 * 4 + 1
    ranks = re.search(r'<section class="card flush ranked">.*?</section>', page, re.DOTALL)
    assert ranks is not None
    assert ranks[0].count("<tr>") == 5
    assert 'class="range"' in ranks[0]
    assert page.index("ranked") < page.index("doubts")
    assert "card figure" not in page


@pytest.mark.parametrize("raters", [0, 1, 3])
def test_nothing_one_rater_and_all_ties_are_told_as_that(here: Service, desk: DeskClient, raters: int) -> None:
    judged(here, made("talk", primary=NAMED), raters, lambda seat, order, position: 0)
    here.close_study("talk")
    here.open_results("talk", "organiser")
    told = plain(body(whole(desk, PAGE)))
    if raters == 0:
        assert "No preference was given" in told
        assert "Items on which all agree" not in told
    else:
        assert "How the 8 items went" in told
        assert "tied 8" in told
    assert "Downloads" in told


def test_a_viewer_reads_opened_results_and_changes_nothing(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk", primary=NAMED), 3, prefers("calm"))
    here.close_study("talk")
    desk.client.get(f"/o/{here.organiser_link('viewer')}")
    sealed = body(desk.page(PAGE))
    assert "Nobody has opened its results yet" in sealed
    assert "data-do=" not in sealed
    assert desk.ask(PAGE, "unseal")["kind"] == "warn"
    here.open_results("talk", "organiser")
    page = body(whole(DeskClient(desk.client, "de"), PAGE))
    assert "data-do=" not in page
    assert "/admin/publish/" not in page
    assert "Bericht" in page


def test_looking_early_says_that_it_is_not_the_end(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk", primary=NAMED), 3, prefers("calm"))
    assert desk.ask(PAGE, "look", {"why": "short"})["kind"] == "warn"
    desk.ask(PAGE, "look", {"why": "The board asked for an interim check"})
    page = body(whole(desk, PAGE))
    assert "these results are not final" in page
    assert 'data-do="close"' in page


def test_figures_are_computed_once_for_a_state_and_a_page_does_not_wait_for_long_ones() -> None:
    figures, calls, go = Figures(), [], threading.Event()

    def slow() -> str:
        calls.append(1)
        go.wait(20)
        return f"figures {len(calls)}"

    before, more = State(0, None, 5), State(0, None, 6)
    assert figures.get(("a",), before, slow, patience=0.01) is None
    assert figures.get(("a",), before, slow, patience=0.01) is None
    go.set()
    assert figures.get(("a",), before, slow, patience=20) == "figures 1"
    assert figures.get(("a",), more, slow) == "figures 1"  # younger than a minute
    assert figures.get(("a",), State(1, None, 7), slow, patience=20) == "figures 2"  # somebody withdrew
    assert figures.get(("a",), State(1, "2026", 8), slow, patience=20) == "figures 3"  # it was closed
    assert len(calls) == 3

    def broken() -> str:
        raise ValueError("nothing to compute")

    with pytest.raises(ValueError, match="nothing"):
        figures.get(("b",), before, broken, patience=20)
