"""Indexes that count what waits without reading it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_submissions_waiting", "submissions", ["state", "waiting_since", "what", "appealed_at"]
    )
    op.drop_index("ix_submissions_state_waiting_since", "submissions")
    op.create_index(
        "ix_looks_apart",
        "looks",
        ["submission_id"],
        sqlite_where=sa.text("is_apart = 1"),
        postgresql_where=sa.text("is_apart"),
    )


def downgrade() -> None:
    op.drop_index("ix_looks_apart", "looks")
    op.create_index("ix_submissions_state_waiting_since", "submissions", ["state", "waiting_since"])
    op.drop_index("ix_submissions_waiting", "submissions")
