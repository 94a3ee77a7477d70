"""Lists that networks bring, and feeds that are harvested."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0040"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = directory.db.UTCDateTime(timezone=True)
    op.create_table(
        "import_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("licence_version", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("same", sa.JSON(), nullable=False),
        sa.Column("mapped_at", moment, nullable=True),
        sa.Column("next_at", moment, nullable=True),
        sa.Column("last_at", moment, nullable=True),
        sa.Column("seen_until", moment, nullable=True),
        sa.Column("full_at", moment, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("every IN ('day', 'week', 'never')", name=op.f("ck_import_feeds_every")),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_import_feeds_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_import_feeds_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_feeds")),
    )
    op.create_index(op.f("ix_import_feeds_network_id"), "import_feeds", ["network_id"])
    op.create_index("ix_import_feeds_next_at", "import_feeds", ["next_at"])
    op.create_table(
        "import_feed_items",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["import_feeds.id"],
            name=op.f("fk_import_feed_items_feed_id_import_feeds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feed_id", "key", name=op.f("pk_import_feed_items")),
    )
    op.create_index(op.f("ix_import_feed_items_entry_id"), "import_feed_items", ["entry_id"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=True),
        sa.Column("feed_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("same", sa.JSON(), nullable=False),
        sa.Column("fetched", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("licence_version", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('fetching', 'mapping', 'checking', 'checked', 'taking', 'done', 'failed')",
            name=op.f("ck_imports_stage"),
        ),
        sa.CheckConstraint("form IN ('csv', 'xlsx', 'json', 'feed')", name=op.f("ck_imports_form")),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["import_feeds.id"],
            name=op.f("fk_imports_feed_id_import_feeds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_imports_network_id_networks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_imports_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_feed_id"), "imports", ["feed_id"])
    op.create_index(op.f("ix_imports_network_id"), "imports", ["network_id"])
    op.create_index("ix_imports_stage", "imports", ["stage"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asides", sa.JSON(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("taken_at", moment, nullable=True),
        sa.CheckConstraint(
            "state IN ('unread', 'bad', 'new', 'question', 'change', 'same', 'gone')",
            name=op.f("ck_import_rows_state"),
        ),
        sa.CheckConstraint(
            "choice IN ('', 'leave', 'change', 'new')", name=op.f("ck_import_rows_choice")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rows_import_id_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_import_rows_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_import_rows_submission_id")),
    )
    op.create_index("ix_import_rows_import_id_key", "import_rows", ["import_id", "key"])
    op.create_index("ix_import_rows_import_id_state", "import_rows", ["import_id", "state"])


def downgrade() -> None:
    for table in ("import_rows", "imports", "import_feed_items", "import_feeds"):
        op.drop_table(table)
