"""What comes out later waits again once its author writes: how much of them was heard before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedules") as table:
        # What is set already and has words of its author waits again, rather than be overheard.
        table.add_column(sa.Column("heard", sa.Integer, nullable=False, server_default="0"))
    # Not in one batch: SQLite would copy the rows into a table that has no default any more.
    with op.batch_alter_table("schedules") as table:
        table.alter_column("heard", server_default=None)


def downgrade() -> None:
    op.drop_column("schedules", "heard")
