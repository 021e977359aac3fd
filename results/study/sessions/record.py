"""The record of a study's sessions, from its export."""

from __future__ import annotations

from results.export.sessions import SessionRow
from results.record.sessions.held import SessionsRecord
from results.statistics.resample import Resampling
from results.study.asking.questioning import WEAKEST
from results.study.judged import Judged
from results.study.sessions import conduct, effects
from results.study.sessions.course import course
from results.study.sessions.held import Held
from tasks.asking.detectors import basis
from tasks.schema import Sessions


def sessions_record(data: Judged, resampling: Resampling) -> SessionsRecord | None:
    """All that is said of sessions; None of a study without any."""
    rows = data.export.sessions
    if not rows:
        return None
    held = Held.of(data, resampling)
    languages = tuple(sorted({row.language for row in rows}))
    bases = set(map(basis, languages))
    return SessionsRecord(
        clients=len({row.client_seat for row in held.rows}),
        counselors=len({row.counselor_seat for row in held.rows}),
        drop_out=conduct.drop_out(rows, held, data.study.sessions or Sessions()),
        score=effects.score(held),
        items=effects.items(held, data.study),
        boxes=effects.boxes(held, data.study),
        course=course(held),
        held=conduct.went(held),
        asides=sum(message.aside for row in held.rows for message in row.messages),
        flagged=sum(_flagged(row) for row in held.rows),
        languages=languages,
        basis=next(weakest for weakest in WEAKEST if weakest in bases),
    )


def _flagged(row: SessionRow) -> int:
    return sum(message.flagged for message in row.messages)
