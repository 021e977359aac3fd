"""The store: durable settings, migrations, one writer, all or nothing."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, text

from studio.store import queries, rows
from studio.store.database import Store
from studio.store.errors import NewerDatabaseError, OccupiedError, StoreError
from studio.store.tables import assignments, canonical, judgments, metadata, raters, studies, submissions
from tests import studio_world as w


def open_store(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'deep' / 'studio.sqlite'}")


def row(study_id: str) -> dict[str, object]:
    return {"study_id": study_id, "definition": {"ja": "調査"}, "created_at": "2026-04-01T00:00:00.000Z"}


def test_sqlite_is_durable(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.read() as connection:
        pragmas = {n: connection.execute(text(f"PRAGMA {n}")).scalar_one() for n in ("journal_mode", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    with store.write() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_migrations_lead_to_the_tables_of_this_program(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    open_store(tmp_path)


def test_stores_that_are_opened_together_make_the_tables_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(open_store, [tmp_path] * 4))
    for store in stores:
        with store.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        store.close()


def test_records_made_from_rows_have_the_columns_in_their_order() -> None:
    assert tuple(column.key for column in assignments.c) == rows.AssignmentRow._fields
    assert tuple(column.key for column in raters.c) == rows.RaterRow._fields
    assert tuple(column.key for column in submissions.c) == rows.SubmissionRow._fields
    assert tuple(column.key for column in judgments.c) == rows.JudgmentRow._fields
    assert tuple(column.key for column in queries._PERSON.selected_columns) == rows.Person._fields


def test_a_newer_database_is_refused_in_words(tmp_path: Path) -> None:
    with open_store(tmp_path).write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="newer program"):
        open_store(tmp_path)


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def fail() -> None:
        with store.write() as connection:
            connection.execute(insert(studies), row("a"))
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        fail()
    with store.write() as connection:
        connection.execute(insert(studies), row("b"))
    with store.read() as connection:
        assert connection.execute(text("SELECT study_id FROM studies")).scalars().all() == ["b"]


def test_many_threads_write_one_after_another(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    inside, most = 0, 0

    def write(n: int) -> None:
        nonlocal inside, most
        with store.write() as connection:
            inside += 1
            most = max(most, inside)
            connection.execute(insert(studies), row(f"s{n}"))
            inside -= 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM studies")).scalar_one() == 40
    assert most == 1


def test_who_will_not_wait_for_another_writer_is_told_at_once(tmp_path: Path) -> None:
    """Another writer in this process, then one in another; whoever writes afterwards waits again as ever."""
    store = open_store(tmp_path)

    def write_at_once() -> None:
        with store.write(wait=False) as connection:
            connection.execute(insert(studies), row("b"))

    with store.write(), pytest.raises(OccupiedError):
        write_at_once()
    other = sqlite3.connect(tmp_path / "deep" / "studio.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OccupiedError):
        write_at_once()
    threading.Timer(0.2, other.execute, ["ROLLBACK"]).start()
    with store.write() as connection:  # waits in SQLite's busy handler
        connection.execute(insert(studies), row("a"))
    other.close()
    write_at_once()
    with store.read() as connection:
        assert connection.execute(text("SELECT study_id FROM studies ORDER BY 1")).scalars().all() == ["a", "b"]


def test_what_is_written_is_on_disk_when_the_block_is_left(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.write() as connection:
        connection.execute(insert(studies), row("a"))
    other = sqlite3.connect(tmp_path / "deep" / "studio.sqlite")
    assert other.execute("SELECT definition FROM studies").fetchall() == [('{"ja":"調査"}',)]
    other.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nonsense", "sqlite:////proc/none/x.sqlite"])
def test_a_database_that_cannot_be_used_is_said_in_words(url: str) -> None:
    with pytest.raises(StoreError):
        Store(url)


def test_passwords_are_not_shown() -> None:
    with pytest.raises(StoreError) as error:
        Store("postgresql://me:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(error.value)


def test_json_has_one_spelling() -> None:
    assert canonical({"b": [1.5, None], "a": "あ"}) == '{"a":"あ","b":[1.5,null]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))


def test_a_broken_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite:///{path}")


def test_a_read_only_disk_refuses_and_says_so(tmp_path: Path) -> None:
    """The database turns read-only under the running studio: nothing is acknowledged, reading goes on."""
    here, (token,) = w.world(tmp_path, items=2, seats=1)
    assignment = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    with here.store.engine.connect() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    answer = w.submit(here, token, w.form(assignment))
    assert answer["saved"] is False
    assert answer["error"]["code"] == "busy"
    with here.store.engine.connect() as connection:
        connection.execute(text("PRAGMA query_only = OFF"))
    assert w.submit(here, token, w.form(assignment))["saved"]
