"""Which network answers for what came with its list, and when its editors were told of decisions."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = directory.db.UTCDateTime(timezone=True)
    op.add_column("imports", sa.Column("told_at", moment, nullable=True))
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.add_column(sa.Column("network_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_submissions_network_id_networks"),
            "networks",
            ["network_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(op.f("ix_submissions_network_id"), ["network_id"])
    op.execute(
        "UPDATE submissions SET network_id = ("
        "SELECT imports.network_id FROM import_rows"
        " JOIN imports ON imports.id = import_rows.import_id"
        " WHERE import_rows.submission_id = submissions.id)"
        " WHERE author_email = ''"
    )
    # Nobody is told now of what was decided long ago.
    op.execute(
        sa.text(
            "UPDATE imports SET told_at = :now WHERE stage = 'done' AND NOT EXISTS ("
            "SELECT 1 FROM import_rows"
            " JOIN submissions ON submissions.id = import_rows.submission_id"
            " WHERE import_rows.import_id = imports.id"
            " AND submissions.state IN ('waiting', 'changes-asked'))"
        ).bindparams(sa.bindparam("now", datetime.now(UTC), type_=moment))
    )


def downgrade() -> None:
    with op.batch_alter_table("submissions") as batch_op:
        batch_op.drop_index(op.f("ix_submissions_network_id"))
        batch_op.drop_constraint(op.f("fk_submissions_network_id_networks"), type_="foreignkey")
        batch_op.drop_column("network_id")
    op.drop_column("imports", "told_at")
