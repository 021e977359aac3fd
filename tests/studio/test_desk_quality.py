"""The page on quality as it is served: what is said, what stays sealed, and the way to a further rater."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from studio.service import Service
from studio.service.organiser import watching
from tasks.design.planning import plan
from tasks.schema import Turn, Words
from tasks.schema.imported import Imported
from tests import studio_world as w
from tests.browser.studies import labelled
from tests.judged import export
from tests.studio.desk_client import DeskClient
from tests.studio.opened_studies import judged, made, prefers, whole
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow

SYSTEMS = re.compile(r"Calm system|Plain system|calm システム|plain システム|\"calm\"|\"plain\"")


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def sided(seat: int, order: tuple[str, str], position: int) -> int:
    """The first rater takes the side shown first, the second says about the same, the others split by system."""
    if seat == 0:
        return -2
    if seat == 1:
        return 0
    way = -1 if order[0] == "calm" else 1
    return way if seat % 2 else -way


def test_habits_are_told_in_words_and_no_system_is_named(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk"), 4, sided)
    page = whole(desk, "/admin/s/talk/quality")
    body = page[page.index('id="page"') :]
    assert not SYSTEMS.search(body)
    plain = re.sub(r"[\u2066-\u2069]", "", unescape(re.sub("<[^>]+>", "", body)))
    assert "R001 chose the side shown first in 8 of 8 choices." in plain
    assert "R002 called 100\xa0% of the pairs about the same." in plain
    assert "R003" in plain
    assert body.count("look into</span>") == 2
    assert "Pairs judged so far: 32. Raters: 4." in plain
    assert "&lt;i&gt;言葉&lt;/i&gt;" in body
    assert "results sealed" in plain


def test_disputed_items_show_texts_and_the_size_of_the_split_alone_until_results_are_open(
    here: Service, desk: DeskClient
) -> None:
    judged(here, made("talk"), 4, sided)
    page = whole(desk, "/admin/s/talk/quality")
    cards = re.findall(r'<article class="card item">.*?</article>', page, re.DOTALL)
    assert cards
    assert all("calmの応答" in card and "plainの応答" in card for card in cards)
    assert all("眠れない日が続いています" in card for card in cards)  # the whole dialogue, folded
    assert not any(re.search(r"\d votes?<", card) for card in cards)
    first = [card.index("calmの応答") < card.index("plainの応答") for card in cards]
    assert len(set(first)) == 2  # the order of the texts is no order of the systems
    here.close_study("talk")
    opened = whole(desk, "/admin/s/talk/quality")
    assert re.search(r"\d votes?<", opened)
    assert 'data-do="adjudicate"' not in opened  # nobody judges a closed study


def test_ticked_and_typed_items_go_to_one_further_rater(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk"), 4, sided)
    page = whole(desk, "/admin/s/talk/quality")
    ticked = re.findall(r'name="items" value="(i\d+)"', page)[:2]
    assert len(ticked) == 2
    none = desk.ask("/admin/s/talk/quality", "adjudicate", {"others": ""})
    assert (none["told"], none["kind"]) == ("Tick an item, or type its id.", "warn")
    answer = desk.ask("/admin/s/talk/quality", "adjudicate", {"items": ticked, "others": "i07"})
    assert "/e/" in answer["shown"]
    planned = [row for row in here.in_memory("talk").assignments if row.kind == "adjudication"]
    assert sorted(row.item_id for row in planned) == sorted({*ticked, "i07"})
    for shown in (answer["shown"], whole(desk, "/admin/s/talk/quality")):
        read = shown[shown.index("Given to a further rater") :]
        assert read.count("with a further rater") >= 3
        assert "i07" in read
        assert "calmの応答" in read
        assert not SYSTEMS.search(read)
    wrong = desk.ask("/admin/s/talk/quality", "adjudicate", {"others": "nowhere"})
    assert "nowhere" in wrong["told"]


def test_nothing_judged_and_one_rater_are_told_as_that(here: Service, desk: DeskClient) -> None:
    study = made("talk")
    here.create_study(study, w.plan(w.study(items=1), 1)[:0])
    page = whole(desk, "/admin/s/talk/quality")
    assert "Nothing stands out so far." in page
    assert "No item is disputed." in page
    judged(here, made("one"), 1, prefers("calm"), most=3)
    page = whole(desk, "/admin/s/one/quality")
    assert "Not yet: " in page
    assert "No item is disputed." in page
    assert "R001" in page


def test_all_ties_are_agreement_about_nothing_and_told_of_each_rater(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk"), 3, lambda seat, order, position: 0)
    page = whole(desk, "/admin/s/talk/quality")
    assert page.count("of the pairs about the same") == 3
    assert "No item is disputed." in page


def test_a_viewer_acts_on_nothing_and_a_study_in_german_shows_its_texts_as_german(
    here: Service, desk: DeskClient
) -> None:
    study = made("talk")
    spoken = study.model_copy(
        update={
            "languages": ("de",),
            "title": Words(de="Antworten vergleichen"),
            "items": tuple(
                one.model_copy(update={"turns": (Turn(role="client", text="Ich kann seit Wochen nicht schlafen."),)})
                for one in study.items
            ),
            "responses": tuple(
                one.model_copy(update={"text": f"Das klingt nach einer schweren Zeit, {one.system_id}."})
                for one in study.responses
            ),
        }
    )
    judged(here, spoken, 4, sided)
    desk.client.get(f"/o/{here.organiser_link('viewer')}")
    page = whole(DeskClient(desk.client, "de"), "/admin/s/talk/quality")
    assert "data-do=" not in page[page.index('id="page"') :]
    assert '<p lang="de" dir="ltr" class="told">Das klingt nach' in page
    assert "Umstritten" in page or "umstritten" in page


def test_a_withdrawal_is_out_of_the_figures_at_once(here: Service, desk: DeskClient) -> None:
    judged(here, made("talk"), 4, sided)
    assert "R001" in whole(desk, "/admin/s/talk/quality")
    here.withdraw("talk", "R001")
    assert "R001" not in whole(desk, "/admin/s/talk/quality")


def test_flags_of_many_systems_show_every_response_to_the_item() -> None:
    quality = watching.quality(export(items=12, raters=3, systems=("a", "b", "c"), name="full", noise=2))
    assert quality.flags
    assert all(len(row.shown.responses) == 3 and all(row.shown.responses) for row in quality.flags)


def test_an_import_that_does_not_know_sides_says_nothing_of_them(here: Service) -> None:
    study = made("talk")
    judged(here, study, 4, sided)
    found = here.in_memory("talk")
    known = watching.quality(found)
    assert {one.kind for one in known.unusual} == {"side", "ties"}
    facts = Imported(tools=("table",), seen=(), files=(), order="listed", times=False, raters="name")
    listed = found.study.model_copy(update={"imported": facts})
    unknown = watching.quality(replace(found, study=listed))
    assert {one.kind for one in unknown.unusual} == {"ties"}
    assert all(row.first_side is None for row in unknown.raters)


def test_a_study_without_pairs_has_no_disputes(here: Service, desk: DeskClient) -> None:
    study = labelled(4)
    here.create_study(study, plan(study))
    assert "No item is disputed." in whole(desk, "/admin/s/label/quality")
    here.close_study("label")
    here.open_results("label", "organiser")
    page = whole(desk, "/admin/s/label/results")
    assert "/admin/pairs/" not in page
    assert "No preference was given" in page
