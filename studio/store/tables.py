"""The tables. `events` is the truth; every other table but identities, notes and drafts is rebuilt from it by replay.

`identities` holds whatever points at a person (names, mail, profile, token hashes) and nothing else does; `notes` is a
second log, of comments and facts of devices. Both can be erased without touching a judgment. `drafts` and
`draft_files` hold studies that are not launched yet.
JSON is stored as text with sorted keys, the same bytes on SQLite and PostgreSQL.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from studio.store.errors import DamagedError

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def canonical(value: Any) -> str:
    """One spelling per JSON value: sorted keys, no spaces. ValueError for NaN and infinities."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Json(TypeDecorator[Any]):
    """JSON as canonical text; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Value to text."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Text to value. DamagedError for what was never stored so."""
        try:
            return None if value is None else json.loads(value)
        except ValueError as error:
            raise DamagedError(f"a text that is no JSON ({error})") from error


def _study(primary: bool = False) -> Column[str]:
    return Column("study_id", String(80), ForeignKey("studies.study_id"), primary_key=primary, nullable=False)


def _log(name: str) -> Table:
    """An append-only log; `seq` is the server's order and the only clock that decides anything."""
    return Table(
        name,
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("uuid", String(36), nullable=False, unique=True),
        Column("study", String(80), nullable=False),
        Column("at", String(32), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("payload", Json, nullable=False),
        Index(f"ix_{name}_study_actor", "study", "actor"),
        sqlite_autoincrement=True,
    )


events = _log("events")
notes = _log("notes")

studies = Table(
    "studies",
    metadata,
    Column("study_id", String(80), primary_key=True),
    Column("definition", Json, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("closed_at", String(32)),
)

seats = Table(
    "seats",
    metadata,
    _study(primary=True),
    Column("seat", Integer, primary_key=True, autoincrement=False),
    Column("rater", String(80)),
    Column("total", Integer, nullable=False),
)

raters = Table(
    "raters",
    metadata,
    _study(primary=True),
    Column("rater", String(80), primary_key=True),
    Column("seat", Integer, nullable=False),
    Column("joined_at", String(32), nullable=False),
    Column("last_at", String(32), nullable=False),
    Column("consent_version", String(64)),
    Column("consented_at", String(32)),
    Column("profile_at", String(32)),
    Column("blinding_at", String(32)),
    Column("finished_at", String(32)),
    Column("withdrawn_at", String(32)),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("active_seconds", Float, nullable=False),
    UniqueConstraint("study_id", "seat"),
)

assignments = Table(
    "assignments",
    metadata,
    _study(primary=True),
    Column("assignment_id", String(64), primary_key=True),
    Column("seat", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("item_id", String(80), nullable=False),
    Column("first_system", String(80)),
    Column("second_system", String(80)),
    Column("stratum", Text, nullable=False),
    Column("repeats", String(64)),
    Column("status", String(20), nullable=False),
    Column("seq", Integer),
    Column("submission_id", String(36)),
    Column("submitted_at", String(32)),
    Column("active_seconds", Float),
    Column("revision", Integer, nullable=False),
    Column("left", String(20)),
    Column("left_reasons", Json, nullable=False),
    UniqueConstraint("study_id", "seat", "position"),
    Index("ix_assignments_study_id_seat_status_position", "study_id", "seat", "status", "position"),
)

submissions = Table(
    "submissions",
    metadata,
    _study(primary=True),
    Column("submission_id", String(36), primary_key=True),
    Column("assignment_id", String(64), nullable=False),
    Column("rater", String(80), nullable=False),
    Column("seq", Integer, nullable=False, unique=True),
    Column("submitted_at", String(32), nullable=False),
    Column("supersedes", String(36)),
    Column("digest", String(64), nullable=False),
    Column("active_seconds", Float),
    Column("left", String(20)),
    Column("left_reasons", Json, nullable=False),
    ForeignKeyConstraint(["study_id", "assignment_id"], ["assignments.study_id", "assignments.assignment_id"]),
)

judgments = Table(
    "judgments",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("criterion", String(80), primary_key=True),
    Column("target", String(100), primary_key=True),
    _study(),
    Column("assignment_id", String(64), nullable=False),
    Column("value", Json),
    Column("chosen_system", String(80)),
    Column("reason", Json, nullable=False),
    ForeignKeyConstraint(["study_id", "assignment_id"], ["assignments.study_id", "assignments.assignment_id"]),
    Index("ix_judgments_study_id_assignment_id", "study_id", "assignment_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _study(primary=True),
    Column("session_id", String(80), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("scenario_id", String(80), nullable=False),
    Column("client_seat", Integer, nullable=False),
    Column("counselor_seat", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("booked_at", String(32)),
    Column("client_ready_at", String(32)),
    Column("counselor_ready_at", String(32)),
    Column("begun_at", String(32)),
    Column("paused_at", String(32)),
    Column("ending_by", String(20)),
    Column("stopping_by", String(20)),
    Column("stopping_at", String(32)),
    Column("ended_at", String(32)),
    Column("ended_by", String(20)),
    Column("why", String(20)),
    Column("last", Integer, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    _study(primary=True),
    Column("session_id", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("role", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Column("uuid", String(36)),
    Column("note", Integer),
    Column("sha256", String(64)),
    Column("characters", Integer),
    Column("why", String(20)),
    Column("flagged_at", String(32)),
    ForeignKeyConstraint(["study_id", "session_id"], ["sessions.study_id", "sessions.session_id"]),
    Index("ix_messages_study_id_session_id_uuid", "study_id", "session_id", "uuid"),
)

identities = Table(
    "identities",
    metadata,
    Column("identity_id", String(36), primary_key=True),
    Column("study", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("rater", String(80)),
    Column("link_hash", String(64), unique=True),
    Column("session_hash", String(64), unique=True),
    Column("single_use", Boolean, nullable=False),
    Column("name", Text),
    Column("mail", Text),
    Column("profile", Json),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Index("ix_identities_study_rater", "study", "rater"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", String(40), primary_key=True),
    Column("changed_at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("state", Json, nullable=False),
)

draft_files = Table(
    "draft_files",
    metadata,
    Column("draft_id", String(40), ForeignKey("drafts.draft_id"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

REPLAYED = (studies, seats, raters, assignments, submissions, judgments, sessions, messages)
"""The tables that replay rebuilds, parents first."""
