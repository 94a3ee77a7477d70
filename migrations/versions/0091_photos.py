"""Pictures that people gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_photos")),
    )
    op.create_index(op.f("ix_photos_entry_id"), "photos", ["entry_id"])
    op.create_index(op.f("ix_photos_created_at"), "photos", ["created_at"])


def downgrade() -> None:
    op.drop_table("photos")
