"""A full disk, a database server that crashes, a studio that dies beside another: nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import faults
from studio.service import Service
from studio.settings import sqlite_url
from studio.store.database import Store
from studio.store.errors import StoreError
from tests import studio_world as w


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixteen megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let tests mount a small disk (root is needed)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_refuses_and_takes_the_same_form_later(small_disk: Path) -> None:
    here, (token,) = w.world(small_disk, items=40, seats=1)
    (small_disk / "filler").write_bytes(b"x" * 100_000)
    with (small_disk / "more").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"x" * 4096)
    saved = []
    while True:
        form = w.form(here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"])
        answer = w.submit(here, token, form)
        if not answer["saved"]:
            break
        saved.append(answer["submission_id"])
    assert answer["error"]["code"] == "busy"
    (small_disk / "filler").unlink()
    assert w.submit(here, token, form)["saved"]
    assert here.progress("sleep")[0].done == len(saved) + 1
    assert here.verify()[1] == []
    here.store.close()


def test_a_clock_that_steps_back_changes_no_order_and_no_receipt(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=3, seats=1)
    first = w.form(here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"], preference=-1)
    receipt = w.submit(here, token, first)
    back = Service(Store(sqlite_url(tmp_path / "studio.sqlite")), lambda: datetime(1999, 1, 1, tzinfo=UTC))
    revised = first | {"submission_id": "f" * 32, "answers": w.form("x", preference=1)["answers"]}
    assert w.submit(back, token, revised)["seq"] > receipt["seq"]
    assert w.submit(back, token, first)["seq"] == receipt["seq"], "the same form, the same receipt"
    given = back.dispatch(token, {"do": "answers"})["answers"][0]
    assert given["submission_id"] == "f" * 32, "the later one counts, whatever the clock said"
    assert back.verify()[1] == []
    assert back.purge() == []
    forward = Service(back.store, lambda: datetime(1999, 1, 1, tzinfo=UTC) - timedelta(days=1))
    assert forward.reclaim("sleep", 1.0) == [], "nobody is idle before they were last seen"


def test_a_disk_mounted_read_only_is_said_in_words(small_disk: Path) -> None:
    url = sqlite_url(small_disk / "studio.sqlite")
    Store(url).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match="cannot be written to"):
        Store(url)
    with pytest.raises(StoreError, match="cannot be written to"):
        Store(sqlite_url(small_disk / "another.sqlite"))
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    Store(url).close()


@pytest.mark.slow
def test_no_file_may_grow_under_load(tmp_path: Path) -> None:
    result = faults.disk(tmp_path, rounds=5, count=4, draw=random.Random(3))
    assert result.faults == 0
    assert result.busy > 0, "the fault was met"
    assert result.acknowledged > 0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("fault", [faults.postgres, faults.failover])
def test_postgres_and_a_second_studio_carry_on(tmp_path: Path, fault: faults.Fault) -> None:
    result = fault(tmp_path, 2, 4, random.Random(5))
    assert result.faults == 0
    assert result.acknowledged > 0
    assert result.kills == 2
