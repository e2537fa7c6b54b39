"""The latest rehearsal of a learner: a timed exam over a track."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "rehearsals",
        sa.Column("learner", sa.Text, sa.ForeignKey("learners.learner", name="fk_rehearsals_learner"), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("learner", name="pk_rehearsals"),
    )
