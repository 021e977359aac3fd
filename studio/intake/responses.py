"""Responses that were made elsewhere, brought into the form a study needs, with where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty, sha256_file
from tasks.intake import labels
from tasks.intake.faults import MOST_LINES, Faults, quoted
from tasks.intake.table import Column, Table, read_table
from tasks.study.build import read_items

HUB = "hub:"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns hold what.

    Attributes:
        item: the column of item_ids, as in the study's items.jsonl.
        text: the column of responses.
        system: the system_id of all rows, where `system_column` is ''.
        system_column: the column of system_ids, where the file holds several systems.
        model: what made them, for the report.
        note: anything else that readers of the report need.
    """

    item: str = "item_id"
    text: str = "text"
    system: str = ""
    system_column: str = ""
    model: str = ""
    note: str = ""

    def columns(self) -> list[Column]:
        """The columns to be read."""
        columns = [Column(self.item, needed=True), Column(self.text, kind="text", needed=True)]
        return [*columns, Column(self.system_column, needed=True)] if self.system_column else columns


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses of a table: texts by system and item, and what a person must know of how they were read."""

    texts: dict[str, dict[str, str]]
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of responses of each system."""
        return {system: len(texts) for system, texts in self.texts.items()}


def bring(path: Path, mapping: Mapping, items: Path, out: Path, origin: str = "") -> Responses:
    """Writes `out`/<system_id>.jsonl and its manifest for each system of a table; what was read.

    Args:
        path: CSV, JSONL or Parquet, by its ending.
        items: `items.jsonl`, or the folder that holds it.
        out: a new or empty folder, written whole or not at all; `python -m tasks build` takes it.
        origin: where the file came from, where that is not the file's own name.

    Raises:
        InputError: every fault at once: columns, unknown or missing items, empty and doubled responses.
        InputError: `out` is there already and is not empty.
    """
    known = [item.item_id for item in read_items(items / "items.jsonl" if items.is_dir() else items)]
    responses = read_responses(path, mapping, known)
    facts: dict[str, Any] = {
        "made_by": "import",
        "source": origin or path.name,
        "sha256": sha256_file(path),
        "columns": {"item": mapping.item, "text": mapping.text, "system": mapping.system_column},
    }
    facts |= {key: value for key, value in (("model", mapping.model), ("note", mapping.note)) if value}
    with new_folder(out) as folder:
        for system, texts in responses.texts.items():
            lines = [{"item_id": item_id, "text": texts[item_id]} for item_id in known]
            (folder / f"{system}.jsonl").write_text(jsonl(lines), encoding="utf-8")
            manifest = pretty({**facts, "rows": len(lines)})
            (folder / f"{system}.manifest.json").write_text(manifest, encoding="utf-8")
    return responses


def read_responses(path: Path, mapping: Mapping, known: Sequence[str]) -> Responses:
    """The responses of a table to the items `known`, one of every system to every item.

    Raises:
        InputError: every fault of the file, its columns and its rows at once.
    """
    name = path.name
    faults = Faults(name)
    table = read_table(path, mapping.columns(), name, faults)
    texts = _sorted_out(table, mapping, frozenset(known), faults)
    if not faults:
        _refuse_missing(texts, known, faults)
    faults.refuse()
    columns = [mapping.system_column] if mapping.system_column else []
    notes = [labels.categories_note(column, labels.counts(table.cells[column]), 0) for column in columns]
    return Responses(texts, (*table.notes, *notes))


def _sorted_out(table: Table, mapping: Mapping, known: frozenset[str], faults: Faults) -> dict[str, dict[str, str]]:
    """Texts by system and item, each once; what is wrong with a row is added to `faults`."""
    systems = table.cells[mapping.system_column] if mapping.system_column else [mapping.system] * len(table.rows)
    _refuse_names(table, mapping, systems, faults)
    texts: dict[str, dict[str, str]] = {}
    cells = (table.rows, table.cells[mapping.item], table.cells[mapping.text], systems)
    for row, item_id, text, system in zip(*cells, strict=True):
        here = texts.setdefault(system, {})
        if item_id and item_id not in known:
            faults.add("no item of the study has this id", row=row, column=mapping.item, found=quoted(item_id))
        elif item_id in here:
            rule = f"a second response of {quoted(system)} to this item; each item once"
            faults.add(rule, row=row, column=mapping.item, found=quoted(item_id))
        here[item_id] = text
    return texts


def _refuse_names(table: Table, mapping: Mapping, systems: Sequence[str], faults: Faults) -> None:
    """Names of systems that no file can have, and those whose files would be one where case does not count."""
    column = mapping.system_column or "--system"
    for row, system in zip(table.rows, systems, strict=True):
        if (system or not mapping.system_column) and not _identifier(system):
            rule = "allowed: 1 to 80 letters, digits, '_', '.', '-'"
            faults.add(rule, row=row if mapping.system_column else None, column=column, found=quoted(system))
    by_file: dict[str, str] = {}
    for system in dict.fromkeys(systems):
        if (first := by_file.setdefault(system.casefold(), system)) != system:
            faults.add(f"found {quoted(first)} and {quoted(system)}, which differ by case alone", column=column)


def _refuse_missing(texts: dict[str, dict[str, str]], known: Sequence[str], faults: Faults) -> None:
    """A fault for each system that does not answer every item."""
    short = [system for system in texts if len(texts[system]) < len(known)]
    for system in short[:MOST_LINES]:
        missing = [item_id for item_id in known if item_id not in texts[system]]
        some = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
        faults.add(f"system {quoted(system)} has no response to {len(missing)} of {len(known)} items: {some}")
    if len(short) > MOST_LINES:
        faults.add(f"{len(short) - MOST_LINES:,} more systems lack responses; is {len(texts):,} their right number?")


def _identifier(text: str) -> bool:
    right = text.isascii() and text[:1].isalnum() and len(text) <= 80
    return right and all(character.isalnum() or character in "_.-" for character in text)


def fetched(source: str, folder: Path, connect: Callable[[], Any]) -> Path:
    """The file that `source` names: a path, or `hub:OWNER/NAME/PATH` of a Hub data set, copied into `folder`.

    Raises:
        InputError: a `hub:` source that names no file.
        HubError: the Hub has no such file, or will not give it.
    """
    if not source.startswith(HUB):
        return Path(source)
    parts = source.removeprefix(HUB).split("/", 2)
    if Counter(bool(part) for part in parts)[True] != 3:
        raise InputError([f"source: found {source!r}; allowed: a file, or hub:OWNER/NAME/PATH of a data set"])
    from studio.hub.client import Repo
    from tasks.hub import HubError

    Repo(connect(), "/".join(parts[:2])).download(folder, [parts[2]])
    path = folder / parts[2]
    if not path.is_file():
        raise HubError(f"{source}: the data set holds no such file")
    return path
