"""Into whose log a player's answers were carried, so that they are carried into no other and taken back from there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "quiz_carried",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("learner", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("quiz", "seat", name="pk_quiz_carried"),
    )
    op.create_index("ix_quiz_carried_learner", "quiz_carried", ["learner"])
