"""Live sessions between a client and a counsellor, and the lines of their rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIMES = ("booked_at", "client_ready_at", "counselor_ready_at", "begun_at", "paused_at")


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "sessions",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("session_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.String(length=80), nullable=False),
        sa.Column("client_seat", sa.Integer(), nullable=False),
        sa.Column("counselor_seat", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.String(length=32)) for name in TIMES),
        sa.Column("ending_by", sa.String(length=20)),
        sa.Column("stopping_by", sa.String(length=20)),
        sa.Column("stopping_at", sa.String(length=32)),
        sa.Column("ended_at", sa.String(length=32)),
        sa.Column("ended_by", sa.String(length=20)),
        sa.Column("why", sa.String(length=20)),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_sessions_study_id")),
        sa.PrimaryKeyConstraint("study_id", "session_id", name=op.f("pk_sessions")),
    )
    op.create_table(
        "messages",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("session_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("uuid", sa.String(length=36)),
        sa.Column("note", sa.Integer()),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("characters", sa.Integer()),
        sa.Column("why", sa.String(length=20)),
        sa.Column("flagged_at", sa.String(length=32)),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_messages_study_id")),
        sa.ForeignKeyConstraint(
            ["study_id", "session_id"],
            ["sessions.study_id", "sessions.session_id"],
            name=op.f("fk_messages_study_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("study_id", "session_id", "number", name=op.f("pk_messages")),
        sa.UniqueConstraint("seq", name=op.f("uq_messages_seq")),
    )
    op.create_index(
        op.f("ix_messages_study_id_session_id_uuid"), "messages", ["study_id", "session_id", "uuid"], unique=False
    )
