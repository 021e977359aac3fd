"""Contexts and responses made into a study folder that runs: commented study.yaml, guidelines, consent, practice."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tasks.data.kokorochat import DATASET
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty
from tasks.schema import Criterion, Item, Study, System, Words
from tasks.study import guidance
from tasks.study.consent import consent
from tasks.study.load import load_study, template
from tasks.study.reading import read_json, read_jsonl
from tasks.study.study_form import Head, study_yaml
from tasks.study.validation import validate

HUMAN = "human"
"""The system_id of the counsellor's real next turn."""
PRACTICE = Path(__file__).parents[1] / "demo" / "practice.jsonl"
KOKOROCHAT = Words(
    ja="対話は、研究用に公開されたロールプレイ相談の記録です。",
    en="The dialogues are records of role-played counselling published for research.",
)
"""Where KokoroChat's dialogues come from, as raters are told."""
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
    criteria = template(head.template)
    source = sources.items / "items.jsonl" if sources.items.is_dir() else sources.items
    items = read_items(source)
    systems = _systems(sources)
    with new_folder(out) as folder:
        shutil.copyfile(source, folder / "items.jsonl")
        (folder / "responses").mkdir()
        for system in systems:
            _copy_responses(sources.responses, folder / "responses", system)
        if sources.human:
            systems = (*systems, _write_human(items, folder / "responses"))
        _write_texts(folder, criteria, len(items))
        _copy_if_there(source.parent / "contexts.manifest.json", folder)
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


def _systems(sources: Sources) -> tuple[System, ...]:
    found = sorted(path.stem for path in sources.responses.glob("*.jsonl")) if sources.responses.is_dir() else []
    wanted = sources.systems or tuple(name for name in found if not (sources.human and name == HUMAN))
    allowed = ", ".join(found) or f"none: {sources.responses} holds no <system_id>.jsonl"
    errors = [f"systems: found {name!r}; allowed: {allowed}" for name in wanted if name not in found]
    if sources.human and HUMAN in wanted:
        errors.append(f"systems: {HUMAN!r} is made of the references when --human is given; leave its file out")
    if len(wanted) + sources.human < 2 and not errors:
        errors.append(f"systems: found {list(wanted)}; allowed: at least 2, counting the human one (--human)")
    if errors:
        raise InputError(errors)
    return tuple(_system(sources.responses, name) for name in wanted)


def _system(folder: Path, name: str) -> System:
    """The System of one responses file; model, adapter and note from its manifest, where one lies beside it."""
    path, errors = folder / f"{name}{_MANIFEST}", list[str]()
    manifest: dict[str, Any] = (read_json(path, path.name, errors) or {}) if path.exists() else {}
    if errors:
        raise InputError(errors)
    note = manifest.get("note")
    return System(
        system_id=name,
        name=name,
        model=_named(manifest.get("model", manifest.get("base"))),
        adapter=_named(manifest.get("adapter")),
        description=Words(ja=note, en=note) if isinstance(note, str) and note else None,
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
    errors = [f"items.jsonl: item {item.item_id} has no reference, which --human needs" for item in items
              if not (item.reference or "").strip()]  # fmt: skip
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
    return replace(head, dialogues=KOKOROCHAT) if drawn and head.dialogues is None else head


def write_texts(folder: Path, guidelines: Words, consent_text: Words) -> None:
    """Write the texts raters read, a file for each language."""
    for name, words in (("guidelines", guidelines), ("consent", consent_text)):
        for language, text in words.root.items():
            (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")


def _write_texts(folder: Path, criteria: Sequence[Criterion], pairs: int) -> None:
    write_texts(folder, guidance.guidelines(criteria), consent("pairwise", criteria, pairs))
    shutil.copyfile(PRACTICE, folder / "practice.jsonl")
