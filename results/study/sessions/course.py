"""How counsellors ask and leave the floor over the course of sessions, quarter by quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from results.export.sessions import SessionMessage, SessionRow, SessionTurn
from results.record.figure import FigureRecord
from results.record.sessions.held import QuarterRecord
from results.statistics.reasons import Reason
from results.study.sessions.held import Counted, Held

Quarter = Literal[1, 2, 3, 4]
QUARTERS: tuple[Quarter, ...] = get_args(Quarter)


def course(held: Held) -> tuple[QuarterRecord, ...]:
    """The four quarters of the sessions by their turns; () where no session has turns."""
    return tuple(_quarter(held, quarter) for quarter in QUARTERS) if any(row.turns for row in held.rows) else ()


def _quarter(held: Held, quarter: Quarter) -> QuarterRecord:
    def share(told: Callable[[SessionTurn], bool | None]) -> Callable[[SessionRow], Counted | None]:
        def count(row: SessionRow) -> Counted | None:
            found = [one for turn in turns_in(row, quarter) if (one := told(turn)) is not None]
            return (sum(found), len(found)) if found else None

        return count

    asking = held.mean(share(asks), "share of counsellors' turns with a question", Reason.NO_DETECTOR)
    minimal = held.mean(
        share(lambda turn: turn.minimal), "share of counsellors' turns that are minimal", Reason.NO_MINIMAL_RULE
    )
    return QuarterRecord(
        quarter=quarter,
        turns=sum(len(turns_in(row, quarter)) for row in held.rows),
        share_asking=FigureRecord.of(asking),
        share_minimal=FigureRecord.of(minimal),
        flagged=sum(_flagged(row, quarter) for row in held.rows),
    )


def asks(turn: SessionTurn) -> bool | None:
    """Whether a turn holds a question; None where its language has no detector."""
    return None if turn.questions is None else turn.questions > 0


def turns_in(row: SessionRow, quarter: Quarter) -> list[SessionTurn]:
    """The counsellor's turns in a quarter of a session's turns."""
    return [t for place, t in enumerate(row.turns) if t.role == "counselor" and _of(place, len(row.turns)) == quarter]


def _flagged(row: SessionRow, quarter: Quarter) -> int:
    said = row.said
    return sum(_counts(message) and _of(place, len(said)) == quarter for place, message in enumerate(said))


def _counts(message: SessionMessage) -> bool:
    return message.flagged and message.role == "counselor"


def _of(place: int, number: int) -> int:
    """The quarter, 1..4, of a place among so many."""
    return 1 + 4 * place // number
