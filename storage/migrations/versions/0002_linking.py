"""Linking accounts: offers and wrong codes for minutes, and merges of two learners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "links",
        _text("link"),
        _text("code"),
        _text("token"),
        _text("platform"),
        _text("external"),
        _instant("at"),
        _text("data"),
        sa.PrimaryKeyConstraint("link", name="pk_links"),
        sa.UniqueConstraint("code", name="uq_links_code"),
        sa.UniqueConstraint("token", name="uq_links_token"),
    )
    op.create_index("ix_links_platform_external", "links", ["platform", "external"])
    op.create_index("ix_links_at", "links", ["at"])
    op.create_table(
        "link_misses",
        _text("miss"),
        _text("platform"),
        _text("external"),
        _instant("at"),
        sa.PrimaryKeyConstraint("miss", name="pk_link_misses"),
    )
    op.create_index("ix_link_misses_at", "link_misses", ["at"])
    op.create_table(
        "merges",
        _text("learner"),
        _text("merge"),
        _instant("at"),
        _text("data"),
        sa.PrimaryKeyConstraint("learner", "merge", name="pk_merges"),
        sa.ForeignKeyConstraint(["learner"], ["learners.learner"], name="fk_merges_learner"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _instant(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)
