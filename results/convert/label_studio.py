"""Votes as tasks of Label Studio: a task per pair as it was shown, an annotation per rater, and the project's config.

Label Studio's `Pairwise` knows `left` and `right` alone: a tie is a `Choices` beside it, and so is the strength. A pair
that was left is a cancelled annotation, as Label Studio keeps what an annotator skipped. Raters are their numbers,
since it knows people by number or mail alone: R003 is 3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from xml.etree import ElementTree as Xml

from results.convert.questions import answers, listed, places
from results.convert.votes import Vote, Votes, pairs_alone
from tasks.schema import Criterion

TEXTS = ("text1", "text2")
"""The names of the two responses, the first side first."""
LEFT = ("cannot_judge", "skipped")
Region = dict[str, Any]


def tasks(found: Votes) -> list[dict[str, Any]]:
    """The tasks, in the order in which their pairs were first met. Raises InputError where no pairs were compared."""
    numbers = count(1)
    return [
        {
            "id": place,
            "data": _data(found, item_id, order, votes[0]),
            "annotations": [_annotation(found, vote, next(numbers)) for vote in votes],
        }
        for place, ((item_id, order), votes) in enumerate(pairs_alone(found).by_pair().items(), start=1)
    ]


def _data(found: Votes, item_id: str, order: tuple[str, ...], vote: Vote) -> dict[str, Any]:
    turns = found.turns(item_id)
    return {
        "item_id": item_id,
        "dialogue_id": found.dialogue(vote),
        "dialogue": [{"author": turn.role, "text": turn.text} for turn in turns],
        **{name: found.text(item_id, system) for name, system in zip(TEXTS, order, strict=True)},
        "model_1": order[0],
        "model_2": order[1],
        "study_id": found.study.study_id,
        "simulated": found.study.simulated,
    }


def _annotation(found: Votes, vote: Vote, number: int) -> dict[str, Any]:
    result = [
        {"id": f"{number}-{place}", **region}
        for place, region in enumerate(_regions(found.study.criteria, vote), start=1)
    ]
    return {
        "id": number,
        "completed_by": vote.row.seat + 1,
        "was_cancelled": vote.row.status == "left",
        "ground_truth": False,
        "created_at": vote.row.submitted_at,
        "lead_time": vote.row.active_seconds,
        "result_count": len(result),
        "result": result,
    }


# --- answers ------------------------------------------------------------------------------------------------------


def _regions(criteria: tuple[Criterion, ...], vote: Vote) -> Iterator[Region]:
    if vote.row.left:
        yield _choices("left", TEXTS[0], [vote.row.left])
    for criterion in criteria:
        if criterion.kind == "preference":
            yield from _preference(vote, criterion.criterion_id)
        elif criterion.kind != "text":
            yield from _answer(vote, criterion)
    if vote.comment:
        yield _textarea("comment", TEXTS[0], vote.comment)


def _preference(vote: Vote, name: str) -> Iterator[Region]:
    row = vote.judgment(name)
    if row is None or vote.missing(name):
        return
    side = vote.chosen_side(name)
    if side is None:
        yield _choices(f"{name}_tie", TEXTS[0], ["tie"])
    else:
        selected = "left" if side == "first" else "right"
        yield {"from_name": name, "to_name": name, "type": "pairwise", "value": {"selected": selected}}
        yield _choices(f"{name}_strength", TEXTS[0], [str(row.strength)])


def _answer(vote: Vote, criterion: Criterion) -> Iterator[Region]:
    for suffix, side, target in places(criterion, vote.order):
        row = vote.judgment(criterion.criterion_id, target)
        if row is None or row.value is None:
            continue
        name, text = f"{criterion.criterion_id}{suffix}", TEXTS[side]
        if listed(criterion):
            yield _choices(name, text, [str(row.value)])
        else:
            yield _textarea(name, text, json.dumps(row.value, ensure_ascii=False))
        if criterion.reasons and row.reason:
            yield _choices(f"{name}_reasons", text, row.reason.split("|"))


def _choices(name: str, text: str, chosen: list[str]) -> Region:
    return {"from_name": name, "to_name": text, "type": "choices", "value": {"choices": chosen}}


def _textarea(name: str, text: str, words: str) -> Region:
    return {"from_name": name, "to_name": text, "type": "textarea", "value": {"text": [words]}}


# --- config -------------------------------------------------------------------------------------------------------


def config(found: Votes) -> str:
    """The labelling interface (XML) that has a control for everything in the annotations."""
    languages, preference = found.study.languages, found.preference
    view = Xml.Element("View")
    Xml.SubElement(view, "Header", value=found.study.title.text(*languages))
    Xml.SubElement(view, "Paragraphs", name="dialogue", value="$dialogue", layout="dialogue", nameKey="author",
                   textKey="text")  # fmt: skip
    Xml.SubElement(view, "Pairwise", name=preference.criterion_id, toName=",".join(TEXTS))
    for name in TEXTS:
        Xml.SubElement(view, "Text", name=name, value=f"${name}")
    for criterion in found.study.criteria:
        if criterion.kind == "preference":
            _of_preference(view, criterion, languages)
        elif criterion.kind != "text":
            _controls(view, criterion, languages)
    _control(view, "left", TEXTS[0], {word: word for word in LEFT})
    Xml.SubElement(view, "TextArea", name="comment", toName=TEXTS[0])
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode") + "\n"


def _of_preference(view: Xml.Element, criterion: Criterion, languages: tuple[str, ...]) -> None:
    words = answers(criterion, languages)
    name = criterion.criterion_id
    _control(view, f"{name}_tie", TEXTS[0], {"tie": words.get(0, "tie")})
    strengths = {str(value): f"{words[-value]} / {words[value]}" for value in sorted(words) if value > 0}
    _control(view, f"{name}_strength", TEXTS[0], strengths)


def _controls(view: Xml.Element, criterion: Criterion, languages: tuple[str, ...]) -> None:
    Xml.SubElement(view, "Header", value=criterion.label.text(*languages))
    for suffix, side, _ in places(criterion):
        name, text = f"{criterion.criterion_id}{suffix}", TEXTS[side]
        if listed(criterion):
            _control(view, name, text, {str(value): words for value, words in answers(criterion, languages).items()})
        else:
            Xml.SubElement(view, "TextArea", name=name, toName=text)
        if criterion.reasons:
            pressed = {reason.reason_id: reason.words.text(*languages) for reason in criterion.reasons}
            _control(view, f"{name}_reasons", text, pressed, several=True)


def _control(view: Xml.Element, name: str, text: str, offered: dict[str, str], *, several: bool = False) -> None:
    """Choices that store the key and show the words."""
    choice = "multiple" if several else "single"
    control = Xml.SubElement(view, "Choices", name=name, toName=text, choice=choice)
    for value, words in offered.items():
        Xml.SubElement(control, "Choice", value=words, alias=value)
