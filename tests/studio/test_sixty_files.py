"""Sixty files of one truth: each becomes the study it is, after the questions a person would expect, or is refused.

Run as `python -m tests.studio.test_sixty_files` it prints the table: file, what became of it, seconds, questions;
then how many were right without a question, right after questions, refused and wrong.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from studio.intake.door import Brought, Share, again, bring, taken
from tasks.errors import InputError
from tasks.intake.shape.taking import Taken
from tests.sixty_files import Case, cases
from tests.worded import unworded

CASES = cases()


class Became(NamedTuple):
    """What became of a file: `right`, `wrong` or `refused`; the questions asked; what was said."""

    outcome: str
    asked: tuple[str, ...]
    said: str


def became(case: Case, folder: Path) -> Became:
    """Bring a file as a person would, who answers each question that is asked."""
    path = folder / case.name
    path.write_bytes(case.content)
    asked: dict[str, str] = {}
    try:
        brought = bring([path], {})
        while brought.questions:
            new = {question.key: case.answers[question.key] for question in brought.questions}
            asked |= new
            brought = _again(path, brought, asked)
        _, found = taken(brought, Share())
    except InputError as error:
        return _refused(error, asked)
    right = content(found, case) == case.truth()
    return Became("right" if right else "wrong", tuple(asked), str(content(found, case)))


def _refused(error: InputError, asked: dict[str, str]) -> Became:
    assert unworded(error.errors) == [], "each is said in the reader's language"
    return Became("refused", tuple(asked), "\n".join(error.errors))


def _again(path: Path, brought: Brought, answers: dict[str, str]) -> Brought:
    return bring([path], answers) if not brought.files else again(brought, answers)


def content(found: Taken, case: Case) -> list[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """(dialogue, responses of both systems) of each item, in any order."""
    ids = {name: system for system, name in found.names.items()}
    return sorted(
        (
            tuple((turn.role, turn.text) for turn in item.turns),
            tuple(found.responses[ids[name]][item.item_id] for name in case.names),
        )
        for item in found.items
    )


def test_there_are_sixty_and_their_names_differ() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_file_is_silently_wrong(case: Case, tmp_path: Path) -> None:
    found = became(case, tmp_path)
    assert found.outcome == case.outcome, found.said
    assert case.words in found.said


def main() -> None:
    """Print the table and its counts."""
    counts = {"right": 0, "asked": 0, "refused": 0, "wrong": 0}
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            found = became(case, Path(folder))
            seconds = time.perf_counter() - start
        kind = "asked" if found.outcome == "right" and found.asked else found.outcome
        counts[kind] += 1
        print(f"{case.name:16} {found.outcome:8} {seconds:6.2f} s  {', '.join(found.asked)}")
    print(counts)


if __name__ == "__main__":
    main()
