"""Values of a file checked against a record, each mistake said as file, line, field, value found, values allowed."""

from __future__ import annotations

import json
import re
import typing
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.study.reading import Located, Place

Model = TypeVar("Model", bound=BaseModel)

_IDENTIFIER = "1 to 80 letters, digits, '_', '.' or '-', a letter or digit first"
_ALLOWED = {
    "string_type": "a text (put numbers, dates, yes, no, on and off in quotes)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "string_pattern_mismatch": _IDENTIFIER,
}


def validate(model: type[Model], found: Located, errors: list[str], value: Any = None) -> Model | None:
    """The record of a file's value, or None and a line per mistake. `value` stands in for the file's own, if given.

    Nothing is converted: a number written as text is a mistake.
    """
    plain = json.dumps(found.value if value is None else value)
    try:
        return model.model_validate_json(plain, strict=True)
    except ValidationError as error:
        errors.extend(f"{found.where(_place(detail))}: {_say(detail, model)}" for detail in error.errors())
        return None


def show(value: Any) -> str:
    """A value as it stands in an error: JSON, cut after 80 characters, what cannot be seen escaped."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in written[:81])
    return text if len(text) <= 80 else text[:79] + "…"


def _place(detail: ErrorDetails) -> Place:
    """Where a mistake stands; of a key of a map, the place of the key itself."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def _say(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return _unknown(_place(detail), model)
    if kind == "value_error":
        return str(context["error"])
    found = show(detail["input"])
    if kind == "literal_error":
        return f"found {found}; allowed: {context['expected']}"
    allowed = _ALLOWED.get(kind) or re.sub(r"^[A-Z]\w+ should (be |have )?", "", detail["msg"])
    return f"found {found}; allowed: {allowed}"


def _unknown(place: Place, model: type[BaseModel]) -> str:
    names = _keys(place[:-1], model)
    near = get_close_matches(str(place[-1]), names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"unknown key{hint}; allowed: {', '.join(names)}"


def _keys(place: Place, model: type[BaseModel]) -> list[str]:
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
