"""README and guides say what is there: the tree is current, every link leads somewhere, every command exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from studio.__main__ import parser
from tests.tree import ARCHITECTURE, FILES, ROOT, architecture_page, files_page

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^    (?:\.venv/bin/)?python -m (studio|tasks|results|finetune) ([a-z-]+)", re.MULTILINE)


MOST_BYTES = 12_000


def test_pages_drawn_from_the_code_are_current() -> None:
    assert FILES.read_text(encoding="utf-8") == files_page(), "run: python -m tests.tree --write"
    assert ARCHITECTURE.read_text(encoding="utf-8") == architecture_page(), "run: python -m tests.tree --write"


def test_the_readme_is_read_in_two_minutes() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= MOST_BYTES


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == project["version"]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_commands_of_the_pages_exist() -> None:
    named = {found for page in PAGES for found in COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 20
    known = {("studio", name) for action in parser()._subparsers._group_actions for name in action.choices}  # type: ignore[union-attr]
    for room in ("tasks", "results", "finetune"):
        done = subprocess.run(
            [sys.executable, "-m", room, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        known |= {(room, word) for word in re.findall(r"[a-z][a-z-]+", done.stdout)}
    assert named - known == set()


def test_the_workflow_runs_the_commands_of_the_readme() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    ran = {step["run"].partition(" PYTHON")[0] for job in jobs.values() for step in job["steps"] if "run" in step}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make test", "make docs"} <= ran
    assert "    make test" in readme
    assert "`make docs`" in readme
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]


def test_every_target_of_make_is_told_by_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^# make ([a-z-]+)", makefile, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    assert named <= phony
    assert phony - named == {"help"}
