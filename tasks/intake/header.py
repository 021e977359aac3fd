"""Whether the first row of a table names its columns: sure by what stands in it and below it, or to be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.intake import labels
from tasks.intake.shape.known import header_classes, header_words
from tasks.intake.shape.records import alike
from tasks.intake.text import visible

FIRST = 100
"""Rows that are looked at."""
LONGEST_NAME = 60
"""Characters of a column's name that may be one."""
FEWEST = 3
"""Cells that must stand below a name to tell what it is not, where it is no usual one."""
_SENTENCE = re.compile(r"[。！？!?]\s*$|\n|：.*[。！？]")
_PROSE = re.compile(r"[。！？!?.…」）)]\s*$|\n")


def is_named(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of some rows surely names the columns; False where it may be data.

    Sure: nothing in it looks like data, and two cells are names that columns often have, or one stands above numbers or
    sentences alone while it is neither.
    """
    if not rows:
        return True
    columns = [(name, [row[place] for row in rows[1:] if place < len(row)]) for place, name in enumerate(rows[0])]
    filled = [(name, [cell for cell in cells if visible(cell)]) for name, cells in columns]
    if any(_like_data(name, cells) for name, cells in filled) or all(map(_number, filter(None, rows[0]))):
        return False
    known = [name for name, _ in filled if alike(name) in _words()]
    return len(known) > 1 or any(_above(name, cells, 1 if name in known else FEWEST) for name, cells in filled)


def _like_data(name: str, cells: Sequence[str]) -> bool:
    """Whether a name may be data: a sentence, lines, too long, one of the cells below, or a number among numbers."""
    return (
        bool(_SENTENCE.search(name))
        or len(name) > LONGEST_NAME
        or (_number(name) and bool(cells) and all(map(_number, cells)))
        or (visible(name) and name in cells)
    )


def _above(name: str, cells: Sequence[str], fewest: int) -> bool:
    """Whether a name is none of the numbers, or none of the sentences, that alone stand below it."""
    if not visible(name):
        return len(cells) > 1 and list(cells) == [str(number) for number in range(len(cells))]  # an index of pandas
    if len(cells) < fewest or _PROSE.search(name):
        return False
    numbers = all(map(_number, cells)) and not labels.is_missing_word(name)
    return numbers or all(_PROSE.search(cell) or len(cell) > LONGEST_NAME for cell in cells)


def _number(text: str) -> bool:
    return labels.number(text) is not None


@cache
def _words() -> frozenset[str]:
    """Every word of a header, as headers are compared."""
    return frozenset(alike(word) for kind in header_classes() for word in header_words(kind))
