"""Judgments settled: sides resolved to systems, second judgments told from first ones, people from programs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tasks.intake import labels
from tasks.intake.asking import NONE, Asker, Question, joined
from tasks.intake.judgments.criteria import Told, looks_like_machine, side_called
from tasks.intake.judgments.known import Side, shape
from tasks.intake.judgments.said import Said, system_of

STRENGTH: Mapping[Side, int] = {"first": 1, "second": 1, "first_strong": 2, "second_strong": 2, "tie": 0, "both_bad": 0}
CANNOT_JUDGE = "cannot_judge"
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Settled:
    """One judgment with its systems.

    Attributes:
        said: as the file has it; `first` and `second` there stay as listed.
        order: the systems in the order in which they stood, () where the item itself was rated.
        system: whose response was rated; '' in choices and where the item was.
        chosen: the system preferred; '' for about the same, and in ratings. `strength`: None where missing.
        value: a rating; None where missing.
        reason: `both_bad` beside a tie, `cannot_judge` where nothing was said, the reasons pressed beside a rating.
        occasion: 0 for the first time this rater judged this, 1 for the first repeat …
        revisions: earlier judgments that this one takes the place of.
    """

    said: Said
    order: tuple[str, ...] = ()
    system: str = ""
    chosen: str = ""
    strength: int | None = None
    value: int | tuple[str, ...] | None = None
    reason: str = ""
    occasion: int = 0
    revisions: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """What this rater can judge once: the item, the criterion, and the pair or the system."""
        what: object = self.said.pair if not self.system and self.order else self.system
        return (self.said.rater, self.said.item, self.said.criterion, what)


@dataclass(frozen=True)
class Outcome:
    """What came of some judgments: those that count, how many were left out and why, and which raters are programs."""

    judgments: tuple[Settled, ...]
    left_out: Counter[str]
    machines: frozenset[str]


def settle(said: Sequence[Said], criteria: Mapping[str, Told], bare: int, asker: Asker) -> Outcome | None:
    """The judgments that count; None while something must be asked."""
    left: Counter[str] = Counter()
    machines = _machines(said, asker)
    judges = _judges(said, machines, asker) if machines is not None else None
    kept = _resolvable(said, criteria, left, asker)
    unfinished = _unfinished(bare, asker)
    if machines is None or judges is None or kept is None or not unfinished:
        return None
    chosen = [one for one in kept if judges == "all" or (one.rater in machines) == (judges == "machines")]
    left["machine" if judges == "people" else "person"] += len(kept) - len(chosen)
    paired = any(told.votes for told in criteria.values())
    settled = [_settled(one, criteria[one.criterion], asker, paired=paired) for one in chosen]
    once = _in_turn(settled, asker)
    return None if once is None else Outcome(once, +left, machines & {one.rater for one in chosen})


def _machines(said: Sequence[Said], asker: Asker) -> frozenset[str] | None:
    """The raters that are programs: where the tool says so, or as answered of names like a language model's."""
    raters = {(one.rater, one.shape) for one in said}
    certain = {
        rater for rater, name in raters
        if (known := shape(name)) and known.machines and re.fullmatch(known.machines, rater, re.IGNORECASE)
    }  # fmt: skip
    doubtful = sorted(rater for rater, _ in raters if looks_like_machine(rater) and rater not in certain)
    if not doubtful and asker.given("machines") is None:
        return frozenset(certain)
    options = (*(doubtful or sorted(rater for rater, _ in raters)), NONE)
    chosen = asker.several(Question("machines", "ask_j_machines", {}, options, joined(doubtful), True))
    return None if chosen is None else frozenset(certain | {rater for rater in chosen if rater != NONE})


def _judges(
    said: Sequence[Said], machines: frozenset[str], asker: Asker
) -> Literal["all", "people", "machines"] | None:
    """Whose judgments are taken: one export holds people's or programs'."""
    if not machines or all(one.rater in machines for one in said):
        return "all"
    values = {"n": len(machines)}
    chosen = asker.one(Question("judges", "ask_j_judges", values, ("people", "machines"), "people"))
    return None if chosen is None else "machines" if chosen == "machines" else "people"


def _unfinished(bare: int, asker: Asker) -> bool:
    """Whether tasks that nobody judged are said to be all right."""
    if not bare and asker.given("unfinished") is None:
        return True
    return asker.one(Question("unfinished", "ask_j_unfinished", {"n": bare}, ("take",))) == "take"


def _resolvable(
    said: Sequence[Said], criteria: Mapping[str, Told], left: Counter[str], asker: Asker
) -> list[Said] | None:
    """The judgments of which the systems are known, and differ."""
    votes = [one for one in said if criteria[one.criterion].votes]
    unresolved = [one for one in votes if not (one.first and one.second)]
    same = [one for one in votes if one.first and one.first == one.second]
    wrong: set[int] = set()
    whole = True
    for why, rows in (("unresolved", unresolved), ("same_system", same)):
        if not rows and asker.given(why) is None:
            continue
        values: dict[str, str | int] = {"n": len(rows), "row": f"{rows[0].file}, row {rows[0].row}" if rows else ""}
        whole &= asker.one(Question(why, f"ask_j_{why}", values, ("leave",), samples=_names(rows))) is not None
        wrong |= {id(one) for one in rows}
        left[why] += len(rows)
    return [one for one in said if id(one) not in wrong] if whole else None


def _names(rows: Sequence[Said]) -> tuple[str, ...]:
    return tuple(f"{one.file}, row {one.row}: {one.first or '-'} | {one.second or '-'}" for one in rows[:_SAMPLES])


def _settled(one: Said, told: Told, asker: Asker, *, paired: bool) -> Settled:
    """A judgment with its systems; `paired`: beside choices between two, a rating of no one system is of the pair."""
    values = tuple(value for value in one.values if value not in told.missing)
    if told.votes:
        return _vote(one, values, told, asker)
    system = system_of(one)
    two = bool(one.first and one.second and one.first != one.second)
    order = (one.first, one.second) if two and (system or paired) else (system,) if system else ()
    if not values:
        return Settled(one, order, system, reason=CANNOT_JUDGE)
    pressed = "|".join(one.reasons)
    if told.sets:
        return Settled(one, order, system, value=values, reason=pressed)
    return Settled(one, order, system, value=_number(values[0], told), reason=pressed)


def _number(value: str, told: Told) -> int:
    if told.labels:
        return told.labels.index(value)
    number = labels.number(value)
    assert number is not None, value  # a criterion with a word among its values is nominal
    return round(round(number * told.factor, 9)) if told.rounded or told.factor > 1 else int(number)


def _vote(one: Said, values: Sequence[str], told: Told, asker: Asker) -> Settled:
    order = (one.second, one.first) if one.swapped else (one.first, one.second)
    if one.tie:
        return Settled(one, order, strength=0)
    side = _side(one, values[0], told, asker) if values else "missing"
    if side == "missing":
        return Settled(one, order, reason=CANNOT_JUDGE)
    chosen = {"first": one.first, "second": one.second}.get(side.partition("_")[0], "")
    strength = int(float(one.strength)) if chosen and one.strength else STRENGTH[side]
    return Settled(one, order, chosen=chosen, strength=strength, reason="both_bad" if side == "both_bad" else "")


def _side(one: Said, value: str, told: Told, asker: Asker) -> Side:
    """The side of a choice: a system of the pair by its name, else what the word means."""
    named: Side | None = "first" if value == one.first else "second" if value == one.second else None
    if named is not None and not (asker.given("names") == "sides" and value in told.sides):
        return named
    return told.sides.get(value) or side_called(one, value) or "missing"


def _in_turn(settled: Sequence[Settled], asker: Asker) -> tuple[Settled, ...] | None:
    """The judgments with their occasions: later ones of the same are repeats, or take the place of the earlier."""
    by_key: dict[tuple[object, ...], list[Settled]] = {}
    for one in sorted(settled, key=lambda one: one.said.at):
        by_key.setdefault(one.key, []).append(one)
    asked = [rows for rows in by_key.values() if len(rows) > 1 and _rule(rows[0]) is None]
    answer = None
    if asked or asker.given("twice") is not None:
        values = {"n": len(asked)}
        samples = tuple(f"{r[0].said.file}, rows {r[0].said.row}, {r[1].said.row}" for r in asked[:_SAMPLES])
        answer = asker.one(Question("twice", "ask_j_twice", values, ("repeats", "last"), samples=samples))
        if answer is None:
            return None
    made: list[Settled] = []
    for rows in by_key.values():
        if len(rows) > 1 and (answer or _rule(rows[0])) == "last":
            made.append(replace(rows[-1], revisions=len(rows) - 1))
        else:
            made += [replace(one, occasion=place) for place, one in enumerate(rows)]
    return tuple(made)


def _rule(one: Settled) -> str | None:
    known = shape(one.said.shape)
    return known.twice if known else None
