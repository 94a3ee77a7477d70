"""Drafts, saved field by field, and the private links that open them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0004"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("submission_version", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("saves", sa.JSON(), nullable=False),
        sa.Column("different", sa.JSON(), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_drafts_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_submission_id"), ["submission_id"])
        batch_op.create_index(batch_op.f("ix_drafts_changed_at"), ["changed_at"])
    op.create_table(
        "draft_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["drafts.id"],
            name=op.f("fk_draft_links_draft_id_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draft_links_token_hash")),
    )
    with op.batch_alter_table("draft_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_links_draft_id"), ["draft_id"])


def downgrade() -> None:
    op.drop_table("draft_links")
    op.drop_table("drafts")
