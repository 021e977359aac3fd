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
