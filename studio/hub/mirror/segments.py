"""The files of the Hub mirror: segments of the two logs, and one small file that says how far they go.

    copy.json                            how far the copy goes, whose turn it is to write
    events/000000000001-4f1c22ab.jsonl   rows from seq 1 on, written by the process 4f1c22ab alone
    notes/000000000001-4f1c22ab.jsonl    comments and facts of devices

Segments are rewritten where something was erased: notes where somebody withdrew, both where a study was deleted.

A segment is named by its first row and its writer, so no two processes ever write the same file;
names sort as rows do.
Rows are `{"seq", "uuid", "study", "at", "actor", "kind", "payload"}`, one a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

LogName = Literal["events", "notes"]
LOGS: tuple[LogName, LogName] = ("events", "notes")
FIELDS = ("seq", "uuid", "study", "at", "actor", "kind", "payload")
SEGMENT_BYTES = 256 * 1024
"""A segment that has grown past this is closed and the next row begins another: the most that is sent twice."""
STATE_FILE = "copy.json"


class CopyError(Exception):
    """The copy cannot be used, or not with this database; str() says why and what to do."""


@dataclass(frozen=True)
class Segment:
    """One file of the copy."""

    name: str
    data: bytes

    @property
    def is_full(self) -> bool:
        """True where the next row belongs in another file."""
        return len(self.data) > SEGMENT_BYTES


@dataclass(frozen=True)
class CopyState:
    """How far the copy goes. It is committed together with the rows it counts, so it is never ahead of them."""

    copied: Mapping[LogName, int] = field(default_factory=lambda: dict.fromkeys(LOGS, 0))
    """The highest seq of each log that is in the copy."""
    rows: Mapping[LogName, int] = field(default_factory=lambda: dict.fromkeys(LOGS, 0))
    """How many rows of each log there are in the copy."""
    last_event: str = ""
    """uuid of the event with the highest seq: a database that has another one there is another history."""
    holder: str = ""
    until: str = ""
    """Until when (UTC ISO-8601) `holder` alone writes, unless it gives the turn back."""
    squash_due: bool = False
    """True from a rewriting of notes until the older versions, which still hold them, are known to be gone."""

    def to_bytes(self) -> bytes:
        """The file."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return (json.dumps({"format_version": 1, **fields}, indent=1, sort_keys=True) + "\n").encode()


def read_state(data: bytes) -> CopyState:
    """The state a file tells.

    Raises:
        CopyError: it is not one of ours, or a newer program's.
    """
    try:
        found = json.loads(data)
        version = found.pop("format_version")
        state = CopyState(**found) if version == 1 else None
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise CopyError(f"{STATE_FILE}: not a state of a copy ({error}); was it edited by hand?") from error
    if state is None:
        raise CopyError(f"{STATE_FILE}: format_version is {version!r}; this program reads 1. Use the newer program")
    return state


def line_of(row: Mapping[str, Any]) -> bytes:
    """One row as a line. ValueError for a row with other fields than a log's: nothing else may leave the machine."""
    if set(row) != set(FIELDS):
        raise ValueError(f"a row with the fields {sorted(row)}; a log's are {sorted(FIELDS)}")
    ordered = {name: row[name] for name in FIELDS}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def extended(
    opened: Segment | None, log: LogName, rows: Iterable[Mapping[str, Any]], process: str
) -> tuple[Segment, ...]:
    """The segments that change or begin when these rows follow `opened`; the last one stays open. () for no rows."""
    changed: list[Segment] = []
    for row in rows:
        line = line_of(row)
        if opened is None or opened.is_full:
            opened = Segment(f"{log}/{row['seq']:012d}-{process}.jsonl", b"")
        elif changed and changed[-1].name == opened.name:
            changed.pop()
        opened = Segment(opened.name, opened.data + line)
        changed.append(opened)
    return tuple(changed)


def read_segment(segment: Segment) -> list[dict[str, Any]]:
    """The rows of one file.

    Raises:
        CopyError: names the file and the line that is no row.
    """
    rows = []
    for number, line in enumerate(segment.data.split(b"\n"), start=1):
        if not line:
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise CopyError(f"{segment.name}, line {number}: not JSON ({error})") from error
        if not isinstance(row, dict) or set(row) != set(FIELDS):
            raise CopyError(f"{segment.name}, line {number}: not a row of a log; its fields are {', '.join(FIELDS)}")
        rows.append(row)
    return rows


def in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows by seq, each once.

    Raises:
        CopyError: two different rows claim the same seq: two databases have written to one copy.
    """
    by_seq: dict[int, dict[str, Any]] = {}
    for row in rows:
        other = by_seq.setdefault(row["seq"], row)
        if other["uuid"] != row["uuid"]:
            raise CopyError(f"seq {row['seq']} is both {other['uuid']} and {row['uuid']}: two histories in one copy")
    return [by_seq[seq] for seq in sorted(by_seq)]


def check_complete(log: LogName, rows: Sequence[Mapping[str, Any]], state: CopyState) -> None:
    """Raises CopyError where rows that the state counts are not there."""
    last = rows[-1]["seq"] if rows else 0
    if len(rows) != state.rows[log] or (rows and log == "events" and last != state.copied[log]):
        raise CopyError(
            f"{log}: {len(rows)} rows up to seq {last} were found, {state.rows[log]} up to seq {state.copied[log]} "
            "were copied: files are missing from the data set"
        )
