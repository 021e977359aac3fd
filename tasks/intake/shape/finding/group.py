"""Files of one shape with equal fields, and questions about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tasks.intake.asking import NONE, Asker, Note, Question
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.known import Known
from tasks.intake.shape.records import pick

SAMPLES = 3
"""Texts that are shown with a question."""


class Group:
    """Files of one shape. Questions about one of them go for all.

    Args:
        files: their fields, which are equal.
        whose: a file named in the keys of questions, where other files ask the same; '' where none do.
        elsewhere: whether other files may hold the dialogues.
    """

    def __init__(self, known: Known, files: Sequence[Fields], asker: Asker, whose: str, elsewhere: bool) -> None:
        self.known, self.files, self.asker = known, files, asker
        self.whose, self.elsewhere = whose, elsewhere
        self.fields = files[0]
        self.notes: list[Note] = []

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(fields.records.name for fields in self.files))

    def key(self, name: str) -> str:
        return f"{name}:{self.whose}" if self.whose else name

    def field(
        self, key: str, options: Sequence[str], proposed: str = "", several: bool = False
    ) -> tuple[str, ...] | None:
        samples = tuple(f"{path}: {text[:60]}" for path in options for text in self.fields.texts(path)[:1])[:12]
        values = {"files": ", ".join(self.names())}
        return self.asker.several(
            Question(self.key(key), f"ask_{key}", values, tuple(options), proposed, several, samples)
        )

    def given(self, key: str) -> tuple[str, ...] | None:
        """Paths that were named without being asked for; () for "not there"."""
        given = self.asker.given(self.key(key))
        if given is None:
            return None
        options = (*self.fields.paths, *self.fields.first_keys(), NONE)
        found = self.asker.several(
            Question(self.key(key), f"ask_{key}", {}, tuple(dict.fromkeys(options)), several=True)
        )
        return tuple(path for path in found or () if path != NONE)

    def records(self, most: int | None = None) -> Iterator[Any]:
        for fields in self.files:
            yield from (record for _, record in fields.records.rows[:most])

    def texts(self, path: str) -> Iterator[str]:
        yield from (value for record in self.records() if isinstance(value := pick(record, path), str))
