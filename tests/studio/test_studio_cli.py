"""The command line: one clear message for what cannot be done, and the whole road from folder to export."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from results.export.folder import read as read_export
from studio.__main__ import main
from studio.service import Service
from studio.store.database import Store
from tests import studio_world as w

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database in which R001 has judged one pair."""
    here, tokens = w.world(tmp_path, items=2, seats=2)
    assignment = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]["assignment_id"]
    w.submit(here, tokens[0], w.form(assignment))
    here.store.close()
    return str(tmp_path / "studio.sqlite")


def command(database: str, *words: str) -> int:
    return main([words[0], "--db", database, *words[1:]])


def test_help_waits_for_nothing_it_does_not_need() -> None:
    """What takes long to load is loaded by the command that needs it: help comes at once on any machine."""
    code = "import sys; from studio.__main__ import main; main(['--help'])"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "invite" in done.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "studio" in loaded
    assert loaded & {"gradio", "fastapi", "sqlalchemy", "pydantic", "numpy", "pandas", "pyarrow", "httpx"} == set()


def test_invite_prints_links_that_work(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(database, "invite", "sleep", "--n", "3", "--port", "9000") == 0
    links = capsys.readouterr().out.split()
    assert len(links) == 3
    assert all(link.startswith("http://127.0.0.1:9000/e/") for link in links)
    service = Service(Store(f"sqlite:///{database}"))
    assert service.join(links[0].rsplit("/", 1)[1])[1] == "sleep"
    assert command(database, "invite", "sleep", "--for", "R001") == 0
    again = capsys.readouterr().out.strip()
    session, _ = service.join(again.rsplit("/", 1)[1])
    assert service.dispatch(session, {"do": "state"})["rater"]["done"] == 1


def test_export_progress_verify_close_withdraw(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(database, "export", "sleep", "--out", str(tmp_path / "out")) == 0
    assert len(read_export(tmp_path / "out").judgments) == 8
    assert command(database, "progress", "sleep") == 0
    assert "R001\t1\t2\t0.5" in capsys.readouterr().out
    assert command(database, "close", "sleep") == 0
    assert command(database, "withdraw", "sleep", "R001") == 0
    assert command(database, "revoke", "sleep", "R002") == 0
    assert command(database, "export", "sleep", "--out", str(tmp_path / "out")) == 0
    assert read_export(tmp_path / "out").judgments == ()
    assert command(database, "verify") == 0
    assert "0 differences" in capsys.readouterr().out


def test_verify_says_what_differs(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    from sqlalchemy import text

    store = Store(f"sqlite:///{database}")
    with store.write() as connection:
        connection.execute(text("UPDATE raters SET done = 7"))
    store.close()
    assert command(database, "verify") == 1
    assert "done: table 7, log 1" in capsys.readouterr().out


def test_backup_and_restore(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy, new = str(tmp_path / "copies" / "one.sqlite"), str(tmp_path / "new.sqlite")
    assert command(database, "backup", "--out", copy) == 0
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["one.sqlite"]
    assert command(database, "backup", "--out", copy) == 2
    assert "is there already" in capsys.readouterr().err
    assert command(new, "restore", copy) == 0
    assert command(new, "restore", copy) == 2
    assert command(new, "progress", "sleep") == 0
    assert "R001\t1\t2" in capsys.readouterr().out


def test_a_damaged_backup_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert command(str(tmp_path / "new.sqlite"), "restore", str(damaged)) == 2
    assert not (tmp_path / "new.sqlite").exists()
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("invite", "wake"), "sleep"),
        (("invite", "sleep", "--n", "0"), "1 to 10000"),
        (("invite", "sleep", "--for", "R042"), "R042"),
        (("export", "wake", "--out", "x"), "sleep"),
        (("withdraw", "sleep", "R009"), "R001"),
        (("serve", "no-such-folder"), "no-such-folder"),
        (("serve", "--port", "70000"), "65535"),
        (("restore", "no-such-file"), "is there"),
    ],
)
def test_what_cannot_be_done_is_told_once_and_clearly(
    database: str, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(database, *words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert "Traceback" not in printed.err


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.sqlite"
    assert command(str(missing), "progress", "sleep") == 2
    assert not missing.exists()
    assert "serve STUDY_DIR" in capsys.readouterr().err


def test_an_export_is_never_written_over_something_else(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    assert command(database, "export", "sleep", "--out", str(tmp_path / "mine")) == 2
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"
    assert "mine" in capsys.readouterr().err


def test_a_study_nobody_can_be_asked_about_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "mine"), "--contact", " "]) == 0
    assert main(["serve", str(tmp_path / "mine"), "--db", str(tmp_path / "x.sqlite"), "--port", "0"]) == 2
    assert "support.contact: is empty" in capsys.readouterr().err
