"""The known shapes: one declarative file each in `tasks/intake/mappings/` (docs/mappings.md says how to add one)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from tasks.intake.shape.mapping import Form, Speaks
from tasks.intake.shape.steps import Step
from tasks.schema import Record, Words

FOLDER = Path(__file__).parents[1] / "mappings"
WORDS = "words"
"""The file of headers by what they hold, which is no shape."""

Place = str
"""A path, or `@CLASS`: the column whose header is one of the words of a class."""


class KnownAnswers(Record):
    """Where a response stands, where its system's name may stand, or that name itself."""

    text: Place
    system: tuple[Place, ...] = ()
    name: str = ""


class Known(Record):
    """A shape of files.

    Attributes:
        rank: shapes are tried in this order; the narrower first.
        seen: whose files look so.
        shape_only: no real file of it was at hand when it was written.
        holds: `study` dialogues and answers; one of them; `judgments`, of which no study is made;
            `ask`: texts of either kind.
        needs: places that every file of the shape has; `unless`: places that none has.
        each: steps after which a record holds what the places say; `needs` and `unless` are looked for before.
        root: the key under which the fields stand that are looked at as a table.
        item: alternatives for the path that names an item.
        dialogue: paths joined to the dialogue; a list among them is of alternatives.
        answers: the responses; `columns`: those columns that a person chooses.
    """

    shape: str
    rank: int
    seen: Words
    shape_only: bool = False
    holds: Literal["study", "dialogues", "answers", "judgments", "ask"] = "study"
    needs: tuple[Place, ...] = ()
    unless: tuple[Place, ...] = ()
    each: tuple[Step, ...] = ()
    root: str = ""
    item: tuple[Place, ...] = ()
    dialogue: tuple[Place | tuple[Place, ...], ...] = ()
    form: Form = "utterance"
    speaker: str = "role"
    said: str = "content"
    roles: dict[str, Speaks] = Field(default_factory=dict)
    answers: tuple[KnownAnswers, ...] | Literal["columns"] = ()


@cache
def shapes() -> tuple[Known, ...]:
    """Every known shape, the narrower first."""
    files = [path for path in FOLDER.glob("*.yaml") if path.stem != WORDS]
    return tuple(sorted((Known(shape=path.stem, **_read(path)) for path in files), key=lambda known: known.rank))


@cache
def header_classes() -> tuple[str, ...]:
    """The classes of headers in `words.yaml`."""
    return tuple(_read(FOLDER / f"{WORDS}.yaml"))


@cache
def header_words(kind: str) -> tuple[str, ...]:
    """The headers of a class, as written in `words.yaml`. Raises KeyError for a class that is not there."""
    words: list[Any] = _read(FOLDER / f"{WORDS}.yaml")[kind]
    return tuple(str(word) for word in words)


@cache
def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read
