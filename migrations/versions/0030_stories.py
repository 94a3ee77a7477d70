"""Who agreed that a story is published, kept apart from the story."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0030"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("agreed_to", sa.String(), nullable=False),
        sa.Column("agreed_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("whose IN ('own', 'other')", name=op.f("ck_story_consents_whose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_consents")),
    )
    with op.batch_alter_table("story_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_consents_entry_id"), ["entry_id"])


def downgrade() -> None:
    op.drop_table("story_consents")
