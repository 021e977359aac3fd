"""Breaks the project on purpose, one kept line at a time, and lists what the tests let pass: `make mutants`.

Each entry of tests/mutants.yaml names a rule that must never be broken, a line behind it, the same line broken, and the
tests that should notice. An entry survives when its tests pass all the same; none may. The work is done on a copy.

    python -m tests.mutants                 all of them
    python -m tests.mutants sides           those whose rule or path contains the word
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

import yaml

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("mutants.yaml")
WORKERS = 2
PATIENCE_SECONDS = 180
"""A mutant whose tests hang is caught: a hang is noticed."""
COPIED = (
    "tasks",
    "results",
    "studio",
    "finetune",
    "tests",
    "benchmarks",
    "docs",
    "app.py",
    "pyproject.toml",
    "README.md",
)
NO_TEST_RAN = 5
"""pytest's exit code where it collected nothing: such an entry is at fault itself."""


@dataclass(frozen=True)
class Mutant:
    """A line that stands once in the file at `path`, what it is broken into, and the tests that should fail then."""

    rule: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """The file's text with the line broken. Raises ValueError where the line does not stand there exactly once."""
        if (times := text.count(self.old)) != 1:
            raise ValueError(f"{self.path}: {self.old!r} stands there {times} times; allowed: once")
        return text.replace(self.old, self.new)


def mutants() -> tuple[Mutant, ...]:
    """The kept list."""
    entries = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return tuple(Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries)


def survives(mutant: Mutant, copy: Path) -> bool:
    """True where the named tests pass on the broken copy, which is mended again."""
    path = copy / mutant.path
    sound = path.read_text(encoding="utf-8")
    path.write_text(mutant.applied(sound), encoding="utf-8")
    try:
        code = _pytest(mutant.tests, copy)
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(sound, encoding="utf-8")
    if code == NO_TEST_RAN:
        raise ValueError(f"{mutant.path}: none of {', '.join(mutant.tests)} was run")
    return code == 0


def _pytest(tests: Sequence[str], copy: Path) -> int:
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-x",
        "-q",
        "-n",
        "0",  # starting workers costs more than one test
        "-p",
        "no:cacheprovider",
        "-m",
        "not real_data",
        *tests,
    ]
    run = subprocess.run(command, cwd=copy, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    return run.returncode


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """Copies of the project to be broken, as a queue to take one from and give it back to."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            copy = Path(folder) / str(number)
            for name in COPIED:
                _copy(ROOT / name, copy / name)
            free.put(copy)
        yield free


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    elif source.exists():
        shutil.copy(source, target)


def judged(mutant: Mutant, free: SimpleQueue[Path]) -> bool:
    """`survives` on a copy that nobody else uses meanwhile; the outcome is printed with the seconds it took."""
    copy, began = free.get(), monotonic()
    try:
        outcome = survives(mutant, copy)
    finally:
        free.put(copy)
    seconds = f"{monotonic() - began:5.1f} s"
    print(f"{'SURVIVED' if outcome else 'caught  '} {seconds}  {mutant.rule}: {mutant.path}", flush=True)
    return outcome


def main(words: Sequence[str]) -> int:
    """Break, test, list the survivors; 1 where there is one."""
    chosen = [one for one in mutants() if all(word in f"{one.rule} {one.path}" for word in words)]
    with copies(WORKERS) as free, ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(partial(judged, free=free), chosen))
    survivors = [mutant for mutant, outcome in zip(chosen, outcomes, strict=True) if outcome]
    print(f"{len(chosen)} mutants, {len(survivors)} survived")
    for mutant in survivors:
        print(f"  {mutant.path}\n    - {mutant.old.strip()}\n    + {mutant.new.strip()}\n    {' '.join(mutant.tests)}")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
