"""Who works on what now; and the audit log, which the database itself now keeps from changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# All that a line says. Whose account it was is forgotten when the account goes.
SAID = "at, who, did, subject, url, why"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("until", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_claims_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_until"), ["until"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_user_id"), ["user_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_lines_no_delete BEFORE DELETE ON audit_lines "
            "BEGIN SELECT RAISE(ABORT, 'audit_lines is append-only'); END"
        )
        op.execute(
            f"CREATE TRIGGER audit_lines_no_update BEFORE UPDATE OF {SAID} ON audit_lines "
            "BEGIN SELECT RAISE(ABORT, 'audit_lines is append-only'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER audit_lines_no_delete BEFORE DELETE ON audit_lines "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        f"CREATE TRIGGER audit_lines_no_update BEFORE UPDATE OF {SAID} ON audit_lines "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    for name in ("audit_lines_no_delete", "audit_lines_no_update"):
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON audit_lines"
        op.execute(f"DROP TRIGGER {name}{on}")
    op.drop_table("claims")
