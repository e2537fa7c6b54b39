"""Reminders: what each learner settled about them, and the outbox they leave from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "reminders",
        _text("learner"),
        sa.Column("next_at", sa.BigInteger),
        _text("data"),
        sa.PrimaryKeyConstraint("learner", name="pk_reminders"),
        sa.ForeignKeyConstraint(["learner"], ["learners.learner"], name="fk_reminders_learner"),
    )
    _index("ix_reminders_next", "reminders", "next_at", "next_at IS NOT NULL")
    op.create_table(
        "outbox",
        _text("learner"),
        _text("key"),
        _text("kind"),
        _text("platform"),
        _text("external"),
        _instant("at"),
        _instant("expires_at"),
        _text("state"),
        _instant("lease"),
        _text("worker"),
        sa.Column("tries", sa.Integer, nullable=False),
        _instant("left_at"),
        _text("reason"),
        sa.PrimaryKeyConstraint("learner", "key", name="pk_outbox"),
        sa.ForeignKeyConstraint(["learner"], ["learners.learner"], name="fk_outbox_learner"),
        sa.CheckConstraint(
            "state IN ('due', 'claimed', 'sending', 'sent', 'uncertain', 'failed')", name=op.f("ck_outbox_state")
        ),
    )
    _index("ix_outbox_due", "outbox", "at", "state = 'due'")
    _index("ix_outbox_held", "outbox", "lease", "state IN ('claimed', 'sending')")
    _index("ix_outbox_settled", "outbox", "at", "state IN ('sent', 'uncertain', 'failed')")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _instant(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
