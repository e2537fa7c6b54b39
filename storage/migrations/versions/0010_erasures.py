"""Learners whose data is being deleted, so that a deletion that was interrupted is finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("learner", sa.Text, sa.ForeignKey("learners.learner", name="fk_erasures_learner"), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("learner", name="pk_erasures"),
    )
