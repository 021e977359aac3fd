"""What is in a file: proved by its first bytes, else said by the ending of its name."""

from __future__ import annotations

from typing import Literal

from tasks.intake.content import Content
from tasks.intake.faults import quoted
from tasks.languages.fault import Fault, at

Kind = Literal["text", "json", "lines", "parquet", "excel", "zip", "gzip", "xz"]
KINDS: dict[str, Kind] = {
    ".csv": "text", ".tsv": "text", ".tab": "text", ".txt": "text", ".json": "json", ".jsonl": "lines",
    ".ndjson": "lines", ".parquet": "parquet", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".zip": "zip",
    ".gz": "gzip", ".xz": "xz",
}  # fmt: skip
"""What is in a file, by the ending of its name."""


def kind_of(content: Content) -> Kind | Literal[""]:
    """What is in a file, by its first bytes where they prove it, else by its ending; '' where neither says it.

    Raises:
        InputError: no such file, or it cannot be read.
    """
    start = content.read(8)
    if start.startswith(b"PK\x03\x04"):
        return "excel" if _is_workbook(content) else "zip"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "excel"
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"\xfd7zXZ\0"):
        return "xz"
    return KINDS.get(content.ending, "")


def unknown(content: Content) -> str:
    """The error for a file whose kind nothing says."""
    about = {"ending": quoted(content.ending), "allowed": ", ".join(KINDS)}
    return at(content.name[:200], Fault("no_kind_or_folder", **about))


def _is_workbook(content: Content) -> bool:
    """Whether an archive lists a workbook: its name stands in the list as it is, at the end of the bytes."""
    return content.ending in (".xlsx", ".xlsm") or (content.ending != ".zip" and b"xl/workbook.xml" in content.read())
