"""Web hooks of networks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0020"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "network_hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_n", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("next_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('on', 'given-up')", name=op.f("ck_network_hooks_state")),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_hooks_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_hooks")),
    )
    op.create_index(op.f("ix_network_hooks_network_id"), "network_hooks", ["network_id"])
    op.create_index("ix_network_hooks_state_next_at", "network_hooks", ["state", "next_at"])


def downgrade() -> None:
    op.drop_table("network_hooks")
