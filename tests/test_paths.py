"""Every path, module and page named in code, messages or docs is there."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.tree import ROOT

ROOMS = "tasks|results|studio|finetune|tests|benchmarks"
TEXT = {".py", ".md", ".js", ".css", ".html", ".j2", ".yaml", ".yml", ".toml", ".json", ".txt", ".cff", ".mako", ""}
LEFT_OUT = ("results/example/", "locks/", "tests/exports/", "tests/databases/", "LICENSE", "tests/test_paths.py")
PATH = re.compile(rf"(?<![\w/.:@~$)}}>-])((?:{ROOMS}|docs|locks|\.github|\.ci)/[\w./*<>{{}}-]*[\w/])(?![\w*<{{-])")
PROGRAM = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|js|css|j2))`")
MODULE = re.compile(rf"(?<![\w./:@{{'\"-])((?:{ROOMS})(?:\.[a-z][a-z_0-9]*)+)\b(?!/)")
SPOKEN = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
PLACEHOLDER = re.compile(r"[*<>{}]|[A-Z]{4,}|\bX\b|…")
NO_MODULES = {"studio.dataset.view"}
"""Names in the pages' own scripts."""


@cache
def tracked() -> frozenset[str]:
    """Tracked files and new ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(line for line in listed.stdout.splitlines() if (ROOT / line).is_file())


def lines() -> Iterator[tuple[str, int, str]]:
    """(file, line number, line) of every text of the project."""
    for name in sorted(tracked()):
        if Path(name).suffix in TEXT and not name.startswith(LEFT_OUT):
            numbered = enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
            yield from ((name, number, line) for number, line in numbered)


@cache
def modules_spoken_of(name: str) -> frozenset[str]:
    """Modules named in a Python file's comments and strings: what the rest of it names, the linter checks."""
    text = io.StringIO((ROOT / name).read_text(encoding="utf-8"))
    spoken = (token.string for token in tokenize.generate_tokens(text.readline) if token.type in SPOKEN)
    return frozenset(dotted for words in spoken for dotted in MODULE.findall(words))


def paths_in(line: str) -> Iterator[str]:
    """Paths from the project's root that a line names; patterns and placeholders are none."""
    yield from (path for path in PATH.findall(line) if not PLACEHOLDER.search(path))


def test_every_path_named_is_there() -> None:
    dead = [f"{name}:{number} names {path}" for name, number, line in lines() for path in paths_in(line)
            if not (ROOT / path).exists()]  # fmt: skip
    assert not dead, "\n".join(dead)


def test_every_program_file_named_by_its_end_is_there() -> None:
    parts = [path.split("/") for path in tracked()]
    ends = {"/".join(path[start:]) for path in parts for start in range(len(path))}
    dead = [f"{name}:{number} names {end}" for name, number, line in lines() if name.endswith(".md")
            for end in PROGRAM.findall(line) if end not in ends]  # fmt: skip
    assert not dead, "\n".join(dead)


def resolves(dotted: str) -> bool:
    """A module of the project, or a name that stands in one."""
    path = ROOT
    for place, part in enumerate(parts := dotted.split(".")):
        path /= part
        if path.with_suffix(".py").is_file():
            return place + 1 == len(parts) or stands_in(parts[place + 1], path.with_suffix(".py"))
        if not path.is_dir():
            return stands_in(part, path.parent / "__init__.py")
    return True


def stands_in(name: str, module: Path) -> bool:
    """The module's source holds the name as a word of its own."""
    return module.exists() and re.search(rf"\b{name}\b", module.read_text(encoding="utf-8")) is not None


def test_every_module_named_in_a_text_is_there() -> None:
    unknown = (
        (name, number, dotted)
        for name, number, line in lines()
        for dotted in MODULE.findall(line)
        if not name.endswith(".js") and dotted not in NO_MODULES and not resolves(dotted)
    )
    dead = [f"{name}:{number} names {dotted}" for name, number, dotted in unknown
            if not name.endswith(".py") or dotted in modules_spoken_of(name)]  # fmt: skip
    assert not dead, "\n".join(dead)


def test_what_the_tests_above_read() -> None:
    named = list(paths_in("see docs/architecture.md, tasks/data/, and (studio/web/app.py)."))
    assert named == ["docs/architecture.md", "tasks/data/", "studio/web/app.py"]
    assert list(paths_in("responses/<system_id>.jsonl, tests/*.py, https://x.org/docs/power.md, runs/tasks/x")) == []
    assert MODULE.findall("by `tasks.asking.detectors.detector`, not tasks/data") == ["tasks.asking.detectors.detector"]
    assert resolves("tasks.study.load.load_study")
    assert not resolves("tasks.kokorochat.load")
    assert not resolves("tasks.asking.detectors.no_such_name")
