"""What could tell a blind rater which system wrote a response.

Certain leaks are named with their items: a text that calls itself a machine, names a model, shows a template's marks,
or is in another language than its dialogue. Formats, length, questions and minimal responses are compared between
systems as effect sizes with 95 % intervals over dialogues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from tasks.schema import Item, Response, System, Turn

if TYPE_CHECKING:  # loaded when leaks are looked for, so that --help answers at once
    from results.export.rows import ItemRow, ResponseRow
    from results.statistics.effects import Effects
    from results.statistics.figure import Figure
    from results.statistics.resample import Resampling

Kind = Literal["self_identification", "model_name", "template", "language", "format", "gap"]
GAPS = ("characters", "questions", "minimal")
CERTAIN: tuple[Kind, ...] = ("self_identification", "model_name", "template", "language")


@dataclass(frozen=True)
class Leak:
    """One thing that could unblind. `other` is the system compared with (`format` and `gap`), else None.

    `count` responses of `responses` show it. `effects` are of `system_id` over `other`, positive where it has more:
    `cohens_d`, `cliffs_delta` (-1..1) and `dominance`, the share of items on which it has more, ties half (0..1).
    """

    kind: Kind
    name: str
    system_id: str
    other: str | None
    count: int
    responses: int
    item_ids: tuple[str, ...] = ()
    """Where a certain leak stands."""
    found: tuple[str, ...] = ()
    """What was matched there, each once."""
    effects: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def clear(self) -> bool:
        """Certain, or Cliff's delta away from 0 with its whole interval (or with no variation at all)."""
        if self.kind in CERTAIN:
            return True
        delta = self.effects["cliffs_delta"]
        if delta.low is None or delta.high is None:
            return bool(delta.value)
        return delta.low > 0 or delta.high < 0

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON shape."""
        return {
            "kind": self.kind, "name": self.name, "system": self.system_id, "other": self.other, "count": self.count,
            "responses": self.responses, "items": list(self.item_ids), "found": list(self.found),
            "clear": self.clear, "effects": {key: effect.five() for key, effect in self.effects.items()},
        }  # fmt: skip


def leaks(
    items: Sequence[Item],
    responses: Sequence[Response],
    systems: Sequence[System] = (),
    resampling: Resampling | None = None,
    language: str = "ja",
) -> tuple[Leak, ...]:
    """What could unblind: certain leaks, then formats that differ clearly, then every gap of length and questions.

    Questions and minimal responses are told by the rules of `language`, in which the responses are written; their gaps
    are left out where it has none. A phrase or name that the item's own turns hold is no leak: whoever answers may take
    it up. Systems are compared on the items that both answer. With one dialogue alone effects have no interval.
    """
    found = [*_certain(items, responses, systems), *_languages(items, responses)]
    texts = {(response.system_id, response.item_id): response.text for response in responses}
    dialogues = {item.item_id: item.dialogue for item in items}
    for first, second, chosen in _pairs(texts, dialogues):
        effects = _effects([dialogues[item_id] for item_id in chosen], resampling)
        sides = [[texts[system, item_id] for item_id in chosen] for system in (first, second)]
        found += [leak for leak in _formats(first, second, sides, effects) if leak.clear]
        found += _gaps(first, second, [[_facts(text, language) for text in side] for side in sides], effects)
    return tuple(found)


def gaps(
    items: Sequence[ItemRow],
    responses: Sequence[ResponseRow],
    pairs: Sequence[tuple[str, str]],
    resampling: Resampling | None = None,
) -> tuple[Leak, ...]:
    """The gaps of length and questions alone, from the rows of an export, which holds no texts.

    Effects are of the first system of each pair over the second, so that they have the signs of the report's other
    figures; pairs that share no item are left out.
    """
    facts = {(row.system_id, row.item_id): (row.characters, row.questions, row.minimal) for row in responses}
    dialogues = {row.item_id: row.dialogue for row in items}
    gaps: list[Leak] = []
    for first, second in pairs:
        shared = [i for system, i in facts if system == first and i in dialogues and (second, i) in facts]
        if shared:
            effects = _effects([dialogues[item_id] for item_id in shared], resampling)
            sides = [[facts[system, item_id] for item_id in shared] for system in (first, second)]
            gaps += _gaps(first, second, sides, effects, turn=False)
    return tuple(gaps)


def _pairs(
    by_response: Mapping[tuple[str, str], Any], dialogues: Mapping[str, str]
) -> list[tuple[str, str, list[str]]]:
    """Each pair of systems, sorted, with the items that both answer; pairs without any are left out."""
    answered: dict[str, list[str]] = {}
    for system, item_id in by_response:
        if item_id in dialogues:
            answered.setdefault(system, []).append(item_id)
    pairs = ((a, b, [i for i in answered[a] if (b, i) in by_response]) for a, b in combinations(sorted(answered), 2))
    return [(first, second, chosen) for first, second, chosen in pairs if chosen]


def _effects(dialogues: Sequence[str], resampling: Resampling | None) -> Effects:
    from results.statistics.effects import Effects
    from results.statistics.resample import Resampling

    return Effects(dialogues, resampling or Resampling(resamples=2000))


# --- certain leaks --------------------------------------------------------------------------------------------


def _certain(items: Sequence[Item], responses: Sequence[Response], systems: Sequence[System]) -> list[Leak]:
    from results.responses.fingerprints import names_pattern, normalized, self_identification, template_marks

    names = names_pattern(systems)
    detectors: dict[Kind, Callable[[str], Sequence[str]]] = {
        "self_identification": self_identification,
        "model_name": lambda text: tuple(match.group() for match in names.finditer(normalized(text))),
        "template": template_marks,
    }
    context = {item.item_id: normalized("\n".join(_shown(item))) for item in items}
    by_system: dict[str, list[Response]] = {}
    for response in responses:
        by_system.setdefault(response.system_id, []).append(response)
    return [
        leak
        for system, own in sorted(by_system.items())
        for kind, detect in detectors.items()
        if (leak := _certain_leak(kind, system, own, detect, context))
    ]


def _certain_leak(
    kind: Kind,
    system: str,
    responses: Sequence[Response],
    detect: Callable[[str], Sequence[str]],
    context: dict[str, str],
) -> Leak | None:
    where: dict[str, list[str]] = {}
    for response in responses:
        shown = "\n".join(_texts(response))
        marks = [mark for mark in detect(shown) if mark.casefold() not in context.get(response.item_id, "")]
        if marks:
            where[response.item_id] = marks
    if not where:
        return None
    found = tuple(dict.fromkeys(mark for marks in where.values() for mark in marks))
    name = kind.replace("_", " ")
    return Leak(kind, name, system, None, len(where), len(responses), tuple(where), found)


def _languages(items: Sequence[Item], responses: Sequence[Response]) -> list[Leak]:
    """Systems that answer in another script than the dialogue's, where another one does not."""
    from results.responses.languages import foreign

    answered = Counter(response.system_id for response in responses)
    return [
        Leak("language", "another language than the dialogue", system, None, len(where), answered[system],
             tuple(where), tuple(dict.fromkeys(where.values())))
        for system, where in foreign(items, responses).items()
    ]  # fmt: skip


def _shown(item: Item) -> list[str]:
    return [text for turn in item.turns for text in _texts(turn)]


def _texts(shown: Turn | Response) -> list[str]:
    """A text and its translations."""
    return [shown.text, *(shown.translation.root.values() if shown.translation else ())]


# --- comparisons ----------------------------------------------------------------------------------------------


def _formats(first: str, second: str, sides: Sequence[Sequence[str]], effects: Effects) -> list[Leak]:
    from results.responses.fingerprints import FORMATS

    found = []
    for name, shows in FORMATS.items():
        one, two = ([float(shows(text)) for text in side] for side in sides)
        if sum(one) or sum(two):
            found.append(_comparison("format", name, (first, second), one, two, effects))
    return found


Facts = tuple[int, int | None, bool | None]
"""Of a response: characters, questions, whether it is minimal; None where the language has no rule for it."""


def _facts(text: str, language: str) -> Facts:
    from tasks.asking.facts import facts

    found = facts(text, language)
    return len(text), found.questions, found.minimal


def _gaps(
    first: str, second: str, sides: Sequence[Sequence[Facts]], effects: Effects, *, turn: bool = True
) -> list[Leak]:
    gaps = []
    for place, name in enumerate(GAPS):
        one, two = ([facts[place] for facts in side] for side in sides)
        if None not in one and None not in two:
            columns = [[float(value or 0) for value in side] for side in (one, two)]
            gaps.append(_comparison("gap", name, (first, second), columns[0], columns[1], effects, turn=turn))
    return gaps


def _comparison(
    kind: Kind,
    name: str,
    pair: tuple[str, str],
    one: list[float],
    two: list[float],
    effects: Effects,
    *,
    turn: bool = True,
) -> Leak:
    """The comparison of two systems in one fact; with `turn` it is told from the system that has more of it."""
    turned = turn and sum(one) < sum(two)
    more, less = (two, one) if turned else (one, two)
    system, other = pair[::-1] if turned else pair
    count = sum(1 for value in more if value > 0)
    return Leak(kind, name, system, other, count, len(more), effects=effects.between(more, less))
