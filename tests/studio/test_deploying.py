"""A study on a Space: what goes where, no key in a public place, and a start as on a Space."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from fastapi import FastAPI
from starlette.testclient import TestClient

import app
from studio.__main__ import main
from studio.commands import deploy as deploying
from studio.settings import from_environment
from studio.web.app import _add_landing
from studio.web.lanes import Lanes
from tests import studio_world as w
from tests.browser.serving import free_port
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub

__all__ = ["hub"]
SPACE = "tester/study-space"
KEY = ("written-questioning", "written-reflective")


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.delenv("STUDIO_DATABASE_URL", raising=False)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    assert main(["new", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


def delivery(study: Path, storage: str = "copy") -> deploying.Delivery:
    secrets = {"HF_TOKEN": WRITER, "STUDIO_DATABASE_URL": "postgresql://db/x"}
    return deploying.study_delivery(study, SPACE, storage, ["tester"], secrets)


def content(value: bytes | Path) -> bytes:
    return value if isinstance(value, bytes) else value.read_bytes()


def test_the_space_holds_the_program_and_nothing_of_the_study(study: Path) -> None:
    made = delivery(study)
    assert {"app.py", "README.md", "requirements.txt", "studio/web/app.py", "tasks/schema/study.py"} <= set(made.files)
    own = (study / "items.jsonl").read_bytes()
    outside = {name: text for name, text in made.files.items() if not name.startswith("tasks/demo/")}
    assert not [name for name, text in outside.items() if own[:200] in content(text)]
    assert "study.yaml" in made.study_files
    assert not [name for name in made.files if "__pycache__" in name or name.startswith("results/example")]


def test_the_card_is_one_the_hub_takes(study: Path) -> None:
    made = delivery(study)
    card = yaml.safe_load(content(made.files["README.md"]).decode().split("---")[1])
    assert card["sdk_version"] == deploying.pinned()["gradio"]
    assert (card["sdk"], card["app_file"], card["python_version"]) == ("gradio", "app.py", "3.11")
    assert card["hf_oauth"] is True
    assert card["colorFrom"] in {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert len(card["short_description"]) <= 60


def test_requirements_are_pinned_and_without_torch(study: Path) -> None:
    lines = deploying.requirements("postgres").split()
    assert all("==" in line for line in lines)
    names = {line.split("==")[0].split("[")[0].lower() for line in lines}
    assert not names & {"torch", "transformers", "peft", "bitsandbytes", "gradio"}
    assert {"psycopg", "segno", "sqlalchemy"} <= names


def test_a_dry_run_shows_every_file_and_no_secret(study: Path, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["deploy", str(study), "--space", SPACE, "--storage", "copy", "--hub-endpoint", hub.url]
    assert main([*words, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "studio/web/app.py" in told
    assert "study.yaml" in told
    assert "sleeps after 48 hours" in told
    assert WRITER not in told
    assert hub.repos == {}


def test_deploying_sends_the_key_to_a_private_place_alone(study: Path, hub: Hub) -> None:
    words = ["deploy", str(study), "--space", SPACE, "--storage", "copy", "--hub-endpoint", hub.url, "--yes"]
    assert main([*words, "--public"]) == 0
    space, data = hub.repos["spaces", SPACE], hub.repos["datasets", f"{SPACE}-study"]
    assert (space.private, data.private) == (False, True)
    assert "study.yaml" in hub.files("datasets", f"{SPACE}-study")
    public = {name: text for name, text in hub.files("spaces", SPACE).items() if not name.startswith("tasks/demo/")}
    assert not [name for name, text in public.items() if any(f"system_id: {key}".encode() in text for key in KEY)]
    assert main([*words, "--public"]) == 0  # the same again changes nothing
    assert main(words) == 2  # private was asked for, and the Space is public


def test_what_is_missing_is_said(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", str(study), "--space", SPACE, "--storage", "postgres", "--dry-run"]) == 2
    assert "STUDIO_DATABASE_URL: not set" in capsys.readouterr().err
    assert main(["deploy", str(study), "--space", "nothing", "--storage", "copy", "--dry-run"]) == 2
    assert "--space: found 'nothing'" in capsys.readouterr().err
    assert main(["deploy", str(tmp_path), "--space", SPACE, "--storage", "report", "--dry-run"]) == 2
    assert "holds no report.html" in capsys.readouterr().err


def test_a_report_goes_to_a_static_space(hub: Hub) -> None:
    folder = deploying.ROOT / "results" / "example"
    words = ["deploy", str(folder), "--space", "tester/report", "--storage", "report", "--yes"]
    assert main([*words, "--hub-endpoint", hub.url]) == 0
    space = hub.repos["spaces", "tester/report"]
    assert space.private
    assert hub.files("spaces", "tester/report")["index.html"] == (folder / "report.html").read_bytes()


@pytest.mark.slow
def test_app_py_starts_as_on_a_space_from_a_read_only_folder(study: Path, hub: Hub, tmp_path: Path) -> None:
    words = ["deploy", str(study), "--space", SPACE, "--storage", "copy", "--hub-endpoint", hub.url, "--yes"]
    assert main(words) == 0
    more = {
        "HF_TOKEN": WRITER, "STUDIO_STUDY_FROM": f"{SPACE}-study", "STUDIO_HUB_ENDPOINT": hub.url,
        "STUDIO_DATABASE_URL": f"sqlite:///{tmp_path}/space.sqlite",
    }  # fmt: skip
    told, page = on_a_space(hub, tmp_path, "/healthz", more)
    assert "https://tester-study-space.hf.space/o/" in told
    assert page == "ok\n"


@pytest.mark.slow
def test_the_public_demo_starts_as_on_a_space_with_the_first_pair_on_its_landing_screen(
    hub: Hub, tmp_path: Path
) -> None:
    words = ["deploy", "tasks/demo", "--space", SPACE, "--storage", "demo", "--public", "--yes"]
    assert main([*words, "--hub-endpoint", hub.url]) == 0
    told, page = on_a_space(hub, tmp_path, "/", {"STUDIO_PUBLIC_DEMO": "1"})
    assert "Visitors:  https://tester-study-space.hf.space/" in told
    assert "/o/" not in told
    assert 'id="text-first"' in page
    assert not [name for name in KEY if name in page]


def visited(folder: Path, environment: dict[str, str], studies: bool = False) -> str:
    """The landing page of a Space with these variables, without a study unless told."""
    folder.mkdir()
    here = w.world(folder)[0] if studies else w.service(folder)
    application, settings = FastAPI(), from_environment(DUPLICATE | environment)
    _add_landing(application, here, settings, None, Lanes(True), None)  # type: ignore[arg-type]  # no visits, no pages
    return str(TestClient(application).get("/", headers={"accept-language": "en"}).text)


DUPLICATE = {"SYSTEM": "spaces", "SPACE_ID": "ann/copy", "SPACE_HOST": "ann-copy.hf.space", "SPACE_AUTHOR_NAME": "ann"}
"""What a Space gets that somebody has duplicated and done nothing else with; `hf_oauth` adds the rest."""
SIGN_IN = {"OAUTH_CLIENT_ID": "id", "OAUTH_CLIENT_SECRET": "hidden"}


def test_a_duplicated_space_says_what_it_lacks_and_who_comes_in(tmp_path: Path) -> None:
    bare = visited(tmp_path / "bare", {})
    for needed in ("HF_TOKEN is missing", "ann/copy-copy", "spaces/ann/copy/settings", "hf_oauth: true"):
        assert needed in bare, needed
    lacking = visited(tmp_path / "lacking", SIGN_IN)
    assert "HF_TOKEN is missing" in lacking
    assert "Its owner (ann) signs in" in lacking
    whole = visited(tmp_path / "whole", SIGN_IN | {"HF_TOKEN": "hf_hidden"})
    assert "HF_TOKEN" not in whole
    assert 'href="/sign-in/hf"' in whole
    assert "hidden" not in bare + lacking + whole
    later = visited(tmp_path / "later", SIGN_IN, studies=True)
    assert "HF_TOKEN" not in later, "with a study the landing page is that of raters"


def test_what_a_duplicated_space_keeps_and_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(DUPLICATE | SIGN_IN | {"HF_TOKEN": "hf_hidden"})
    assert (settings.copy_to, settings.organisers, settings.fleeting) == ("ann/copy-copy", ("ann",), False)
    assert from_environment(DUPLICATE).fleeting
    own = from_environment(DUPLICATE | {"HF_TOKEN": "x", "STUDIO_DATABASE_URL": "postgresql://db/x"})
    assert (own.copy_to, own.fleeting) == ("", False)
    assert from_environment({"HF_TOKEN": "x"}).copy_to == "", "a token of one's own machine makes no copy"
    for more, words in (({}, ["serve", "--new"]), ({"STUDIO_PUBLIC_DEMO": "1"}, ["demo"])):
        for name, value in (DUPLICATE | more).items():
            monkeypatch.setenv(name, value)
        assert app.arguments(app.STUDIES) == words
    for name in (*DUPLICATE, "STUDIO_PUBLIC_DEMO"):
        monkeypatch.delenv(name)
    assert app.arguments(app.STUDIES) == ["demo"]


@pytest.mark.slow
def test_an_empty_studio_goes_to_a_space_and_starts_from_nothing(hub: Hub, tmp_path: Path) -> None:
    words = ["deploy", "--space", SPACE, "--storage", "empty", "--public", "--yes", "--hub-endpoint", hub.url]
    assert main(words) == 0
    more = {
        "HF_TOKEN": WRITER, "STUDIO_HUB_ENDPOINT": hub.url, "STUDIO_COPY_TO": f"{SPACE}-copy",
        "STUDIO_DATABASE_URL": f"sqlite:///{tmp_path}/space.sqlite",
    }  # fmt: skip
    told, page = on_a_space(hub, tmp_path, "/", more)
    assert "https://tester-study-space.hf.space/o/" in told
    assert "hf_oauth: true" in page, "this test's Space has no sign-in by account"
    assert hub.repos["datasets", f"{SPACE}-copy"].private


def test_a_study_needs_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--space", SPACE, "--storage", "copy"]) == 2
    assert "DIR: none was given" in capsys.readouterr().err


def on_a_space(hub: Hub, folder: Path, address: str, more: dict[str, str]) -> tuple[str, str]:
    """Start the Space's app.py from a read-only folder: what it prints, and the page at `address`."""
    code = folder / "code"
    for name, text in hub.files("spaces", SPACE).items():
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_bytes(text)
    for path in [*code.rglob("*"), code]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    port = free_port()
    environment = more | {
        "PATH": os.environ["PATH"], "HOME": str(folder), "SYSTEM": "spaces", "SPACE_ID": SPACE,
        "SPACE_HOST": "tester-study-space.hf.space", "STUDIO_PORT": str(port), "HF_HUB_DISABLE_XET": "1",
        "PYTHONDONTWRITEBYTECODE": "1", "GRADIO_ANALYTICS_ENABLED": "False",
    }  # fmt: skip
    started = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=code,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    page = None
    try:
        page = answers(f"http://127.0.0.1:{port}{address}", started)
    finally:
        started.terminate()
        told = started.communicate(timeout=30)[0]
        for path in [code, *code.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(code)
    assert page is not None, told
    return told, page


def answers(url: str, started: subprocess.Popen[str]) -> str | None:
    """The page once it comes; None where the program ended, or a minute was not enough."""
    for _ in range(300):
        if started.poll() is not None:
            return None
        try:
            with urlopen(url, timeout=10) as reply:
                return str(reply.read().decode("utf-8"))
        except OSError:
            time.sleep(0.2)
    return None


def test_the_public_demo_goes_without_study_and_without_secret(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["deploy", "tasks/demo", "--space", SPACE, "--storage", "demo", "--public", "--yes", "--hub-endpoint"]
    assert main([*command, hub.url]) == 0
    told = capsys.readouterr().out
    assert "variables: STUDIO_PUBLIC_DEMO=1" in told
    made = deploying.demo_delivery(SPACE)
    assert (made.study, made.secrets) == ("", {})
    card = yaml.safe_load(content(made.files["README.md"]).decode().split("---")[1])
    assert card["hf_oauth"] is False
    assert card["sdk"] == "gradio"
