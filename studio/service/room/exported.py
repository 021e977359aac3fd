"""Sessions as an export holds them: codes, times, facts of every message, and the words that were not erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from results.export.sessions import SessionMessage, SessionRow, turns
from studio.service.room import agreeing
from studio.service.view import StudyView
from studio.store import queries
from studio.store.database import Connection
from studio.store.room import asked as rooms
from studio.store.room.lines import LineRow
from studio.store.room.lines import SessionRow as Stored
from studio.store.rows import AssignmentRow, RaterRow
from tasks.languages.scripts import written_in
from tasks.schema import Scenario, Sessions


@dataclass(frozen=True)
class _Source:
    """What the rows of one study are made of."""

    view: StudyView
    rules: Sessions
    raters: Mapping[int, RaterRow]
    forms: Mapping[str, AssignmentRow]
    """By session, those that were saved."""
    agreed: frozenset[str]
    struck: frozenset[tuple[str, int]]
    scenarios: Mapping[str, Scenario]


def rows(connection: Connection, view: StudyView) -> tuple[SessionRow, ...]:
    """The sessions of a study in the plan's order; () of a study without any.

    Those whose client withdrew are left out, and where the study erases the partner's form, those whose counsellor did.
    """
    rules, study_id = view.study.sessions, view.study.study_id
    if rules is None:
        return ()
    saved = (row for row in queries.all_assignments(connection, study_id) if row.submission_id is not None)
    source = _Source(
        view=view,
        rules=rules,
        raters={row.seat: row for row in queries.rater_rows(connection, study_id)},
        forms={row.item_id: row for row in saved},
        agreed=agreeing.agreed(connection, study_id),
        struck=agreeing.struck(connection, study_id),
        scenarios={one.scenario_id: one for one in view.study.scenarios},
    )
    stored = rooms.sessions_of(connection, study_id)
    kept = (one for one in stored if _kept(source, one))
    return tuple(_row(source, one, rooms.lines(connection, study_id, one.session_id)) for one in kept)


def erased_forms(connection: Connection, view: StudyView) -> frozenset[str]:
    """Sessions whose form goes with the counsellor who withdrew, as the study says."""
    if view.study.sessions is None or view.study.sessions.partner_form == "kept":
        return frozenset()
    gone = {row.seat for row in queries.rater_rows(connection, view.study.study_id) if row.withdrawn}
    stored = rooms.sessions_of(connection, view.study.study_id)
    return frozenset(one.session_id for one in stored if one.counselor_seat in gone)


def _withdrew(source: _Source, seat: int) -> bool:
    return seat in source.raters and source.raters[seat].withdrawn


def _kept(source: _Source, stored: Stored) -> bool:
    if _withdrew(source, stored.client_seat):
        return False
    return source.rules.partner_form == "kept" or not _withdrew(source, stored.counselor_seat)


def _row(source: _Source, stored: Stored, lines: list[tuple[LineRow, str | None]]) -> SessionRow:
    empty = _withdrew(source, stored.counselor_seat)
    messages = () if empty else tuple(_message(source, *line) for line in lines if _is_message(line[0]))
    language = written_in((message.text or "" for message in messages), source.view.study.languages)
    scenario, form = source.scenarios[stored.scenario_id], source.forms.get(stored.session_id)
    values = {name: getattr(stored, name) for name in ("session_id", "number", "scenario_id", "state", "ended_by")}
    values |= {name: getattr(stored, name) for name in ("client_seat", "counselor_seat", "booked_at")}
    values |= {name: getattr(stored, name) for name in ("begun_at", "ended_at")}
    return SessionRow.model_validate(
        values
        | {
            "topic": scenario.topic,
            "title": scenario.title.text(language, *scenario.title.languages),
            "client": _code(source, stored.client_seat),
            "counselor": None if empty else _code(source, stored.counselor_seat),
            "why": _why(source, stored, lines),
            "rated_at": form.submitted_at if form else None,
            "language": language,
            "agreed": stored.session_id in source.agreed and not empty,
            "messages": messages,
            "turns": turns(messages, language),
        }
    )


def _code(source: _Source, seat: int) -> str | None:
    return source.raters[seat].rater if seat in source.raters else None


def _why(source: _Source, stored: Stored, lines: list[tuple[LineRow, str | None]]) -> str | None:
    """How it ended; `void` where somebody stepped in and the study takes such sessions out."""
    stepped_in = any(row.kind == "stepped_in" for row, _ in lines)
    out = stored.state == "ended" and stepped_in and source.rules.after_step_in == "void"
    return "void" if out else stored.why


def _is_message(row: LineRow) -> bool:
    return row.kind in ("said", "aside") and row.role in ("client", "counselor")


def _message(source: _Source, row: LineRow, text: str | None) -> SessionMessage:
    return SessionMessage.model_validate(
        {
            "number": row.number,
            "role": row.role,
            "at": row.at,
            "aside": row.kind == "aside",
            "characters": row.characters or 0,
            "flagged": row.flagged_at is not None,
            "struck": (row.session_id, row.number) in source.struck,
            "text": text,
        }
    )
