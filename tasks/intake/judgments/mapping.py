"""How files of judgments are read: which paths are what, and what was answered; saved with the export it made."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.schema import Record


class JudgmentPart(Record):
    """How the records of one shape are read. Paths are alternatives, the first that holds something counts; those of
    `item` and `dialogue`, and of their words, stand together.

    Attributes:
        shape: the known shape, `named` where a person named the columns.
        files: how many files were read so.
        header: whether the first row of a table has the names of its columns.
        columns: columns that hold one rater's or one criterion's judgments each.
        first_name, second_name, system_name: systems that no field names.
    """

    shape: str
    files: int = 1
    header: bool = True
    columns: tuple[str, ...] = ()
    item: tuple[str, ...] = ()
    item_text: tuple[str, ...] = ()
    dialogue: tuple[str, ...] = ()
    dialogue_text: tuple[str, ...] = ()
    rater: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    first_called: tuple[str, ...] = ()
    second_called: tuple[str, ...] = ()
    first_name: str = ""
    second_name: str = ""
    system: tuple[str, ...] = ()
    system_name: str = ""
    task: tuple[str, ...] = ()
    annotation: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    seconds: tuple[str, ...] = ()
    item_words: tuple[str, ...] = ()
    first_words: tuple[str, ...] = ()
    second_words: tuple[str, ...] = ()
    response_words: tuple[str, ...] = ()


class JudgmentMapping(Record):
    """How some files became an export. Answers that name raters are not in it."""

    format_version: Literal[1] = 1
    parts: tuple[JudgmentPart, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)
