"""Publishing from the organiser's page: shown first, sent once agreed, private unless told, for organisers alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from studio.demo.simulated_raters import judge
from studio.service import Service
from studio.settings import Settings
from studio.web.app import build
from tasks.study.load import load_study
from tests import studio_world as w
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub

pytestmark = pytest.mark.slow

__all__ = ["hub"]
DEMO = Path(__file__).parents[2] / "tasks" / "demo"
DATA = "tester/judgments"
FORM = {"to": DATA, "licence": "cc-by-4.0", "texts": "none", "public": "no", "lang": "en"}
ADDRESS = "/admin/publish/demo"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo study, judged and closed; each test gets a copy."""
    folder = tmp_path_factory.mktemp("judged")
    service = w.service(folder)
    judge(service, load_study(DEMO))
    service.store.close()
    return folder / "studio.sqlite"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path) -> Service:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    shutil.copy(database, tmp_path / "studio.sqlite")
    return w.service(tmp_path)


@pytest.fixture
def organiser(here: Service, hub: Hub) -> Iterator[TestClient]:
    settings = Settings(hub_endpoint=hub.url)
    with TestClient(build(here, settings), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        yield client


def test_what_would_go_is_shown_and_nothing_is_sent(organiser: TestClient, hub: Hub) -> None:
    assert "Private" in organiser.get(f"{ADDRESS}?lang=en").text
    page = organiser.post(ADDRESS, data=FORM).text
    assert "data set tester/judgments (private), licence cc-by-4.0" in page
    assert "The judgments are simulated" in page
    assert ("datasets", DATA) not in hub.repos


def test_what_was_agreed_to_is_sent_private(organiser: TestClient, hub: Hub, here: Service) -> None:
    page = organiser.post(ADDRESS, data=FORM | {"agreed": "yes"}).text
    assert DATA in page
    assert '<html lang="en" dir="ltr">' in page
    assert here.audit("demo")[-1].kind == "exported"
    assert here.audit("demo")[-1].actor.startswith("organiser:"), "the log says who"
    assert hub.repos["datasets", DATA].private is True
    files = hub.files("datasets", DATA)
    assert {"README.md", "judgments.csv", "study.json"} <= set(files)
    assert not json.loads(files["study.json"])["items"][0]["turns"][0]["text"]


def test_public_and_with_texts_only_when_told(organiser: TestClient, hub: Hub) -> None:
    organiser.post(ADDRESS, data=FORM | {"agreed": "yes", "public": "yes", "texts": "open"})
    assert hub.repos["datasets", DATA].private is False
    assert json.loads(hub.files("datasets", DATA)["study.json"])["items"][0]["turns"][0]["text"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "nobody"}, "found &#x27;nobody&#x27;"),
        ({"to": ""}, "OWNER/NAME"),
        ({"licence": "mine"}, "licence: found"),
        ({"texts": "all"}, "texts: found"),
    ],
)
def test_bad_forms_come_back_in_words(organiser: TestClient, hub: Hub, change: dict[str, str], words: str) -> None:
    page = organiser.post(ADDRESS, data=FORM | change | {"agreed": "yes"}).text
    assert words in page
    assert not hub.repos


def test_a_study_under_way_a_viewer_and_a_stranger_find_nothing(organiser: TestClient, here: Service) -> None:
    here.reopen_study("demo")
    assert organiser.get(ADDRESS).status_code == 404
    here.close_study("demo")
    assert organiser.get("/admin/publish/none").status_code == 404
    organiser.get(f"/o/{here.organiser_link('viewer')}")
    organiser.cookies.clear()
    assert organiser.get(ADDRESS).status_code == 404
    assert organiser.post(ADDRESS, data=FORM | {"agreed": "yes"}).status_code == 404


def test_preference_pairs_come_in_trls_words(organiser: TestClient) -> None:
    answer = organiser.get("/admin/pairs/demo.jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-disposition"] == 'attachment; filename="demo-pairs.jsonl"'
    assert 10 <= len(lines) <= 14
    assert {"prompt", "chosen", "rejected", "margin", "raters", "simulated"} <= set(lines[0])
    assert all(line["simulated"] for line in lines)
