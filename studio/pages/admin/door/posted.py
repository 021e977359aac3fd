"""What a form of several parts sent: typed texts by field, and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import UploadFile


class Upload(NamedTuple):
    """A file as it was sent: its name, without any folder, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Posted:
    """A form as it arrived: what was typed, by field (the last one of a name), and files, empty ones left out."""

    fields: Mapping[str, str]
    files: tuple[Upload, ...] = ()


async def posted(sent: Sequence[tuple[str, str | UploadFile]]) -> Posted:
    """The form of these parts; files under another name than `files` are left out."""
    fields: dict[str, str] = {}
    files: list[Upload] = []
    for name, value in sent:
        if isinstance(value, str):
            fields[name] = value
        elif name == "files" and (data := await value.read()):
            files.append(Upload(Path(value.filename or "").name, data))
    return Posted(fields, tuple(files))
