"""Raters under pseudonyms: the names stay in a key file beside the export, which only its owner can read."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tasks.errors import InputError
from tasks.schema import rater_code

ENDING = ".raters-key.csv"
"""How names of key files end; git ignores them."""


def key_file(folder: Path) -> Path:
    """Where the key of an export folder lies: beside it, never in it."""
    return folder.with_name(folder.name + ENDING)


def pseudonyms(names: Iterable[str], salt: str, kept: Mapping[str, str]) -> dict[str, str]:
    """A code for each name, `R001` and so on.

    Codes follow no order of names, so that a list of the participants does not give them away.

    Args:
        salt: what draws the order, the same for the same files.
        kept: codes by name of an earlier import, which stay.
    """
    new = sorted(set(names) - set(kept), key=lambda name: hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest())
    free = (code for place in range(len(new) + len(kept)) if (code := rater_code(place)) not in kept.values())
    return {**kept, **dict(zip(new, free, strict=False))}


def own(names: Iterable[str]) -> dict[str, str]:
    """The codes that names are already, `R003` or its number alone; {} where one is neither."""
    numbers = {name: re.fullmatch(r"(?:R(?=\d{3}))?0*([1-9]\d*)", name, re.ASCII) for name in names}
    codes = {name: rater_code(int(number[1]) - 1) for name, number in numbers.items() if number}
    return codes if len(codes) == len(numbers) == len(set(codes.values())) else {}


def read_key(path: Path) -> dict[str, str]:
    """Codes by name of an earlier import; {} where there is none. Raises InputError for a file that is no key."""
    if not path.is_file():
        return {}
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    if not rows or rows[0] != ["rater", "name"] or any(len(row) != 2 for row in rows):
        raise InputError([f"{path}: is no key of raters; its columns are rater, name"])
    return {name: code for code, name in rows[1:]}


def write_key(codes: Mapping[str, str], path: Path) -> None:
    """Write the key so that nobody but its owner can read it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("rater", "name"), *sorted((code, name) for name, code in codes.items())])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(out.getvalue())


def without_names(text: str, codes: Mapping[str, str]) -> str:
    """The text with every rater's name that stands in it, as in the name of a file, replaced by the code."""
    for name in sorted(codes, key=len, reverse=True):
        if len(name) > 1 and not name.isdecimal():
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", codes[name], text, flags=re.IGNORECASE)
    return text
