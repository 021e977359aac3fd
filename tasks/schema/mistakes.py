"""A mistake that pydantic found in a value, in words: value found, values allowed, the key that was meant."""

from __future__ import annotations

import json
import typing
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tasks.languages.fault import Fault, Library, instead

_ALLOWED = {
    "string_type": "a_quoted_text",
    "int_type": "a_whole_number",
    "int_from_float": "a_whole_number",
    "float_type": "a_number",
    "finite_number": "a_finite_number",
    "bool_type": "true_or_false",
    "tuple_type": "a_list",
    "list_type": "a_list",
    "dict_type": "keys_and_values",
    "model_type": "keys_and_values",
    "string_pattern_mismatch": "an_identifier",
    "greater_than": "more_than",
    "greater_than_equal": "at_least",
    "less_than": "less_than",
    "less_than_equal": "at_most",
    "too_short": "entries_at_least",
    "too_long": "entries_at_most",
    "string_too_short": "characters_at_least",
    "string_too_long": "characters_at_most",
    "date_from_datetime_parsing": "a_date",
    "date_parsing": "a_date",
}
"""What is allowed, by pydantic's kind of mistake; the bound is in the mistake's context."""
_BOUNDS = ("gt", "ge", "lt", "le", "min_length", "max_length")


def mistake(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong at the place of a mistake in a value that is no `model`."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return Fault("is_missing")
    if kind == "extra_forbidden":
        return _unknown(place_of(detail), model)
    if kind == "value_error":
        said = context["error"].args[0]
        return said if isinstance(said, str) else str(said)
    return instead(show(detail["input"]), _allowed(detail))


def _allowed(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        names, _, last = str(context["expected"]).rpartition(" or ")
        return Fault("either", names=names, last=last) if names else last
    if kind in _ALLOWED:
        bounds = [f"{context[name]:g}" for name in _BOUNDS if name in context]
        return Fault(_ALLOWED[kind], bound=bounds[0]) if bounds else Fault(_ALLOWED[kind])
    return Library(detail["msg"])


def place_of(detail: ErrorDetails) -> tuple[str | int, ...]:
    """Where a mistake stands; of a key of a map, the place of the key itself."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def show(value: Any) -> str:
    """A value as it stands in an error: JSON, cut after 80 characters, what cannot be seen escaped."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in written[:81])
    return text if len(text) <= 80 else text[:79] + "…"


def _unknown(place: Sequence[str | int], model: type[BaseModel]) -> Fault:
    names = _keys(place[:-1], model)
    near = get_close_matches(str(place[-1]), names, n=1)
    if near:
        return Fault("unknown_key_meant", near=near[0], allowed=", ".join(names))
    return Fault("unknown_key", allowed=", ".join(names))


def _keys(place: Sequence[str | int], model: type[BaseModel]) -> list[str]:
    """The keys of the record that stands at a place inside `model`."""
    here: Any = model
    for part in place:
        if isinstance(part, str):
            here = _record(here.model_fields[part].annotation)
    return list(here.model_fields)


def _record(annotation: Any) -> Any:
    """The record inside an annotation such as tuple[Item, ...] or Words | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return (
        next(found for arg in typing.get_args(annotation) if (found := _record(arg)) is not None)
        if (typing.get_args(annotation))
        else None
    )
