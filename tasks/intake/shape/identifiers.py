"""Ids that files, addresses and spreadsheets can hold, made of names that they cannot; the names are kept beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

KEPT = ("human", "practice-1", "practice-2", "check-1", "check-2")
"""Ids that studies use for systems of their own."""
MOST = 80


def system_ids(names: Iterable[str], used: Iterable[str] = ()) -> dict[str, str]:
    """Name -> id, in the order of the names: ASCII names cleaned, others s1, s2 …; no two ids are one but for case.

    Args:
        used: ids that others have.
    """
    ids: dict[str, str] = {}
    taken = {*KEPT, *(one.casefold() for one in used)}
    for name in sorted(set(names)):
        clean = _clean(name)
        ids[name] = clean if clean and clean.casefold() not in taken else _next("s", taken)
        taken.add(ids[name].casefold())
    return ids


def _clean(name: str) -> str:
    if not name.isascii():
        return ""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._")[:MOST]


def _next(letter: str, taken: set[str]) -> str:
    return next(made for number in range(1, len(taken) + 2) if (made := f"{letter}{number}") not in taken)


def item_ids(count: int) -> Sequence[str]:
    """Opaque ids of so many items: i001, i002 …, as wide as the last needs and three digits at least."""
    width = max(3, len(str(count)))
    return [f"i{number:0{width}d}" for number in range(1, count + 1)]


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts item2 before item10."""
    parts = re.split(r"(\d{1,18})", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
