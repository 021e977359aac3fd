"""What each record says, as it is written: who said it of what, of which systems, and when."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tasks.intake import labels
from tasks.intake.faults import Faults
from tasks.intake.judgments.finding import Group
from tasks.intake.judgments.known import KnownJudgments
from tasks.intake.judgments.mapping import JudgmentPart
from tasks.intake.judgments.parts import with_parts
from tasks.intake.judgments.said import Said
from tasks.intake.judgments.unfolding import matches, written
from tasks.intake.shape.records import alike, pick
from tasks.intake.text import visible
from tasks.languages.fault import Fault, instead

Record = Mapping[str, Any]
_SHOWN = frozenset(map(alike, ("left", "left_model", "left_system", "shown_first", "first_shown", "左のシステム")))
"""Headers that say where a system stood on the screen."""
_MOST_SECONDS = 1e11
"""Seconds since 1970 above which a time is written in milliseconds."""


class Reader:
    """Reads the judgments of groups of files; what cannot be read is refused by row, what is left out is counted."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.left_out: Counter[str] = Counter()
        self.bare = 0
        self.simulated = False
        self.lines: list[str] = []
        self.sides: dict[tuple[str, ...], Said] = {}

    def read(self, group: Group, part: JudgmentPart, file_raters: Mapping[str, str]) -> None:
        """The judgments of the files of one shape. `file_raters`: who judged, by file, where no field says it."""
        found: list[Said] = []
        for records, unfolded in zip(group.files, group.unfolded, strict=True):
            faults = Faults(records.name)
            rater = file_raters.get(records.name, "")
            for row, record in unfolded.rows:
                said = self._said(group.known, part, records.name, rater, row, record, faults)
                found += [said] if said else []
            self.left_out += unfolded.left_out
            self.bare += unfolded.bare
            self.simulated |= any(_says(record, group.known.simulated) for _, record in records.rows)
            self.lines += faults.lines()
        if group.known.holds == "sides":
            self.sides |= {one.item: one for one in found}
            return
        joined = with_parts(found, group.known.parts)
        self.lines += _faulty_strengths(joined)
        self.said += _merged(joined) if group.known.merge else joined

    def resolve(self) -> None:
        """Give judgments without systems those that another file names for their item."""
        for place, one in enumerate(self.said):
            of = self.sides.get(one.item)
            if of is not None and not (one.first and one.second):
                words = (of.words[0], of.words[1], of.words[2], one.words[3])
                self.said[place] = replace(one, first=of.first, second=of.second, called=of.called, words=words)

    def _said(
        self, known: KnownJudgments, part: JudgmentPart, file: str, rater: str, row: int, record: Record, faults: Faults
    ) -> Said | None:
        item = _key(record, part.item, part.item_text)
        if not item:
            faults.add(Fault("no_id"), row=row, column=", ".join((*part.item, *part.item_text)))
            return None
        named = rater or (_name(record, part.rater) if part.rater else "")
        if part.rater and not visible(named):
            self.left_out["no_rater"] += 1
            return None
        given = _values(record, part.value, known.label)
        first, second = (
            name or _text(record, paths)
            for name, paths in ((part.first_name, part.first), (part.second_name, part.second))
        )
        dialogue = _key(record, part.dialogue, part.dialogue_text)
        return Said(
            tool=known.tool,
            shape=known.shape,
            file=file,
            row=row,
            item=item,
            dialogue=dialogue or item,
            rater=named,
            criterion=_criterion(record, known),
            values=tuple(v for v in given if visible(v) and not _missing(known, v)),
            first=first,
            second=second,
            swapped=bool(known.swapped and matches(record, known.swapped)),
            shown=known.order == "shown" or any(alike(path.rpartition(".")[2]) in _SHOWN for path in part.first),
            called=(_called(record, part.first_called, part.first, part.first_words),
                    _called(record, part.second_called, part.second, part.second_words)),
            tie=bool(known.tie and matches(record, known.tie)),
            strength=_text(record, part.strength),
            system=part.system_name or _text(record, part.system),
            of=_text(record, (known.of,)) if known.of else "",
            task=_text(record, part.task),
            annotation=_text(record, part.annotation),
            at=_time(_text(record, part.at)),
            seconds=_seconds(_text(record, part.seconds)),
            words=(_joined(record, part.item_words), _text(record, part.first_words),
                   _text(record, part.second_words), _text(record, part.response_words)),
        )  # fmt: skip


def _criterion(record: Record, known: KnownJudgments) -> str:
    name = (written(pick(record, known.criterion)) if known.criterion else "") or known.name or "judgment"
    return f"{name} (dialogue)" if known.whole and pick(record, known.whole) is None else name


def _faulty_strengths(found: Sequence[Said]) -> list[str]:
    """A line for each file with a strength that is none of 0, 1, 2, with its first rows."""
    faults: dict[str, Faults] = {}
    for one in found:
        if one.strength and labels.number(one.strength) not in (0, 1, 2):
            rule = instead(repr(one.strength), "0, 1, 2")
            faults.setdefault(one.file, Faults(one.file)).add(rule, row=one.row, column=f"{one.criterion}, strength")
    return [line for of_file in faults.values() for line in of_file.lines()]


def _says(record: Record, paths: Sequence[str]) -> bool:
    """Whether a field says yes."""
    return _text(record, paths).casefold() in ("true", "1")


def _key(record: Record, paths: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """What names an item: its fields, or a hash of its words, so that no word leaves the file; () for nothing."""
    if paths:
        found = tuple(written(pick(record, path)) for path in paths)
        return found if any(map(visible, found)) else ()
    text = _joined(record, words)
    return ("words-" + hashlib.sha256(text.encode()).hexdigest()[:16],) if visible(text) else ()


def _joined(record: Record, paths: Sequence[str]) -> str:
    texts = [text for path in paths if isinstance(text := pick(record, path), str)]
    return "\n\n".join(filter(visible, texts))


def _text(record: Record, paths: Sequence[str]) -> str:
    return next((text for path in paths if (text := written(pick(record, path)))), "")


def _name(record: Record, paths: Sequence[str]) -> str:
    """Who judged; a list of names is one judge, as `gpt-4, pair-v2`."""
    for path in paths:
        value = pick(record, path)
        if isinstance(value, list):
            return ", ".join(map(written, value))
        if text := written(value):
            return text
    return ""


def _values(record: Record, paths: Sequence[str], label: str) -> tuple[str, ...]:
    """The labels said: those of a list, or one; the name of the label where the value is a bare `true`."""
    value = next((value for path in paths if (value := pick(record, path)) is not None), None)
    if isinstance(value, list):
        return tuple(map(written, value))
    text = written(value if not isinstance(value, Mapping) else value.get("selected", value.get("value")))
    if label and text.casefold() == "true":
        return (written(pick(record, label)),)
    return () if label and text.casefold() == "false" else (text,)


def _called(record: Record, called: Sequence[str], systems: Sequence[str], words: Sequence[str]) -> str:
    """What a choice may call a side: the name in its own field, else the field of the system or of the response."""
    return _text(record, called) or "\n".join(path.rpartition(".")[2] for path in (*systems, *words))


def _missing(known: KnownJudgments, value: str) -> bool:
    return bool(known.missing) and re.fullmatch(known.missing, value, re.IGNORECASE | re.DOTALL) is not None


def _time(text: str) -> str:
    """A time as UTC, ISO 8601; '' where it is none that can be told."""
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > _MOST_SECONDS else seconds, UTC).isoformat()
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return ""
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _seconds(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return round(found, 3) if 0 <= found < _MOST_SECONDS else None


def _merged(found: Sequence[Said]) -> list[Said]:
    """Labels of one rater, item and criterion in one file as one set."""
    sets: dict[tuple[object, ...], Said] = {}
    for said in found:
        key = (said.file, said.item, said.rater, said.criterion, said.system, said.first, said.second)
        before = sets.get(key)
        sets[key] = said if before is None else replace(before, values=(*before.values, *said.values))
    return list(sets.values())
