"""What each criterion is: choices between two systems or ratings; what its words mean, which are missing, its level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tasks.intake import labels
from tasks.intake.asking import Asker, Question
from tasks.intake.judgments.known import Side, open_words, shape, side_said
from tasks.intake.judgments.said import Said
from tasks.intake.labels import missing_codes
from tasks.intake.shape.records import alike

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
SIDES: tuple[Side, ...] = ("first", "second", "tie", "both_bad", "first_strong", "second_strong", "missing")
WHOLE = {"times10": 10, "times100": 100, "times1000": 1000, "nearest": 1}
"""What may be done with ratings between whole numbers, and the factor of each."""
_MOST_SHOWN = 12
_SAMPLES = 3
_MOST_ASKED = 2
"""Criteria of which each is asked by itself; more are asked together."""


@dataclass(frozen=True)
class Told:
    """A criterion as its words tell it.

    Attributes:
        votes: whether it is a choice between two systems.
        sides: what each word of its choices means, beside names of systems.
        missing: words that stand for a missing value.
        level: of measurement; None in votes. `factor`: what ratings are multiplied by; `rounded`:
            to whole numbers.
        sets: whether an answer may be several labels.
        labels: the labels of a nominal criterion, in their order; () where values are numbers.
    """

    name: str
    votes: bool
    sides: Mapping[str, Side] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    level: Level | None = None
    factor: int = 1
    rounded: bool = False
    sets: bool = False
    labels: tuple[str, ...] = ()


def told_criteria(said: Sequence[Said], asker: Asker) -> dict[str, Told] | None:
    """Every criterion by name; None while something must be asked, all of it at once."""
    by_name: dict[str, list[Said]] = {}
    for one in said:
        by_name.setdefault(one.criterion, []).append(one)
    missing = _missing(by_name, asker)
    if missing is not None and not _level_for_all(by_name, missing, asker):
        return None
    found = {name: _told(name, rows, missing, asker) for name, rows in by_name.items()} if missing is not None else {}
    whole = {name: told for name, told in found.items() if told is not None}
    return whole if missing is not None and len(whole) == len(found) else None


def _missing(by_name: Mapping[str, Sequence[Said]], asker: Asker) -> frozenset[str] | None:
    """The codes that stand for a missing value, asked once for all criteria."""
    given = asker.given("missing")
    suspicious = {code for rows in by_name.values() if not _is_votes(rows) for code in missing_codes(_counted(rows))}
    if given is None and not suspicious:
        return frozenset()
    counts: Counter[str] = Counter(value for rows in by_name.values() for one in rows for value in one.values)
    options = tuple(dict.fromkeys([*sorted(suspicious), "-", *(counts if given is not None else ())]))
    samples = tuple(f"{code}: {counts[code]}" for code in sorted(suspicious))
    chosen = asker.several(
        Question("missing", "ask_j_missing", {}, options, ",".join(sorted(suspicious)), True, samples)
    )
    return None if chosen is None else frozenset(code for code in chosen if code != "-")


def _counted(rows: Iterable[Said]) -> dict[str, int]:
    return labels.counts(value for one in rows for value in one.values)


def _unresolved(rows: Sequence[Said]) -> bool:
    """Whether ratings are sides of which no field says the system."""
    found = {value for one in rows for value in one.values if alike(value) not in open_words()}
    sides = set(map(side_said, found))
    return bool(found) and None not in sides and bool(sides & {"first", "second"})


def _is_votes(rows: Sequence[Said]) -> bool:
    known = shape(rows[0].shape)
    if known is not None and known.kind != "told":
        return known.kind == "votes"
    paired = [one for one in rows if one.first and one.second]
    if len(paired) * 2 < len(rows) or any(len(one.values) > 1 for one in rows):
        return False
    return all(_names_side(one) for one in paired if one.values)


def _names_side(one: Said) -> bool:
    value = one.values[0]
    known = side_said(value) is not None or alike(value) in open_words()
    return known or value in (one.first, one.second) or bool(side_called(one, value))


def side_called(one: Said, value: str) -> Side | None:
    """The side that a choice calls by the name of its field, or as the file says it is called."""
    sides: tuple[Side, Side] = ("first", "second")
    for side, called in zip(sides, one.called, strict=True):
        if alike(value) in {alike(name) for name in called.split("\n") if name}:
            return side
    return None


def _told(name: str, rows: Sequence[Said], missing: frozenset[str], asker: Asker) -> Told | None:
    if _is_votes(rows):
        sides = _sides(rows, missing, asker)
        return None if sides is None else Told(name, True, sides, missing)
    if any(len(one.values) > 1 for one in rows):
        return Told(name, False, missing=missing, sets=True, level="nominal")
    if _unresolved(rows) and asker.given("first_system") is None and asker.given("first_name") is None:
        samples = tuple(f"{value}: {count}" for value, count in _counted(rows).items())[:_SAMPLES]
        asker.one(Question("first_system", "ask_j_no_system", {"criterion": name}, samples=samples))
        return None
    return _rated(name, rows, missing, asker)


def _sides(rows: Sequence[Said], missing: frozenset[str], asker: Asker) -> dict[str, Side] | None:
    """What each word means; words that nobody can know are asked, digits always where no tool defines them."""
    known, found = shape(rows[0].shape), dict[str, Side]()
    unsure: Counter[str] = Counter()
    clash = False
    for one in rows:
        if not one.first or not one.second or one.first == one.second:  # asked about by itself, and left out
            continue
        for value in one.values[:1]:
            if value in missing or value in found:
                continue
            side = known.sides.get(value) if known else None
            between = known.between if known else None
            number = labels.number(value)
            if side is None and between is not None and number is not None:
                side = "tie" if number == between else "first" if number < between else "second"
            if side is not None:
                found[value] = side
            elif value in (one.first, one.second) or side_called(one, value):
                clash |= _contradicts(one, value)
            elif (said := side_said(value)) is not None:
                found[value] = said
            else:
                unsure[value] += 1
    open_questions = [word for word in unsure if _asked_side(word, unsure[word], found, asker) is None]
    if clash and asker.one(Question("names", "ask_j_names", {}, ("systems", "sides"))) is None:
        return None
    return None if open_questions else found


def _contradicts(one: Said, value: str) -> bool:
    """Whether a choice is a system's name and a word for the other side, as A where the second system is called A."""
    own = "first" if value == one.first else "second" if value == one.second else None
    return own is not None and (side_said(value) or own) != own


def _asked_side(word: str, count: int, found: dict[str, Side], asker: Asker) -> Side | None:
    chosen = asker.one(Question(f"side:{word}", "ask_j_side", {"word": word, "n": count}, SIDES))
    side = next((side for side in SIDES if side == chosen), None)
    if side is not None:
        found[word] = side
    return side


def _rated(name: str, rows: Sequence[Said], missing: frozenset[str], asker: Asker) -> Told | None:
    counts = _counted(rows)
    kept = [label for label in counts if label not in missing]
    numbers = labels.numbers(kept)
    if not numbers:
        return Told(name, False, missing=missing, level="nominal", labels=tuple(sorted(kept)))
    level, whole = _level(name, rows, numbers, asker), _whole(name, numbers, asker)
    if level is None or whole is None:
        return None
    return Told(name, False, missing=missing, level=level, factor=WHOLE.get(whole, 1), rounded=whole == "nearest")


def _level_for_all(by_name: Mapping[str, Sequence[Said]], missing: frozenset[str], asker: Asker) -> bool:
    """Whether the level of every criterion is known, or there are so few that each is asked by itself."""
    unsure = []
    for name, rows in by_name.items():
        known, values = shape(rows[0].shape), labels.numbers(set(_counted(rows)) - missing)
        told = asker.given(f"level:{name}") is not None or (known is not None and known.level is not None)
        if values and len(set(values.values())) > 2 and not told and not _is_votes(rows):
            unsure.append(name)
    if len(unsure) <= _MOST_ASKED or asker.given("level") is not None:
        return True
    question = Question("level", "ask_j_level", {"criterion": ", ".join(unsure)}, LEVELS, "ordinal")
    return asker.one(question) is not None


def _level(name: str, rows: Sequence[Said], numbers: Mapping[str, float], asker: Asker) -> Level | None:
    """The level of measurement: nominal of two values, where all levels are one; else the tool's, else asked."""
    for key in (f"level:{name}", "level"):
        if asker.given(key) is not None:
            chosen = asker.one(Question(key, "ask_j_level", {"criterion": name}, LEVELS))
            return next((level for level in LEVELS if level == chosen), None)
    known = shape(rows[0].shape)
    if known is not None and known.level is not None:
        return known.level
    if len(set(numbers.values())) <= 2:
        return "nominal"
    samples = tuple(sorted(numbers, key=numbers.__getitem__))[:_MOST_SHOWN]
    asker.one(Question(f"level:{name}", "ask_j_level", {"criterion": name}, LEVELS, "ordinal", samples=samples))
    return None


def _whole(name: str, numbers: Mapping[str, float], asker: Asker) -> str | None:
    """What is done with ratings between whole numbers; '' where there is none; None while it is asked."""
    between = [label for label, value in numbers.items() if value != int(value)]
    if not between:
        return ""
    options = tuple(WHOLE)
    least = next((o for o in options if all(round(numbers[x] * WHOLE[o], 9) % 1 == 0 for x in between)), "times1000")
    question = Question(
        f"whole:{name}", "ask_j_whole", {"criterion": name}, options, least, samples=tuple(between[:_SAMPLES])
    )
    return asker.one(question)


_MACHINE = re.compile(
    r".*(gpt-?[0-9o]|chatgpt|claude|gemini|llama|qwen|mistral|mixtral|deepseek|command-?r|prometheus|_eval\b|llm|\bo[134]\b).*",
    re.IGNORECASE,
)  # fmt: skip


def looks_like_machine(rater: str) -> bool:
    """Whether a rater has a name like a language model's."""
    return _MACHINE.fullmatch(rater) is not None
