"""Links to drafts can be ended, when somebody edits the network no more whose drafts they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = directory.db.UTCDateTime(timezone=True)
    op.add_column("draft_links", sa.Column("ended_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("draft_links", "ended_at")
