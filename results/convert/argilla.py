"""Votes as a data set of Argilla 2: a record per pair as it was shown, with every rater's responses, and the settings.

The files are those of `rg.Dataset.to_disk` (records.json, .argilla/settings.json, .argilla/dataset.json), which
`rg.Dataset.from_disk` takes. Argilla knows people by UUID: a rater's is made of the study and the pseudonym, so that it
is the same each time, and `.argilla/raters.json` says whose it is. A pair that was left is a discarded response.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from results.convert.questions import MESSAGES, answers, listed, places
from results.convert.votes import Vote, Votes, pairs_alone
from tasks.schema import Criterion

FIELDS = ("response1", "response2")
"""The fields of the two responses, the first side first; the answers to the preference are their names, or `tie`."""
TIE = "tie"
HIGHEST = 10
"""Argilla's ratings are whole numbers from 0 to this; other scales are labels."""
_LEFT = {"cannot_judge": "Cannot judge", "skipped": "Skipped"}


def files(found: Votes) -> dict[str, Any]:
    """The JSON of each file by its path. Raises InputError where the study compares no pairs."""
    pairs = pairs_alone(found)
    return {
        "records.json": _records(pairs),
        ".argilla/settings.json": _settings(pairs),
        ".argilla/dataset.json": {"name": found.study.study_id, "status": "draft", "allow_extra_metadata": True},
        ".argilla/raters.json": dict(sorted((vote.rater, _user(found, vote)) for vote in pairs.votes)),
    }


def _user(found: Votes, vote: Vote) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{found.study.study_id}/{vote.rater}"))


# --- records ------------------------------------------------------------------------------------------------------


def _records(found: Votes) -> list[dict[str, Any]]:
    return [_record(found, item_id, order, votes) for (item_id, order), votes in found.by_pair().items()]


def _record(found: Votes, item_id: str, order: tuple[str, ...], votes: Sequence[Vote]) -> dict[str, Any]:
    responses: dict[str, list[dict[str, Any]]] = {}
    for vote in votes:
        for question, value in _said(found.study.criteria, vote):
            status = "discarded" if vote.row.left else "submitted"
            response = {"value": value, "user_id": _user(found, vote), "status": status}
            responses.setdefault(question, []).append(response)
    turns = found.turns(item_id)
    return {
        "id": f"{item_id}/{order[0]}/{order[1]}",
        "fields": {
            "dialogue": [{"role": MESSAGES[turn.role], "content": turn.text} for turn in turns],
            **{name: found.text(item_id, system) for name, system in zip(FIELDS, order, strict=True)},
        },
        "metadata": {
            "item_id": item_id,
            "dialogue_id": found.dialogue(votes[0]),
            "model_1": order[0],
            "model_2": order[1],
            "study_id": found.study.study_id,
            "simulated": str(found.study.simulated).lower(),
        },
        "suggestions": {},
        "responses": responses,
        "vectors": {},
        "status": "completed",
    }


def _said(criteria: Sequence[Criterion], vote: Vote) -> Iterator[tuple[str, Any]]:
    """Questions and values, each question at most once."""
    if vote.row.left:
        yield "left", vote.row.left
    for criterion in criteria:
        if criterion.kind == "preference":
            yield from _preference(vote, criterion.criterion_id)
        elif criterion.kind != "text":
            yield from _answer(vote, criterion)
    if vote.comment:
        yield "comment", vote.comment


def _preference(vote: Vote, name: str) -> Iterator[tuple[str, Any]]:
    row = vote.judgment(name)
    if row is None or vote.missing(name):
        return
    side = vote.chosen_side(name)
    yield name, TIE if side is None else FIELDS[0] if side == "first" else FIELDS[1]
    yield f"{name}_strength", row.strength


def _answer(vote: Vote, criterion: Criterion) -> Iterator[tuple[str, Any]]:
    for suffix, _, target in places(criterion, vote.order):
        row = vote.judgment(criterion.criterion_id, target)
        if row is None or row.value is None:
            continue
        name = f"{criterion.criterion_id}{suffix}"
        yield name, _value(criterion, row.value)
        if criterion.reasons and row.reason:
            yield f"{name}_reasons", row.reason.split("|")


def _value(criterion: Criterion, value: Any) -> Any:
    if _rated(criterion):
        return value
    return str(value) if listed(criterion) else json.dumps(value, ensure_ascii=False)


def _rated(criterion: Criterion) -> bool:
    return criterion.kind in ("scale", "count") and all(0 <= value <= HIGHEST for value in criterion.values())


# --- settings -----------------------------------------------------------------------------------------------------


def _settings(found: Votes) -> dict[str, Any]:
    return {
        "guidelines": None,
        "questions": list(_questions(found)),
        "fields": [
            {"name": "dialogue", "title": "dialogue", "required": True, "settings": _chat()},
            *({"name": name, "title": name, "required": True, "settings": _text()} for name in FIELDS),
        ],
        "vectors": [],
        "metadata": [
            {"name": name, "title": name, "settings": {"type": "terms"}, "visible_for_annotators": name == "simulated"}
            for name in ("item_id", "dialogue_id", "model_1", "model_2", "study_id", "simulated")
        ],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def _chat() -> dict[str, Any]:
    return {"type": "chat", "use_markdown": False}


def _text() -> dict[str, Any]:
    return {"type": "text", "use_markdown": False}


def _questions(found: Votes) -> Iterator[dict[str, Any]]:
    languages = found.study.languages
    for criterion in found.study.criteria:
        name, title = criterion.criterion_id, criterion.label.text(*languages)
        words = answers(criterion, languages)
        if criterion.kind == "preference":
            sides = {FIELDS[0]: words[min(words)], FIELDS[1]: words[max(words)], TIE: words.get(0, TIE)}
            yield _question(name, title, _labels(sides), required=True)
            strengths = [{"value": value} for value in range(max(words) + 1)]
            yield _question(f"{name}_strength", title, {"type": "rating", "options": strengths})
        elif criterion.kind != "text":
            for suffix, _, _ in places(criterion):
                yield _question(f"{name}{suffix}", title, _settings_of(criterion, words))
                if criterion.reasons:
                    pressed = {reason.reason_id: reason.words.text(*languages) for reason in criterion.reasons}
                    yield _question(f"{name}{suffix}_reasons", title, {**_labels(pressed), **_SEVERAL})
    yield _question("left", "left", _labels(_LEFT))
    yield _question("comment", "comment", _text())


_SEVERAL = {"type": "multi_label_selection", "options_order": "natural"}


def _question(name: str, title: str, settings: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "title": title, "required": required, "settings": settings}


def _settings_of(criterion: Criterion, words: dict[int, str]) -> dict[str, Any]:
    if _rated(criterion):
        return {"type": "rating", "options": [{"value": value} for value in criterion.values()]}
    return _labels({str(value): text for value, text in words.items()}) if listed(criterion) else _text()


def _labels(words: dict[str, str]) -> dict[str, Any]:
    options = [{"value": value, "text": text} for value, text in words.items()]
    return {"type": "label_selection", "options": options}
