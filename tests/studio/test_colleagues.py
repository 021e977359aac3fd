"""Colleagues by name: a role in a study or in all, a link that stays, nothing beyond the role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from studio.__main__ import main
from studio.pages.admin.desk import PAGES
from studio.pages.admin.frame import TABS
from studio.service import Refusal, Service, StudioError
from studio.store import events
from tasks.languages import catalogue
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.whole_studio import opened

ALL = "*"
DOWNLOADS = ("export/{}.zip", "report/{}.zip", "report/{}.en.html", "pairs/{}.jsonl", "votes/{}.csv", "payment/{}.csv")


@dataclass
class Studio:
    """Two studies, and a browser that has asked for nothing."""

    service: Service
    client: TestClient

    def signed_in(self, link: str) -> DeskClient:
        self.client.cookies.clear()
        assert self.client.get(f"/o/{link}").status_code == 303
        return DeskClient(self.client)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    here, _ = w.world(tmp_path_factory.mktemp("colleagues"))
    over = w.study(items=1, study_id="over")
    here.create_study(over, w.plan(over, 1))
    with opened(here) as client:
        yield Studio(here, client)


def logged(here: Service) -> int:
    with here.store.read() as connection:
        return sum(1 for _ in events.read(connection))


def test_a_viewer_of_one_study_sees_that_one_alone(studio: Studio) -> None:
    desk = studio.signed_in(studio.service.add_colleague("Anna", "sleep", "viewer"))
    home = desk.page("/admin/")
    assert "/admin/s/sleep/" in home
    assert "/admin/s/over/" not in home
    assert "Anna" in home
    for tab in TABS:
        assert studio.client.get(f"/admin/s/sleep/{tab}").status_code == 200
        assert studio.client.get(f"/admin/s/over/{tab}").status_code == 404
        assert desk.ask(f"/admin/s/over/{tab}") == {}
    for name in DOWNLOADS:
        assert studio.client.get(f"/admin/{name.format('over')}").status_code == 404, name
    assert studio.client.get("/admin/publish/over").status_code == 404
    assert studio.client.get("/admin/publish/sleep").status_code == 404
    assert studio.client.get("/admin/payment/sleep.csv").status_code == 200
    assert "signed_in" not in str(desk.page("/admin/s/sleep/records"))


EVERY_ACT = [(name, act) for name, page in PAGES.items() for act in page.ACTS]


def address(page: str, study_id: str) -> str:
    """Where a page stands; of a draft, the one that is there."""
    if page in TABS:
        return f"/admin/s/{study_id}/{page}"
    steps = ("file", "questions", "texts", "plan", "launch")
    return f"/admin/new/DRAFT/{page}" if page in steps else "/admin/" + ("" if page == "home" else page)


@pytest.mark.parametrize("who", ["viewer", "organiser of another"])
def test_every_act_of_every_page_is_refused(studio: Studio, who: str) -> None:
    role, where = ("viewer", "sleep") if who == "viewer" else ("organiser", "over")
    draft = studio.service.begin_draft("organiser").draft_id
    desk = studio.signed_in(studio.service.add_colleague(f"Berta {role}", where, role))
    before, drafts = logged(studio.service), studio.service.drafts()
    assert len(EVERY_ACT) > 20
    given: dict[str, str | list[str]] = {
        "study": "sleep",
        "typed": "sleep",
        "name": "x",
        "draft_id": draft,
        "count": "2",
    }
    for page, act in EVERY_ACT:
        said = desk.ask(address(page, "sleep").replace("DRAFT", draft), act, given)
        assert said.get("told") == "You may look, not change.", (page, act, said)
    assert (
        studio.client.post("/admin/new", data={"lang": "en"}, files=[("files", ("a.csv", b"a,b"))]).status_code == 404
    )
    assert studio.client.post("/admin/publish/sleep", data={"to": "a/b"}).status_code == 404
    assert studio.client.get("/admin/template.csv").status_code == 404
    assert studio.client.get(f"/admin/preview/{draft}").status_code == 404
    assert (logged(studio.service), studio.service.drafts()) == (before, drafts)
    studio.service.drop_draft(draft)


def test_an_organiser_of_one_study_acts_there_under_their_name(studio: Studio) -> None:
    desk = studio.signed_in(studio.service.add_colleague("Chiyo", "over", "organiser"))
    assert desk.ask("/admin/s/over/people", "invite", {"count": "1"})["kind"] == "good"
    assert studio.service.audit("over", everywhere=False)[-1].actor == "organiser:Chiyo"
    assert "/admin/new" not in desk.page("/admin/")


def test_a_role_that_is_changed_or_taken_away_counts_at_once(studio: Studio) -> None:
    here = studio.service
    link = here.add_colleague("Dov", None, "viewer")
    desk = studio.signed_in(link)
    assert "/admin/s/over/" in desk.page("/admin/")
    again = here.add_colleague("Dov", "over", "organiser")
    assert [one.roles for one in here.colleagues() if one.name == "Dov"] == [{ALL: "viewer", "over": "organiser"}]
    assert desk.ask("/admin/s/over/people", "invite", {"count": "1"})["kind"] == "good", "the session goes on"
    assert desk.ask("/admin/s/sleep/people", "invite", {"count": "1"})["kind"] == "warn"
    with pytest.raises(Refusal):
        here.organiser_join(link)
    here.remove_colleague("Dov", "over")
    assert desk.ask("/admin/s/over/people", "invite", {"count": "1"})["kind"] == "warn"
    here.remove_colleague("Dov")
    assert studio.client.get("/admin/s/over/people").status_code in (303, 404)
    with pytest.raises(Refusal):
        here.organiser_join(again)


def test_a_link_opens_any_number_of_times_and_signing_out_ends_one_session(studio: Studio) -> None:
    here = studio.service
    link = here.add_colleague("Emi", "sleep", "viewer")
    here.organiser_link()  # a new one-time link ends other one-time links alone
    first, second = here.organiser_join(link), here.organiser_join(link)
    here.organiser_leave(first)
    assert here.organiser(first) is None
    found = here.organiser(second)
    assert found is not None
    assert (found.name, found.role_in("sleep"), found.role_in("over"), found.role_in(None)) == ("Emi", "viewer", "", "")
    here.organiser_speaks(second, "de")
    assert here.organiser_language(second) == "de"
    assert here.organiser(second) == found, "the language changes no role"


def test_an_account_comes_in_by_its_name_and_no_other_does(studio: Studio) -> None:
    here = studio.service
    assert here.add_colleague("hf-name", "sleep", "viewer", True) == ""
    assert here.organiser(here.account_session("hf-name")) is not None
    here.add_colleague("by-link", "sleep", "viewer")
    for name in ("by-link", "nobody", "HF-NAME"):
        with pytest.raises(Refusal):
            here.account_session(name)


@pytest.mark.parametrize("language", catalogue.languages("organiser"))
def test_the_desk_gives_roles_and_takes_them_away_in_every_language(studio: Studio, language: str) -> None:
    here, way, who = studio.service, "/admin/colleagues", f"Hana {language}"
    desk = studio.signed_in(here.organiser_link())
    desk = DeskClient(desk.client, language)
    said = desk.ask(way, "add", {"who": who, "study": "sleep", "role": "viewer"})
    found = re.search(r"/o/([\w-]+)</code>", said["shown"])
    assert found
    assert 'id="outcome"' in said["html"], "where it is shown"
    assert who in desk.page(f"{way}?lang={language}")
    entered = here.organiser(here.organiser_join(found[1]))
    assert entered is not None
    assert entered.roles == {"sleep": "viewer"}
    assert here.audit("sleep", everywhere=False)[-1].kind == "colleague_added"
    refused = desk.ask(way, "add", {"who": "", "study": "sleep", "role": "viewer"})
    assert refused["kind"] == "warn"
    assert desk.ask(way, "remove", {"who": who, "study": "sleep"})["kind"] == "good"
    assert who not in [one.name for one in here.colleagues()]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((" ", "sleep", "viewer"), "name: "), (("a\nb", "sleep", "viewer"), "name: "),
        (("x" * 41, None, "viewer"), "name: "),
        (("Fay", "gone", "viewer"), "gone"), (("Fay", "sleep", "admin"), "admin"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_colleague_is_refused_in_words(
    studio: Studio, given: tuple[str, str | None, str], says: str
) -> None:
    before = logged(studio.service)
    with pytest.raises(StudioError, match=says):
        studio.service.add_colleague(*given)
    assert logged(studio.service) == before


def test_the_command_adds_lists_and_removes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, _ = w.world(tmp_path)
    db = ["--db", str(tmp_path / "studio.sqlite")]
    assert main(["organiser", "add", "Gil", "--study", "sleep", *db]) == 0
    said = capsys.readouterr()
    assert said.err == "Gil: viewer of study sleep\n"
    link = said.out.strip().rsplit("/o/", 1)[1]
    assert here.organiser(here.organiser_join(link)) is not None
    assert main(["organiser", "add", "hf", "--hugging-face", "--role", "organiser", *db]) == 0
    assert capsys.readouterr().out.strip().endswith("/sign-in")
    assert main(["organiser", "list", *db]) == 0
    assert capsys.readouterr().out == "Gil\tpersonal link\tsleep: viewer\nhf\tHugging Face account\t*: organiser\n"
    assert main(["organiser", "remove", "Gil", *db]) == 0
    assert main(["organiser", "remove", "Gil", *db]) == 2
    assert "allowed: hf" in capsys.readouterr().err
    assert main(["organiser", "add", *db]) == 2
    assert "NAME: none" in capsys.readouterr().err
    assert here.verify()[1] == []
