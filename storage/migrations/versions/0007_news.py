"""When cards came into the decks, and the way to a learner's reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

REPORTS = sa.text("kind IN ('Flagged', 'Thanked')")


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("card", name="pk_arrivals"),
    )
    op.create_index("ix_arrivals_at", "arrivals", ["at"])
    op.create_index("ix_log_reports", "log", ["learner", "at"], sqlite_where=REPORTS, postgresql_where=REPORTS)
