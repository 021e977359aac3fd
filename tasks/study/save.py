"""Studies written as folders (docs/study-format.md), and without their texts for exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tasks.errors import InputError
from tasks.files import new_folder, occupied
from tasks.languages.fault import Fault, at
from tasks.schema import Check, Criterion, Item, Language, Practice, Record, Response, Study, Turn
from tasks.study.consistency import CHECK_SYSTEMS, PRACTICE_SYSTEMS, Problem, problems
from tasks.study.wording.texts import format_version

_FILES = {"items", "scenarios", "responses", "practice", "checks", "guidelines", "consent"}


def save_study(study: Study, folder: Path) -> None:
    """Writes a study as a folder that `load_study` reads back equal, responses ordered by system. All or nothing.

    Raises:
        InputError: the study does not fit together, its practice or check responses have ids of their own, or `folder`
            exists and is not empty.
    """
    errors = [_line(problem) for problem in problems(study)]
    errors += _unwritable(study)
    errors += filter(None, [occupied(folder)])
    if errors:
        raise InputError(errors)
    with new_folder(folder) as unfinished:
        _write(study, unfinished)


class _Dumper(yaml.SafeDumper):
    """Texts keep their exact characters: Unicode line ends are escaped, which YAML would else fold into spaces.

    A part that stands twice is written twice, since a study.yaml holds no aliases.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    quoted = any(character in text for character in "\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if quoted else None)


_Dumper.add_representer(str, _text)


def _line(problem: Problem) -> str:
    numbers = () if problem.number is None else (problem.number,)
    return at(".".join(map(str, (problem.part, *numbers, *problem.place))), problem.text)


def criteria_yaml(criteria: Sequence[Criterion], languages: Sequence[Language]) -> str:
    """Criteria as the list `criteria` of a study.yaml, their words in these languages alone."""

    def spoken(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: spoken(part) for key, part in value.items()}
            return {tag: kept[tag] for tag in languages} if set(languages) <= set(kept) else kept
        return [spoken(part) for part in value] if isinstance(value, list) else value

    made = {"criteria": [spoken(_plain(criterion)) for criterion in criteria]}
    return yaml.dump(made, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def without_texts(study: Study) -> Study:
    """The study with every turn, response, translation and reference emptied, for exports and restricted sources.

    Ids, roles, utterance indices, sources with their hashes, feedback, guidelines and consent stay.
    """
    return study.model_copy(
        update={
            "items": tuple(_bare_item(item) for item in study.items),
            "responses": tuple(_bare_response(response) for response in study.responses),
            "practice": tuple(_bare_pair(practice) for practice in study.practice),
            "checks": tuple(_bare_pair(check) for check in study.checks),
        }
    )


def _bare_item(item: Item) -> Item:
    turns = tuple(Turn(role=turn.role, text="", utterances=turn.utterances) for turn in item.turns)
    return item.model_copy(update={"turns": turns, "reference": None})


def _bare_response(response: Response) -> Response:
    return response.model_copy(update={"text": "", "translation": None})


def _bare_pair(pair: Practice | Check) -> Practice | Check:
    responses = tuple(_bare_response(response) for response in pair.responses)
    return pair.model_copy(update={"item": _bare_item(pair.item), "responses": responses})


def _unwritable(study: Study) -> list[str]:
    errors = []
    for part, pairs, ids in (("practice", study.practice, PRACTICE_SYSTEMS), ("checks", study.checks, CHECK_SYSTEMS)):
        for pair in pairs:
            found = tuple(response.system_id for response in pair.responses)
            if found != ids or any(response.item_id != pair.item.item_id for response in pair.responses):
                place = Fault("place_part", place=f"{part} {pair.item.item_id}", part="responses")
                errors.append(at(place, Fault("systems_of_item", found=str(found), allowed=str(ids))))
    known = {system.system_id for system in study.systems}
    strange = sorted({r.system_id for r in study.responses} - known)
    return [*errors, *(at("responses", Fault("strange_system", system=repr(name))) for name in strange)]


def _write(study: Study, folder: Path) -> None:
    head = {"format_version": format_version(study), **_plain(study, {*_FILES, "format_version"})}
    for system in head.get("systems", []):
        system.pop("manifest", None)
    text = yaml.dump(head, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    (folder / "study.yaml").write_text(text, encoding="utf-8", newline="")
    if study.items:
        _write_lines(folder / "items.jsonl", (_plain(item) for item in study.items))
    if study.scenarios:
        _write_lines(folder / "scenarios.jsonl", (_plain(card) for card in study.scenarios))
    for system in study.systems:
        _write_system(study, system.system_id, system.manifest, folder)
    if study.practice:
        _write_lines(folder / "practice.jsonl", (_practice(practice) for practice in study.practice))
    if study.checks:
        _write_lines(
            folder / "checks.jsonl", ({**_pair(c), "better": CHECK_SYSTEMS.index(c.better)} for c in study.checks)
        )
    for name, words in (("guidelines", study.guidelines), ("consent", study.consent)):
        for language, content in words.root.items() if words else ():
            if content:
                (folder / f"{name}.{language}.md").write_text(content, encoding="utf-8", newline="")


def _practice(practice: Practice) -> dict[str, Any]:
    line = {**_pair(practice), "feedback": practice.feedback.model_dump()}
    return line if practice.better is None else line | {"better": PRACTICE_SYSTEMS.index(practice.better)}


def _write_system(study: Study, system_id: str, manifest: dict[str, Any], folder: Path) -> None:
    mine = [response for response in study.responses if response.system_id == system_id]
    (folder / "responses").mkdir(exist_ok=True)
    _write_lines(folder / "responses" / f"{system_id}.jsonl", (_plain(response, {"system_id"}) for response in mine))
    if manifest:
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (folder / "responses" / f"{system_id}.manifest.json").write_text(text, encoding="utf-8", newline="")


def _pair(pair: Practice | Check) -> dict[str, Any]:
    texts = [_plain(response, {"system_id", "item_id"}) for response in pair.responses]
    return {"item": _plain(pair.item), "responses": texts}


def _plain(record: Record, without: set[str] | None = None) -> dict[str, Any]:
    """A record as JSON values, fields that have their default left out."""
    return record.model_dump(mode="json", exclude_defaults=True, exclude=without)


def _write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8", newline=""
    )
