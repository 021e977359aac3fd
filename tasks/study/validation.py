"""Values of a file checked against a record, each mistake said as file, line, field, value found, values allowed."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tasks.languages.fault import at
from tasks.schema.mistakes import mistake, place_of
from tasks.study.reading import Located

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], found: Located, errors: list[str], value: Any = None) -> Model | None:
    """The record of a file's value, or None and a line per mistake. `value` stands in for the file's own, if given.

    Nothing is converted: a number written as text is a mistake.
    """
    plain = json.dumps(found.value if value is None else value)
    try:
        return model.model_validate_json(plain, strict=True)
    except ValidationError as error:
        errors.extend(at(found.where(place_of(detail)), mistake(detail, model)) for detail in error.errors())
        return None
