"""Who won a pair, from the words of any tool: a side, a tie, or the winner's name; digits only as a person reads them.

Understood are words that can mean one thing alone (tasks/intake/mappings/judgments/sides.yaml). `1` and `2`, `both`,
`neither` may mean several: `--map` says which.
A word that is a side and a system's name too is taken where both readings name the same system in every row, and
refused where they differ, so that no sign is ever guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from results.tables.cells import meant
from tasks.intake.faults import Faults, quoted
from tasks.intake.judgments.known import Side, open_words, side_said
from tasks.intake.shape.records import alike

Outcome = int
"""1 = the left system, -1 = the right one, 0 = tie."""
_SAID: Mapping[Side, Outcome] = {
    "first": 1, "first_strong": 1, "second": -1, "second_strong": -1, "tie": 0, "both_bad": 0
}  # fmt: skip
YES, NO = frozenset(["1", "1.0", "true"]), frozenset(["", "0", "0.0", "false"])
DIGITS = "digits are never guessed to be sides: --map 1=left,2=right,0=tie"


def is_side(word: str) -> bool:
    """Whether a word names a place, whatever system stands there."""
    return side_of(word) in (1, -1)


def is_tie(word: str) -> bool:
    """Whether a word says that neither won; `both` and `neither` stand beside sides, though they may mean more."""
    return side_of(word) == 0 or alike(word) in open_words()


@lru_cache(maxsize=4096)
def side_of(word: str) -> Outcome | None:
    """What a word says by itself; None where it says nothing, or may say several things."""
    side = side_said(word)
    return None if side is None else _SAID.get(side)


@dataclass(frozen=True)
class Pair:
    """What stood beside each other in a row."""

    left: str
    right: str

    def outcome(self, system: str) -> Outcome | None:
        """Which of both a system is; None where it is neither."""
        return 1 if system == self.left else -1 if system == self.right else None


def outcomes(
    pairs: Sequence[Pair],
    words: Sequence[str],
    rows: Sequence[int],
    columns: Sequence[str],
    meanings: Mapping[str, str],
    faults: Faults,
) -> list[Outcome | None]:
    """Of each row: who won; None where nothing was said, or where it is a fault.

    Args:
        words: '' where a vote is missing.
        rows, columns: where each word stands, for messages.
        meanings: what some words mean: left, right, tie or a system's name (`--map`).
    """
    systems = {name for pair in pairs for name in (pair.left, pair.right)}
    found: list[Outcome | None] = []
    for pair, word, row, column in zip(pairs, words, rows, columns, strict=True):
        meaning = meant(word, meanings)
        outcome = _read(pair, word, systems) if meaning is None else _mapped(pair, meaning)
        if word and outcome is None:
            faults.add(_rule(word, meaning, systems), row=row, column=column, found=quoted(word))
        found.append(outcome)
    return found


def _read(pair: Pair, word: str, systems: set[str]) -> Outcome | None:
    by_place, by_name = side_of(word), pair.outcome(word)
    if word in systems and by_place is not None:
        return by_place if by_place == by_name else None
    return by_name if by_place is None else by_place


def _mapped(pair: Pair, meaning: str) -> Outcome | None:
    sides: dict[str, Outcome] = {"left": 1, "right": -1, "tie": 0}
    return sides.get(meaning, pair.outcome(meaning))


def _rule(word: str, meaning: str | None, systems: set[str]) -> str:
    if meaning is not None:
        return f"read as {quoted(meaning)} by --map, which is none of left, right, tie and the systems of the row"
    if word in systems and side_of(word) is not None:
        return f"names a place and a system; say which: --map {word}=left (right, tie), or {word}={word}: the system"
    if word in systems:
        return "is a system that stands on neither side of the row"
    hint = f"; {DIGITS}" if word.strip().lstrip("+-").replace(".", "").isdigit() else ""
    return f"allowed: left, right, tie, a system of the row, or nothing{hint}"


def readings(column: str, words: Mapping[str, int], meanings: Mapping[str, str], systems: set[str]) -> list[str]:
    """A note of what words were read as, but those that are read as they stand. `words`: with counts."""
    names = {1: "left", -1: "right", 0: "tie"}
    kinds: dict[str, list[str]] = {}
    for word, count in words.items():
        outcome = None if word in systems else side_of(word)
        kind = meant(word, meanings) or ("the system of that name" if outcome is None else names[outcome])
        if kind != word:
            kinds.setdefault(kind, []).append(f"{quoted(word)} ({count})")
    listed = "; ".join(f"{', '.join(found[:20])} as {kind}" for kind, found in kinds.items())
    return [f"column {column}: read {listed}"] if listed else []


def one_hot(cells: Sequence[Sequence[str]], rows: Sequence[int], columns: Sequence[str], faults: Faults) -> list[str]:
    """The words of two or three columns of 1 and 0: left, right and, where there is a third, tie; '' where all are 0.

    `cells`: the columns, in that order.
    """
    words = ("left", "right", "tie")
    found = []
    for row, flags in zip(rows, zip(*cells, strict=True), strict=True):
        for column, flag in zip(columns, flags, strict=True):
            if flag.strip().casefold() not in YES | NO:
                faults.add("allowed: 1 or 0", row=row, column=column, found=quoted(flag))
        chosen = [word for word, flag in zip(words, flags, strict=False) if flag.strip().casefold() in YES]
        if len(chosen) > 1:
            faults.add("more than one of the columns is 1", row=row, column=", ".join(columns))
        found.append(chosen[0] if len(chosen) == 1 else "")
    return found
