"""One record of a tool taken apart into one record for each judgment in it, by the steps of a known shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.intake.judgments.known import KnownJudgments, When
from tasks.intake.shape.records import Records, pick
from tasks.intake.shape.steps import Step, opened, split
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
            yield split(record, step.split, step.by, step.parts)
        elif step.hot:
            yield {**record, step.into: _hot(record, step.hot)}
        elif step.gather:
            yield from _gathered(record, step, self.columns)
        else:
            yield from opened(record, step)


def matches(record: Record, rule: When) -> bool:
    """Whether a record is one of which a rule speaks."""
    found = written(pick(record, rule.where))
    return bool(found) and re.fullmatch(rule.like, found, re.IGNORECASE | re.DOTALL) is not None


def written(value: Any) -> str:
    """A single value as text; '' for nothing, lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _hot(record: Record, columns: Sequence[str]) -> str | None:
    on = [column for column in columns if written(pick(record, column)).casefold() in ("1", "1.0", "true")]
    return on[0] if len(on) == 1 else None


def _gathered(record: Record, step: Step, columns: Sequence[str]) -> Iterator[Record]:
    inside = pick(record, step.inside) if step.inside else record
    fields = inside if isinstance(inside, Mapping) else {}
    for name in _chosen(fields, step, columns):
        value = pick(fields, name)
        if value is not None:
            yield {**record, step.into: value, step.key: name}


def _chosen(fields: Record, step: Step, columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for kind in step.gather:
        if kind in ("raters", "criteria"):
            found += columns
        elif kind == "lists":
            found += [name for name, value in fields.items() if isinstance(value, list)]
        elif kind == "numbers":
            found += [name for name, value in fields.items() if isinstance(value, Number)]
        elif kind == "dotted":
            found += [name for name in fields if "." in name.strip(".")]
        elif kind == "others":
            found += [name for name in fields if name and not re.fullmatch(step.but, name)]
        elif pick(fields, kind) is not None:
            found.append(kind)
    return list(dict.fromkeys(found))
