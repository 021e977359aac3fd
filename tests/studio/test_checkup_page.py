"""The check of the server at the desk: its lines in the reader's words, and a launch that it holds back until told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.health.finding import SECTION, Finding, told
from studio.health.watch import Watch
from studio.service import Service
from tasks.languages import catalogue
from tests import studio_world as w
from tests.studio.desk_client import DeskClient
from tests.studio.test_wizard import demo, to_launch
from tests.studio.whole_studio import desk_of


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


@pytest.mark.parametrize("language", catalogue.languages(SECTION))
def test_every_line_is_said_in_the_readers_words(desk: DeskClient, language: str) -> None:
    page = desk.page(f"/admin/server?lang={language}")
    assert page.count('class="found"') == 1
    assert catalogue.word(SECTION, language, "host_here_do") in page
    assert catalogue.word(SECTION, language, "time zone") in page
    assert page.index(catalogue.word("organiser", language, "doctor_mend")) < page.index('class="tag good"')
    assert desk.ask("/admin/server", "again")["html"]


def test_a_viewer_is_told_nothing_of_the_server(here: Service) -> None:
    with desk_of(here, role="viewer") as onlooker:
        assert 'class="found"' not in onlooker.page("/admin/server")
        assert onlooker.ask("/admin/server", "again")["kind"] == "warn"


def test_a_launch_goes_on_past_what_is_to_be_mended_only_when_told_and_that_is_noted(
    here: Service, desk: DeskClient
) -> None:
    base = demo(desk)
    to_launch(desk, base)
    page = desk.page(f"{base}/launch")
    assert 'name="despite"' in page
    held = desk.next(f"{base}/launch", despite="")
    assert held["kind"] == "warn"
    assert "host" in held["told"]
    assert here.studies() == []
    assert desk.next(f"{base}/launch", despite="yes")["go"] == "/admin/s/fromthepage/people"
    (noted,) = [act for act in here.audit("fromthepage") if act.kind == "launched_despite"]
    assert re.match(r"host\b", noted.payload["what"])
    assert here.verify()[1] == []
    assert "launched with something left to mend" in desk.page("/admin/s/fromthepage/records")


def test_one_look_at_a_time_is_kept_and_what_failed_is_looked_for_again() -> None:
    go, looks = threading.Event(), []

    def look() -> Iterator[Finding]:
        looks.append(1)
        go.wait(10)
        if len(looks) == 1:
            raise OSError("the disk is gone")
        yield told("good", "studio", "studio_answers")

    watch = Watch(look)
    assert watch.findings(patience=0.01) is None
    assert watch.findings(patience=0.01, anew=True) is None
    go.set()
    with pytest.raises(OSError, match="gone"):
        watch.findings(patience=10)
    found = watch.findings(patience=10)
    assert found is not None
    assert [one.standing for one in found] == ["good"]
    assert watch.findings() is found
    assert watch.findings(patience=10, anew=True) is not found
    assert len(looks) == 3
