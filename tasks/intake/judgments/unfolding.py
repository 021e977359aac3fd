"""One record of a tool taken apart into one record for each judgment in it, by the steps of a known shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.intake.judgments.known import KnownJudgments, Step, When
from tasks.intake.shape.records import Records, pick
from tasks.strict_json import Number

Record = Mapping[str, Any]
RATER = re.compile(
    r"(annotator|rater|coder|judge|worker|grader|evaluator|評価者|評定者)[\s_\-]*([0-9]{1,3}|[a-z])(st|nd|rd|th)?", re.I
)
"""Headers of columns that hold one rater's judgments each."""


class Unfolded:
    """The judgments of some records, and what was left out on the way.

    Attributes:
        rows: (row of the file, record of one judgment).
        left_out: how many were left out, by why.
        bare: tasks of the file in which nobody judged anything.
    """

    def __init__(self, known: KnownJudgments, records: Records, columns: Sequence[str] = ()) -> None:
        self.known, self.columns = known, tuple(columns)
        self.left_out: Counter[str] = Counter()
        self.bare = 0
        self.rows: list[tuple[int, Record]] = []
        kept = self._not_undone(records.rows)
        for row, record in kept:
            self._count(record)
            before, left = len(self.rows), sum(self.left_out.values())
            self.rows += ((row, one) for one in self._taken_apart(record, known.each))
            self.bare += len(self.rows) == before and sum(self.left_out.values()) == left

    def _not_undone(self, rows: Sequence[tuple[int, Record]]) -> list[tuple[int, Record]]:
        """The rows that no later row takes back, without those that do."""
        last: dict[tuple[str, ...], int] = {}
        for place, (_, record) in enumerate(rows):
            for rule in self.known.undone:
                if matches(record, rule):
                    last[tuple(str(pick(record, path)) for path in rule.by)] = place
        kept = []
        for place, (row, record) in enumerate(rows):
            keys = [tuple(str(pick(record, path)) for path in rule.by) for rule in self.known.undone]
            if any(place < last.get(key, -1) for key in keys):
                self.left_out["reset"] += 1
            elif not any(place == last.get(key, -1) for key in keys):
                kept.append((row, record))
        return kept

    def _count(self, record: Record) -> None:
        for path, why in self.known.counted.items():
            listed = pick(record, path)
            self.left_out[why] += len(listed) if isinstance(listed, list | dict) else 0

    def _taken_apart(self, record: Record, steps: Sequence[Step]) -> Iterator[Record]:
        why = next((rule.why for rule in self.known.left_out if matches(record, rule)), None)
        if why is not None:
            self.left_out[why] += 1
        elif not steps:
            yield record
        else:
            for one in self._step(record, steps[0]):
                yield from self._taken_apart(one, steps[1:])

    def _step(self, record: Record, step: Step) -> Iterator[Record]:
        if step.split is not None:
            yield _split(record, step.split, step.by)
        elif step.hot:
            yield {**record, step.into: _hot(record, step.hot)}
        elif step.gather:
            yield from _gathered(record, step, self.columns)
        else:
            yield from _opened(record, step)


def matches(record: Record, rule: When) -> bool:
    """Whether a record is one of which a rule speaks."""
    found = written(pick(record, rule.where))
    return bool(found) and re.fullmatch(rule.like, found, re.IGNORECASE | re.DOTALL) is not None


def written(value: Any) -> str:
    """A single value as text; '' for nothing, lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _split(record: Record, path: str, by: str) -> Record:
    text = pick(record, path)
    return placed(record, path, [part.strip() for part in text.split(by)]) if isinstance(text, str) else record


def _hot(record: Record, columns: Sequence[str]) -> str | None:
    on = [column for column in columns if written(pick(record, column)).casefold() in ("1", "1.0", "true")]
    return on[0] if len(on) == 1 else None


def _opened(record: Record, step: Step) -> Iterator[Record]:
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


def _gathered(record: Record, step: Step, columns: Sequence[str]) -> Iterator[Record]:
    inside = pick(record, step.inside) if step.inside else record
    fields = inside if isinstance(inside, Mapping) else {}
    for name in _chosen(fields, step.gather, columns):
        value = pick(fields, name)
        if value is not None:
            yield {**record, step.into: value, step.key: name}


def _chosen(fields: Record, gather: Sequence[str], columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for kind in gather:
        if kind in ("raters", "criteria"):
            found += columns
        elif kind == "lists":
            found += [name for name, value in fields.items() if isinstance(value, list)]
        elif kind == "numbers":
            found += [name for name, value in fields.items() if isinstance(value, Number)]
        elif kind == "dotted":
            found += [name for name in fields if "." in name.strip(".")]
        elif pick(fields, kind) is not None:
            found.append(kind)
    return list(dict.fromkeys(found))


def placed(record: Record, path: str, value: Any) -> Record:
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
