"""Contexts and responses made into a study folder that runs: commented study.yaml, guidelines, consent, practice."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tasks.data.kokorochat import DATASET
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Item, Language, Protocol, Response, Study, System, Turn, Words
from tasks.study.consent import consent
from tasks.study.guidance import explained, guidelines
from tasks.study.load import PracticeLine, ShownText, load_study
from tasks.study.reading import read_json, read_jsonl
from tasks.study.study_form import Head, study_yaml
from tasks.study.validation import validate
from tasks.study.wording.templates import newest, template, words

HUMAN = "human"
"""The system_id of the counsellor's real next turn."""
PRACTICE = Path(__file__).parents[1] / "demo" / "practice.jsonl"
Shown = TypeVar("Shown", Turn, Response, ShownText)
_MANIFEST = ".manifest.json"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a study is made of.

    Attributes:
        items: an `items.jsonl`, or the folder that holds it.
        responses: a folder of `<system_id>.jsonl` files, each with one response per item.
        systems: the systems to take from `responses`, in this order; () = all, by name.
        human: adds the counsellor's real next turn as a System.
    """

    items: Path
    responses: Path
    systems: tuple[str, ...] = ()
    human: bool = False


def build(sources: Sources, head: Head, out: Path) -> Study:
    """Writes the study folder `out`, whole or not at all, and returns the study as loaded from it.

    Raises:
        InputError: every mistake of the items and responses: unreadable lines, missing, unknown or empty responses,
            no reference for `human`, no such template or system.
        InputError: `out` is there already and is not empty.
    """
    source = sources.items / "items.jsonl" if sources.items.is_dir() else sources.items
    items = read_items(source)
    systems = _systems(sources, head.languages)
    with new_folder(out) as folder:
        shutil.copyfile(source, folder / "items.jsonl")
        (folder / "responses").mkdir()
        for system in systems:
            _copy_responses(sources.responses, folder / "responses", system)
        if sources.human:
            systems = (*systems, _write_human(items, folder / "responses"))
        write_texts(folder, "pairwise", head, len(items))
        write_practice(folder, head.languages)
        for about in ("contexts.manifest.json", "mapping.json"):
            _copy_if_there(source.parent / about, folder)
        (folder / "study.yaml").write_text(study_yaml(_with_dialogues(head, items), systems), encoding="utf-8")
        return load_study(folder)


def read_items(path: Path) -> tuple[Item, ...]:
    """The items of a JSONL file.

    Raises:
        InputError: the file is missing, empty, or has lines that are no items; all of them at once.
    """
    errors: list[str] = []
    items = [validate(Item, line, errors) for line in read_jsonl(path, path.name, errors)]
    if errors:
        raise InputError(errors)
    return tuple(item for item in items if item is not None)


def _systems(sources: Sources, languages: Sequence[Language]) -> tuple[System, ...]:
    found = sorted(path.stem for path in sources.responses.glob("*.jsonl")) if sources.responses.is_dir() else []
    wanted = sources.systems or tuple(name for name in found if not (sources.human and name == HUMAN))
    allowed = ", ".join(found) or Fault("no_responses_in", folder=str(sources.responses))
    errors = [instead(repr(name), allowed) for name in wanted if name not in found]
    if sources.human and HUMAN in wanted:
        errors.append(Fault("human_made", system=repr(HUMAN)))
    if len(wanted) + sources.human < 2 and not errors:
        errors.append(instead(list(wanted), Fault("two_with_human")))
    if errors:
        raise InputError(at("systems", error) for error in errors)
    return tuple(_system(sources.responses, name, languages) for name in wanted)


def _system(folder: Path, name: str, languages: Sequence[Language]) -> System:
    """The System of one responses file; model, adapter and note from its manifest, where one lies beside it."""
    path, errors = folder / f"{name}{_MANIFEST}", list[str]()
    manifest: dict[str, Any] = (read_json(path, path.name, errors) or {}) if path.exists() else {}
    if errors:
        raise InputError(errors)
    note = manifest.get("note")
    return System(
        system_id=name,
        name=_named(manifest.get("name")) or name,
        model=_named(manifest.get("model", manifest.get("base"))),
        adapter=_named(manifest.get("adapter")),
        description=Words(dict.fromkeys(languages, note)) if isinstance(note, str) and note else None,
    )


def _named(made: object) -> str | None:
    """The name of a model or adapter in a manifest: a text, a record with its name, or one with a card that has it."""
    if isinstance(made, dict):
        made = made.get("name", (made.get("card") or {}).get("name", "an adapter"))
    return made if isinstance(made, str) and made else None


def _copy_responses(source: Path, target: Path, system: System) -> None:
    shutil.copyfile(source / f"{system.system_id}.jsonl", target / f"{system.system_id}.jsonl")
    _copy_if_there(source / f"{system.system_id}{_MANIFEST}", target)


def _copy_if_there(file: Path, folder: Path) -> None:
    if file.exists():
        shutil.copyfile(file, folder / file.name)


def _write_human(items: Sequence[Item], folder: Path) -> System:
    """Writes the counsellor's real next turns as responses of a System of kind human."""
    lacking = [item.item_id for item in items if not (item.reference or "").strip()]
    errors = [at("items.jsonl", Fault("no_reference", item=item_id)) for item_id in lacking]
    if errors:
        raise InputError(errors)
    (folder / f"{HUMAN}.jsonl").write_text(
        jsonl({"item_id": item.item_id, "text": item.reference} for item in items), encoding="utf-8"
    )
    dataset = next((item.source.dataset for item in items if item.source), "")
    (folder / f"{HUMAN}{_MANIFEST}").write_text(
        pretty({"made_from": "the reference of each item: the counsellor's real next turn", "dataset": dataset}),
        encoding="utf-8",
    )
    return System(system_id=HUMAN, kind="human", name="The counsellor's real next turn")


def _with_dialogues(head: Head, items: Sequence[Item]) -> Head:
    """The head, saying where the dialogues come from if their items do: all of them were drawn from KokoroChat."""
    drawn = {item.source.dataset if item.source else None for item in items} == {DATASET}
    if not drawn or head.dialogues is not None:
        return head
    return replace(head, dialogues=words("templates", "source.kokorochat", head.languages))


def write_texts(folder: Path, protocol: Protocol, head: Head, units: int) -> None:
    """Write the texts raters read, a file for each language; `units`: pairs or dialogues at most for one rater."""
    criteria = template(newest("rating" if protocol == "session" else head.template), head.languages)
    made = {
        "guidelines": guidelines(protocol, criteria, head.languages),
        "consent": consent(protocol, criteria, units, head.languages),
    }
    for name, said in made.items():
        for language, text in said.root.items():
            (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")


def english(shown: Shown) -> Shown:
    """A turn or response with its English translation as its text; as it is where it has none."""
    said = shown.translation.root.get("en") if shown.translation else None
    return shown if said is None else shown.model_copy(update={"text": said, "translation": None})


def practice_lines(languages: Sequence[Language]) -> list[PracticeLine]:
    """The demo's practice pairs, and what is said after them in each language; in English where none is ja."""
    errors: list[str] = []
    lines = [validate(PracticeLine, line, errors) for line in read_jsonl(PRACTICE, PRACTICE.name, errors)]
    made = []
    for place, line in enumerate(line for line in lines if line is not None):
        said = Words({tag: explained(place, tag) for tag in languages})
        turns, responses = line.item.turns, line.responses
        if "ja" not in languages:
            turns, responses = tuple(map(english, turns)), (english(responses[0]), english(responses[1]))
        item = line.item.model_copy(update={"turns": turns})
        made.append(line.model_copy(update={"item": item, "responses": responses, "feedback": said}))
    return made


def write_practice(folder: Path, languages: Sequence[Language]) -> None:
    """Write the practice pairs of `practice_lines`."""
    (folder / "practice.jsonl").write_text(jsonl(practice_lines(languages)), encoding="utf-8")
