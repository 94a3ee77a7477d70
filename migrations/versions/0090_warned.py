"""When whoever began a draft was told that it goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0090"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: a copy of the table would delete the links that hang on its rows.
    moment = directory.db.UTCDateTime(timezone=True)
    op.add_column("drafts", sa.Column("warned_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("drafts", "warned_at")
