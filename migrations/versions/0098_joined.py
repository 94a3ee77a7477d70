"""An index to find what was joined to an entry."""

from __future__ import annotations

from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_entries_merged_into", "entries", ["merged_into"])


def downgrade() -> None:
    op.drop_index("ix_entries_merged_into", "entries")
