"""Readers can say that an entry is theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = "concern IN ('wrong', 'ended', 'worrying', 'not-plain', 'other')"
AFTER = "concern IN ('wrong', 'ended', 'worrying', 'not-plain', 'mine', 'other')"


def upgrade() -> None:
    _may_be(AFTER)


def downgrade() -> None:
    op.execute("UPDATE reports SET concern = 'other' WHERE concern = 'mine'")
    _may_be(BEFORE)


def _may_be(allowed: str) -> None:
    name = op.f("ck_reports_concern")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.text(allowed))
