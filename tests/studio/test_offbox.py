"""The Hub mirror against a Hub that fails: all that was copied comes back, once, in order; nothing goes elsewhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.hub.client import connect
from studio.hub.mirror import CopyError, HubCopy, missing, restore
from studio.hub.mirror import segments as seg
from tasks.hub import HubRefusedError, HubUnavailableError
from tests.hub_fixture import hub
from tests.hub_server import environment
from tests.hub_state import READER, WRITER, Fault, Hub

pytestmark = pytest.mark.slow

__all__ = ["hub"]
ROOT = Path(__file__).resolve().parents[2]
DATA = "tester/copy"
KEY = ("datasets", DATA)
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Logs:
    """Two logs in memory, as the store keeps them."""

    def __init__(self, clock: Clock) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {"events": [], "notes": []}
        self.last = {"events": 0, "notes": 0}
        self.clock = clock

    def __call__(self, log: seg.LogName, after: int) -> Iterator[dict[str, Any]]:
        return (row for row in self.rows[log] if row["seq"] > after)

    def add(self, log: seg.LogName, kind: str = "submitted", **payload: Any) -> dict[str, Any]:
        self.last[log] += 1
        fixed = {"study": "s", "at": self.clock().isoformat(), "actor": "R001", "kind": kind, "payload": payload}
        row = {"seq": self.last[log], "uuid": str(uuid.uuid4()), **fixed}
        self.rows[log].append(row)
        return row

    def withdraw(self, actor: str) -> None:
        """What the store does in one transaction: the event, and the notes gone."""
        self.rows["notes"] = [row for row in self.rows["notes"] if row["actor"] != actor]
        self.add("events", "withdrawn", rater=actor)

    def delete(self, study: str) -> None:
        """What the store does in one transaction: lines without content, the notes gone, and the event."""
        for row in self.rows["events"]:
            if row["study"] == study:
                row |= {"study": "", "actor": "", "kind": "erased", "payload": {}}
        self.rows["notes"] = [row for row in self.rows["notes"] if row["study"] != study]
        self.add("events", "deleted", study_id=study)
        self.rows["events"][-1]["study"] = "*"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logs(clock: Clock) -> Logs:
    return Logs(clock)


def copy_of(hub: Hub, logs: Logs, token: str = WRITER, **more: Any) -> HubCopy:
    return HubCopy(logs, DATA, connect(hub.url, token, {}), logs.clock, pause=lambda _: None, **more)


def back(hub: Hub) -> dict[str, list[dict[str, Any]]]:
    found = restore(DATA, connect(hub.url, WRITER, {}), pause=lambda _: None)
    assert found is not None
    return {"events": list(found.events), "notes": list(found.notes)}


# --- what is copied comes back ----------------------------------------------------------------------------------------


def test_both_logs_come_back_as_they_were(hub: Hub, logs: Logs) -> None:
    for number in range(7):
        logs.add("events", comment_of=number, text="それはつらかったですね\u2028「」")
    logs.add("notes", "comment", text="a\nb")
    copy = copy_of(hub, logs)
    assert copy.push()
    assert hub.repos[KEY].private
    assert back(hub) == logs.rows
    assert copy.status().state == "copied"
    assert copy.status().pending == 0


def test_nothing_new_sends_nothing(hub: Hub, logs: Logs) -> None:
    logs.add("events")
    copy = copy_of(hub, logs)
    copy.push()
    before = len(hub.asked("/commit/"))
    assert copy.push()
    assert len(hub.asked("/commit/")) == before == 1


def test_rows_of_one_process_share_a_file_until_it_is_full(hub: Hub, logs: Logs) -> None:
    copy = copy_of(hub, logs)
    for _ in range(3):
        logs.add("events")
        copy.push()
    assert len([path for path in hub.files(*KEY) if path.startswith("events/")]) == 1
    logs.add("events", text="x" * seg.SEGMENT_BYTES)
    copy.push()
    logs.add("events")
    copy.push()
    assert len([path for path in hub.files(*KEY) if path.startswith("events/")]) == 2
    assert back(hub) == logs.rows


def test_a_restart_begins_a_new_file_and_replaces_none(hub: Hub, logs: Logs) -> None:
    for _ in range(3):
        logs.add("events")
        copy = copy_of(hub, logs)
        copy.push()
        copy.stop()
    assert len([path for path in hub.files(*KEY) if path.startswith("events/")]) == 3
    assert back(hub) == logs.rows


def test_a_lost_machine_comes_back_and_goes_on(hub: Hub, logs: Logs, clock: Clock) -> None:
    for _ in range(5):
        logs.add("events")
        logs.add("notes", "client")
    copy_of(hub, logs).push()
    copied = {name: list(rows) for name, rows in logs.rows.items()}
    logs.add("events")  # saved, never copied: gone with the disk
    fresh = Logs(clock)
    fresh.rows = back(hub)
    assert fresh.rows == copied
    fresh.last = {"events": 5, "notes": 5}
    fresh.add("events", text="after")
    clock.pass_seconds(61)
    assert copy_of(hub, fresh).push()
    assert back(hub) == fresh.rows


def test_restoring_twice_brings_nothing_new(hub: Hub, logs: Logs) -> None:
    for _ in range(4):
        logs.add("events")
    copy_of(hub, logs).push()
    known = {row["uuid"] for row in back(hub)["events"][:3]}
    assert [row["seq"] for row in missing(back(hub)["events"], known.__contains__)] == [4]
    assert not list(missing(back(hub)["events"], {row["uuid"] for row in logs.rows["events"]}.__contains__))


def test_there_is_nothing_to_restore_where_nothing_was_copied(hub: Hub) -> None:
    assert restore(DATA, connect(hub.url, WRITER, {})) is None
    connect(hub.url, WRITER, {}).create_repo(DATA, repo_type="dataset", private=True)
    assert restore(DATA, connect(hub.url, WRITER, {})) is None


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("late", [False, True])
def test_a_commit_that_fails_is_tried_again_and_never_doubles(hub: Hub, logs: Logs, status: int, late: bool) -> None:
    copy = copy_of(hub, logs)
    for number in range(6):
        logs.add("events", number=number)
        if number % 2:
            hub.faults.append(Fault("/commit/", status, late=late))
        assert copy.flush(timeout=30)
    assert len(hub.asked("/commit/", status)) == 3
    assert back(hub) == logs.rows
    lines = b"".join(data for path, data in hub.files(*KEY).items() if path.startswith("events/")).count(b"\n")
    assert lines == 6, "no row is in the data set twice"


def test_an_outage_is_told_and_ends(hub: Hub, logs: Logs, clock: Clock) -> None:
    copy = copy_of(hub, logs)
    logs.add("events")
    copy.flush()
    last = copy.status().last_success_at
    hub.faults.append(Fault("/commit/", 500, times=10**6))
    logs.add("events")
    clock.pass_seconds(300)
    logs.add("notes", "comment")
    assert not copy.flush(timeout=5)
    told = copy.status()
    assert (told.state, told.pending, told.gap_seconds, told.last_success_at) == ("failing", 2, 300.0, last)
    assert "500" in told.problem
    hub.faults.clear()
    assert copy.flush()
    told = copy.status()
    assert (told.state, told.pending, told.gap_seconds, told.problem) == ("copied", 0, 0.0, "")
    assert told.last_success_at == "2026-01-01T00:05:00.000Z"


def test_restoring_bears_an_outage(hub: Hub, logs: Logs) -> None:
    logs.add("events")
    copy_of(hub, logs).push()
    hub.faults.append(Fault(f"GET /api/datasets/{DATA}", 503, times=2))
    waited: list[float] = []
    found = restore(DATA, connect(hub.url, WRITER, {}), pause=waited.append)
    assert found is not None
    assert waited == [2.0, 4.0]
    hub.faults.append(Fault(f"GET /api/datasets/{DATA}", 503, times=99))
    with pytest.raises(HubUnavailableError):
        restore(DATA, connect(hub.url, WRITER, {}), attempts=3, pause=waited.append)


def test_a_missing_or_damaged_file_restores_nothing(hub: Hub, logs: Logs) -> None:
    for _ in range(2):
        logs.add("events")
        copy = copy_of(hub, logs)
        copy.push()
        copy.stop()
    files = hub.files(*KEY)
    first = min(path for path in files if path.startswith("events/"))
    kept = files.pop(first)
    with pytest.raises(CopyError, match="1 rows up to seq 2 were found, 2 up to seq 2 were copied"):
        back(hub)
    files[first] = kept[:-20]
    with pytest.raises(CopyError, match=f"{first}, line 1: not JSON"):
        back(hub)


def test_a_state_of_a_newer_program_is_left_alone(hub: Hub, logs: Logs) -> None:
    logs.add("events")
    copy_of(hub, logs).push()
    hub.files(*KEY)["copy.json"] = b'{"format_version": 2}'
    with pytest.raises(CopyError, match="format_version is 2"):
        back(hub)
    hub.files(*KEY)["copy.json"] = b"[]"
    with pytest.raises(CopyError, match="not a state"):
        copy_of(hub, logs).push()


# --- where nothing may go ---------------------------------------------------------------------------------------------


def test_a_public_data_set_gets_nothing(hub: Hub, logs: Logs) -> None:
    logs.add("events")
    connect(hub.url, WRITER, {}).create_repo(DATA, repo_type="dataset", private=False)
    copy = copy_of(hub, logs)
    with pytest.raises(HubRefusedError, match="is public"):
        copy.push()
    assert not copy.flush(timeout=1)
    assert copy.status().state == "failing"
    assert not hub.asked("/commit/")


def test_a_data_set_made_public_under_way_gets_nothing_more(hub: Hub, logs: Logs) -> None:
    copy = copy_of(hub, logs)
    logs.add("events")
    copy.push()
    hub.repos[KEY].private = False
    logs.add("events")
    with pytest.raises(HubRefusedError, match="is public"):
        copy.push()
    assert len(hub.asked("/commit/")) == 1


def test_another_database_is_refused(hub: Hub, logs: Logs, clock: Clock) -> None:
    for _ in range(3):
        logs.add("events")
    copy_of(hub, logs).push()
    before = dict(hub.files(*KEY))
    empty, other = Logs(clock), Logs(clock)
    for _ in range(5):
        other.add("events")
    clock.pass_seconds(61)
    for wrong in (empty, other):
        with pytest.raises(CopyError, match="holds 3 events, up to number 3, which this database does not continue"):
            copy_of(hub, wrong).push()
    assert hub.files(*KEY) == before


def test_a_reading_token_is_told_plainly(hub: Hub, logs: Logs) -> None:
    connect(hub.url, WRITER, {}).create_repo(DATA, repo_type="dataset", private=True)
    logs.add("events")
    copy = copy_of(hub, logs, READER)
    assert not copy.flush(timeout=1)
    assert "HF_TOKEN may write" in copy.status().problem


def test_only_rows_of_the_logs_can_leave(hub: Hub, logs: Logs) -> None:
    logs.add("events")["mail"] = "a@example.org"
    with pytest.raises(ValueError, match="mail"):
        copy_of(hub, logs).push()
    assert not hub.asked("/commit/")


# --- two uploaders ----------------------------------------------------------------------------------------------------


def test_one_uploader_holds_the_lease(hub: Hub, logs: Logs, clock: Clock) -> None:
    first, second = copy_of(hub, logs), copy_of(hub, logs)
    logs.add("events")
    assert first.push()
    logs.add("events")
    assert not second.push()
    assert second.status().state == "standby"
    assert second.status().problem == ""
    assert first.push()
    clock.pass_seconds(61)  # the first one has died
    logs.add("events")
    assert second.push()
    assert not first.push()
    assert back(hub) == logs.rows


def test_a_lease_given_back_is_free_at_once(hub: Hub, logs: Logs) -> None:
    first, second = copy_of(hub, logs), copy_of(hub, logs)
    logs.add("events")
    first.push()
    assert first.stop()
    logs.add("events")
    assert second.push()
    assert back(hub) == logs.rows


def test_two_uploaders_at_the_same_moment_do_not_double(hub: Hub, logs: Logs) -> None:
    first, second = copy_of(hub, logs), copy_of(hub, logs)
    logs.add("events")
    hub.before.append(lambda _: second.push())  # between the first one's reading and its writing
    assert not first.push(), "the other one has taken the lease in between"
    assert hub.asked("/commit/", 412)
    assert back(hub) == logs.rows


def test_a_process_that_ends_copies_although_another_holds_the_lease(hub: Hub, logs: Logs) -> None:
    first, second = copy_of(hub, logs), copy_of(hub, logs)
    logs.add("events")
    first.push()
    logs.add("events")
    assert second.stop()
    assert back(hub) == logs.rows
    logs.add("events")
    assert first.push()
    assert back(hub) == logs.rows


# --- withdrawal -------------------------------------------------------------------------------------------------------


def test_withdrawal_leaves_no_note_in_any_version(hub: Hub, logs: Logs) -> None:
    copy = copy_of(hub, logs)
    for number in range(3):
        logs.add("events", number=number)
        logs.add("notes", "comment", text="SECRET-TO-FORGET")
        copy.push()
    logs.rows["notes"][0]["actor"] = "R002"
    logs.rows["notes"][0]["payload"] = {"text": "stays"}
    logs.withdraw("R001")
    assert copy.push()
    everything = b"".join(data for one in hub.repos[KEY].commits for data in one.files.values())
    assert b"SECRET-TO-FORGET" not in everything
    assert back(hub) == logs.rows
    assert [row["payload"] for row in back(hub)["notes"]] == [{"text": "stays"}]
    assert copy.push()
    assert len(hub.asked("super-squash")) == 1
    logs.add("notes", "comment", text="later")
    assert copy.push()
    assert back(hub) == logs.rows


def test_a_deleted_study_is_in_no_version_and_the_copy_goes_on(hub: Hub, logs: Logs) -> None:
    copy = copy_of(hub, logs)
    for number in range(3):
        logs.add("events", text="SECRET-TO-FORGET", number=number)
        logs.add("notes", "comment", text="SECRET-TO-FORGET")
        copy.push()
    logs.add("events", text="another study's")["study"] = "other"
    logs.delete("s")
    assert copy.push()
    everything = b"".join(data for one in hub.repos[KEY].commits for data in one.files.values())
    assert b"SECRET-TO-FORGET" not in everything
    assert back(hub) == logs.rows
    logs.clock.pass_seconds(61)
    after_a_restart = copy_of(hub, logs)
    logs.add("events", text="later")["study"] = "other"
    assert after_a_restart.push()
    assert back(hub) == logs.rows


def test_a_squash_that_failed_is_done_by_the_next_process(hub: Hub, logs: Logs) -> None:
    copy = copy_of(hub, logs)
    logs.add("events")
    logs.add("notes", "comment", text="SECRET-TO-FORGET")
    copy.push()
    logs.withdraw("R001")
    hub.faults.append(Fault("super-squash", 500))
    with pytest.raises(HubUnavailableError):
        copy.push()
    after_a_crash = copy_of(hub, logs)
    logs.clock.pass_seconds(61)
    assert after_a_crash.push()
    everything = b"".join(data for one in hub.repos[KEY].commits for data in one.files.values())
    assert b"SECRET-TO-FORGET" not in everything
    assert json.loads(hub.files(*KEY)["copy.json"])["squash_due"] is False


# --- the running process ----------------------------------------------------------------------------------------------

STUDIO = """
import signal, sys, threading
from datetime import UTC, datetime
from studio.hub.client import connect
from studio.hub.mirror import HubCopy
rows = [dict(seq=n, uuid=f"u{n}", study="s", at="2026-01-01T00:00:00Z", actor="a", kind="submitted", payload={})
        for n in range(1, 6)]
source = lambda log, after: [row for row in rows if row["seq"] > after] if log == "events" else []
copy = HubCopy(source, "tester/copy", connect(sys.argv[1]), lambda: datetime.now(UTC), interval=3600)
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
rows, later = rows[:3], rows[3:]
copy.start()
while copy.status().state != "copied":
    ended.wait(0.05)
rows += later
print("waiting", flush=True)
ended.wait()
print("all copied" if copy.stop() else "left behind", copy.status().state, flush=True)
"""


def test_a_process_told_to_end_copies_what_is_left(hub: Hub, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", STUDIO, hub.url], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        env={**os.environ, **environment(hub.url, tmp_path)},
    )  # fmt: skip
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "waiting\n"
        assert [row["seq"] for row in back(hub)["events"]] == [1, 2, 3]
        child.send_signal(signal.SIGTERM)
        assert child.communicate(timeout=30)[0] == "all copied stopped\n"
    finally:
        child.kill()
    assert [row["seq"] for row in back(hub)["events"]] == [1, 2, 3, 4, 5]
    state = json.loads(hub.files(*KEY)["copy.json"])
    assert state["until"] <= datetime.now(UTC).isoformat().replace("+00:00", "Z"), "the lease is given back"


def test_the_thread_copies_by_itself_and_bears_a_source_that_fails(hub: Hub, logs: Logs) -> None:
    logs.add("events")
    calls: list[str] = []

    def shaky(log: seg.LogName, after: int) -> Iterator[dict[str, Any]]:
        if threading.current_thread().name == "Hub mirror" and not calls:
            calls.append(log)
            raise OSError("the disk is busy")
        return logs(log, after)

    copy = HubCopy(shaky, DATA, connect(hub.url, WRITER, {}), logs.clock, interval=0.05)
    copy.start()
    copy.start()
    for _ in range(200):
        if copy.status().state == "copied":
            break
        copy._stopping.wait(0.05)
    assert calls
    assert copy.status().state == "copied"
    assert copy.stop()
    assert back(hub) == logs.rows
    assert copy.status().state == "stopped"


# --- files ------------------------------------------------------------------------------------------------------------

texts = st.text(max_size=20)
rows_of = st.lists(texts, max_size=30).map(
    lambda texts: [
        {"seq": n, "uuid": f"u{n}", "study": "s", "at": "t", "actor": "a", "kind": "k", "payload": {"text": text}}
        for n, text in enumerate(texts, start=1)
    ]
)


@given(rows=rows_of, cuts=st.lists(st.integers(0, 30), max_size=5))
def test_segments_give_the_same_rows_wherever_the_pushes_fell(rows: list[dict[str, Any]], cuts: list[int]) -> None:
    files: dict[str, bytes] = {}
    opened = None
    edges = [0, *sorted(cuts), len(rows)]
    for low, high in pairwise(edges):
        changed = seg.extended(opened, "events", rows[low:high], "p")
        files |= {one.name: one.data for one in changed}
        opened = changed[-1] if changed else opened
    found = [row for name in sorted(files) for row in seg.read_segment(seg.Segment(name, files[name]))]
    assert seg.in_order(found) == rows


def test_two_histories_are_told() -> None:
    row = {"seq": 1, "uuid": "a", "study": "s", "at": "t", "actor": "a", "kind": "k", "payload": {}}
    assert seg.in_order([row, dict(row)]) == [row]
    with pytest.raises(CopyError, match="two histories"):
        seg.in_order([row, {**row, "uuid": "b"}])
