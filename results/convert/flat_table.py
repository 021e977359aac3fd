"""One row per vote, texts among them, for spreadsheets: CSV and Excel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from results.convert.questions import answers
from results.convert.votes import Vote, Votes
from results.export import csv_cells
from results.export.workbook import Cell, Sheet, as_time, workbook
from tasks.schema import ITEM, PAIR, SIDES, Criterion, Target, Turn

TIE, BLINDING = "tie", "blinding"
ROLES = {"client": "Client", "counselor": "Counsellor"}
"""Who speaks, before each turn of the dialogue's cell."""
Line = dict[str, Cell]


def lines(found: Votes) -> list[Line]:
    """Every vote as a row by column; all rows have the same columns, times stand as text.

    Of a response the columns end in `.first` and `.second`, the side where it stood; a preference names the system,
    or `tie`, and has `.side` and `.strength` beside it. docs/exporting.md lists the columns.
    """
    guessed = any(row.criterion == BLINDING for vote in found.votes for row in vote.judgments)
    return [
        {**_shown(found, vote), **_said(found, vote), **(_guess(vote) if guessed else {}), **_end(found, vote)}
        for vote in found.votes
    ]


def as_csv(found: Votes) -> bytes:
    """The table as CSV that Excel opens rightly and runs nothing of."""
    rows = lines(found)
    columns = list(rows[0]) if rows else ["empty"]
    return csv_cells.render(columns, ([_as_text(row[column]) for column in columns] for row in rows))


def as_xlsx(found: Votes) -> bytes:
    """The table as an Excel file, and a second sheet with what was asked. Raises InputError: a text is too long."""
    rows = lines(found)
    columns = list(rows[0]) if rows else ["empty"]
    cells = [[as_time(str(row[c])) if c == "submitted_at" and row[c] else row[c] for c in columns] for row in rows]
    title = found.study.title.text(*found.study.languages) + (" (simulated)" if found.study.simulated else "")
    return workbook([Sheet("votes", columns, cells), _questions(found)], title)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else json.dumps(cell)


def _shown(found: Votes, vote: Vote) -> Line:
    row, item = vote.row, found.items.get(vote.row.item_id)
    return {
        "study_id": found.study.study_id,
        "simulated": found.study.simulated,
        "kind": row.kind,
        "rater": vote.rater,
        "position": row.position,
        "item_id": row.item_id,
        "dialogue": found.dialogue(vote),
        "topic": item.topic if item else "",
        "stratum": row.stratum,
        "first_system": row.first_system,
        "second_system": row.second_system,
    }


def _said(found: Votes, vote: Vote) -> Line:
    line: Line = {}
    for criterion in found.study.criteria:
        line |= _answers(vote, criterion) if criterion.kind != "text" else {}
    return line


def _end(found: Votes, vote: Vote) -> Line:
    row = vote.row
    return {
        "left": row.left or "",
        "left_reasons": row.left_reasons,
        "comment": vote.comment,
        "active_seconds": row.active_seconds,
        "submitted_at": row.submitted_at,
        "assignment_id": row.assignment_id,
        "dialogue_text": _spoken(found.turns(row.item_id)),
        "first_text": found.text(row.item_id, row.first_system or ""),
        "second_text": found.text(row.item_id, row.second_system or ""),
    }


def _answers(vote: Vote, criterion: Criterion) -> Line:
    name = criterion.criterion_id
    if criterion.kind == "preference":
        return _preference(vote, name)
    if criterion.of == "utterance":
        turns = {j.target.utterance: j.value for j in vote.judgments if j.criterion == name and j.value is not None}
        return {name: json.dumps(turns, ensure_ascii=False) if turns else None}
    line: Line = {}
    for column, target in _targets(vote, criterion):
        row = vote.judgment(name, target) if target else None
        line[column] = _value(row.value) if row else None
        if criterion.reasons:
            line[f"{column}.reasons"] = row.reason if row and row.value is not None else ""
    return line


def _targets(vote: Vote, criterion: Criterion) -> Iterator[tuple[str, Target | None]]:
    """The columns of a criterion, and what each is about in this vote; None where nothing stood on that side."""
    if criterion.of != "response":
        yield criterion.criterion_id, PAIR if criterion.of == "pair" else ITEM
        return
    for place, side in enumerate(SIDES):
        system = vote.order[place] if place < len(vote.order) else None
        yield f"{criterion.criterion_id}.{side}", Target.of_system(system) if system else None


def _preference(vote: Vote, name: str) -> Line:
    row = vote.judgment(name)
    if row is None or vote.missing(name):
        return {name: None, f"{name}.side": None, f"{name}.strength": None}
    side = vote.chosen_side(name)
    return {name: row.chosen_system if side else TIE, f"{name}.side": side or TIE, f"{name}.strength": row.strength}


def _guess(vote: Vote) -> Line:
    """The system that a rater took for the adjusted one, or `cannot_tell`."""
    row = next((judgment for judgment in vote.judgments if judgment.criterion == BLINDING), None)
    return {BLINDING: None if row is None else row.chosen_system or _value(row.value)}


def _value(value: Any) -> Cell:
    return value if isinstance(value, (int, float, str, type(None))) else json.dumps(value, ensure_ascii=False)


def _spoken(turns: tuple[Turn, ...]) -> str:
    return "\n".join(f"{ROLES[turn.role]}: {turn.text}" for turn in turns)


def _questions(found: Votes) -> Sheet:
    """What was asked, in the study's first language, and what the numbers mean."""
    languages = found.study.languages
    rows = [
        [
            criterion.criterion_id,
            criterion.of,
            criterion.label.text(*languages),
            "\n".join(f"{value} = {words}" for value, words in answers(criterion, languages).items()),
        ]
        for criterion in found.study.criteria
    ]
    return Sheet("questions", ["criterion", "of", "question", "answers"], rows)
