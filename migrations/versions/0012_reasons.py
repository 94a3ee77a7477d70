"""Reasons to choose from when something is declined, spam, and days on which things come out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import directory.db

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

REASONS = (
    (
        "We have it already",
        "We have an entry about this already. You can suggest a change to that one, so that all "
        "that is known stands in one place.",
    ),
    (
        "It is an advert",
        "It reads like an advert. The directory tells what people do together. It does not sell "
        "things or services.",
    ),
    (
        "Not something others can copy",
        "The directory holds ideas that people in other places can copy, and the places where "
        "they happen. This is about one event or one person.",
    ),
    (
        "We could not check it",
        "We could not find out whether this happens. If there is a web page, a leaflet or a person "
        "we may ask, please send it again and tell us.",
    ),
    (
        "It names private people",
        "It tells things about a person who can be recognised. Please send it again without names, "
        "addresses or phone numbers of private people.",
    ),
    (
        "It may do harm",
        "We fear that somebody could be hurt if they did what it says.",
    ),
    (
        "Too little to go on",
        "There is too little in it for somebody elsewhere to begin. Please send it again and say "
        "what happens, who it is for and how it is run.",
    ),
)


def upgrade() -> None:
    reasons = op.create_table(
        "reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("retired_at", directory.db.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reasons")),
    )
    op.bulk_insert(reasons, [{"title": title, "words": words} for title, words in REASONS])
    op.create_table(
        "decision_reasons",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_reasons_decision_id_decisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["reasons.id"], name=op.f("fk_decision_reasons_reason_id_reasons")
        ),
        sa.PrimaryKeyConstraint("decision_id", "reason_id", name=op.f("pk_decision_reasons")),
    )
    with op.batch_alter_table("decision_reasons", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_reasons_reason_id"), ["reason_id"], unique=False
        )
    op.create_table(
        "schedules",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("publish_at", directory.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("assured", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_schedules_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["users.id"],
            name=op.f("fk_schedules_moderator_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_schedules")),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedules_publish_at"), ["publish_at"], unique=False)
    op.add_column(
        "decisions",
        sa.Column("is_spam", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("decisions", "is_spam")
    for table in ("schedules", "decision_reasons", "reasons"):
        op.drop_table(table)
