"""The sessions of an export: one row each, with facts of every message, and their words where those may be read.

`sessions.jsonl` holds the rows; what of them can be published as KokoroChat's are is told by `whole`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import Field

from results.export.rows import JudgmentRow
from tasks.asking.facts import facts
from tasks.asking.minimal import minimal_rule
from tasks.data.feedback import DIMENSIONS, FLAGS, Flags
from tasks.data.sessions import Message, Session, one_line
from tasks.errors import InputError
from tasks.schema import Language, Record, Role
from tasks.study.reading import read_jsonl
from tasks.study.validation import validate

NAME = "sessions.jsonl"
"""The file's name in an export."""

SessionState = Literal["planned", "live", "ended"]
Ending = Literal["ended", "stopped", "time", "no_show", "void", "withdrawn"]
"""Together, by one alone, at the longest time, because one did not come, taken out after somebody stepped in, or since
one of the two left the study."""
UNHELD: frozenset[Ending] = frozenset({"no_show", "void", "withdrawn"})


class SessionMessage(Record):
    """One message, as it was sent."""

    number: int
    """Of the room's line that it is; lines are counted from 1 and include what was no message."""
    role: Role
    at: str
    aside: bool = False
    """Said outside the role."""
    characters: int
    """Unicode code points."""
    flagged: bool = False
    """Whether the client marked it, unseen by the counsellor."""
    struck: bool = False
    """Whether either of the two struck it out of what may be published."""
    text: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """Absent where its words are not handed on, or were erased."""


class SessionTurn(Record):
    """Messages of one role in a row, asides left out."""

    role: Role
    first: int
    """Number of its first message."""
    messages: int
    characters: int
    questions: int | None = None
    """None where the language has no detector."""
    minimal: bool | None = None
    """Whether a counsellor's turn is minimal and the client goes on (`tasks.asking.minimal`); None where that cannot be
    told, and of the client's turns."""


class SessionRow(Record):
    """One session, planned or held, by codes alone."""

    session_id: str
    number: int
    """Place in the plan, from 0."""
    scenario_id: str
    topic: str = ""
    title: str = ""
    """Of the scenario, in the language of the session."""
    client: str | None = None
    """Pseudonym of the Rater who played the client; None while nobody has the Seat, and of people who withdrew."""
    counselor: str | None = None
    client_seat: int
    counselor_seat: int
    state: SessionState
    booked_at: str | None = None
    begun_at: str | None = None
    ended_at: str | None = None
    ended_by: Literal["client", "counselor", "supervisor", "studio"] | None = None
    why: Ending | None = None
    rated_at: str | None = None
    """When the client's form came."""
    language: Language = "ja"
    """In which it was held, and by whose rules its questions were counted."""
    agreed: bool = False
    """Whether both people agreed to its words being published."""
    messages: tuple[SessionMessage, ...] = ()
    turns: tuple[SessionTurn, ...] = ()

    @property
    def held(self) -> bool:
        """Whether it was begun and ended and counts: nobody was missing and nobody took it out."""
        return self.state == "ended" and self.begun_at is not None and self.why not in UNHELD

    @property
    def said(self) -> tuple[SessionMessage, ...]:
        """The messages in the role."""
        return tuple(message for message in self.messages if not message.aside)


def turns(messages: Sequence[SessionMessage], language: Language) -> tuple[SessionTurn, ...]:
    """The turns of messages that hold their words; () where any lacks them, and of none."""
    said = [message for message in messages if not message.aside]
    if not said or any(message.text is None for message in said):
        return ()
    runs = [list(run) for _, run in groupby(said, key=lambda message: message.role)]
    texts = ["\n".join(message.text or "" for message in run) for run in runs]
    return tuple(
        _turn(run, text, following, language)
        for run, text, following in zip(runs, texts, [*texts[1:], None], strict=True)
    )


def _turn(run: Sequence[SessionMessage], text: str, following: str | None, language: Language) -> SessionTurn:
    rule = minimal_rule(language) if run[0].role == "counselor" else None
    return SessionTurn(
        role=run[0].role,
        first=run[0].number,
        messages=len(run),
        characters=sum(message.characters for message in run),
        questions=facts(text, language).questions,
        minimal=None if rule is None else following is not None and rule.leaves_floor(text, following),
    )


def without_words(row: SessionRow) -> SessionRow:
    """The row with the facts of its messages and none of their words."""
    return row.model_copy(
        update={"messages": tuple(message.model_copy(update={"text": None}) for message in row.messages)}
    )


def agreed_words(row: SessionRow) -> SessionRow:
    """The row with the words that may be published: none where not both people agreed, and none that are struck out."""
    if not row.agreed:
        return without_words(row)
    kept = (message.model_copy(update={"text": None}) if message.struck else message for message in row.messages)
    return row.model_copy(update={"messages": tuple(kept)})


def whole(rows: Sequence[SessionRow], judgments: Sequence[JudgmentRow]) -> Iterator[Session]:
    """The sessions that can be published as KokoroChat's are: held, rated on all 20 items, and with their words."""
    rated = answers(judgments)
    for row in rows:
        values = rated.get(row.session_id, {})
        dims = tuple(values.get(dimension.key) for dimension in DIMENSIONS)
        said = [message for message in row.messages if message.text is not None]
        spoken = any(one_line(message.text or "") for message in said if not message.aside)
        if row.held and row.rated_at is not None and None not in dims and spoken:
            yield Session(
                number=row.number + 1,
                client=row.client_seat + 1,
                counselor=row.counselor_seat + 1,
                topic=row.topic,
                detail=row.title,
                dims=tuple(int(value) for value in dims if value is not None),
                flags=Flags(*(values.get(flag.key) == 1 for flag in FLAGS)),
                rated_at=row.rated_at,
                messages=tuple(Message(m.role, m.at, m.text or "", m.aside) for m in said),
            )


def read(path: Path) -> tuple[SessionRow, ...]:
    """The rows of a `sessions.jsonl`, in its order. Raises InputError with every faulty line and field."""
    errors: list[str] = []
    found = [validate(SessionRow, line, errors) for line in read_jsonl(path, str(path), errors)]
    if errors:
        raise InputError(errors)
    return tuple(filter(None, found))


def answers(judgments: Sequence[JudgmentRow]) -> Mapping[str, Mapping[str, float]]:
    """The numbers that each session's client gave: by session, by criterion."""
    found: dict[str, dict[str, float]] = {}
    for row in judgments:
        if row.kind == "main" and isinstance(row.value, int | float):
            found.setdefault(row.item_id, {})[row.criterion] = float(row.value)
    return found
