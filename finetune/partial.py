"""Rows of an unfinished file, kept as they come, so that an interrupted command goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.files import sha256_texts, write_json, write_jsonl

Card = dict[str, Any]


def identity(card: Card) -> str:
    """What makes two runs the same: the card without time, versions and the adapter's own card.

    The hash of the adapter's weights, which stays, says more than its card.
    """
    return sha256_texts(json.dumps(_decisive(card), sort_keys=True))


def _decisive(card: Card) -> Card:
    adapter = card.get("adapter")
    return {
        **card,
        "made_at": None,
        "versions": None,
        "adapter": adapter if adapter is None else {"sha256": adapter["sha256"]},
    }


class Rows:
    """The rows of `<name>.jsonl` in a folder, with `<name>.manifest.json` beside it; each row is found by its key.

    While it is unfinished, rows lie in `.<name>.part.jsonl`, whose first line says what run they are of.
    """

    def __init__(self, folder: Path, name: str, card: Card, key: str) -> None:
        self.path = folder / f"{name}.jsonl"
        self._card_path = folder / f"{name}.manifest.json"
        self._part = folder / f".{name}.part.jsonl"
        self._card, self._key = card, key
        self._identity = identity(card)
        self.done = self._read()

    def finished(self) -> bool:
        """True where the very same rows are there already.

        Raises:
            InputError: rows made otherwise are there.
        """
        if not self.path.is_file():
            return False
        known = json.loads(self._card_path.read_text(encoding="utf-8")) if self._card_path.is_file() else {}
        if _decisive(known) == _decisive(self._card):
            return True
        raise InputError(f"{self.path}: holds rows made otherwise; delete it and its manifest, or give another --out")

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        """Keeps rows, on the disk at once."""
        listed = list(rows)
        self._part.parent.mkdir(parents=True, exist_ok=True)
        if not self._part.is_file():
            self._part.write_text(self._identity + "\n", encoding="utf-8")
        with self._part.open("a", encoding="utf-8") as opened:
            opened.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in listed))
        self.done.update({row[self._key]: row for row in listed})

    def finish(self, order: Iterable[str]) -> Path:
        """Writes the finished file, rows in the order of their keys given, then its card; returns the file."""
        write_jsonl(self.path, (self.done[key] for key in order))
        write_json(self._card_path, self._card)
        self._part.unlink(missing_ok=True)
        return self.path

    def _read(self) -> dict[str, dict[str, Any]]:
        """Whole lines of an interrupted run, if it was the same run; another run's are thrown away."""
        lines = self._part.read_text(encoding="utf-8").split("\n")[:-1] if self._part.is_file() else []
        if not lines or lines[0] != self._identity:
            self._part.unlink(missing_ok=True)
            return {}
        return {row[self._key]: row for row in map(json.loads, lines[1:])}
