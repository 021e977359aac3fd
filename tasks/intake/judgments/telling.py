"""Which known shape of judgments some records have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tasks.intake.judgments.known import KnownJudgments, shapes
from tasks.intake.judgments.unfolding import RATER, written
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.records import Records, pick
from tasks.intake.shape.steps import Step
from tasks.schema import Words

NAMED = KnownJudgments(
    shape="named",
    rank=1000,
    tool="a table",
    seen=Words(en="columns named by a person", ja="列を指定した表"),
    each=(Step(gather=("criteria",), into="rating", key="criterion"),),
    item=("@item",),
    item_text=("@dialogue", "@text"),
    criterion="criterion",
    value=("rating",),
    task=("@item",),
)
"""A table that no known shape fits: a person says what its columns are."""


def told(records: Records) -> KnownJudgments:
    """The narrowest known shape of some records; those without a header are told by what stands in their columns."""
    fields = Fields(records)
    for known in shapes():
        if _is_like(known, records) if known.like else _fits(known, fields):
            return known
    return NAMED


def rater_columns(fields: Fields) -> tuple[str, ...]:
    """The columns that are called after one rater each, where there are two or more."""
    found = tuple(name for name in fields.first_keys() if RATER.fullmatch(name.strip()))
    return found if len(found) > 1 else ()


def _is_like(known: KnownJudgments, records: Records) -> bool:
    """Whether the columns of a file without a header hold what those of the shape hold."""
    first = () if records.headed else records.first()
    return bool(first) and all(
        re.fullmatch(pattern, written(pick(record, column)))
        for record in first
        for column, pattern in known.like.items()
    )


def _fits(known: KnownJudgments, fields: Fields) -> bool:
    needs = all(_there(fields, place) for place in known.needs)
    return needs and not any(_there(fields, place) for place in known.unless)


def _there(fields: Fields, place: str) -> bool:
    if place == "@raters":
        return bool(rater_columns(fields))
    if place == "@dotted":
        return any("." in name.strip(".") for name in fields.first_keys())
    if "@" in place:
        return bool(fields.find(place))
    return any(_at(record, place) is not None for record in fields.records.first())


def _at(record: Mapping[str, Any], place: str) -> Any:
    """What stands at a place; `*` is the first key, whatever it is called."""
    if not place.startswith("*."):
        return pick(record, place)
    inner = next(iter(record.values()), None)
    return pick(inner, place[2:]) if isinstance(inner, Mapping) else None
