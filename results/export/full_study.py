"""The study of an export with its texts: a study folder, or for imported judgments the texts written beside them."""

from __future__ import annotations

from pathlib import Path

from tasks.errors import InputError
from tasks.schema import Item, Response, Study
from tasks.study.load import load_study
from tasks.study.reading import read_jsonl
from tasks.study.validation import validate


def full_study(study: Study, folder: Path) -> Study:
    """The study with the texts in `folder`. Raises InputError with what does not fit.

    Args:
        study: the export's, without texts.
        folder: the study folder; of an import, what `results import … --texts` wrote.
    """
    return load_study(folder) if study.imported is None else _beside(study, folder)


def _beside(study: Study, folder: Path) -> Study:
    """The imported study with the texts that were written beside it; not every system answers every item."""
    errors: list[str] = []
    path = folder / "items.jsonl"
    if not path.is_file():
        raise InputError([f"{folder}: has no items.jsonl; python -m results import … --texts DIR writes it"])
    items = [validate(Item, line, errors) for line in read_jsonl(path, path.name, errors)]
    responses = []
    for system in study.systems:
        file = folder / "responses" / f"{system.system_id}.jsonl"
        for line in read_jsonl(file, f"responses/{file.name}", errors) if file.is_file() else ():
            responses.append(validate(Response, line, errors, {**line.value, "system_id": system.system_id}))
    if errors:
        raise InputError(errors)
    found = {"items": tuple(filter(None, items)), "responses": tuple(filter(None, responses))}
    return study.model_copy(update=found)
