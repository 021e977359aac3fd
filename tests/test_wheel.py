"""Whatever the code opens is in the wheel: installed from it, the programs work in an empty folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.test_paths import tracked
from tests.tree import ROOT

pytestmark = pytest.mark.slow
ROOMS = ("tasks/", "results/", "studio/", "finetune/")
NOT_OPENED = ("results/example/",)
"""An example for readers of the repository; `python -m results example` makes it anew."""


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, built from a copy of the tracked files by the build system that pyproject.toml names."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("sdist")
    for name in tracked():
        if name.startswith(ROOMS) or "/" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    return built("sdist", source, out)


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive alone."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(sdist, unpacked, filter="data")
    return built("wheel", next(unpacked.iterdir()), tmp_path_factory.mktemp("wheel"))


def built(what: str, source: Path, out: Path) -> Path:
    build = (f"import setuptools.build_meta as b, sys; b.build_{what}(sys.argv[1])", str(out))
    subprocess.run([sys.executable, "-c", *build], cwd=source, check=True, capture_output=True)
    return next(out.iterdir())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content and nothing else of the project."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def environment(installed: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed)}


def run(installed: Path, here: Path, *command: str) -> str:
    """Output of a command of the installed package, run in the folder `here`."""
    done = subprocess.run(
        [sys.executable, *command], cwd=here, env=environment(installed), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_rooms(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    missing = {name for name in tracked() if name.startswith(ROOMS) and not name.startswith(NOT_OPENED)} - held
    assert not missing, sorted(missing)


def test_what_runs_is_the_installed_package(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "-c", "import tasks, results, studio; print(tasks.__file__)")
    assert where.strip() == str(installed / "tasks" / "__init__.py")


def test_a_report_is_written_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "-m", "results", "example", "--out", "report", "--resamples", "100")
    assert "</html>" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "report" / "report.ja.html").exists()


@pytest.mark.parametrize("room", ["studio", "results", "tasks", "finetune"])
def test_a_file_of_the_same_name_is_told_and_the_command_runs_beside_it(
    wheel: Path, installed: Path, tmp_path: Path, room: str
) -> None:
    (tmp_path / "tasks.py").write_text("", encoding="utf-8")
    if room != "tasks":
        started = subprocess.run(
            [sys.executable, "-m", room, "--help"], cwd=tmp_path, env=environment(installed), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert started.returncode != 0
        assert f"tasks.py, another's; use kokoro-{room}, not python -m {room}" in started.stderr
        assert "Traceback" not in started.stderr
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--prefix",
        str(tmp_path / "in"),
    ]
    subprocess.run([*pip, str(wheel)], check=True)
    command = next((tmp_path / "in").glob(f"**/bin/kokoro-{room}"))
    helped = subprocess.run(
        [str(command), "--help"], cwd=tmp_path, env=environment(installed), capture_output=True, text=True, check=False
    )
    assert helped.returncode == 0, helped.stderr
    assert "usage: " in helped.stdout


@pytest.mark.parametrize("template", ["quick", "full", "floor", "rating", "label"])
def test_a_study_is_started_from_an_empty_folder(installed: Path, tmp_path: Path, template: str) -> None:
    run(installed, tmp_path, "-m", "studio", "new", "mystudy", "--template", template)
    assert "sound" in run(installed, tmp_path, "-m", "studio", "check", "mystudy")


def test_recipes_are_found_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    read = "from finetune.recipe import load, names; print([load(name).name for name in names()])"
    assert "'tiny'" in run(installed, tmp_path, "-c", read)


def test_the_demo_answers_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "studio", "demo", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(installed), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            link = next(line.split()[1] for line in process.stdout or () if line.startswith("Rater:"))
            assert "<html" in page(link)
        finally:
            process.terminate()


def page(address: str, seconds: float = 60) -> str:
    """The page at an address, asked for until it answers."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    ends = time.monotonic() + seconds
    while True:
        try:
            with browser.open(address, timeout=20) as answer:
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
