"""The copy of a real store, and the real `studio serve` with it: a lost machine, a restart, a Hub in trouble."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.__main__ import main
from studio.hub.client import connect
from studio.hub.mirror import CopyError, HubCopy, begin, keep, restore_into
from studio.service import Service
from studio.settings import SettingsError, dataset_id, sqlite_url
from studio.store import queries
from studio.store.database import Store
from studio.store.upkeep.verify import differences
from tasks.hub import HubRefusedError, HubUnavailableError
from tests import studio_world as w
from tests.hub_fixture import hub
from tests.hub_server import environment
from tests.hub_state import READER, WRITER, Fault, Hub

__all__ = ["hub"]
ROOT = Path(__file__).resolve().parents[2]
DATA = "tester/copy"
TINY = ROOT / "tests" / "studies_data" / "tiny"


def later() -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC)


def copy_of(hub: Hub, service: Service) -> HubCopy:
    return keep(service.store, DATA, connect(hub.url, WRITER, {}), service.desk.clock, pause=lambda _: None)


def back_into(hub: Hub, folder: Path, **more: Any) -> tuple[Service, int]:
    folder.mkdir()
    fresh = w.service(folder)
    return fresh, restore_into(fresh.store, DATA, connect(hub.url, WRITER, {}), later, **more)


def judged(folder: Path, pairs: int = 3) -> tuple[Service, list[str]]:
    here, tokens = w.world(folder, items=4, seats=2)
    for token in tokens:
        for _ in range(pairs):
            now = here.dispatch(token, {"do": "state"})
            w.submit(here, token, w.form(now["pairs"][0]["assignment_id"], comment="言葉ABC忘れて"))
    return here, tokens


def rows_of(service: Service, folder: Path) -> dict[str, list[str]]:
    written = service.export("sleep", folder)
    names = ("judgments.csv", "assignments.csv", "raters.csv", "comments.csv")
    return {name: (written / name).read_text("utf-8").splitlines() for name in names}


def test_a_lost_machine_comes_back_whole_and_goes_on(hub: Hub, tmp_path: Path) -> None:
    here, _ = judged(tmp_path)
    assert copy_of(hub, here).push()
    fresh, count = back_into(hub, tmp_path / "second", pause=lambda _: None)
    assert count > 8
    assert differences(fresh.store)[1] == []
    assert rows_of(fresh, tmp_path / "b") == rows_of(here, tmp_path / "a")
    tokens = [fresh.join(link)[0] for link in fresh.reissue_lost("sleep").values()]
    assert len(tokens) == 2
    assert fresh.reissue_lost("sleep") == {}, "whoever has a link keeps it"
    state = fresh.dispatch(tokens[0], {"do": "state"})
    assert state["rater"]["done"] == 3
    assert w.submit(fresh, tokens[0], w.form(state["pairs"][0]["assignment_id"]))["saved"]
    assert copy_of(hub, fresh).push(insist=True), "the second machine continues the copy"
    third, again = back_into(hub, tmp_path / "third", pause=lambda _: None)
    assert again > count
    assert third.progress("sleep")[0].done == 4


@pytest.mark.slow
def test_the_command_brings_a_copy_back(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, _ = judged(tmp_path)
    copy_of(hub, here).push()
    monkeypatch.setenv("HF_TOKEN", WRITER)
    database = str(tmp_path / "new.sqlite")
    from_hub = ["restore", "--copy-to", DATA, "--hub-endpoint", hub.url, "--db", database]
    assert main(from_hub) == 0
    assert "0 differences" in capsys.readouterr().out
    assert main(from_hub) == 2, "never over a database that is there"
    assert "is there" in capsys.readouterr().err
    assert main(["invite", "sleep", "--again", "--db", database]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["R001", "R002"]


def test_a_filled_database_is_left_as_it_is(hub: Hub, tmp_path: Path) -> None:
    here, _ = judged(tmp_path)
    copy_of(hub, here).push()
    asked = len(hub.log)
    assert restore_into(here.store, DATA, connect(hub.url, WRITER, {}), later) == 0
    assert len(hub.log) == asked


def test_nothing_comes_back_from_nothing(hub: Hub, tmp_path: Path) -> None:
    assert back_into(hub, tmp_path / "first")[1] == 0


def test_a_machine_that_is_being_replaced_is_waited_for(hub: Hub, tmp_path: Path) -> None:
    here, tokens = judged(tmp_path)
    old = copy_of(hub, here)
    old.push()
    now = datetime.fromisoformat(json.loads(hub.files("datasets", DATA)["copy.json"])["until"]) - timedelta(seconds=30)
    waits: list[float] = []

    def flush_meanwhile(seconds: float) -> None:
        waits.append(seconds)
        pair = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]
        w.submit(here, tokens[0], w.form(pair["assignment_id"]))
        old.push()
        old.uploader.give_back()
        nonlocal now
        now += timedelta(hours=1)

    (tmp_path / "second").mkdir()
    fresh = w.service(tmp_path / "second")
    restore_into(fresh.store, DATA, connect(hub.url, WRITER, {}), lambda: now, pause=flush_meanwhile)
    assert len(waits) == 1
    assert [row.done for row in fresh.progress("sleep")] == [4, 3], "what it saved last came along"


@pytest.mark.slow
def test_two_studios_from_one_copy_are_refused(hub: Hub, tmp_path: Path) -> None:
    here, _ = judged(tmp_path)
    copy_of(hub, here).push()
    until = datetime.fromisoformat(json.loads(hub.files("datasets", DATA)["copy.json"])["until"])
    (tmp_path / "b").mkdir()
    fresh = w.service(tmp_path / "b")
    assert fresh is not None
    with pytest.raises(CopyError, match="stop that one first"):
        restore_into(fresh.store, DATA, connect(hub.url, WRITER, {}), lambda: until - timedelta(1), lambda _: None)
    assert fresh.studies() == []


def test_an_older_backup_is_refused_before_anybody_is_let_in(hub: Hub, tmp_path: Path) -> None:
    here, tokens = judged(tmp_path, pairs=1)
    shutil.copyfile(tmp_path / "studio.sqlite", tmp_path / "old.sqlite")
    shutil.copyfile(tmp_path / "studio.sqlite-wal", tmp_path / "old.sqlite-wal")
    pair = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]
    w.submit(here, tokens[0], w.form(pair["assignment_id"]))
    copy_of(hub, here).push()
    old = Service(Store(sqlite_url(tmp_path / "old.sqlite")), w.clock())
    with pytest.raises(CopyError, match="does not continue"):
        keep(old.store, DATA, connect(hub.url, WRITER, {}), later).push(insist=True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hub_in_trouble_at_the_start_is_told_and_tried_again(hub: Hub, tmp_path: Path, status: int) -> None:
    here, _ = judged(tmp_path)
    copy = copy_of(hub, here)
    hub.faults.append(Fault("/commit/", status, times=1))
    assert str(status) in begin(copy)
    assert here.copy_status() is None
    here.copy = copy
    for _ in range(200):
        now = here.copy_status()
        assert now is not None
        if now.state == "copied":
            break
        time.sleep(0.05)
    assert now is not None
    assert now.state == "copied"
    assert now.pending == 0
    assert now.last_success_at
    copy.stop()


def test_an_empty_database_waits_for_a_hub_it_cannot_reach(hub: Hub, tmp_path: Path) -> None:
    """Letting raters in would begin another history."""
    judged_here, _ = judged(tmp_path)
    copy_of(hub, judged_here).push()
    hub.faults.append(Fault("GET /api/datasets", 503, times=1000))
    with pytest.raises(HubUnavailableError):
        back_into(hub, tmp_path / "second", pause=lambda _: None)


def test_a_public_data_set_and_a_reading_token_end_the_start(hub: Hub, tmp_path: Path) -> None:
    here, _ = judged(tmp_path)
    copy_of(hub, here).push()
    hub.repos["datasets", DATA].private = False
    with pytest.raises(HubRefusedError, match="public"):
        begin(copy_of(hub, here))
    hub.repos["datasets", DATA].private = True
    reading = keep(here.store, DATA, connect(hub.url, READER, {}), later)
    here.invite("sleep")
    with pytest.raises(HubRefusedError, match="403"):
        begin(reading)


def test_withdrawal_reaches_every_version_of_the_copy(hub: Hub, tmp_path: Path) -> None:
    here, _ = judged(tmp_path)
    copy = copy_of(hub, here)
    copy.push()
    here.withdraw("sleep", "R001")
    here.withdraw("sleep", "R002")
    assert copy.push()
    everything = b"".join(data for one in hub.repos["datasets", DATA].commits for data in one.files.values())
    assert "言葉ABC忘れて".encode() not in everything


@pytest.mark.parametrize("text", ["noslash", "a/b/c", "https://huggingface.co/a/b", "a/"])
def test_a_name_that_is_none_is_said_so(text: str) -> None:
    with pytest.raises(SettingsError, match="OWNER/NAME"):
        dataset_id(text, "--copy-to")


def test_without_a_token_nothing_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    database = str(tmp_path / "s.sqlite")
    assert main(["serve", str(TINY), "--db", database, "--copy-to", DATA, "--port", "0"]) == 2
    assert "HF_TOKEN" in capsys.readouterr().err


# --- the real process ----------------------------------------------------------------------------------------------


class Serving:
    """`python -m studio serve` on a study folder, copying to the local Hub."""

    def __init__(self, hub: Hub, folder: Path, *arguments: str) -> None:
        self.database = folder / "studio.sqlite"
        command = [sys.executable, "-m", "studio", "serve", *arguments, "--db", str(self.database)]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--copy-to", DATA, "--hub-endpoint", hub.url],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **environment(hub.url, folder)},
        )  # fmt: skip
        self.told = ""
        assert self.process.stdout is not None
        while "Organiser:" not in self.told:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read() if self.process.stderr else ""
            self.told += line
        found = re.search(r"http://127\.0\.0\.1:(\d+)/o/", self.told)
        assert found
        self.port = int(found[1])

    def vote(self, token: str, form: dict[str, Any]) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            headers = {"cookie": f"studio_rater={token}", "content-type": "application/json"}
            connection.request("POST", "/api/vote", json.dumps(form), headers)
            return json.loads(connection.getresponse().read())


@pytest.fixture
def started() -> Iterator[list[Serving]]:
    running: list[Serving] = []
    yield running
    for one in running:
        one.process.kill()
        one.process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("stopped_by", [signal.SIGTERM, signal.SIGINT])
def test_a_space_that_is_stopped_and_started_elsewhere_loses_nothing(
    hub: Hub, tmp_path: Path, started: list[Serving], stopped_by: signal.Signals
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = Serving(hub, tmp_path / "one", str(TINY))
    started.append(first)
    here = Service(Store(sqlite_url(first.database)))
    study_id = here.studies()[0].study_id
    token, _ = here.join(here.invite(study_id)[0])
    pair = here.dispatch(token, {"do": "state"})
    if pair["step"] == "consent":
        agreed = {"do": "consent", "version": pair["study"]["consent"]["version"], "agreed": True}
        pair = here.dispatch(token, agreed)["state"]
    left = {"submission_id": "0" * 32, "assignment_id": pair["pairs"][0]["assignment_id"], "left": "skipped"}
    receipt = first.vote(token, left | {"left_reasons": ["other"]})
    assert receipt["saved"], receipt
    first.process.send_signal(stopped_by)
    out, err = first.process.communicate(timeout=60)
    assert first.process.returncode == 0, err
    assert "Traceback" not in out + err
    second = Serving(hub, tmp_path / "two")
    started.append(second)
    assert "Restored" in second.told
    there = Service(Store(sqlite_url(second.database)))
    with there.store.read() as connection:
        stored = queries.submission(connection, study_id, "0" * 32)
    assert stored is not None
    assert receipt["seq"] == 1
    assert list(there.reissue_lost(study_id)) == ["R001"]
