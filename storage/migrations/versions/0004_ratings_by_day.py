"""The first and the last rating of a study day are found by an index: of all ratings, not of those in review only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    rated = sa.text("phase IS NOT NULL")
    op.create_index("ix_log_rated", "log", ["learner", "study_day", "at"], sqlite_where=rated, postgresql_where=rated)
    op.drop_index("ix_log_recall", "log")
