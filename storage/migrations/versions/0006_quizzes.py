"""Group quizzes: what is played, its log, who sits where, what outlives it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _quizzes()
    _log()
    _results()
    _kept()


def _quizzes() -> None:
    op.create_table(
        "quizzes",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
        sa.Column("moved_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("quiz", name="pk_quizzes"),
        sa.CheckConstraint("open IN (0, 1) AND settled IN (0, 1)", name="flags"),
    )
    op.create_index("ix_quizzes_place", "quizzes", ["platform", "channel", "moved_at"])
    is_open = sa.text("open = 1")
    op.create_index(
        "ix_quizzes_open",
        "quizzes",
        ["platform", "channel"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    unsettled = sa.text("settled = 0")
    op.create_index("ix_quizzes_unsettled", "quizzes", ["platform"], sqlite_where=unsettled, postgresql_where=unsettled)


def _log() -> None:
    op.create_table(
        "quiz_log",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("row", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("seat", sa.Text),
        sa.Column("question", sa.Integer),
        sa.Column("card", sa.Text),
        sa.Column("right", sa.Integer),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("quiz", "row", name="pk_quiz_log"),
        sa.UniqueConstraint("quiz", "number", name="uq_quiz_log_quiz_number"),
        sa.CheckConstraint("(number IS NULL) <> (seat IS NULL)", name="sort"),
    )
    answered = sa.text("kind = 'Answered'")
    op.create_index(
        "ix_quiz_log_answer",
        "quiz_log",
        ["quiz", "question", "seat"],
        unique=True,
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_index("ix_quiz_log_seat", "quiz_log", ["quiz", "seat"])
    op.create_table(
        "quiz_players",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("platform", sa.Text),
        sa.Column("external", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("quiz", "seat", name="pk_quiz_players"),
    )
    op.create_index("ix_quiz_players_account", "quiz_players", ["platform", "external"])


def _results() -> None:
    op.create_table(
        "quiz_standings",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("turned", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("quiz", "seat", name="pk_quiz_standings"),
        sa.CheckConstraint('0 <= turned AND turned <= "right" AND "right" <= answered', name="sums"),
    )
    op.create_index("ix_quiz_standings_place", "quiz_standings", ["platform", "channel", "at"])


def _kept() -> None:
    op.create_table(
        "quiz_messages",
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("quiz", "slot", name="pk_quiz_messages"),
    )
    op.create_table(
        "quiz_saved",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "server", "name", name="pk_quiz_saved"),
    )
    op.create_table(
        "quiz_timetables",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("timetable", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "server", "timetable", name="pk_quiz_timetables"),
    )
    op.create_index("ix_quiz_timetables_due", "quiz_timetables", ["platform", "due_at"])
    op.create_table(
        "quiz_hidden",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("external", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "external", name="pk_quiz_hidden"),
    )
