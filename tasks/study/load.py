"""Study folders (docs/study-format.md) read into a Study.

All mistakes of a folder are found in one go: every file is read, every line checked, then what must fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import Field

from tasks.errors import InputError
from tasks.languages.fault import Fault, at
from tasks.languages.tag import checked
from tasks.schema import (
    FIRST_LANGUAGES,
    Check,
    Identifier,
    Item,
    Language,
    Practice,
    Record,
    Response,
    Scenario,
    Study,
    System,
    Translation,
    Words,
)
from tasks.study.consistency import CHECK_SYSTEMS, PRACTICE_SYSTEMS, Problem, problems
from tasks.study.reading import Located, read_json, read_jsonl, read_text, read_yaml
from tasks.study.validation import validate
from tasks.study.wording.templates import misfit, template
from tasks.study.wording.texts import OF_FILES, format_version

_IN_FILES = {
    "items": "items.jsonl",
    "scenarios": "scenarios.jsonl",
    "responses": "responses/<system_id>.jsonl",
    "practice": "practice.jsonl",
    "checks": "checks.jsonl",
    "guidelines": "guidelines.<language>.md",
    "consent": "consent.<language>.md",
}
_Line = TypeVar("_Line", bound=Record)


class ShownText(Record):
    """A response within practice.jsonl and checks.jsonl."""

    text: str
    translation: Translation | None = None
    generation: dict[str, Any] = Field(default_factory=dict)


class PracticeLine(Record):
    """A line of practice.jsonl; `better` is the place of the answer that a practice gate waits for."""

    item: Item
    responses: tuple[ShownText, ShownText]
    feedback: Words
    better: Literal[0, 1] | None = None


class CheckLine(Record):
    """A line of checks.jsonl; `better` is the place of the one defensible answer."""

    item: Item
    responses: tuple[ShownText, ShownText]
    better: Literal[0, 1]


class ResponseLine(ShownText):
    """A line of responses/<system_id>.jsonl; `system_id`, if given, is that of the file's name."""

    item_id: Identifier
    system_id: Identifier | None = None


def load_study(folder: Path) -> Study:
    """The Study of a folder. Responses stand by system, in the order of study.yaml, then as in their files.

    Raises:
        InputError: with one line for every mistake in the folder.
    """
    errors: list[str] = []
    if not folder.is_dir():
        raise InputError(at(str(folder), Fault("no_folder")))
    read = _read(folder, errors)
    if read.head is not None:
        study = _assemble(read, read.head)
        study = study.model_copy(update={"format_version": format_version(study)})
        errors.extend(_lines(problems(study), read))
    elif not errors:
        errors.append(at("study.yaml", Fault("is_missing")))
    if errors:
        raise InputError(dict.fromkeys(errors))
    return study


class _Read(NamedTuple):
    """What stands in the files, as far as it could be read. `places` has the lines of every part."""

    head: Study | None
    yaml: Located | None
    items: list[Item]
    scenarios: list[Scenario]
    practice: list[PracticeLine]
    checks: list[CheckLine]
    responses: dict[str, list[ResponseLine]]
    manifests: dict[str, dict[str, Any]]
    texts: dict[str, Words | None]
    places: dict[str, list[Located]]
    whole: frozenset[str]
    """Parts every line of which could be read, so that what is missing there is missing indeed."""


def _read(folder: Path, errors: list[str]) -> _Read:
    errors.extend(_strange_files(folder))
    places: dict[str, list[Located]] = {}
    broken: set[str] = set()

    def lines(part: str, model: type[_Line]) -> list[_Line]:
        before = len(errors)
        path = folder / f"{part}.jsonl"
        found = read_jsonl(path, f"{part}.jsonl", errors) if path.exists() else []
        records = [(line, validate(model, line, errors)) for line in found]
        places[part] = [line for line, record in records if record is not None]
        if len(errors) > before:
            broken.add(part)
        return [record for _, record in records if record is not None]

    head_yaml, head = _head(folder, errors)
    items, practice, checks = lines("items", Item), lines("practice", PracticeLine), lines("checks", CheckLine)
    scenarios = lines("scenarios", Scenario)
    names = sorted(path.stem for path in (folder / "responses").glob("*.jsonl"))
    responses = {name: lines(f"responses/{name}", ResponseLine) for name in names}
    for name, found in responses.items():
        errors.extend(_wrong_system(name, found, places[f"responses/{name}"]))
    texts = {name: _words(folder, name, head.languages if head else (), errors) for name in OF_FILES}
    manifests = _manifests(folder, errors)
    whole = frozenset(places) - broken
    return _Read(head, head_yaml, items, scenarios, practice, checks, responses, manifests, texts, places, whole)


def _head(folder: Path, errors: list[str]) -> tuple[Located | None, Study | None]:
    """study.yaml, and the Study of what stands in it."""
    path = folder / "study.yaml"
    if not path.exists():
        errors.append(at("study.yaml", Fault("is_missing")))
        return None, None
    found = read_yaml(path, "study.yaml", errors)
    if found is None:
        return None, None
    value = dict(found.value)
    for key in _IN_FILES.keys() & value.keys():
        errors.append(at(found.where((key,)), Fault("in_other_file", file=_IN_FILES[key])))
        del value[key]
    if isinstance(value.get("criteria"), str):
        if wrong := misfit(value["criteria"], _languages(value)):
            errors.append(at(found.where(("criteria",)), wrong))
            return found, None
        criteria = template(value["criteria"], _languages(value))
        value["criteria"] = [criterion.model_dump(mode="json") for criterion in criteria]
    return found, validate(Study, found, errors, {**value, "items": []})


def _languages(value: dict[str, Any]) -> Sequence[Language]:
    """The languages of a study.yaml that may be wrong still; those of format 1 where they are, which is said later."""
    found = value.get("languages", FIRST_LANGUAGES)
    return found if isinstance(found, list) and all(_is_tag(tag) for tag in found) else FIRST_LANGUAGES


def _wrong_system(name: str, found: list[ResponseLine], places: list[Located]) -> list[str]:
    return [
        at(place.where(("system_id",)), Fault("file_system", found=repr(line.system_id), allowed=repr(name)))
        for line, place in zip(found, places, strict=True)
        if line.system_id not in (None, name)
    ]


def _words(folder: Path, name: str, languages: Sequence[Language], errors: list[str]) -> Words | None:
    """A text of a file for each language; None where there is no file at all.

    In ja and en alone a missing file is an empty text, as it always was: what was agreed to is hashed with it.
    """
    found = {file.name.split(".")[1]: file for file in sorted(folder.glob(f"{name}.*.md")) if _is_text(file.name)}
    texts = {tag: read_text(file, file.name, errors) or "" for tag, file in found.items()}
    if texts and {*texts, *languages} <= set(FIRST_LANGUAGES):
        texts = {**dict.fromkeys(FIRST_LANGUAGES, ""), **texts}
    return Words(texts) if texts else None


def _is_text(name: str) -> bool:
    """Whether a file is a text of a study by its name: `consent.de.md`."""
    parts = name.split(".")
    return len(parts) == 3 and parts[0] in OF_FILES and parts[2] == "md" and _is_tag(parts[1])


def _is_tag(found: object) -> bool:
    try:
        return isinstance(found, str) and bool(checked(found))
    except ValueError:
        return False


def _manifests(folder: Path, errors: list[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((folder / "responses").glob("*.manifest.json")):
        value = read_json(path, f"responses/{path.name}", errors)
        if value is not None:
            found[path.name.removesuffix(".manifest.json")] = value
    return found


def _strange_files(folder: Path) -> list[str]:
    """Files that look like part of a study but are none: most often a name with a slip in it."""
    known = {"study.yaml", "items.jsonl", "scenarios.jsonl", "practice.jsonl", "checks.jsonl"}
    strange = [
        path.name
        for path in sorted(folder.iterdir())
        if path.name not in known
        and not _is_text(path.name)
        and (path.suffix in (".jsonl", ".yaml", ".yml") or path.name.startswith(OF_FILES))
    ]
    allowed = ", ".join([*sorted(known), *(f"{name}.<language>.md" for name in OF_FILES)])
    return [at(name, Fault("strange_file", allowed=allowed)) for name in strange]


def _assemble(read: _Read, head: Study) -> Study:
    systems = tuple(_with_manifest(system, read.manifests) for system in head.systems)
    parts: dict[str, object] = {
        "systems": systems,
        "items": tuple(read.items),
        "scenarios": tuple(read.scenarios),
        "responses": tuple(
            _response(line, line.item_id, system_id)
            for system_id in dict.fromkeys(system.system_id for system in systems)
            for line in read.responses.get(system_id, [])
        ),
        "practice": tuple(
            Practice(
                item=line.item,
                responses=_shown(line, PRACTICE_SYSTEMS),
                feedback=line.feedback,
                better=None if line.better is None else PRACTICE_SYSTEMS[line.better],
            )
            for line in read.practice
        ),
        "checks": tuple(
            Check(item=line.item, responses=_shown(line, CHECK_SYSTEMS), better=CHECK_SYSTEMS[line.better])
            for line in read.checks
        ),
        **read.texts,
    }
    return head.model_copy(update=parts)


def _with_manifest(system: System, manifests: dict[str, dict[str, Any]]) -> System:
    manifest = manifests.get(system.system_id)
    return system if manifest is None else system.model_copy(update={"manifest": manifest})


def _response(text: ShownText, item_id: str, system_id: str) -> Response:
    return Response(
        item_id=item_id,
        system_id=system_id,
        text=text.text,
        translation=text.translation,
        generation=text.generation,
    )


def _shown(line: PracticeLine | CheckLine, systems: tuple[str, str]) -> tuple[Response, Response]:
    first, second = line.responses
    item_id = line.item.item_id
    return _response(first, item_id, systems[0]), _response(second, item_id, systems[1])


def _lines(found: Iterable[Problem], read: _Read) -> Iterable[str]:
    """Problems as lines with file and line number; those that only follow from an unreadable file are left out."""
    known = {system.system_id for system in read.head.systems} if read.head else set()
    for name in sorted(set(read.responses) - known):
        allowed = ", ".join(sorted(known)) or Fault("none")
        yield at(f"responses/{name}.jsonl", Fault("strange_system_of", system=repr(name), allowed=allowed))
    for name in sorted(set(read.manifests) - known):
        yield at(f"responses/{name}.manifest.json", Fault("strange_system", system=repr(name)))
    for problem in found:
        follows = problem.part.startswith("responses/") and "items" not in read.whole
        follows |= problem.number is None and problem.part in read.places and problem.part not in read.whole
        if not follows:
            yield at(_where(problem, read), problem.text)


def _where(problem: Problem, read: _Read) -> str:
    if problem.part == "study" and read.yaml is not None:
        return read.yaml.where(problem.place)
    if problem.number is not None:
        return read.places[problem.part][problem.number].where(problem.place)
    return problem.part if problem.part.endswith(".md") else f"{problem.part}.jsonl"
