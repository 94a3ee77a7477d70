"""Authors and moderators write to each other, about the whole or a field, and authors appeal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("appealed_at", directory.db.UTCDateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("submission_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moderator_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("field", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_submission_messages_moderator_id_users"),
            "users",
            ["moderator_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("submission_messages", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_submission_messages_moderator_id_users"), type_="foreignkey"
        )
        batch_op.drop_column("asks")
        batch_op.drop_column("field")
        batch_op.drop_column("moderator_id")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_column("appealed_at")
