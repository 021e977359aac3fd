"""Reference pages: every key of a record with its type and meaning, and a schema that says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tasks.reference_page import markdown, schema_text, write


class Leaf(BaseModel):
    """A leaf | of a tree."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    colour: Literal["green", "red"]
    area: float | None = None
    """Square centimetres,
    measured."""


class Tree(BaseModel):
    """A tree."""

    leaves: tuple[Leaf, ...]
    by_branch: Mapping[str, Leaf]
    best: Leaf
    size: tuple[int, int]


def test_a_page_by_hand() -> None:
    assert (
        markdown(Tree, "tree.json", "About.", "## Notes\n\nNone.")
        == """# tree.json

About.

## Tree

A tree.

| key | type | meaning |
|---|---|---|
| `leaves` | array of [Leaf](#leaf) | A leaf \\| of a tree. |
| `by_branch` | object of [Leaf](#leaf) | A leaf \\| of a tree. |
| `best` | [Leaf](#leaf) | A leaf \\| of a tree. |
| `size` | [integer, integer] |  |

## Leaf

A leaf \\| of a tree.

| key | type | meaning |
|---|---|---|
| `colour` | `green`, `red` |  |
| `area` | number or null, may be absent | Square centimetres, measured. |

## Notes

None.
"""
    )


def test_page_and_schema_stand_beside_each_other(tmp_path: Path) -> None:
    page, schema = write(Tree, tmp_path, "tree", "tree.json", "About.")
    assert page.read_text(encoding="utf-8") == markdown(Tree, "tree.json", "About.")
    assert schema == tmp_path / "schemas" / "tree.schema.json"
    assert schema.read_text(encoding="utf-8") == schema_text(Tree, "tree.json")
    assert json.loads(schema_text(Tree, "tree.json"))["$defs"]["Leaf"]["additionalProperties"] is False
