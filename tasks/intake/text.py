"""Text files and texts: what can be decoded, what can be seen, and which two words are one but for their writing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO

from tasks.errors import InputError
from tasks.intake.content import Content
from tasks.intake.encoding import refuse_undecodable
from tasks.languages.fault import Fault, at

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters, marks or symbols although they show nothing."""
_VARIATIONS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tab and line ends: no text that people read has them."""


@contextmanager
def opened(content: Content, encoding: str = "utf-8", newline: str = "") -> Iterator[TextIO]:
    """A text file to be read line by line, without its byte order mark; line ends stay as they are.

    Args:
        encoding: see `tasks.intake.encoding.tell`.
        newline: as of `open`: "" also splits lines at CR, "\\n" at LF alone.

    Raises:
        InputError: the file is missing, or is in another encoding: one line with the place and the fix.
    """
    with content.open() as raw:
        file = TextIOWrapper(raw, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=newline)
        try:
            yield file
        except UnicodeDecodeError as error:
            refuse_undecodable(content, encoding)
            raise InputError(at(content.name, Fault("changed"))) from error
        finally:
            file.detach()


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
