"""Text files and texts: what can be decoded, what can be seen, and which two words are one but for their writing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tasks.errors import InputError

FIX = "save it as UTF-8 (in Excel: “CSV UTF-8”)"
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters, marks or symbols although they show nothing."""
_VARIATIONS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tab and line ends: no text that people read has them."""


@contextmanager
def opened(path: Path, name: str, newline: str = "") -> Iterator[TextIO]:
    """A UTF-8 file to be read line by line, without its byte order mark; line ends stay as they are.

    Args:
        name: what messages call the file.
        newline: as of `open`: "" also splits lines at CR, "\\n" at LF alone.

    Raises:
        InputError: the file is missing, or is in another encoding: one line with the cause and the fix.
    """
    if not path.is_file():
        raise InputError([f"{name}: file not found"])
    try:
        with path.open("rb") as raw:
            _refuse_other_encodings(raw.read(4096), name)
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            yield file
    except UnicodeDecodeError as error:
        raise InputError([_not_utf8(path.read_bytes(), name)]) from error
    except OSError as error:
        raise InputError([f"{name}: cannot be read ({error.strerror})"]) from error


def _refuse_other_encodings(start: bytes, name: str) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError([f"{name}: is UTF-16 text (what Excel calls “Unicode Text”), not UTF-8; {FIX}"])
    if b"\x1b$" in start:
        raise InputError([f"{name}: is ISO-2022-JP text (JIS), not UTF-8; {FIX}"])


def _not_utf8(data: bytes, name: str) -> str:
    """The first byte that is not UTF-8, and the encoding that would explain it."""
    try:
        data.decode("utf-8-sig")
        return f"{name}: is not UTF-8; {FIX}"  # changed while it was read
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        place = f"line {line}, byte {error.start}: 0x{data[error.start]:02x}"
    try:
        data.decode("cp932")
        return f"{name}: is not UTF-8 ({place}); it looks like Shift_JIS (cp932), as Excel in Japan saves CSV: {FIX}"
    except UnicodeDecodeError:
        return f"{name}: is not UTF-8 ({place}); {FIX}"


def visible(text: str) -> bool:
    """Whether a reader sees anything: one character that is no blank, control, format or filler character."""
    return any(
        unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")
        and character not in _BLANK
        and not _VARIATIONS.match(character)
        for character in text
    )


def folded(text: str) -> str:
    """The text without case, width (NFKC), blanks and invisible characters: for comparing names, never for storing."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text).casefold()
        if not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf")
    )
