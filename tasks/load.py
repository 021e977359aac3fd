"""Study folders (docs/study-format.md) and criteria templates, read into the vocabulary."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter

from tasks.problems import StudyError
from tasks.schema import Criterion

__all__ = ["StudyError", "template", "template_names"]

TEMPLATES = Path(__file__).parent / "templates"


def template_names() -> tuple[str, ...]:
    """The names of the shipped criteria templates, sorted."""
    return tuple(sorted(path.stem for path in TEMPLATES.glob("*.yaml")))


def template(name: str) -> tuple[Criterion, ...]:
    """The criteria of a shipped template (`quick`, `full`), in the order shown.

    Raises:
        StudyError: there is no template of that name.
    """
    if name not in template_names():
        raise StudyError((f"criteria: found {name!r}; allowed: {', '.join(template_names())}, or a list of criteria",))
    text = (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Criterion, ...]).validate_python(yaml.safe_load(text)["criteria"])
