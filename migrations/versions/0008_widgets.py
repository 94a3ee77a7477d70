"""Saved widgets of networks, and their numbers per day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "network_widgets",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_widgets_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_network_widgets")),
    )
    op.create_index(op.f("ix_network_widgets_network_id"), "network_widgets", ["network_id"])
    op.create_table(
        "network_widget_days",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("loads", sa.Integer(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"],
            ["network_widgets.key"],
            name=op.f("fk_network_widget_days_key_network_widgets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "day", name=op.f("pk_network_widget_days")),
    )


def downgrade() -> None:
    op.drop_table("network_widget_days")
    op.drop_table("network_widgets")
