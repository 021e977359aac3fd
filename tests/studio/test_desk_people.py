"""The page on people as its script asks: names, acts, files of what was just made; and the overview beside it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from studio.service import Service
from tests import studio_world as w
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


def act(client: TestClient, do: str, **given: str) -> dict[str, Any]:
    config = client.get("/admin/config").json()
    component = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "desk")
    fields = {name: [value] for name, value in given.items()}
    data = {"path": PAGE, "query": "", "language": "en", "do": do, "given": fields}
    call = {"data": data, "component_id": component, "session_hash": "x", "fn_name": "call"}
    return dict(client.post("/admin/gradio_api/component_server", json=call).json())


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
    held = dict(re.findall(r'download="([^"]+)" href="data:[\w/]+;base64,([^"]+)"', shown))
    packed = zipfile.ZipFile(io.BytesIO(base64.b64decode(held["sleep-letters.zip"])))
    assert sorted(packed.namelist()) == ["1.svg", "1.txt", "2.svg", "2.txt", "links.csv"]
    links = re.findall(r'data-copy="([^"]+)"', shown)
    assert len(links) == 2
    assert links[1] in packed.read("2.txt").decode()
    merge = base64.b64decode(held["sleep-links.csv"]).decode("utf-8-sig").splitlines()
    assert merge == ["number,name,mail,link", f"1,Hana,hana@example.org,{links[0]}", f"2,Ken,,{links[1]}"]


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
