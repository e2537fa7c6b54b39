"""The week's board of each channel, and where none is posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WAITING = sa.text("done = 0")


def upgrade() -> None:
    op.create_table(
        "quiz_boards",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("week", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel", "week", name="pk_quiz_boards"),
        sa.CheckConstraint("done IN (0, 1)", name="done"),
    )
    op.create_index(
        "ix_quiz_boards_due",
        "quiz_boards",
        ["platform", "due_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "quiz_boards_off",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel", name="pk_quiz_boards_off"),
    )
