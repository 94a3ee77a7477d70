"""What nobody found, counted, and groups that moderators add to the thesaurus."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nothing_found",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nothing_found")),
        sa.UniqueConstraint("week", "fingerprint", name="uq_nothing_found_week"),
    )
    op.create_table(
        "thesaurus_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_groups")),
    )


def downgrade() -> None:
    op.drop_table("thesaurus_groups")
    op.drop_table("nothing_found")
