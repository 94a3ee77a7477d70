"""Wishes: who would like which approach in which place, as keyed hashes, and their mailed links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approach_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approach_id"], ["entries.id"], name=op.f("fk_wishes_approach_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("person", name=op.f("uq_wishes_person")),
    )
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishes_approach_id"), ["approach_id"], unique=False)
        batch_op.create_index("ix_wishes_place_approach_id", ["place", "approach_id"], unique=False)
    op.create_table(
        "wish_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("wish_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"], ["wishes.id"], name=op.f("fk_wish_links_wish_id_wishes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_wish_links")),
    )  # fmt: skip
    with op.batch_alter_table("wish_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_links_wish_id"), ["wish_id"], unique=False)


def downgrade() -> None:
    op.drop_table("wish_links")
    op.drop_table("wishes")
