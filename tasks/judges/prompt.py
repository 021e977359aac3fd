"""What a judge is asked about one pair, and how its answer is read: guidelines and form of the study, no system named.

The prompt holds the dialogue, the two responses under the marks raters see, the guidelines and every question with its
points, in the study's first language. It holds no system, no human's reference, no source, no id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.judges.verdict_file import Form
from tasks.languages import catalogue
from tasks.schema import Criterion, Item, Language, Study, VerdictAnswer

Messages = list[dict[str, str]]
TASK = (
    "You judge two responses to a client in a counselling dialogue, as the people of this study do. Read the "
    "guidelines, the dialogue and both responses, then answer every question. Answer with one JSON object and nothing "
    "else, of this form:"
)
UNSURE = {0: "no", 1: "yes", 2: "unsure"}


def messages(study: Study, item: Item, texts: tuple[str, str]) -> Messages:
    """The conversation that asks about one pair.

    Args:
        texts: the responses in the order in which they are shown.
    """
    language = study.languages[0]
    first, second = marks(language)
    asked = [TASK, json.dumps(_shape(study), ensure_ascii=False), *_questions(study, language)]
    if study.guidelines:
        asked.append(f"# Guidelines\n{study.guidelines.text(language)}")
    shown = [
        f"# Dialogue\n{_dialogue(item)}",
        f"# Response {first}\n{texts[0]}",
        f"# Response {second}\n{texts[1]}",
    ]
    return [
        {"role": "system", "content": "\n\n".join(asked)},
        {"role": "user", "content": "\n\n".join(shown)},
    ]


def marks(language: Language) -> tuple[str, str]:
    """What the two responses are called on the rating page, in the order in which they are shown."""
    return catalogue.word("rating", language, "mark.first"), catalogue.word("rating", language, "mark.second")


def sha256(asked: Messages) -> str:
    """The prompt's hash, by which a verdict says what it answers."""
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def answers(study: Study, text: str) -> tuple[VerdictAnswer, ...] | None:
    """The answers in a judge's text; None where it holds no JSON object with every required answer.

    Words around the object are passed over, as are answers to what was not asked. Numbers may stand in quotes.
    """
    for given in _objects(text):
        found = tuple(_given(study, given))
        if _whole(study, found):
            return found
    return None


# --- what is asked ------------------------------------------------------------------------------------------------


def _asked(study: Study) -> Sequence[Criterion]:
    return tuple(Form.of(study).criteria.values())


def _shape(study: Study) -> dict[str, Any]:
    """The answer's form, with a word where a number goes."""
    number = "number"
    return {
        one.criterion_id: number if one.of == "pair" else {"first": number, "second": number} for one in _asked(study)
    }


def _questions(study: Study, language: Language) -> Iterator[str]:
    first, second = marks(language)
    for one in _asked(study):
        hint = f" ({one.hint.text(language)})" if one.hint else ""
        yield f"# {one.criterion_id}: {one.label.text(language)}{hint}\n" + "\n".join(_points(one, language))
    yield f"first = {first}, the response shown first; second = {second}, the response shown second."


def _points(criterion: Criterion, language: Language) -> Iterator[str]:
    if criterion.kind == "yes_no_unsure":
        yield from (f"{value} = {UNSURE[value]}" for value in criterion.values())
    for point in criterion.points:
        yield f"{point.value} = {point.words.text(language)}"


def _dialogue(item: Item) -> str:
    return "\n".join(f"{turn.role}: {turn.text}" for turn in item.turns)


# --- what is answered ---------------------------------------------------------------------------------------------


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Every JSON object that stands in a text, the outermost ones."""
    decoder, place = json.JSONDecoder(), text.find("{")
    while place >= 0:
        try:
            found, end = decoder.raw_decode(text, place)
        except ValueError:
            place = text.find("{", place + 1)
            continue
        if isinstance(found, dict):
            yield found
        place = text.find("{", end)


def _given(study: Study, given: Mapping[str, Any]) -> Iterator[VerdictAnswer]:
    for one in _asked(study):
        found = given.get(one.criterion_id)
        if one.of == "pair":
            if (value := _value(one, found)) is not None:
                yield VerdictAnswer(criterion=one.criterion_id, target="pair", value=value)
        elif isinstance(found, Mapping):
            for target in ("first", "second"):
                if (value := _value(one, found.get(target))) is not None:
                    yield VerdictAnswer(criterion=one.criterion_id, target=target, value=value)


def _value(criterion: Criterion, found: Any) -> int | None:
    """A value of the scale; None for anything else."""
    if isinstance(found, str) and found.strip().lstrip("+-").isdecimal():
        found = int(found.strip())
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    known = isinstance(found, int) and not isinstance(found, bool) and found in criterion.values()
    return found if known else None


def _whole(study: Study, found: Sequence[VerdictAnswer]) -> bool:
    """Every required question answered, about both responses where it is about responses."""
    places = {(one.criterion, one.target) for one in found}
    needed = {
        (one.criterion_id, target)
        for one in _asked(study)
        if one.required and not one.toggle
        for target in (("pair",) if one.of == "pair" else ("first", "second"))
    }
    return bool(places) and needed <= places
