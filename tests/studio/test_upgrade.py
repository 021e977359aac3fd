"""The upgrade from 0.1.0 with a running study, rehearsed: its database is served, and a rater goes on."""

from __future__ import annotations

import http.client
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from studio.service.tokens import digest, session_of
from studio.settings import RATER_COOKIE
from studio.store.database import Store
from studio.store.upkeep.verify import differences
from tests.studio.test_app import form_for, state_of
from tests.studio.test_hosting import free_port, running
from tests.studio.test_migrations import KEPT, SCHEMAS

pytestmark = pytest.mark.slow
LINK = "a-link-that-went-out-with-0-1-0-000000000000"[:43]


def left_by_0_1_0(database: Path) -> None:
    """The oldest kept database, in which a rater in the middle of the work holds LINK."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((KEPT / f"{SCHEMAS[0]}.sql").read_text(encoding="utf-8"))
        connection.execute(
            "UPDATE identities SET link_hash = ?, session_hash = ?, revoked_at = NULL WHERE rater = 'R003'",
            (digest(LINK), digest(session_of(LINK))),
        )
        connection.commit()


def ask(port: int, method: str, path: str, cookie: str = "", body: Any = None) -> tuple[int, Any, str]:
    """(status, headers, text)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Cookie": cookie, "Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, answer.headers, text


def test_links_cookies_and_pages_of_0_1_0_go_on_and_its_back_up_opens(tmp_path: Path) -> None:
    database, port = tmp_path / "studio.sqlite", free_port()
    left_by_0_1_0(database)
    backup = tmp_path / "before.sqlite"
    shutil.copy(database, backup)
    with running([sys.executable, "-m", "studio", "serve", "--db", str(database), "--port", str(port)], port):
        status, headers, _ = ask(port, "GET", f"/e/{LINK}")
        assert status == 303
        cookie = headers["set-cookie"].partition(";")[0]
        status, _, page = ask(port, "GET", headers["location"], cookie)
        assert status == 200
        first, second = state_of(page)["pairs"][:2]
        status, _, said = ask(port, "POST", "/api/vote", cookie, form_for(first))
        assert (status, json.loads(said)["saved"]) == (200, True)
        old = (
            f"{RATER_COOKIE}={session_of(LINK)}"  # a page that was open since before the upgrade, under its old cookie
        )
        status, _, said = ask(port, "POST", "/api/vote", old, form_for(second))
        assert (status, json.loads(said)["saved"]) == (200, True)
    for path in (database, backup):
        store = Store(f"sqlite:///{path}")
        assert differences(store)[1] == []
        store.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMAS[-1],)
        assert connection.execute("SELECT done FROM raters WHERE rater = 'R003'").fetchone() == (3,)
