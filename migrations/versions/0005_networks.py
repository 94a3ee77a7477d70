"""Networks: who they are, who edits them, what is in their slices, and the slices' own logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "networks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("web_page", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_role", sa.String(), nullable=False),
        sa.Column("asked_why", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("created_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_digest", sa.String(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("sliced_version", sa.Integer(), nullable=False),
        sa.Column("sliced_n", sa.Integer(), nullable=False),
        sa.Column("sliced_on", sa.Date(), nullable=True),
        sa.Column("slice_n", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'open', 'declined', 'closed')",
            name=op.f("ck_networks_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_networks_decided_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("slug", name=op.f("uq_networks_slug")),
    )
    op.create_index(op.f("ix_networks_state"), "networks", ["state"])
    op.create_table(
        "network_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        _of_a_network("network_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_network_links_token_hash")),
    )
    op.create_index(op.f("ix_network_links_network_id"), "network_links", ["network_id"])
    op.create_table(
        "network_editors",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("seen_n", sa.Integer(), nullable=False),
        sa.Column("added_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'editor')", name=op.f("ck_network_editors_role")),
        _of_a_network("network_editors"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_network_editors_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "user_id", name=op.f("pk_network_editors")),
    )
    op.create_index(op.f("ix_network_editors_user_id"), "network_editors", ["user_id"])
    op.create_table(
        "network_picks",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("hand", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "hand IN ('added', 'left-out', 'kept')", name=op.f("ck_network_picks_hand")
        ),
        _of_a_network("network_picks"),
        _of_an_entry("network_picks"),
        sa.PrimaryKeyConstraint("network_id", "entry_id", name=op.f("pk_network_picks")),
    )
    op.create_index(op.f("ix_network_picks_entry_id"), "network_picks", ["entry_id"])
    op.create_table(
        "network_members",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("since", directory.db.UTCDateTime(timezone=True), nullable=False),
        _of_a_network("network_members"),
        _of_an_entry("network_members"),
        sa.PrimaryKeyConstraint("network_id", "entry_id", name=op.f("pk_network_members")),
    )
    op.create_index(op.f("ix_network_members_entry_id"), "network_members", ["entry_id"])
    op.create_table(
        "network_log",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("by_editors", sa.Boolean(), nullable=False),
        sa.Column("at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('entered', 'left', 'changed')", name=op.f("ck_network_log_action")
        ),
        _of_a_network("network_log"),
        _of_an_entry("network_log"),
        sa.PrimaryKeyConstraint("network_id", "n", name=op.f("pk_network_log")),
    )
    op.create_index(op.f("ix_network_log_entry_id"), "network_log", ["entry_id"])
    op.create_index(op.f("ix_network_log_at"), "network_log", ["at"])


def downgrade() -> None:
    for table in (
        "network_log",
        "network_members",
        "network_picks",
        "network_editors",
        "network_links",
        "networks",
    ):
        op.drop_table(table)


def _of_a_network(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["network_id"],
        ["networks.id"],
        name=op.f(f"fk_{table}_network_id_networks"),
        ondelete="CASCADE",
    )


def _of_an_entry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entry_id"], ["entries.id"], name=op.f(f"fk_{table}_entry_id_entries")
    )
