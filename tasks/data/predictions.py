"""Predicted feedback: what `finetune score` writes and `results scores` reads, one JSON object a line.

A file `NAME.jsonl` has `NAME.manifest.json` beside it, which says what made it and on which split.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from tasks.data.feedback import DIMENSIONS, FLAGS, HIGHEST, Flags, score_of
from tasks.errors import InputError
from tasks.schema import Record
from tasks.strict_json import loads

Share = Annotated[float, Field(ge=0, le=1)]
Value = Annotated[int, Field(ge=0, le=HIGHEST)]


class Prediction(Record):
    """One dialogue's predicted feedback. A model's predictions are one more rater's judgments.

    `values` are the 20 predicted ratings (the likeliest, where there are `chances`); None = the model gave none.
    """

    dialogue_id: str
    values: tuple[Value | None, ...]
    flags: tuple[bool | None, ...]
    chances: tuple[tuple[Share, ...], ...] | None = None
    """Probabilities of 0..5 for each item, each row adding up to 1; None where the model only said values."""
    flag_chances: tuple[Share, ...] | None = None
    cut_turns: int = Field(default=0, ge=0)
    """Turns at the dialogue's beginning that the model did not read."""
    problems: tuple[str, ...] = ()
    """Why values are missing."""

    @model_validator(mode="after")
    def _lengths_fit(self) -> Prediction:
        for name, found, wanted in (("values", self.values, DIMENSIONS), ("flags", self.flags, FLAGS)):
            if len(found) != len(wanted):
                raise ValueError(f"{name}: found {len(found)}; allowed: {len(wanted)}")
        return self

    @model_validator(mode="after")
    def _chances_fit(self) -> Prediction:
        rows = self.chances or ()
        if self.chances is not None and len(rows) != len(DIMENSIONS):
            raise ValueError(f"chances: found {len(rows)} rows; allowed: {len(DIMENSIONS)}")
        for number, row in enumerate(rows):
            if len(row) != HIGHEST + 1 or abs(sum(row) - 1) > 1e-3:
                raise ValueError(
                    f"chances[{number}]: found {row}; allowed: {HIGHEST + 1} probabilities that add up to 1"
                )
        if self.flag_chances is not None and len(self.flag_chances) != len(FLAGS):
            raise ValueError(f"flag_chances: found {len(self.flag_chances)}; allowed: {len(FLAGS)}")
        return self

    @property
    def expectations(self) -> tuple[float, ...] | None:
        """The mean of each item's distribution, 0..5."""
        if self.chances is None:
            return None
        return tuple(sum(value * chance for value, chance in enumerate(row)) for row in self.chances)

    @property
    def score(self) -> int | None:
        """The published rule applied to the predicted values and flags; None where one of them is missing."""
        values = [value for value in self.values if value is not None]
        if len(values) < len(self.values) or None in self.flags:
            return None
        return score_of(sum(values), Flags(*map(bool, self.flags)))

    @property
    def expected_score(self) -> float | None:
        """The rule applied to the sum of the expectations, unrounded; None without chances."""
        if self.expectations is None or None in self.flags:
            return None
        flags, total = Flags(*map(bool, self.flags)), sum(self.expectations)
        if flags.harmful or flags.other_unethical:
            return 0.0
        return total / 2 if flags.unwilling_to_continue else total


def read(path: Path) -> tuple[Prediction, ...]:
    """The predictions of a file, in its order.

    Raises:
        InputError: the file cannot be read, a line is no prediction, or a dialogue occurs twice; all at once.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError((f"{path}: cannot be read ({error}); a UTF-8 JSONL file of predictions is needed",)) from error
    found: dict[str, Prediction] = {}
    errors: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            prediction = Prediction.model_validate(loads(line))
        except ValidationError as error:
            errors += [f"{path}:{number}: {said(entry)}" for entry in error.errors()]
            continue
        except ValueError as error:
            errors.append(f"{path}:{number}: is not JSON ({error})")
            continue
        if prediction.dialogue_id in found:
            errors.append(f"{path}:{number}: dialogue_id: found {prediction.dialogue_id} again; each may occur once")
        found[prediction.dialogue_id] = prediction
    if errors or not found:
        raise InputError(tuple(errors) or (f"{path}: holds no prediction",))
    return tuple(found.values())


def said(entry: ErrorDetails) -> str:
    """A fault of a record as a line says it: field, value found, what is wrong with it."""
    where = ".".join(map(str, entry["loc"]))
    said = entry["msg"].removeprefix("Value error, ")
    return f"{where + ': ' if where else ''}found {str(entry['input'])[:80]!r}; {said}"


def manifest_path(path: Path) -> Path:
    """Where the manifest of a file of predictions lies."""
    return path.with_name(f"{path.stem}.manifest.json")


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest beside a file of predictions; {} where there is none.

    Raises:
        InputError: there is one, but it is not a JSON object.
    """
    beside = manifest_path(path)
    if not beside.is_file():
        return {}
    try:
        value = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError((f"{beside}: not JSON ({error})",)) from error
    if not isinstance(value, dict):
        raise InputError((f"{beside}: found {type(value).__name__}; allowed: an object",))
    return value
