"""The page on people as its script asks: names, acts, files of what was just made; and the overview beside it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from studio.pages.admin.html import WORDS
from studio.pages.admin.study import overview
from studio.service import Service
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.whole_studio import desk_of

PAGE = "/admin/s/sleep/people"


@pytest.fixture
def here(tmp_path: Path) -> Service:
    made = w.service(tmp_path)
    study = w.study(items=4)
    made.create_study(study, w.plan(study))
    return made


@pytest.fixture
def organiser(here: Service) -> Iterator[TestClient]:
    with desk_of(here) as desk:
        yield desk.client


def act(client: TestClient, do: str, **given: str | list[str]) -> dict[str, Any]:
    return DeskClient(client).ask(PAGE, do, given)


def held(shown: str) -> dict[str, bytes]:
    """The downloads that stand in the page itself, by name."""
    found = re.findall(r'download="([^"]+)" href="data:[\w/]+;base64,([^"]+)"', shown)
    return {name: base64.b64decode(content) for name, content in found}


def token_of(shown: str) -> str:
    found = re.search(r'data-copy="[^"]*/e/([\w-]+)"', shown)
    assert found is not None
    return found[1]


def test_people_are_invited_renewed_and_stopped(organiser: TestClient, here: Service) -> None:
    answer = act(organiser, "invite", people="<b>Hana</b>, hana@example.org\nKen")
    assert "&lt;b&gt;Hana&lt;/b&gt;" in answer["html"]
    assert "<b>Hana</b>" not in answer["html"] + answer["shown"]
    assert "/e/" not in answer["html"]  # the page itself holds no link
    assert "/e/" not in organiser.get(PAGE).text
    assert "2" in re.findall(r"Invited: <?\W*(\d)", answer["html"])[0]
    key = next(row.key for row in here.roster("sleep") if row.name == "Ken")
    renewed = act(organiser, "reissue", key=key)
    session, _ = here.join(token_of(renewed["shown"]))
    assert "Dear Ken," in renewed["shown"]
    assert "R001" in organiser.get(PAGE).text
    left = next(row.key for row in here.roster("sleep") if not row.rater)
    assert act(organiser, "stop", key=left)["told"] == "The link is stopped."
    assert act(organiser, "stop", key="R001")["told"].endswith("are stopped; the answers stay.")
    assert here.dispatch(session, {"do": "state"})["error"]["code"] == "signed_out"
    assert act(organiser, "stop", key=left)["kind"] == "warn"
    replaced = act(organiser, "replace", key="R001", name="Mio")
    assert "Dear Mio," in replaced["shown"]
    assert "Mio" in replaced["html"]
    newcomer = next(row.rater for row in here.roster("sleep") if row.name == "Mio")
    gone = act(organiser, "withdraw", key=newcomer)
    assert "Mio" not in gone["html"]


def test_files_of_this_outcome_hold_every_letter(organiser: TestClient) -> None:
    shown = act(organiser, "invite", people="Hana, hana@example.org\nKen")["shown"]
    files = held(shown)
    packed = zipfile.ZipFile(io.BytesIO(files["sleep-letters.zip"]))
    assert sorted(packed.namelist()) == ["1.svg", "1.txt", "2.svg", "2.txt", "links.csv"]
    links = re.findall(r'data-copy="([^"]+)"', shown)
    assert len(links) == 2
    assert links[1] in packed.read("2.txt").decode()
    merge = files["sleep-links.csv"].decode("utf-8-sig").splitlines()
    assert merge == ["number,name,mail,link", f"1,Hana,hana@example.org,{links[0]}", f"2,Ken,,{links[1]}"]


def test_acts_on_many_are_done_for_all_of_them_or_for_nobody(organiser: TestClient, here: Service) -> None:
    tokens = here.invite_people("sleep", [("Hana", "hana@example.org"), ("Ken", ""), ("", "mio@example.org")])
    here.join(tokens[0])
    keys = [row.key for row in here.roster("sleep") if row.name != "Ken"]
    assert len(keys) == 2
    assert act(organiser, "reissue_many", keys=[])["told"] == "Tick somebody in the table first."
    shown = act(organiser, "reissue_many", keys=keys)["shown"]
    links = re.findall(r'data-copy="([^"]+/e/[^"]+)"', shown)
    assert len(links) == 2
    merge = held(shown)["sleep-links.csv"].decode("utf-8-sig").splitlines()
    assert sorted(line.split(",")[1:3] for line in merge[1:]) == [["", "mio@example.org"], ["Hana", "hana@example.org"]]
    assert here.join(links[1].rsplit("/", 1)[1])[1] == "sleep"
    here.set_due("sleep", "2026-04-20")
    told = act(organiser, "remind_many", keys=[row.key for row in here.roster("sleep")])["shown"]
    assert "April 20, 2026" in told
    assert "2026年4月20日" in told
    assert 'data-copy="' in told
    assert "Dear Ken," in held(told)["sleep-reminders.csv"].decode("utf-8-sig")
    assert "://" not in told
    keys = [row.key for row in here.roster("sleep")]
    assert act(organiser, "stop_many", keys=keys)["told"] == "The links of 3 people are stopped; the answers stay."
    assert {row.state for row in here.roster("sleep")} == {"stopped"}


def test_a_viewer_sees_pseudonyms_alone_and_changes_nothing(organiser: TestClient, here: Service) -> None:
    here.join(here.invite_people("sleep", [("Hana", "hana@example.org")])[0])
    here.invite_people("sleep", [("Ken", "")])
    for page in ("overview", "quality", "results", "records"):
        assert not re.search("Hana|hana@|Ken<", organiser.get(f"/admin/s/sleep/{page}").text), page
    organiser.get(f"/o/{here.organiser_link('viewer')}")
    shown = organiser.get(PAGE).text
    assert "R001" in shown
    assert not re.search("Hana|hana@|Ken<|data-do=", shown)
    assert act(organiser, "withdraw", key="R001")["kind"] == "warn"
    assert [row.state for row in here.roster("sleep")] == ["unopened", "working"]


def test_the_reminder_is_in_the_studys_languages_and_holds_no_link(organiser: TestClient, here: Service) -> None:
    found = re.search(r'<pre id="reminder"[^>]*>(.*?)</pre>', organiser.get(f"{PAGE}?lang=en").text, re.DOTALL)
    assert found is not None
    assert "以前お送りしたあなた専用のリンク" in found[1]
    assert "Your personal link is in our earlier message" in found[1]
    assert "http" not in found[1]


def test_overview_and_home_give_the_same_figures_after_a_withdrawal(organiser: TestClient, here: Service) -> None:
    for pairs in (4, 2):
        token = here.join(here.invite("sleep")[0])[0]
        for _ in range(pairs):
            pair = here.dispatch(token, {"do": "state"})["pairs"][0]
            assert w.submit(here, token, w.form(pair["assignment_id"]))["saved"]
    here.withdraw("sleep", "R002")
    here.set_due("sleep", "2026-04-20")
    overview = organiser.get("/admin/s/sleep?lang=en").text
    assert "<bdi>4 / 8</bdi>" in overview
    assert 'value="4" max="8"' in organiser.get("/admin/").text
    assert re.search(r"1\W* person withdrew; what they judged \(\W*2", overview)
    assert 'class="plan"' in overview
    here.set_due("sleep", "")
    assert 'class="plan"' not in organiser.get("/admin/s/sleep").text


@pytest.mark.parametrize(("due", "said"), [("2026-04-20", "3 days after"), ("2026-04-23", ""), ("", "")])
def test_an_expected_day_after_the_last_one_is_marked(due: str, said: str) -> None:
    shown = overview.late(date(2026, 4, 23), due, WORDS["en"])
    assert bool(shown) == bool(said)
    assert said in shown.replace("\u2068", "").replace("\u2069", "")
