"""Worked examples printed in papers and handbooks, as small tables of numbers with the known answers.

Each case: id, kind, source, level, data (units x raters, null = missing), expected, tolerance (absolute).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES: tuple[dict[str, Any], ...] = tuple(
    json.loads((Path(__file__).parent / "published_cases.json").read_text(encoding="utf-8"))["cases"]
)


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [case for case in CASES if case["kind"] == kind]


def case(case_id: str) -> dict[str, Any]:
    return next(case for case in CASES if case["id"] == case_id)


def long(case: dict[str, Any]) -> tuple[list[int], list[int], list[Any]]:
    """Columns unit, rater, value of a case's table, the missing ratings included as None."""
    cells = [(u, r, v) for u, row in enumerate(case["data"]) for r, v in enumerate(row)]
    return [c[0] for c in cells], [c[1] for c in cells], [c[2] for c in cells]
