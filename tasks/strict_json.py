"""JSON as the standard has it: no doubled key, no NaN, no half of a surrogate pair, no bottomless nesting."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tasks.languages.fault import Fault, Library, why


class Number(str):
    """A JSON number as it is written: `1` and `1.0` stay two writings."""

    __slots__ = ()


def loads(text: str, *, half_characters: bool = False) -> Any:
    """The value of a JSON text. Raises ValueError with the reason in a few words, whatever is wrong.

    Args:
        half_characters: lets halves of surrogate pairs through, for a caller that names the place of each.
    """
    return _checked(text, _STRICT, half_characters)


def loads_as_written(text: str) -> Any:
    """`loads` with every number as a Number, so that no digit is lost."""
    return _checked(text, _AS_WRITTEN, half_characters=False)


def reason(error: Exception) -> Fault:
    """Why `loads` refused a text, as far as possible in words of the languages' files."""
    if isinstance(error, json.JSONDecodeError):
        return Fault("json_at", reason=Library(error.msg), line=str(error.lineno), column=str(error.colno))
    return why(error)


def _checked(text: str, decoder: json.JSONDecoder, half_characters: bool) -> Any:
    try:
        value = decoder.decode(text)
    except RecursionError as error:
        raise ValueError(Fault("nested")) from error
    if half_characters:
        return value
    if "\\ud" in text or "\\uD" in text:
        for part in _texts(value):
            _refuse_half_characters(part)
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text of a value, keys included; without recursion, since the value may be as deep as the parser goes."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += part.keys()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _refuse_half_characters(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(Fault("half_character")) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(Fault("key_twice", key=repr(twice[:60])))
    return values


def _refuse(constant: str) -> None:
    raise ValueError(Fault("json_constant", found=constant))


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(Fault("json_large_number", found=text))
    return value


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
_AS_WRITTEN = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=Number, parse_int=Number)
