"""Steps by which one record of a tool becomes records of one thing each: a text cut in two, a list opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.intake.shape.records import Records, pick
from tasks.schema import Record

Fields = Mapping[str, Any]
"""A record of a file."""


class Step(Record):
    """One step from a record of a file to records of one thing each.

    Attributes:
        split: a text at this path becomes a list, cut at `by`; where it has not as many `parts` as were named, nothing.
        open: each entry of the list or object at this path makes a record of its own ('' = of the record itself), in
            which it stands at that path; `beside`: lists of the same length, opened along with it.
        gather: each of these fields makes a record of its own, in which its value stands under `into`; `raters`: the
            columns named after raters; `criteria`: those that a person chooses; `lists`, `numbers`: what is one;
            `dotted`: columns with a dot in their name; `others`: all whose name is not, as a whole, like the
            expression `but`. `inside`: the path under which they stand.
        hot: of these columns the one that holds 1 or true; its name stands under `into`.
        key: where the key, place or column's name of an entry stands afterwards.
    """

    split: str | None = None
    by: str = ","
    parts: int | None = None
    open: str | None = None
    beside: tuple[str, ...] = ()
    gather: tuple[str, ...] = ()
    inside: str = ""
    but: str = ""
    hot: tuple[str, ...] = ()
    into: str = "judged"
    key: str = "key"


def stepped(records: Records, steps: Sequence[Step]) -> Records:
    """The records of a file after these steps, each under the row from which it comes."""
    if not steps:
        return records
    rows = [(row, one) for row, record in records.rows for one in _taken(record, steps)]
    return Records(records.name, rows, records.headed)


def _taken(record: Fields, steps: Sequence[Step]) -> Iterator[Fields]:
    if not steps:
        yield record
        return
    step = steps[0]
    found = iter([split(record, step.split, step.by, step.parts)]) if step.split is not None else opened(record, step)
    for one in found:
        yield from _taken(one, steps[1:])


def split(record: Fields, path: str, by: str, parts: int | None = None) -> Fields:
    """The record with the text at a path cut into a list, an empty one where it has not so many parts."""
    text = pick(record, path)
    if not isinstance(text, str):
        return record
    found = [part.strip() for part in text.split(by)]
    return placed(record, path, found if parts in (None, len(found)) else [])


def opened(record: Fields, step: Step) -> Iterator[Fields]:
    """A record for each entry of a list or object; the record itself where neither stands there."""
    path = step.open or ""
    value = pick(record, path) if path else record
    if isinstance(value, Mapping):
        entries = [(str(key), entry) for key, entry in value.items()]
    elif isinstance(value, list):
        entries = [(str(place), entry) for place, entry in enumerate(value, 1)]
    else:
        yield record
        return
    beside = {other: pick(record, other) for other in step.beside}
    for place, (key, entry) in enumerate(entries):
        one = placed(record, path, entry) if path else entry if isinstance(entry, Mapping) else {}
        for other, listed in beside.items():
            if isinstance(listed, list):
                one = placed(one, other, listed[place] if place < len(listed) else None)
        yield {**one, step.key: key}


def placed(record: Fields, path: str, value: Any) -> Fields:
    """The record with another value at a path; what is beside the path is shared, nothing is changed in place."""
    if path in record or "." not in path:
        return {**record, path: value}
    first, _, rest = path.partition(".")
    inner = record.get(first)
    if isinstance(inner, list):
        place = int(rest.partition(".")[0])
        deeper = rest.partition(".")[2]
        changed = list(inner)
        changed[place] = placed(inner[place], deeper, value) if deeper else value
        return {**record, first: changed}
    return {**record, first: placed(inner if isinstance(inner, Mapping) else {}, rest, value)}
