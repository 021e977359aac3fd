"""A study that arrives by the organiser's page: a packed study folder, or items and a table of responses.

What arrived is staged in a folder of this machine until it is launched or replaced; nothing reaches the store before.
"""

from __future__ import annotations

import io
import secrets
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.intake.responses import Mapping, bring
from tasks.errors import InputError
from tasks.intake.packed import Bounds, members
from tasks.intake.table import Preview, preview
from tasks.schema import Study
from tasks.study.build import Sources, build
from tasks.study.study_form import Head

MOST_BYTES = 32 * 1024 * 1024
"""Largest upload, and largest study a packed folder may unpack to."""
MOST_FILES = 200
MOST_STAGED = 10
PREVIEW_ROWS = 3


@dataclass(frozen=True)
class Arrival:
    """Something uploaded: the folder it lies in, and the study once it loads (None while columns are to be named)."""

    folder: Path
    study: Study | None = None


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


def first_rows(table: Path) -> Preview:
    """The columns of a table and its first rows, for whoever is to say which column holds what.

    Raises:
        InputError: the file is no table, or these rows cannot be read.
    """
    return preview(table, PREVIEW_ROWS, table.name)


def assemble(folder: Path, table: Path, mapping: Mapping, head: Head) -> tuple[Study, tuple[str, ...]]:
    """A study of `folder`/items.jsonl and a table of responses, built in `folder`/study; and how the table was read.

    Raises:
        InputError: every fault of the table.
        InputError: every fault of the items and the study.
    """
    for name in ("responses", "study"):
        shutil.rmtree(folder / name, ignore_errors=True)
    responses = bring(table, mapping, folder / "items.jsonl", folder / "responses")
    study = build(Sources(folder / "items.jsonl", folder / "responses"), head, folder / "study")
    return study, responses.notes
