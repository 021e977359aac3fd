"""Responses that were made elsewhere, brought into the form a study needs, with where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from results.commands.input_table import Columns, read_columns
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, pretty, sha256_file
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

    def columns(self) -> tuple[str, ...]:
        """The columns to be read."""
        return (self.item, self.text, *((self.system_column,) if self.system_column else ()))


def bring(path: Path, mapping: Mapping, items: Path, out: Path, origin: str = "") -> dict[str, int]:
    """Writes `out`/<system_id>.jsonl and its manifest for each system of the file; the number of responses of each.

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
    found = sorted_out(read_columns(path, mapping.columns()), mapping, known)
    facts: dict[str, Any] = {
        "made_by": "import",
        "source": origin or path.name,
        "sha256": sha256_file(path),
        "columns": {"item": mapping.item, "text": mapping.text, "system": mapping.system_column},
    }
    facts |= {key: value for key, value in (("model", mapping.model), ("note", mapping.note)) if value}
    with new_folder(out) as folder:
        for system, texts in found.items():
            lines = [{"item_id": item_id, "text": texts[item_id]} for item_id in known]
            (folder / f"{system}.jsonl").write_text(jsonl(lines), encoding="utf-8")
            manifest = pretty({**facts, "rows": len(lines)})
            (folder / f"{system}.manifest.json").write_text(manifest, encoding="utf-8")
    return {system: len(texts) for system, texts in found.items()}


def sorted_out(columns: Columns, mapping: Mapping, known: Sequence[str]) -> dict[str, dict[str, str]]:
    """Texts by system and item. Raises InputError with every fault of the rows."""
    rows = len(columns.cells[mapping.item])
    systems = columns.cells[mapping.system_column] if mapping.system_column else [mapping.system] * rows
    found: dict[str, dict[str, str]] = {}
    errors: list[str] = [] if rows else [f"{columns.path}: holds no rows"]
    for index, (item_id, text, system) in enumerate(
        zip(columns.cells[mapping.item], columns.cells[mapping.text], systems, strict=True)
    ):
        errors += _faults(columns, mapping, index, item_id, text, system, set(known), found)
        found.setdefault(system, {})[item_id] = text
    for system, texts in found.items():
        missing = [item_id for item_id in known if item_id not in texts]
        if missing and not errors:
            errors.append(
                f"{columns.path}: system {system!r} has no response to {len(missing)} of {len(known)} items: "
                f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
            )
    if errors:
        raise InputError(errors)
    return found


def _faults(
    columns: Columns,
    mapping: Mapping,
    index: int,
    item_id: str,
    text: str,
    system: str,
    known: set[str],
    found: dict[str, dict[str, str]],
) -> list[str]:
    errors = []
    if item_id not in known:
        errors.append(f"{columns.place(index, mapping.item)}: found {item_id!r}; no item of the study has this id")
    if not text.strip():
        errors.append(f"{columns.place(index, mapping.text)}: is empty; a response is needed")
    if not _identifier(system):
        where = columns.place(index, mapping.system_column) if mapping.system_column else "--system"
        errors.append(f"{where}: found {system!r}; allowed: 1 to 80 letters, digits, '_', '.', '-'")
    elif item_id in found.get(system, {}):
        errors.append(f"{columns.place(index, mapping.item)}: a second response of {system!r} to {item_id!r}")
    return errors


def _identifier(text: str) -> bool:
    kept = text.isascii() and text[:1].isalnum() and len(text) <= 80
    return kept and all(character.isalnum() or character in "_.-" for character in text)


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
    from studio.hub.client import HubError, Repo

    Repo(connect(), "/".join(parts[:2])).download(folder, [parts[2]])
    path = folder / parts[2]
    if not path.is_file():
        raise HubError(f"{source}: the data set holds no such file")
    return path
