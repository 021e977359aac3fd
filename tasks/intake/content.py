"""Bytes of a file wherever they lie: on disk, or unpacked from an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from tasks.errors import InputError
from tasks.languages.fault import Fault, Library, at

COMPRESSED = (".gz", ".xz")
"""Endings that stand after another."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes.

    Attributes:
        name: what messages call it; it ends as the file's name does.
        path: where it lies on disk; None for a member of an archive, whose bytes are `data`.
    """

    name: str
    path: Path | None = None
    data: bytes = b""

    @property
    def ending(self) -> str:
        """The ending of the file's name, in small letters, with its dot; '' where it has none.

        Of one that was compressed, the ending of what it holds: `.csv` of `answers.csv.gz`.
        """
        name = PurePosixPath(self.path.name if self.path else self.name)
        return (PurePosixPath(name.stem) if name.suffix.lower() in COMPRESSED else name).suffix.lower()

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes, to be read. Raises InputError where there is no such file, or it cannot be read."""
        if self.path is None:
            yield BytesIO(self.data)
            return
        if not self.path.is_file():
            raise InputError(at(self.name, Fault("no_file")))
        try:
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            raise InputError(at(self.name, Fault("unreadable", reason=Library(f"{error.strerror}")))) from error

    def read(self, count: int = -1) -> bytes:
        """The first `count` bytes; all of them if it is negative."""
        with self.open() as file:
            return file.read(count)
