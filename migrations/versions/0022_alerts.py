"""Alerts: a mail when something new comes up for a search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("often", sa.String(), nullable=False),
        sa.Column("told_until", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("often IN ('daily', 'weekly')", name=op.f("ck_alerts_often")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("email", "query", name="uq_alerts_email_query"),
    )
    op.create_table(
        "alert_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_links_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_alert_links_token_hash")),
    )
    op.create_index(op.f("ix_alert_links_alert_id"), "alert_links", ["alert_id"])


def downgrade() -> None:
    op.drop_table("alert_links")
    op.drop_table("alerts")
