"""Texts put back into a study published without them, from the reader's own copy of KokoroChat.

A published study (study.json of an export) names for each turn the utterances it was made of, and for each context the
sha256 of its texts. What is put back is exactly what raters read, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tasks.data.contexts import DATASET
from tasks.data.dialogue import ORIGINAL, Dialogue
from tasks.data.shown import sha256_of, shown
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty
from tasks.languages.fault import Fault, at
from tasks.schema import Item, Response, Source, Study, Turn
from tasks.study.reading import Located, read_json, read_jsonl
from tasks.study.save import save_study
from tasks.study.validation import validate


def rehydrate(study: Study, dialogues: Sequence[Dialogue]) -> Study:
    """The study with the texts of its KokoroChat items, their references and a human System's responses put back.

    Items of other sources stay as they are, and so do the responses of models, which are no part of KokoroChat.

    Raises:
        InputError: for every item whose dialogue or utterances the copy has not, or whose text is not the one shown.
    """
    known = {dialogue.dialogue_id: dialogue for dialogue in dialogues}
    errors: list[str] = []
    items = tuple(_item(item, known, errors) for item in study.items)
    if errors:
        raise InputError(errors)
    references = {item.item_id: item.reference for item in items if _source(item)}
    humans = {system.system_id for system in study.systems if system.kind == "human"}
    responses = tuple(_response(response, references, humans) for response in study.responses)
    return study.model_copy(update={"items": items, "responses": responses})


def _source(item: Item) -> Source | None:
    return item.source if item.source and item.source.dataset == DATASET else None


def _item(item: Item, known: Mapping[str, Dialogue], errors: list[str]) -> Item:
    source = _source(item)
    if source is None:
        return item
    dialogue = known.get(source.dialogue_id)
    wrong = _absent(item, source, dialogue)
    if wrong or dialogue is None:
        errors.append(f"item {item.item_id}: {wrong}")
        return item
    language = _language(item, source, dialogue)
    turns = _turns(item, dialogue, language)
    said = source.reference_utterances
    reference = shown(dialogue, said, language) if said else item.reference
    errors += [
        f"item {item.item_id}: the {what} of dialogue {source.dialogue_id} has sha256 {found}; allowed: {expected}; "
        "the copy differs from the one the study was made of"
        for what, found, expected in (
            ("text", sha256_of(turn.text for turn in turns), source.text_sha256),
            ("reference", sha256_of([reference or ""]), source.reference_sha256),
        )
        if expected is not None and found != expected
    ]
    return item.model_copy(update={"turns": turns, "reference": reference})


def _language(item: Item, source: Source, dialogue: Dialogue) -> str:
    """The language of the copy in which the texts are those that were shown; the original where none is."""
    found = (tag for tag in dialogue.languages if sha256_of(_texts_in(item, dialogue, tag)) == source.text_sha256)
    return next(found, ORIGINAL)


def _texts_in(item: Item, dialogue: Dialogue, language: str) -> Iterator[str]:
    return (shown(dialogue, turn.utterances, language) for turn in item.turns)


def _turns(item: Item, dialogue: Dialogue, language: str) -> tuple[Turn, ...]:
    texts = zip(item.turns, _texts_in(item, dialogue, language), strict=True)
    return tuple(turn.model_copy(update={"text": text}) for turn, text in texts)


def _absent(item: Item, source: Source, dialogue: Dialogue | None) -> str:
    """Why the item cannot be put back at all; '' if it can."""
    if dialogue is None:
        return f"the copy has no dialogue {source.dialogue_id}"
    if source.text_sha256 is None:
        return "has no text_sha256, so that no text can be checked"
    wanted = [index for turn in item.turns for index in turn.utterances] + list(source.reference_utterances)
    last = len(dialogue.utterances) - 1
    if beyond := [index for index in wanted if not 0 <= index <= last]:
        return f"found utterances {beyond}; allowed: 0..{last}, the utterances of dialogue {source.dialogue_id}"
    if not all(turn.utterances for turn in item.turns):
        return "has a turn without utterance indices"
    return ""


def _response(response: Response, references: Mapping[str, str | None], humans: set[str]) -> Response:
    if response.system_id not in humans or response.item_id not in references:
        return response
    return response.model_copy(update={"text": references[response.item_id] or ""})


def read_published(path: Path) -> Study:
    """The Study of an export folder or of its study.json.

    Raises:
        InputError: there is no study.json, or it is not one.
    """
    file = path / "study.json" if path.is_dir() else path
    errors: list[str] = []
    value = read_json(file, str(file), errors)
    study = validate(Study, Located(file.name, value, {}), errors) if value is not None else None
    if study is None or errors:
        raise InputError(errors)
    return study


def with_responses(study: Study, folder: Path) -> Study:
    """The study with the texts of its models' responses taken from `<system_id>.jsonl` files, where `folder` has them.

    Raises:
        InputError: a file has a line that is no response.
    """
    errors: list[str] = []
    texts = dict(_texts(study, folder, errors))
    if errors:
        raise InputError(errors)
    filled = (r.model_copy(update={"text": texts.get((r.system_id, r.item_id), r.text)}) for r in study.responses)
    return study.model_copy(update={"responses": tuple(filled)})


def _texts(study: Study, folder: Path, errors: list[str]) -> Iterator[tuple[tuple[str, str], str]]:
    for system in study.systems:
        file = folder / f"{system.system_id}.jsonl"
        for line in read_jsonl(file, file.name, errors) if file.exists() else []:
            item_id, text = line.value.get("item_id"), line.value.get("text")
            if isinstance(item_id, str) and isinstance(text, str):
                yield (system.system_id, item_id), text
            else:
                errors.append(at(line.where(()), Fault("response_line", item=repr(item_id), text=repr(text))))


def write(study: Study, out: Path) -> bool:
    """Writes the study to the new folder `out`: a study folder where every response has its text, else study.json and
    items.jsonl. Practice and check pairs that were published without texts are left out of a study folder.

    Returns:
        True where `out` is a complete study folder.

    Raises:
        InputError: `out` is there already.
    """
    if all(response.text for response in study.responses):
        practice = tuple(pair for pair in study.practice if all(turn.text for turn in pair.item.turns))
        checks = tuple(pair for pair in study.checks if all(turn.text for turn in pair.item.turns))
        save_study(study.model_copy(update={"practice": practice, "checks": checks}), out)
        return True
    with new_folder(out) as folder:
        (folder / "study.json").write_text(pretty(json.loads(study.model_dump_json())), encoding="utf-8")
        (folder / "items.jsonl").write_text(jsonl(study.items), encoding="utf-8")
    return False
