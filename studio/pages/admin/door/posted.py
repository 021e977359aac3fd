"""What a form of several parts sent: typed texts by field, and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import UploadFile

from studio.pages.admin.door.understood import ANSWER


class Upload(NamedTuple):
    """A file as it was sent: its name, without any folder, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Posted:
    """A form as it arrived.

    Attributes:
        fields: what was typed and chosen, by field; several answers to one question in lines, else the last one.
        files: files of any kind, empty ones left out.
        packed: a packed study folder; None where none was sent.
    """

    fields: Mapping[str, str]
    files: tuple[Upload, ...] = ()
    packed: Upload | None = None


async def posted(sent: Sequence[tuple[str, str | UploadFile]]) -> Posted:
    """The form of these parts; files under names that take none are left out."""
    fields: dict[str, str] = {}
    uploads: list[tuple[str, Upload]] = []
    for name, value in sent:
        if isinstance(value, str):
            several = name.startswith(ANSWER) and name in fields
            fields[name] = f"{fields[name]}\n{value}" if several else value
        elif data := await value.read():
            uploads.append((name, Upload(Path(value.filename or "").name, data)))
    packed = [upload for name, upload in uploads if name == "packed"]
    files = tuple(upload for name, upload in uploads if name == "files")
    return Posted(fields, files, packed[-1] if packed else None)
