"""An index in the order in which copies of all entries are read."""

from __future__ import annotations

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_entries_updated_at_id", "entries", ["updated_at", "id"])
    op.drop_index("ix_entries_updated_at", "entries")


def downgrade() -> None:
    op.create_index("ix_entries_updated_at", "entries", ["updated_at"])
    op.drop_index("ix_entries_updated_at_id", "entries")
