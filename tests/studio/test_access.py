"""The organiser's ways in: one-time link, password, roles; guesses that are slowed; what the audit log keeps."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from studio.__main__ import main
from studio.passwords import PasswordError, hashed, matches, parse
from studio.service import Service, StudioError
from studio.settings import ORGANISER_COOKIE, Settings, SettingsError, from_environment
from studio.web import sign_in as access
from studio.web.app import check_gradio
from studio.web.guard.guard import Guard
from studio.web.guess_limit import MOST_ADDRESSES, MOST_FAILURES, WINDOW_SECONDS, GuessLimit
from studio.web.lanes import Lane
from tests import studio_world as w

PASSWORD = "正しい馬と電池とホチキス"
HASH = hashed(PASSWORD, b"0123456789abcdef")
SETTINGS = Settings(passwords=(("organiser", HASH), ("viewer", hashed("only to look around", b"x" * 16))))


class Ticks:
    """Seconds that are moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def studio(here: Service, settings: Settings = SETTINGS, **guard: Any) -> TestClient:
    """The ways in alone, behind the real guard."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    access.mount(application, here, settings, Lane(2))
    return TestClient(Guard(application, settings, **guard), follow_redirects=False)


def sign_in(client: TestClient, password: str) -> int:
    return client.post("/sign-in", data={"password": password}).status_code


# --- passwords ------------------------------------------------------------------------------------------------------


def test_a_hash_knows_its_password_alone() -> None:
    assert matches(PASSWORD, HASH)
    assert not matches(PASSWORD + " ", HASH)
    assert not matches("", HASH)
    assert hashed(PASSWORD, b"another salt 123") != HASH
    assert PASSWORD not in HASH


@given(st.text(max_size=80))
def test_what_is_no_hash_is_said_so(text: str) -> None:
    with pytest.raises(PasswordError):
        parse(text)


def test_a_short_password_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["password-hash"]) == 2
    assert "at least 12" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert main(["password-hash"]) == 0
    printed = capsys.readouterr().out.strip()
    assert matches(PASSWORD, printed)
    assert from_environment({"STUDIO_PASSWORD_HASH": printed}).passwords == (("organiser", printed),)


def test_a_broken_hash_is_named_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="STUDIO_VIEWER_PASSWORD_HASH") as caught:
        from_environment({"STUDIO_VIEWER_PASSWORD_HASH": "hunter2hunter2"})
    assert "hunter2" not in str(caught.value)


# --- ways in --------------------------------------------------------------------------------------------------------


def test_passwords_give_the_roles_they_stand_for(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path)
    for password, role in ((PASSWORD, "organiser"), ("only to look around", "viewer")):
        client = studio(here)
        assert sign_in(client, "wrong") == 401
        assert ORGANISER_COOKIE not in client.cookies
        assert sign_in(client, password) == 303
        found = here.organiser(client.cookies[ORGANISER_COOKIE])
        assert found is not None
        assert found.role == role
        assert client.post("/admin/out").status_code == 303
        assert here.organiser(client.cookies.get(ORGANISER_COOKIE)) is None


def test_signing_out_ends_the_session_itself(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path)
    token = here.organiser_session("organiser")
    assert here.organiser_role(token) == "organiser"
    studio(here).post("/admin/out", cookies=None, headers={"cookie": f"{ORGANISER_COOKIE}={token}"})
    assert here.organiser_role(token) is None, "a copied cookie is worthless too"


def test_a_session_ends_after_two_weeks(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path)
    token = here.organiser_session("viewer")
    assert here.organiser_role(token) == "viewer"
    later = Service(here.store, lambda: datetime(2026, 4, 1, tzinfo=UTC) + timedelta(days=14, hours=1))
    assert later.organiser_role(token) is None


def test_without_a_password_none_is_asked_for_and_none_works(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path)
    client = studio(here, Settings())
    assert 'type="password"' not in client.get("/sign-in").text
    assert 'type="password"' in studio(here).get("/sign-in").text
    assert sign_in(client, "") == 401
    assert sign_in(client, "anything at all") == 401


@pytest.mark.parametrize("token", ["", "x", None, "§" * 400])
def test_a_session_that_is_none_is_none(tmp_path: Path, token: str | None) -> None:
    here, raters = w.world(tmp_path)
    assert here.organiser(token) is None
    assert here.organiser(raters[0]) is None


# --- guesses --------------------------------------------------------------------------------------------------------


def test_many_wrong_guesses_have_to_wait_and_sessions_do_not(tmp_path: Path) -> None:
    here, _ = w.world(tmp_path)
    ticks = Ticks()
    client = studio(here, guesses=GuessLimit(ticks, most=5))
    link = here.organiser_link()
    for _ in range(5):
        assert client.get("/o/wrong").status_code == 404
    refused = client.get("/o/wrong")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= WINDOW_SECONDS + 1
    assert "待って" in refused.text
    assert sign_in(client, PASSWORD) == 429, "links and passwords count together"
    assert client.get("/sign-in").status_code == 429
    assert client.post("/admin/out").status_code == 303, "whoever is in goes on"
    assert client.get(f"/o/{link}").status_code == 303, "a right link always passes"
    ticks.now += WINDOW_SECONDS + 1
    assert client.get("/e/wrong").status_code == 404


def test_the_limit_is_fifty_guesses_in_ten_minutes() -> None:
    """The numbers of docs/reliability.md, so that neither slips."""
    ticks = Ticks()
    limit = GuessLimit(ticks)
    assert (MOST_FAILURES, WINDOW_SECONDS) == (50, 600.0)
    for _ in range(49):
        limit.failed("198.51.100.7")
    assert limit.wait_seconds("198.51.100.7") == 0
    limit.failed("198.51.100.7")
    assert limit.wait_seconds("198.51.100.7") == 601
    ticks.now += 599
    assert limit.wait_seconds("198.51.100.7") == 2
    ticks.now += 2
    assert limit.wait_seconds("198.51.100.7") == 0
    limit.failed("198.51.100.7")
    assert limit.wait_seconds("198.51.100.7") == 0, "a new window begins with one failure"


def test_one_address_does_not_lock_out_another() -> None:
    limit = GuessLimit(Ticks(), most=2)
    for _ in range(3):
        limit.failed("198.51.100.7")
        limit.failed("2001:db8:1:2::1")
    assert limit.wait_seconds("198.51.100.7") > 0
    assert limit.wait_seconds("198.51.100.8") == 0
    assert limit.wait_seconds("2001:db8:1:2:ffff::9") > 0, "one subscriber's network"
    assert limit.wait_seconds("2001:db8:1:3::1") == 0


def test_no_address_is_kept_and_the_memory_is_bounded() -> None:
    limit = GuessLimit(Ticks())
    for number in range(MOST_ADDRESSES + 10):
        limit.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._failures) == MOST_ADDRESSES
    assert not re.search(r"\b10\.\d+\.\d+\.\d+", repr(limit._failures))


@pytest.mark.parametrize(("public", "proxy", "first", "second", "waits"), [
    ("", False, "1.1.1.1", "2.2.2.2", True),
    ("https://study.example.org", False, "1.1.1.1", "2.2.2.2", True),
    ("https://study.example.org", True, "1.1.1.1", "2.2.2.2", False),
    ("https://study.example.org", True, "6.6.6.6, 1.1.1.1", "7.7.7.7, 1.1.1.1", True),
])  # fmt: skip
def test_behind_a_proxy_its_last_word_is_the_address(
    tmp_path: Path, public: str, proxy: bool, first: str, second: str, waits: bool
) -> None:
    """Without a proxy the header is the guesser's own invention; with one, only what the proxy itself added counts."""
    here, _ = w.world(tmp_path)
    settings = replace(SETTINGS, public_url=public, behind_proxy=proxy)
    client = studio(here, settings, guesses=GuessLimit(Ticks(), most=1))
    assert client.get("/o/wrong", headers={"x-forwarded-for": first}).status_code == 404
    again = client.get("/o/wrong", headers={"x-forwarded-for": second}).status_code
    assert again == (429 if waits else 404)


# --- what is kept of it ---------------------------------------------------------------------------------------------


def test_the_audit_log_says_who_did_what_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, _ = w.world(tmp_path)
    someone = here.organiser(here.organiser_session("viewer"))
    assert someone is not None
    here.invite("sleep", 2, someone.actor)
    here.looked("sleep", someone.actor, "preference")
    here.export("sleep", tmp_path / "export", someone.actor)
    here.revoke("sleep", "R001", someone.actor)
    here.close_study("sleep", someone.actor)
    acts = here.audit("sleep")
    kinds = ["study_created", "invited", "signed_in", "invited", "looked", "exported", "revoked", "closed"]
    assert [act.kind for act in acts] == kinds
    assert {act.actor for act in acts[2:]} == {someone.actor}
    assert someone.actor.startswith("viewer:")
    assert acts[4].payload == {"what": "preference"}
    assert here.verify()[1] == []
    assert main(["audit", "sleep", "--db", str(tmp_path / "studio.sqlite")]) == 0
    assert f"{someone.actor}\tlooked" in capsys.readouterr().out


@pytest.mark.parametrize("found", ["6.15.9", "5.50.0", "7.0.0", "6", "dev"])
def test_another_gradio_is_refused(found: str) -> None:
    with pytest.raises(StudioError, match=r"6\.16 or newer"):
        check_gradio(found)


@pytest.mark.parametrize("found", ["6.16.0", "6.31.0", "6.100.1"])
def test_a_known_gradio_is_taken(found: str) -> None:
    check_gradio(found)


# --- the address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["https://study.example.org", "http://127.0.0.1:8000", "https://[2001:db8::1]:8443", "https://study.example.org/"],
)
def test_an_address_of_scheme_host_and_port_is_taken(address: str) -> None:
    assert from_environment({"STUDIO_PUBLIC_URL": address}).base_url == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/study",
        "https://example.org/study/",
        "https://example.org//",
        "https://example.org?x=1",
        "https://example.org/#top",
        "https://me:secret@example.org",
        "ftp://example.org",
        "https://",
        "https:/example.org",
        "example.org",
        "https://exa mple.org",
        "https://example.org:99999",
        "https://example.org:port",
        "http://[",
        "https://example.org\n",
        "https://研究.example.org",
        "javascript:alert(1)",
    ],
)
def test_an_address_under_which_links_would_fail_is_refused_in_words(address: str) -> None:
    with pytest.raises(SettingsError, match=r"STUDIO_PUBLIC_URL: found .*allowed: http") as caught:
        from_environment({"STUDIO_PUBLIC_URL": address})
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_whatever_is_accepted_makes_links_of_one_host(text: str) -> None:
    try:
        base = from_environment({"STUDIO_PUBLIC_URL": f"https://{text}"}).base_url
    except SettingsError:
        return
    assert re.fullmatch(r"https://[A-Za-z0-9.\[\]:-]+", base)


def test_who_stands_before_the_studio_is_said_by_a_setting_or_by_a_space() -> None:
    assert not from_environment({"STUDIO_PUBLIC_URL": "https://study.example.org"}).behind_proxy
    assert from_environment({"STUDIO_BEHIND_PROXY": "1"}).behind_proxy
    assert from_environment({"SPACE_HOST": "someone-study.hf.space"}).behind_proxy
