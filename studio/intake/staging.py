"""A study that arrives by the organiser's page: a packed study folder, or files of any kind.

What arrived is staged in a folder of this machine until it is launched or replaced; nothing reaches the store before.
"""

from __future__ import annotations

import io
import re
import secrets
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tasks.errors import InputError
from tasks.intake.packed import Bounds, members
from tasks.schema import Study

MOST_BYTES = 32 * 1024 * 1024
"""Largest upload, and largest study a packed folder may unpack to."""
MOST_VALUES = 500_000
"""Values of text files that are read on the page: each takes about 250 bytes once it is read, whatever it holds."""
MOST_FILES = 200
MOST_STAGED = 10
MOST_NAME = 120
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f/\\:]")


@dataclass(frozen=True)
class Arrival:
    """Something uploaded.

    Attributes:
        folder: where it lies.
        study: the study once it loads.
        paths: the files that a study is to be made of; they are opened anew for each answer, so that nothing of them
            waits in memory.
        answers: those given about the files so far.
        files: the token under which the files wait that a study was made of.
    """

    folder: Path
    study: Study | None = None
    paths: tuple[Path, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    files: str = ""


class Arrivals:
    """What waits to be launched, by a token that only the page which staged it knows; the oldest makes room."""

    def __init__(self) -> None:
        self._staged: OrderedDict[str, Arrival] = OrderedDict()

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new folder to stage something in; it is removed where what arrived is refused."""
        folder = Path(tempfile.mkdtemp(prefix="studio-arrival-"))
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def keep(self, arrival: Arrival) -> str:
        """Stage it; its token."""
        token = secrets.token_urlsafe(16)
        self._staged[token] = arrival
        while len(self._staged) > MOST_STAGED:
            shutil.rmtree(self._staged.popitem(last=False)[1].folder, ignore_errors=True)
        return token

    def take(self, token: str) -> Arrival | None:
        """What waits under the token; None where nothing does."""
        return self._staged.get(token)

    def replace(self, token: str, arrival: Arrival) -> str:
        """Stage something in place of what waits under a token, which then holds no longer; the new token."""
        self._staged.pop(token, None)
        return self.keep(arrival)

    def drop(self, token: str) -> None:
        """Forget it and its folder."""
        if (arrival := self._staged.pop(token, None)) is not None:
            shutil.rmtree(arrival.folder, ignore_errors=True)


def unpack(packed: bytes, folder: Path) -> Path:
    """Unpacks a zipped study folder into `folder`; the folder that holds `study.yaml`.

    Raises:
        InputError: no zip file, a broken one, too large or too many files, paths that lead outside or cannot be
            written, or no `study.yaml` in it.
    """
    try:
        for member in members(io.BytesIO(packed), Bounds(MOST_FILES, MOST_BYTES, MOST_BYTES), "upload"):
            path = folder / member.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member.content)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([f"upload: cannot be unpacked here ({error})"]) from error
    found = sorted(path.parent for path in folder.rglob("study.yaml"))
    if len(found) != 1:
        raise InputError([f"upload: found {len(found)} study.yaml; allowed: one"])
    return found[0]


def values(content: bytes) -> int:
    """At least the number of records, fields and entries of a JSON file or a table of text, by the signs between them.

    What is packed (a workbook, Parquet, a zip archive) is bounded where it is read: 0.
    """
    if content.startswith((b"PK", b"PAR1")):
        return 0
    signs = sum(content.count(sign) for sign in (b",", b";", b"\t", b"[", b"{"))
    return signs if content[:100].lstrip()[:1] in (b"[", b"{") else signs + content.count(b"\n")


def keep_files(folder: Path, sent: Sequence[tuple[str, bytes]]) -> list[Path]:
    """Writes files that were sent into a folder, each under its own name as far as a file can have it.

    A second file of a name gets its number before the ending: `answers (2).csv`.

    Raises:
        InputError: they hold more values than the page reads at once.
    """
    if (found := sum(values(content) for _, content in sent)) > MOST_VALUES:
        raise InputError(
            [
                f"files: found {found:,} values (records, fields, entries of lists); allowed: up to {MOST_VALUES:,}, "
                "which fit into memory; send fewer, or use python -m studio import on the machine itself"
            ]
        )
    paths: list[Path] = []
    place = folder / "sent"
    place.mkdir()
    for name, content in sent:
        path = place / (_UNWRITABLE.sub("_", name).strip(". ")[-MOST_NAME:] or "file")
        stem, number = path.stem, 1
        while path.exists():
            number += 1
            path = path.with_name(f"{stem} ({number}){path.suffix}")
        path.write_bytes(content)
        paths.append(path)
    return paths
