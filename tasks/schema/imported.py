"""What is known, and what cannot be, of judgments that were made with another tool and imported."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.schema.record import Record
from tasks.schema.words import Words


class ImportedFile(Record):
    """A file that was read; names of raters are replaced in its name."""

    name: str
    sha256: str


class Imported(Record):
    """Where imported judgments come from.

    Attributes:
        tools: whose files they are; `seen`: in words.
        files: what was read.
        order: `shown`: the order in which the two responses stood is known; `listed`: only the order of the file;
            `none`: nothing was compared.
        times: whether the file says when each judgment was made.
        raters: how the file tells raters apart: by name, by the position in a list, by file, by column, or not at all.
        machines: raters that are programs, by pseudonym, under their own names.
        left_out: how many records do not count, by why.
        missing: values that were taken for missing.
        unjudged: tasks of the files in which nobody judged anything.
        behind: how many items have fewer raters than the most have, where a quarter or more have the most; `most`: that
            number.
        factors: what ratings of a criterion were multiplied by, where it is not 1; 0 = rounded to whole numbers.
    """

    tools: tuple[str, ...]
    seen: tuple[Words, ...]
    files: tuple[ImportedFile, ...]
    order: Literal["shown", "listed", "none"]
    times: bool
    raters: Literal["name", "position", "file", "column", "nobody"]
    machines: dict[str, str] = Field(default_factory=dict)
    left_out: dict[str, int] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unjudged: int = 0
    behind: int = 0
    most: int = 0
    factors: dict[str, int] = Field(default_factory=dict)
