"""What the labels of a column are: categories with counts, writings of one label, codes that may mean missing.

Nothing here changes a cell. A person reads these notes before any figure and decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tasks.intake.faults import quoted
from tasks.intake.text import folded, visible

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MISSING_WORDS = frozenset([
    "na", "n/a", "n.a.", "n.a", "#n/a", "#na", "nan", "-nan", "none", "null", "nil", "missing", "unknown",
    "notapplicable", "notavailable", "noanswer", "-", "--", "---", "–", "—", ".", "..", "?", "??", "ー",
    "欠損", "欠測", "欠損値", "なし", "無し", "不明", "無回答", "未回答", "該当なし", "未評価",
])  # fmt: skip
_MISSING_NUMBERS = (-1, -8, -9, -77, -88, -99, -777, -888, -999, -9999, 9, 77, 88, 99, 777, 888, 999, 9999)
MOST_CATEGORIES = 20
"""Categories that a note lists before the rest is counted."""


def number(text: str) -> float | None:
    """The number that a text is, written with ASCII digits and a decimal point; None where it is none or not finite."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def numbers(labels: Iterable[str]) -> dict[str, float] | None:
    """The number of each label where all are numbers (of one or more labels); None where one is not."""
    values = {label: number(label) for label in labels}
    found = {label: value for label, value in values.items() if value is not None}
    return found if values and len(found) == len(values) else None


def counts(cells: Iterable[str]) -> dict[str, int]:
    """How often each label stands there, the most frequent first; cells in which nothing can be seen are left out."""
    return dict(Counter(cell for cell in cells if visible(cell)).most_common())


def categories_note(column: str, labels: Mapping[str, int], missing: int) -> str:
    """The categories of a column with their counts, or their range where they are many numbers."""
    if not labels:
        return f"column {column}: nothing but {missing} missing values"
    values = numbers(labels)
    empty = f"; missing: {missing}" if missing else ""
    if len(labels) > MOST_CATEGORIES and values:
        low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        return f"column {column}: {len(labels)} different numbers from {low} to {high}{empty}"
    listed = ", ".join(f"{quoted(label)} {count}" for label, count in list(labels.items())[:MOST_CATEGORIES])
    more = f" and {len(labels) - MOST_CATEGORIES} more" if len(labels) > MOST_CATEGORIES else ""
    return f"column {column}: {listed}{more}{empty}"


def meant(label: str) -> str | float:
    """What a label is but for its writing: its number, or itself without case, width and blanks."""
    value = number(label)
    return folded(label) if value is None else value


def alike(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of labels that differ by case, blanks, width or the writing of a number alone."""
    groups: dict[str | float, list[str]] = {}
    for label in dict.fromkeys(labels):
        groups.setdefault(meant(label), []).append(label)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def alike_notes(column: str, labels: Mapping[str, int], *, equal_numbers: bool = False) -> list[str]:
    """A note for each group of labels that are one but for their writing.

    Args:
        labels: counts by label.
        equal_numbers: numbers of one value are counted as one, as `1` and `1.0`; else every writing is its own label.
    """
    groups = alike(labels)
    notes = [_alike_note(column, group, labels, equal_numbers) for group in groups[:MOST_CATEGORIES]]
    more = len(groups) - MOST_CATEGORIES
    return [*notes, *([f"column {column}: {more} more groups like these"] if more > 0 else [])]


def _alike_note(column: str, group: Sequence[str], labels: Mapping[str, int], equal_numbers: bool) -> str:
    writings = " and ".join(f"{quoted(label)} ({labels[label]})" for label in group)
    if all(number(label) is not None for label in group):
        taken = "counted as one" if equal_numbers else "counted as different"
        return f"column {column}: {writings} are one number; {taken}"
    return f"column {column}: {writings} differ by {_difference(group)} alone; counted as different"


def _difference(group: Sequence[str]) -> str:
    kinds = {
        "blanks": len({"".join(label.split()) for label in group}) < len(group),
        "case": len({label.casefold() for label in group}) < len(group),
    }
    return " or ".join(kind for kind, holds in kinds.items() if holds) or "width, case or blanks"


def missing_codes(labels: Iterable[str]) -> list[str]:
    """Labels that often stand for a missing value: words such as `n/a`, and numbers that lie apart from the others."""
    labels = list(labels)
    words = [label for label in labels if is_missing_word(label)]
    values = numbers(label for label in labels if label not in words)
    return words + (_numbers_apart(values) if values else [])


def is_missing_word(label: str) -> bool:
    """Whether a label is a word that often stands for a missing value."""
    name = folded(label)
    return name in _MISSING_WORDS or name.startswith("n/a(")


def _numbers_apart(values: Mapping[str, float]) -> list[str]:
    """Codes among numbers: negative where no other is, or more than twice as large as any other."""
    codes = [label for label, value in values.items() if value in _MISSING_NUMBERS]
    others = [value for label, value in values.items() if label not in codes]
    if not others or not codes:
        return []
    low, high = min(others), max(others)
    signed = low < 0 or (set(values.values()) <= {-1.0, 0.0, 1.0})
    return [label for label in codes if (values[label] < 0 and not signed) or values[label] > max(2 * high, high + 3)]


def missing_notes(column: str, labels: Mapping[str, int]) -> list[str]:
    """A note that names codes which may mean missing, and how to say so."""
    codes = missing_codes(labels)
    if not codes:
        return []
    named = ", ".join(f"{quoted(code)} ({labels[code]})" for code in codes)
    option = ",".join(codes)
    return [f"column {column}: {named} may stand for missing values but count as values; if so: --missing={option!r}"]
