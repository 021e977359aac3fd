"""The export: a folder that holds what was judged, without texts, and stands alone. Format: docs/study-format.md.

`write` makes it and `read` gives it back; what was written is what is read, value for value.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from results.export import csv_cells as cells
from results.export import kokorochat, sessions
from results.export.rows import ActRow, AssignmentRow, CommentRow, ItemRow, JudgmentRow, LookRow, RaterRow, ResponseRow
from results.export.sessions import SessionRow
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, sha256_file
from tasks.judges import verdict_file
from tasks.schema import FormatVersion, Record, Study, Verdict
from tasks.study.save import without_texts
from tasks.study.wording.texts import format_version

Row = TypeVar("Row", bound=Record)

__all__ = ["TABLES", "Export", "read", "versions", "write"]

TABLES: dict[str, type[Record]] = {
    "assignments": AssignmentRow,
    "items": ItemRow,
    "responses": ResponseRow,
    "raters": RaterRow,
    "comments": CommentRow,
}
"""The tables written as CSV alone, by file name and field of `Export`."""
FILES = (
    "study.json",
    "judgments.csv",
    "judgments.jsonl",
    "judgments.parquet",
    *(f"{table}.csv" for table in TABLES),
)
EXTRA = ("sources.csv", "mapping.json")
"""Of imports alone: where each judgment comes from, and how the files were read."""
ACTS = "acts.csv"
"""Later than the first exports of this format: where it is missing, nothing is known of acts."""
JUDGES = verdict_file.NAME
"""Verdicts of machine judges, in a file of their own; there where there are any."""
LOOKS = "looks.csv"
"""Looks by a declared rule; there where any was taken."""
SESSIONS = sessions.NAME
"""Sessions held in rooms; there where the study has any."""
_WRITTEN = (*FILES, ACTS, *EXTRA, JUDGES, LOOKS, SESSIONS)
LATER = ("language", "minimal")
"""Columns of responses.csv that exports made before version 0.2 have not: their questions were counted as Japanese."""
FORMATS: tuple[FormatVersion, ...] = get_args(FormatVersion)
"""Formats of folders that are read; `tasks.study.wording.texts.format_version` says which is written."""
_VERSIONED = ("kokoro-studio", "numpy", "pandas", "pyarrow", "pydantic")


@dataclass(frozen=True)
class Export:
    """All that a report needs. Rows of withdrawn raters are in none of the tables.

    `study` may still hold texts: `write` leaves them out. `last_seq` is the highest server sequence included.
    """

    study: Study
    judgments: tuple[JudgmentRow, ...]
    assignments: tuple[AssignmentRow, ...]
    items: tuple[ItemRow, ...]
    responses: tuple[ResponseRow, ...]
    raters: tuple[RaterRow, ...]
    comments: tuple[CommentRow, ...]
    exported_at: str
    last_seq: int
    acts: tuple[ActRow, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    """Of machine judges: in no other table, and in none of the figures of raters."""
    looks: tuple[LookRow, ...] = ()
    """By the rule that the study declared, in order; () where it declared none."""
    sessions: tuple[SessionRow, ...] = ()
    """Of a study of sessions, in the plan's order; their words are there where they may be read."""


# --- writing --------------------------------------------------------------------------------------------------


def write(export: Export, folder: Path, extra: Mapping[str, bytes] | None = None) -> Path:
    """Write the export folder, all or nothing; an export that is already there is replaced.

    Args:
        extra: further files by name, of `EXTRA`.

    Judgments are ordered by seq, criterion, target. Same export, same pinned versions: same bytes.
    Raises `InputError` where `folder` holds something that is not an export.
    """
    with new_folder(Path(folder), replacing="manifest.json") as target:
        for name, content in (extra or {}).items():
            (target / name).write_bytes(content)
        _fill(export, target)
    return Path(folder)


def _fill(export: Export, folder: Path) -> None:
    judgments = sorted(export.judgments, key=lambda row: (row.seq, row.criterion, row.target))
    (folder / "study.json").write_text(_bare(export.study).model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / "judgments.csv").write_bytes(_csv(JudgmentRow, judgments))
    (folder / "judgments.jsonl").write_text(_jsonl(judgments), encoding="utf-8")
    _write_parquet(judgments, folder / "judgments.parquet")
    for table, row in TABLES.items():
        (folder / f"{table}.csv").write_bytes(_csv(row, getattr(export, table)))
    (folder / ACTS).write_bytes(_csv(ActRow, export.acts))
    if export.verdicts:
        (folder / JUDGES).write_text(verdict_file.text(export.verdicts), encoding="utf-8")
    if export.looks:
        (folder / LOOKS).write_bytes(_csv(LookRow, export.looks))
    if export.sessions:
        (folder / SESSIONS).write_text(jsonl(export.sessions), encoding="utf-8")
        kokorochat.write(export.study, export.sessions, export.judgments, folder)
    (folder / "manifest.json").write_text(_json(_manifest(export, folder)), encoding="utf-8")


def _bare(study: Study) -> Study:
    """The study without texts, of the format that what is left of it takes."""
    bare = without_texts(study)
    return bare.model_copy(update={"format_version": format_version(bare)})


def _csv(row: type[Record], rows: Sequence[Record]) -> bytes:
    columns = list(row.model_fields)
    return cells.render(columns, ([_cell(getattr(line, column)) for column in columns] for line in rows))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _jsonl(rows: Sequence[Record]) -> str:
    return "".join(json.dumps(row.model_dump(), ensure_ascii=False) + "\n" for row in rows)


def _write_parquet(rows: Sequence[JudgmentRow], path: Path) -> None:
    """Columns and names of the CSV; `value` is text, since one column holds numbers, words and lists alike."""
    import pyarrow as pa
    from pyarrow import parquet

    whole, real = pa.int64(), pa.float64()
    kinds = {"seat": whole, "position": whole, "strength": whole, "seq": whole, "active_seconds": real}
    columns = {
        name: pa.array(
            [_text_value(row.value) if name == "value" else getattr(row, name) for row in rows],
            type=kinds.get(name, pa.string()),
        )
        for name in JudgmentRow.model_fields
    }
    parquet.write_table(pa.table(columns), path, compression="zstd")


def _text_value(value: Any) -> str | None:
    return None if value is None else _cell(value)


def _manifest(export: Export, folder: Path) -> dict[str, Any]:
    return {
        "format_version": _bare(export.study).format_version,
        "study_id": export.study.study_id,
        "simulated": export.study.simulated,
        "exported_at": export.exported_at,
        "last_seq": export.last_seq,
        "rows": {name: len(getattr(export, name)) for name in ("judgments", *TABLES, *_further(export))},
        "versions": versions(),
        "sha256": {name: sha256_file(folder / name) for name in _WRITTEN if (folder / name).is_file()},
    }


def _further(export: Export) -> tuple[str, ...]:
    return tuple(name for name in ("verdicts", "sessions") if getattr(export, name))


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that bytes of an export depend on."""
    installed = {"python": platform.python_version()}
    for package in _VERSIONED:
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # run from a checkout that was not installed
            installed[package] = "not installed"
    return installed


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


# --- reading --------------------------------------------------------------------------------------------------


def read(folder: Path) -> Export:
    """The export in `folder`. Raises `InputError` with every missing, changed or faulty file, line and field."""
    folder = Path(folder)
    manifest = _read_manifest(folder)
    _check_files(folder, manifest)
    errors: list[str] = []
    study = _read_study(folder / "study.json", errors)
    judgments = _read_jsonl(folder / "judgments.jsonl", errors)
    tables = {name: _read_csv(folder / f"{name}.csv", row, errors) for name, row in TABLES.items()}
    acts = _read_csv(folder / ACTS, ActRow, errors) if (folder / ACTS).is_file() else ()
    looks = _read_csv(folder / LOOKS, LookRow, errors) if LOOKS in manifest["sha256"] else ()
    if errors or study is None:
        raise InputError(errors)
    verdicts = verdict_file.read(folder / JUDGES, study) if JUDGES in manifest["sha256"] else ()
    held = sessions.read(folder / SESSIONS) if SESSIONS in manifest["sha256"] else ()
    return Export(
        study=study,
        judgments=judgments,
        **tables,  # type: ignore[arg-type]
        exported_at=str(manifest["exported_at"]),
        last_seq=int(manifest["last_seq"]),
        acts=acts,
        verdicts=verdicts,
        looks=looks,
        sessions=held,
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError([f"{folder}: not an export folder (manifest.json is missing)"])
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError([f"{path}: not JSON ({error})"]) from error
    if not isinstance(manifest, dict):
        raise InputError([f"{path}: expected an object"])
    if (version := manifest.get("format_version")) not in FORMATS:
        allowed = " and ".join(map(str, FORMATS))
        raise InputError([f"{path}: format_version: found {version!r}, this version reads {allowed}"])
    missing = [key for key in ("study_id", "exported_at", "last_seq", "sha256") if key not in manifest]
    if missing:
        raise InputError([f"{path}: {key}: missing" for key in missing])
    return manifest


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    errors = []
    for name in (*FILES, *(name for name in (ACTS, *EXTRA, JUDGES, LOOKS, SESSIONS) if name in manifest["sha256"])):
        if not (folder / name).is_file():
            errors.append(f"{folder / name}: missing")
        elif manifest["sha256"].get(name) != sha256_file(folder / name):
            errors.append(f"{folder / name}: changed since it was exported (sha256 differs from manifest.json)")
    if errors:
        raise InputError(errors)


def _read_study(path: Path, errors: list[str]) -> Study | None:
    try:
        return Study.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        errors.extend(_faults(str(path), error))
        return None


def _read_jsonl(path: Path, errors: list[str]) -> tuple[JudgmentRow, ...]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            rows.append(JudgmentRow.model_validate_json(line))
        except ValidationError as error:
            errors.extend(_faults(f"{path}, line {number}", error))
    return tuple(rows)


def _read_csv(path: Path, row: type[Row], errors: list[str]) -> tuple[Row, ...]:
    header, *lines = cells.parse(path.read_bytes()) or [[]]
    if header not in (list(row.model_fields), [name for name in row.model_fields if name not in LATER]):
        errors.append(f"{path}, line 1: columns are {header}, expected {list(row.model_fields)}")
        return ()
    rows = []
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            errors.append(f"{path}, row {number}: found {len(line)} cells; the header has {len(header)}")
            continue
        try:
            rows.append(row.model_validate(_given(header, line)))
        except ValidationError as error:
            errors.extend(_faults(f"{path}, row {number}", error))
    return tuple(rows)


def _given(columns: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """The cells that hold something: an empty one means the field's default, or None."""
    return {column: cell for column, cell in zip(columns, line, strict=True) if cell != ""}


def _faults(place: str, error: ValidationError) -> list[str]:
    return [
        f"{place}: {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}, found {fault['input']!r:.80}"
        for fault in error.errors()
    ]
