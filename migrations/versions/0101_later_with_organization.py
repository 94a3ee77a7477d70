"""What comes out later can bring an entry for the organisation that its author only named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedules") as table:
        table.add_column(
            sa.Column("with_organization", sa.Boolean, nullable=False, server_default=sa.false())
        )
    # Not in one batch: SQLite would copy the rows into a table that has no default any more.
    with op.batch_alter_table("schedules") as table:
        table.alter_column("with_organization", server_default=None)


def downgrade() -> None:
    op.drop_column("schedules", "with_organization")
