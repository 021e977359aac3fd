"""What becomes of records that cannot be used as they stand: each kind of problem once, with what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping as Answered
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from tasks.errors import InputError
from tasks.intake.asking import Question
from tasks.intake.faults import Kind, quoted
from tasks.languages.fault import Fault, at, instead

Twice = Literal["first", "last", "leave", "mend"]
"""Of two differing responses of a system to an item: refused; the first or the last in the file counts; no item."""
Alike = Literal["one", "mend"]
"""Systems whose names differ by case, width or blanks alone: refused; one system under the first such name."""
Lacking = Literal["items", "systems"]
"""Where systems lack responses: their items are left out, or these systems."""
LEAVE = "leave:"
"""What stands before a kind of fault in the key of its question; the answer `leave` leaves its records out."""
CHOICES: Answered[str, tuple[str, ...]] = {
    "twice": get_args(Twice), "alike": get_args(Alike), "lacking": get_args(Lacking),
}  # fmt: skip
FIELDS = (*CHOICES, "leave")
"""Fields of a mapping that hold what was chosen."""
TWO_RESPONSES = "two_responses"


class Problem(NamedTuple):
    """A kind of problem: each place in words, and what may be chosen; None where only the file can be mended."""

    lines: tuple[str, ...]
    question: Question | None


class UnusableError(InputError):
    """Records that cannot be used as they stand; `problems`: by kind, with what a person may choose."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([line for problem in problems for line in problem.lines])
        self.problems = tuple(problems)


def problems_of(kinds: Sequence[Kind]) -> list[Problem]:
    """Kinds of faults of one file or more as problems; a kind that several files have is one."""
    merged: dict[str, list[Kind]] = {}
    for kind in kinds:
        merged.setdefault(name_of(kind.rule), []).append(kind)
    return [_problem(name, found) for name, found in merged.items()]


def _problem(name: str, found: Sequence[Kind]) -> Problem:
    lines, n = tuple(line for kind in found for line in kind.lines), sum(kind.rows for kind in found)
    if name == TWO_RESPONSES:
        return Problem(lines, Question("twice", "ask_twice", {"n": n}, CHOICES["twice"]))
    return Problem(lines, Question(LEAVE + name, "ask_leave", {"n": n}, ("leave", "mend")) if n else None)


def alike(groups: Sequence[Sequence[str]]) -> list[Problem]:
    """Names of systems that are one but for case, width or blanks."""
    lines = tuple(Fault("alike", names=", ".join(map(repr, group))) for group in groups)
    return [Problem(lines, Question("alike", "ask_alike", {}, CHOICES["alike"]))] if lines else []


def lacking(systems: Sequence[str], chosen: str) -> Question:
    """What is left out where these systems lack responses."""
    names = ", ".join(systems)
    return Question("lacking", "ask_lacking", {"systems": names}, CHOICES["lacking"], proposed=chosen)


def name_of(rule: str) -> str:
    """The kind of a fault: the key of its words, or of the words of what is allowed."""
    inner = rule.values.get("allowed") if isinstance(rule, Fault) else None
    return inner.key if isinstance(inner, Fault) else rule.key if isinstance(rule, Fault) else "other"


def is_choice(key: str) -> bool:
    """Whether an answer is a choice about such problems."""
    return key in CHOICES or key.startswith(LEAVE)


def chosen(answers: Answered[str, str]) -> dict[str, object]:
    """What answers say of such problems, by the mapping's fields. InputError for one that is not allowed."""
    made: dict[str, object] = {}
    left = []
    for key, value in answers.items():
        allowed = CHOICES.get(key, ("leave", "mend"))
        if is_choice(key) and value not in allowed:
            raise InputError(at(Fault("answer", key=quoted(key)), instead(quoted(value), ", ".join(allowed))))
        if key in CHOICES:
            made[key] = value
        elif key.startswith(LEAVE) and value == "leave":
            left.append(key.removeprefix(LEAVE))
    return {**made, "leave": tuple(sorted(left))} if left else made
