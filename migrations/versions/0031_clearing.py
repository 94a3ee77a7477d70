"""Networks that show only versions that they cleared, and mails to their editors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0031"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("only_cleared", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("only_cleared", server_default=None)
    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=True))
    with op.batch_alter_table("network_editors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("often", sa.String(), nullable=False, server_default="daily"))
        batch_op.add_column(
            sa.Column("told_until", directory.db.UTCDateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("network_editors", schema=None) as batch_op:
        batch_op.alter_column("often", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_network_editors_often"), "often IN ('daily', 'weekly', 'never')"
        )
    op.create_table(
        "network_clearances",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["users.id"], name=op.f("fk_network_clearances_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_network_clearances_entry_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_clearances_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "entry_id", name=op.f("pk_network_clearances")),
    )
    op.create_index(op.f("ix_network_clearances_entry_id"), "network_clearances", ["entry_id"])
    op.create_table(
        "network_waits",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("since", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_network_waits_entry_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_waits_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "entry_id", name=op.f("pk_network_waits")),
    )
    op.create_index(op.f("ix_network_waits_entry_id"), "network_waits", ["entry_id"])
    op.create_table(
        "network_stop_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_stop_links_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_network_stop_links_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_network_stop_links")),
    )


def downgrade() -> None:
    op.drop_table("network_stop_links")
    op.drop_table("network_waits")
    op.drop_table("network_clearances")
    with op.batch_alter_table("network_editors", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_network_editors_often"), type_="check")
        batch_op.drop_column("told_until")
        batch_op.drop_column("often")
    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.drop_column("revision")
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.drop_column("only_cleared")
