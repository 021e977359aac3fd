"""The first records of a file as a table; each column's head says what it is, and can be told otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from studio.intake.door import Brought
from studio.pages.admin.html import Raw, Words, text
from studio.pages.admin.icons import icon
from tasks.intake.asking import NONE, Question, joined
from tasks.intake.shape.records import Records, paths, pick

COLUMN = "column."
"""What stands before the end of a question's key in the names of the fields of columns."""
QUESTIONS = {"item": "item", "dialogue": "dialogue", "response": "answers", "system": "system_column"}
"""role -> the question that it answers."""
OPEN, UNUSED = "?", "unused"
ROWS, CELL, MOST_COLUMNS, MOST_FILES = 4, 80, 12, 4


def answers(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What the heads of the columns answer: what was asked there, and every role that was changed."""
    said: dict[str, str] = {}
    for name, values in given.items():
        if not name.startswith(COLUMN):
            continue
        asked = {role for found, role, _ in map(_parts, values) if found == OPEN}
        before, now = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for found, role, column in map(_parts, values):
            if found != OPEN:
                before[found].append(column)
                now[role].append(column)
        for role, question in QUESTIONS.items():
            if role in asked or before[role] != now[role]:
                said[question + name.removeprefix(COLUMN)] = joined(now[role]) or NONE
    return said


def _parts(value: str) -> tuple[str, str, str]:
    """A field of a column: the role that was found, the one that was chosen, the column."""
    found, _, rest = value.partition("\t")
    role, _, column = rest.partition("\t")
    return found, role, column


def asked_here(brought: Brought) -> tuple[Question, ...]:
    """The questions that the heads of the columns answer: every other answer than a column is asked beside."""
    ends = {table.ending for table in brought.understood.tables.values()}
    here = {question + end for question in QUESTIONS.values() for end in ends}
    return tuple(
        one for one in brought.questions
        if one.key in here and (one.key.startswith("answers") or (one.proposed and NONE not in one.options))
    )  # fmt: skip


def tables(brought: Brought, trial: Brought, words: Words, typed: Mapping[str, str]) -> str:
    """The first records of each file; of files that are read alike, the columns of the first can be changed."""
    asked, known = asked_here(brought), _roles(trial)
    made, before = [], set[str]()
    for records in brought.files[:MOST_FILES]:
        table = brought.understood.tables.get(records.name)
        end = table.ending if table and table.ending not in before else None
        before |= {end} if end is not None else set()
        heads = _Heads(known, words, end, [one for one in asked if one.key.endswith(end or "")], typed)
        made.append(_table(records, heads, table.columns if table else ()))
    return "".join(made)


def _table(records: Records, heads: _Heads, columns: Sequence[str]) -> str:
    every = paths([record for _, record in records.rows[:ROWS]])
    shown = every[:MOST_COLUMNS]
    top = "".join(f"<th scope='col'>{heads.of(name, name in columns)}</th>" for name in shown)
    rows = "".join(
        f"<tr>{''.join(f'<td dir=auto>{text(_cell(pick(record, path)))}</td>' for path in shown)}</tr>"
        for _, record in records.rows[:ROWS]
    )
    told = heads.words.say("file_rows", shown=min(ROWS, len(records.rows)), n=len(records.rows))
    unseen = "".join(heads.unseen(name) for name in columns if name not in shown)
    return (
        f'<h3 class="file-name">{icon("file")}{text(records.name)} <small>{text(told)}</small></h3>{unseen}'
        f'{heads.open()}<div class="scroll" tabindex="0"><table class="roles"><thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


class _Heads:
    """The heads of one file's columns. `end`: of the keys of its questions; None where nothing can be changed."""

    def __init__(
        self, roles: Mapping[str, str], words: Words, end: str | None, asked: Sequence[Question],
        typed: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.roles, self.words, self.end = roles, words, end
        self.asked = {role for role, question in QUESTIONS.items() if any(q.key == f"{question}{end}" for q in asked)}
        lines = map(_parts, typed.get(f"{COLUMN}{end}", "").split("\n"))
        self.typed = {column: (found, role) for found, role, column in lines}

    def of(self, column: str, changeable: bool) -> str:
        role = self.roles.get(column, UNUSED)
        if self.end is None or not changeable:
            kind = "" if role != UNUSED else UNUSED
            return f'{text(column)}<span class="tag {kind}">{text(self.words[f"column_{role}"])}</span>'
        chosen = self.typed[column][1] if self.typed.get(column, ("", ""))[0] == self._found(role) else role
        options = "".join(
            f'<option value="{self._value(role, one, column)}"{" selected" if one == chosen else ""}>'
            f"{text(self.words[f'column_{one}'])}</option>"
            for one in (*QUESTIONS, UNUSED)
        )
        used = "used" if chosen != UNUSED else ""
        return (
            f'<label><span>{text(column)}</span><select class="{used}" name="{text(COLUMN + self.end)}">{options}'
            "</select></label>"
        )

    def _found(self, role: str) -> str:
        return UNUSED if role in self.asked else role

    def _value(self, role: str, chosen: str, column: str) -> Raw:
        return text(f"{self._found(role)}\t{chosen}\t{column}")

    def unseen(self, column: str) -> str:
        """A column beyond those shown: it stays what it is."""
        role = self.roles.get(column, UNUSED)
        return "" if self.end is None else self._hidden(self._value(role, role, column))

    def open(self) -> str:
        """That roles are asked here, so that the choice as it stands is an answer."""
        return "".join(self._hidden(text(f"{OPEN}\t{role}\t")) for role in sorted(self.asked))

    def _hidden(self, value: Raw) -> str:
        return f'<input type="hidden" name="{text(COLUMN + (self.end or ""))}" value="{value}">'


def _roles(brought: Brought) -> dict[str, str]:
    """The role of each column as far as it is known: item, dialogue, response, or the system's name."""
    return dict(_each_role(brought))


def _each_role(brought: Brought) -> Iterator[tuple[str, str]]:
    for part in brought.understood.mapping.parts:
        yield from ((path, "item") for path in part.item)
        yield from ((path, "dialogue") for path in part.dialogue)
        for one in part.answers:
            yield one.text, "response"
            if one.system:
                yield one.system, "system"


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return shown[:CELL] + ("…" if len(shown) > CELL else "")
