"""The first schema: logs, identities, and the tables replay rebuilds; all protocols, kinds and targets fit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("study", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("uuid", name=op.f("uq_events_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_study_actor", "events", ["study", "actor"], unique=False)
    op.create_table(
        "identities",
        sa.Column("identity_id", sa.String(length=36), nullable=False),
        sa.Column("study", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("rater", sa.String(length=80), nullable=True),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("session_hash", sa.String(length=64), nullable=True),
        sa.Column("single_use", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_identities")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_identities_link_hash")),
        sa.UniqueConstraint("session_hash", name=op.f("uq_identities_session_hash")),
    )
    op.create_index("ix_identities_study_rater", "identities", ["study", "rater"], unique=False)
    op.create_table(
        "notes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("study", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_notes")),
        sa.UniqueConstraint("uuid", name=op.f("uq_notes_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_study_actor", "notes", ["study", "actor"], unique=False)
    op.create_table(
        "studies",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("closed_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_studies")),
    )
    op.create_table(
        "assignments",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("assignment_id", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("first_system", sa.String(length=80), nullable=True),
        sa.Column("second_system", sa.String(length=80), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("repeats", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.String(length=36), nullable=True),
        sa.Column("submitted_at", sa.String(length=32), nullable=True),
        sa.Column("active_seconds", sa.Float(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("left", sa.String(length=20), nullable=True),
        sa.Column("left_reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_assignments_study_id")),
        sa.PrimaryKeyConstraint("study_id", "assignment_id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("study_id", "seat", "position", name=op.f("uq_assignments_study_id_seat_position")),
    )
    op.create_index(
        "ix_assignments_study_id_seat_status_position",
        "assignments",
        ["study_id", "seat", "status", "position"],
        unique=False,
    )
    op.create_table(
        "raters",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("rater", sa.String(length=80), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.String(length=32), nullable=False),
        sa.Column("last_at", sa.String(length=32), nullable=False),
        sa.Column("consent_version", sa.String(length=64), nullable=True),
        sa.Column("consented_at", sa.String(length=32), nullable=True),
        sa.Column("profile_at", sa.String(length=32), nullable=True),
        sa.Column("blinding_at", sa.String(length=32), nullable=True),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_at", sa.String(length=32), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("active_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_raters_study_id")),
        sa.PrimaryKeyConstraint("study_id", "rater", name=op.f("pk_raters")),
        sa.UniqueConstraint("study_id", "seat", name=op.f("uq_raters_study_id_seat")),
    )
    op.create_table(
        "seats",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rater", sa.String(length=80), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_seats_study_id")),
        sa.PrimaryKeyConstraint("study_id", "seat", name=op.f("pk_seats")),
    )
    op.create_table(
        "judgments",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("criterion", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("assignment_id", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("chosen_system", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id", "assignment_id"],
            ["assignments.study_id", "assignments.assignment_id"],
            name=op.f("fk_judgments_study_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_judgments_study_id")),
        sa.PrimaryKeyConstraint("seq", "criterion", "target", name=op.f("pk_judgments")),
    )
    op.create_index("ix_judgments_study_id_assignment_id", "judgments", ["study_id", "assignment_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("study_id", sa.String(length=80), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("assignment_id", sa.String(length=64), nullable=False),
        sa.Column("rater", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.String(length=32), nullable=False),
        sa.Column("supersedes", sa.String(length=36), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("active_seconds", sa.Float(), nullable=True),
        sa.Column("left", sa.String(length=20), nullable=True),
        sa.Column("left_reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id", "assignment_id"],
            ["assignments.study_id", "assignments.assignment_id"],
            name=op.f("fk_submissions_study_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.study_id"], name=op.f("fk_submissions_study_id")),
        sa.PrimaryKeyConstraint("study_id", "submission_id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("seq", name=op.f("uq_submissions_seq")),
    )
