"""How submissions were sent, what waits apart, checks set aside, and addresses that were asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("trapped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_arrivals_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_arrivals")),
    )
    op.create_table(
        "checks_set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("moderator", sa.String(), nullable=False),
        sa.Column("at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_checks_set_aside_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["users.id"],
            name=op.f("fk_checks_set_aside_moderator_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks_set_aside")),
        sa.UniqueConstraint(
            "submission_id", "check", "finding", name="uq_checks_set_aside_submission_id"
        ),
    )
    op.create_table(
        "address_looks",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("answers", sa.Boolean(), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("since", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("asked_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ask_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_address_looks_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "url", name=op.f("pk_address_looks")),
    )
    op.create_index(op.f("ix_address_looks_ask_at"), "address_looks", ["ask_at"])
    # Looks are made anew: what waits is looked over again, with the rules against spam.
    op.drop_table("looks")
    op.create_table(
        "looks",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("is_apart", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        *_of_looks(),
    )
    op.create_index(op.f("ix_looks_words"), "looks", ["words"])


def downgrade() -> None:
    op.drop_table("looks")
    op.create_table(
        "looks",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        *_of_looks(),
    )
    for table in ("address_looks", "checks_set_aside", "arrivals"):
        op.drop_table(table)


def _of_looks() -> tuple[sa.ForeignKeyConstraint, sa.PrimaryKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_looks_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_looks")),
    )
