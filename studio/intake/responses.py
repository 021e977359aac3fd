"""Responses that were made elsewhere, brought into the form a study needs, with where they came from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty, sha256_file
from tasks.intake import labels
from tasks.intake.faults import MOST_LINES, Faults, quoted
from tasks.intake.kind import KINDS
from tasks.intake.options import NAMED, in_english, with_option
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.gathering import Gatherer
from tasks.intake.shape.identifiers import system_ids
from tasks.intake.shape.mapping import Answers, Part
from tasks.intake.shape.opening import opened
from tasks.intake.shape.records import Records
from tasks.intake.shape.taking import alike_names
from tasks.languages.fault import Fault, at, instead, why
from tasks.study.build import read_items

HUB = "hub:"
Given = MappingOf[str, str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns hold what.

    Attributes:
        item: the column of item_ids, as in the study's items.jsonl; this and the others may be a path too.
        text: the column of responses.
        system: the system_id of all rows, where `system_column` is ''.
        system_column: the column of systems' names, where the file holds several.
        model: what made them, for the report.
        note: anything else that readers of the report need.
    """

    item: str = "item_id"
    text: str = "text"
    system: str = ""
    system_column: str = ""
    model: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses of a table.

    Attributes:
        texts: by the system's name in the table, and by item.
        ids: the system_id of each name.
        notes: what a person must know of how they were read.
    """

    texts: dict[str, dict[str, str]]
    ids: MappingOf[str, str]
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of responses of each system, by its id."""
        return {self.ids[name]: len(texts) for name, texts in self.texts.items()}


def bring(
    path: Path, mapping: Mapping, items: Path, out: Path, origin: str = "", answers: Given | None = None
) -> Responses:
    """Writes `out`/<system_id>.jsonl and its manifest for each system of a table; what was read.

    Args:
        path: any table (`tasks/intake/opening.py`).
        items: `items.jsonl`, or the folder that holds it.
        out: a new folder, or one of responses, to whose systems these are added; written whole or not at all.
            `python -m tasks build` takes it.
        origin: where the file came from, where that is not the file's own name.
        answers: to what the file does not say of itself (`tasks/intake/options.py`).

    Raises:
        InputError: every fault at once: columns, unknown or missing items, empty and doubled responses.
        InputError: `out` holds something else than responses, or a system of these already.
    """
    known = [item.item_id for item in read_items(items / "items.jsonl" if items.is_dir() else items)]
    there = systems_in(out)
    responses = read_responses(path, mapping, known, answers)
    _refuse_again(responses, there, out)
    responses = replace(responses, ids=system_ids(responses.texts, there))
    facts: dict[str, Any] = {
        "made_by": "import",
        "source": origin or path.name,
        "sha256": sha256_file(path),
        "columns": {"item": mapping.item, "text": mapping.text, "system": mapping.system_column},
    }
    facts |= {key: value for key, value in (("model", mapping.model), ("note", mapping.note)) if value}
    with new_folder(out, replacing=next(map(_manifest, there), None)) as folder:
        for old in sorted(out.iterdir()) if there else ():
            shutil.copy2(old, folder)
        for name, texts in responses.texts.items():
            system = responses.ids[name]
            lines = [{"item_id": item_id, "text": texts[item_id]} for item_id in known]
            (folder / f"{system}.jsonl").write_text(jsonl(lines), encoding="utf-8")
            manifest = pretty({**facts, "name": name, "rows": len(lines)})
            (folder / _manifest(system)).write_text(manifest, encoding="utf-8")
    return responses


def _manifest(system: str) -> str:
    return f"{system}.manifest.json"


def systems_in(folder: Path) -> dict[str, str]:
    """The system_ids of a folder of responses and the systems' names; none where there is no folder, or nothing in it.

    Raises:
        InputError: it holds something else than responses with their manifests.
    """
    files = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    systems = sorted(name.removesuffix(".jsonl") for name in files if name.endswith(".jsonl"))
    expected = {name for system in systems for name in (f"{system}.jsonl", _manifest(system))}
    if strange := sorted(files ^ expected):
        raise InputError(at(str(folder), Fault("responses_folder", found=", ".join(strange[:5]))))
    return {system: _name_of(folder / _manifest(system), system) for system in systems}


def _name_of(manifest: Path, system: str) -> str:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(at(str(manifest), Fault("no_manifest", reason=why(error)))) from error
    return str(found.get("name") or system) if isinstance(found, dict) else system


def _refuse_again(responses: Responses, there: MappingOf[str, str], out: Path) -> None:
    """Raises InputError for systems that the folder has already: nothing is replaced."""
    again = [name for name in responses.texts if name in (*there, *there.values())]
    if again:
        raise InputError(at(str(out), Fault("system_there", system=quoted(name))) for name in again)


def read_responses(path: Path, mapping: Mapping, known: Sequence[str], answers: Given | None = None) -> Responses:
    """The responses of a table to the items `known`, one of every system to every item.

    Raises:
        InputError: every fault of the file, its columns and its rows at once.
    """
    records, read = _only_table(path, answers or {})
    faults = Faults(records.name)
    part = _part(records, mapping, faults)
    gatherer = Gatherer(frozenset(known))
    if part is not None:
        gatherer.read(records, part, faults)
    texts = {name: {key[-1]: text for key, text in here.items()} for name, here in gatherer.found.texts.items()}
    if not faults:
        for alike in alike_names(texts):
            faults.add(alike)
        _refuse_missing(texts, known, faults)
    faults.refuse()
    counted = {name: len(here) for name, here in texts.items()}
    notes = [labels.categories_note(mapping.system_column, counted, 0)] if mapping.system_column else []
    return Responses(texts, system_ids(texts), (*read, *notes))


def _only_table(path: Path, answers: Given) -> tuple[Records, tuple[str, ...]]:
    """The one table of a file, and how it was read.

    Raises:
        InputError: it holds several, or does not say of itself how it is read: the option that says it.
    """
    found = opened([path], NAMED | dict(answers))
    if found.questions:
        raise InputError(map(with_option, found.questions))
    if len(found.records) != 1:
        names = ", ".join(one.name for one in found.records)
        raise InputError(at(path.name, Fault("tables_named", n=len(found.records), names=names)))
    return found.records[0], tuple(map(in_english, found.notes))


def _part(records: Records, mapping: Mapping, faults: Faults) -> Part | None:
    """The part that reads the columns named; None, and a fault each, where one is not there."""
    if mapping.system and not _identifier(mapping.system):
        faults.add(Fault("allowed", allowed=Fault("an_identifier")), column="--system", found=quoted(mapping.system))
    fields, wanted = Fields(records), [mapping.item, mapping.text, *filter(None, [mapping.system_column])]
    found = {name: fields.find(name)[:1] or ((name,) if name in fields.first_keys() else ()) for name in wanted}
    for name in (name for name, here in found.items() if not here):
        faults.add(Fault("no_column", fields=", ".join(fields.first_keys()[:20])), column=f"'{name}'")
    for name in dict.fromkeys(name for name in wanted if wanted.count(name) > 1):
        faults.add(Fault("two_purposes"), column=f"'{name}'")
    if faults:
        return None
    system = found[mapping.system_column][0] if mapping.system_column else ""
    answers = Answers(text=found[mapping.text][0], system=system, name=mapping.system)
    return Part(shape="named", item=found[mapping.item], answers=(answers,), files=(records.name,))


def _refuse_missing(texts: dict[str, dict[str, str]], known: Sequence[str], faults: Faults) -> None:
    """A fault for each system that does not answer every item."""
    short = [system for system in texts if len(texts[system]) < len(known)]
    for system in short[:MOST_LINES]:
        missing = [item_id for item_id in known if item_id not in texts[system]]
        some = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
        about = {"missing": str(len(missing)), "of": str(len(known)), "items": some}
        faults.add(Fault("system_lacks", system=quoted(system), **about))
    if len(short) > MOST_LINES:
        about = {"more": f"{len(short) - MOST_LINES:,}", "systems": f"{len(texts):,}"}
        faults.add(Fault("more_systems_lack", **about))


def _identifier(text: str) -> bool:
    right = text.isascii() and text[:1].isalnum() and len(text) <= 80
    return right and all(character.isalnum() or character in "_.-" for character in text)


def fetched(source: str, folder: Path, connect: Callable[[], Any]) -> Path:
    """The file or folder that `source` names, copied into `folder` where it lies on the Hub.

    Args:
        source: a path, `hub:OWNER/NAME/PATH` for a file of a Hub data set, or `hub:OWNER/NAME` for all of its tables.

    Raises:
        InputError: a `hub:` source that names no data set.
        HubError: the Hub has no such data set or file, or will not give it.
    """
    if not source.startswith(HUB):
        return Path(source)
    owner, name, path = (*source.removeprefix(HUB).split("/", 2), "", "")[:3]
    if not owner or not name:
        raise InputError(at("source", instead(repr(source), Fault("a_source"))))
    from studio.hub.client import Repo
    from tasks.hub import HubError

    repo, here = Repo(connect(), f"{owner}/{name}"), folder / name
    wanted = [path] if path else [file for file in repo.files() if PurePosixPath(file).suffix.lower() in KINDS]
    if not wanted:
        raise HubError(f"{source}: the data set holds no file that can be read")
    repo.download(here, wanted)
    if path and not (here / path).is_file():
        raise HubError(f"{source}: the data set holds no such file")
    return here / path if path else here
