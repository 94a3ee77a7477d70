"""Owners of entries, the questions they are asked, and their small edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0070"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upkeep", sa.Column("desk_at", _moment(), nullable=True))
    op.create_index(op.f("ix_upkeep_desk_at"), "upkeep", ["desk_at"])
    op.execute("UPDATE upkeep SET desk_at = due_at")
    op.create_table(
        "owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("quiet_since", _moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners")),
        sa.UniqueConstraint("email", name=op.f("uq_owners_email")),
    )
    op.create_table(
        "ownerships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("confirmed_at", _moment(), nullable=True),
        sa.Column("hands_over", sa.Integer(), nullable=True),
        _foreign("ownerships", "owner_id", "owners", ondelete="CASCADE"),
        _foreign("ownerships", "entry_id", "entries"),
        _foreign("ownerships", "hands_over", "owners", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownerships")),
        sa.UniqueConstraint("owner_id", "entry_id", name="uq_ownerships_owner_id"),
    )
    op.create_index(op.f("ix_ownerships_entry_id"), "ownerships", ["entry_id"])
    op.create_table(
        "owner_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        _foreign("owner_links", "owner_id", "owners", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_owner_links")),
    )
    op.create_index(op.f("ix_owner_links_owner_id"), "owner_links", ["owner_id"])
    op.create_table(
        "owner_drafts",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        _foreign("owner_drafts", "draft_id", "drafts", ondelete="CASCADE"),
        _foreign("owner_drafts", "owner_id", "owners", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_owner_drafts")),
    )
    op.create_index(op.f("ix_owner_drafts_owner_id"), "owner_drafts", ["owner_id"])
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due_at", _moment(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_at", _moment(), nullable=False),
        sa.CheckConstraint(
            "(owner_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_questions_who")
        ),
        _foreign("questions", "entry_id", "entries"),
        _foreign("questions", "owner_id", "owners", ondelete="CASCADE"),
        _foreign("questions", "user_id", "users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("entry_id", "owner_id", name="uq_questions_entry_id_owner_id"),
        sa.UniqueConstraint("entry_id", "user_id", name="uq_questions_entry_id_user_id"),
    )
    op.create_index(op.f("ix_questions_owner_id"), "questions", ["owner_id"])
    op.create_index(op.f("ix_questions_user_id"), "questions", ["user_id"])
    op.create_table(
        "owner_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("previous_revision", sa.Integer(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        _foreign("owner_edits", "submission_id", "submissions", ondelete="CASCADE"),
        _foreign("owner_edits", "entry_id", "entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_edits")),
    )
    op.create_index(op.f("ix_owner_edits_submission_id"), "owner_edits", ["submission_id"])
    op.create_index(op.f("ix_owner_edits_entry_id"), "owner_edits", ["entry_id"])
    op.create_index(op.f("ix_owner_edits_seen_at"), "owner_edits", ["seen_at"])


def downgrade() -> None:
    for table in (
        "owner_edits", "questions", "owner_drafts", "owner_links", "ownerships", "owners"
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index(op.f("ix_upkeep_desk_at"), "upkeep")
    op.drop_column("upkeep", "desk_at")


def _moment() -> directory.db.UTCDateTime:
    return directory.db.UTCDateTime(timezone=True)


def _foreign(
    table: str, column: str, other: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
