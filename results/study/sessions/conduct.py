"""How sessions were held: length, pace, and what became of those planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from results.export.sessions import SessionMessage, SessionRow
from results.record.figure import FigureRecord
from results.record.sessions.held import DropOutRecord, HeldRecord
from results.study.sessions.held import Counted, Held
from tasks.schema import Role, Sessions


def went(held: Held) -> HeldRecord:
    """Length and pace of the sessions that were held."""

    def figure(count: Callable[[SessionRow], Counted | None], name: str) -> FigureRecord:
        return FigureRecord.of(held.mean(count, name))

    return HeldRecord(
        minutes=figure(_minutes, "mean minutes from beginning to end"),
        utterances=figure(_utterances, "mean number of messages in the roles"),
        characters_counselor=figure(lambda row: _characters(row, "counselor"), "characters by message"),
        characters_client=figure(lambda row: _characters(row, "client"), "characters by message"),
        gap=figure(_gap, "mean of the median seconds from message to message"),
        same_speaker=figure(_same_speaker, "share of messages behind one of the same role"),
    )


def drop_out(rows: Sequence[SessionRow], held: Held, rules: Sessions) -> DropOutRecord:
    """What became of all sessions of a plan; those with fewer utterances than the study asks for are short."""
    ended = [row for row in rows if row.state == "ended"]
    stopped = (row.ended_by for row in ended if row.why == "stopped")
    return DropOutRecord(
        planned=len(rows),
        open=len(rows) - len(ended),
        ended=dict(sorted(Counter(row.why or "ended" for row in ended).items())),
        stopped_by=dict(sorted(Counter(role for role in stopped if role in ("client", "counselor")).items())),
        held=len(held.rows),
        short=sum(0 < len(row.said) < rules.least_utterances for row in held.rows),
        rated=len(held.rated),
    )


def _utterances(row: SessionRow) -> Counted | None:
    return (len(row.said), 1) if row.messages else None


def _minutes(row: SessionRow) -> Counted | None:
    if row.begun_at is None or row.ended_at is None:
        return None
    return _seconds(row.begun_at, row.ended_at) / 60, 1


def _characters(row: SessionRow, role: Role) -> Counted | None:
    lengths = [message.characters for message in row.said if message.role == role]
    return (sum(lengths), len(lengths)) if lengths else None


def _gap(row: SessionRow) -> Counted | None:
    gaps = [_seconds(one.at, two.at) for one, two in _neighbours(row)]
    return (median(gaps), 1) if gaps else None


def _same_speaker(row: SessionRow) -> Counted | None:
    same = [one.role == two.role for one, two in _neighbours(row)]
    return (sum(same), len(same)) if same else None


def _neighbours(row: SessionRow) -> list[tuple[SessionMessage, SessionMessage]]:
    return list(pairwise(row.said))


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
