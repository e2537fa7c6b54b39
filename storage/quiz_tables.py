"""The tables of group quizzes. `storage.tables` states the rules they keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.metadata import metadata


def _present(name: str, of: Any) -> Column[Any]:
    return Column(name, of, nullable=False)


# The quiz as its moves have left it: a fold of its log, kept so that a press need not read the log.
quizzes = Table(
    "quizzes",
    metadata,
    _present("quiz", Text),
    _present("platform", Text),
    _present("channel", Text),
    _present("open", Integer),
    _present("due_at", BigInteger),  # when the clock is next wanted; 0: not before a press
    _present("settled", Integer),  # whether its evidence has reached every player's log
    _present("moved_at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("quiz"),
    CheckConstraint("open IN (0, 1) AND settled IN (0, 1)", name="flags"),
    Index("ix_quizzes_place", "platform", "channel", "moved_at"),
    # One quiz at a time in a channel, whoever starts it.
    Index(
        "ix_quizzes_open",
        "platform",
        "channel",
        unique=True,
        sqlite_where=text("open = 1"),
        postgresql_where=text("open = 1"),
    ),
    Index(
        "ix_quizzes_unsettled",
        "platform",
        sqlite_where=text("settled = 0"),
        postgresql_where=text("settled = 0"),
    ),
)

# Append-only. Moves are numbered; presses have a seat instead, and one answer of a player to a question is a key.
quiz_log = Table(
    "quiz_log",
    metadata,
    _present("quiz", Text),
    _present("row", Text),
    _present("kind", Text),
    _present("at", BigInteger),
    Column("number", Integer),
    Column("seat", Text),
    Column("question", Integer),  # of a press; of a move: the question that it makes void
    Column("card", Text),  # of an Answered
    Column("right", Integer),  # of an Answered
    _present("data", Text),
    PrimaryKeyConstraint("quiz", "row"),
    UniqueConstraint("quiz", "number"),
    CheckConstraint("(number IS NULL) <> (seat IS NULL)", name="sort"),
    Index(
        "ix_quiz_log_answer",
        "quiz",
        "question",
        "seat",
        unique=True,
        sqlite_where=text("kind = 'Answered'"),
        postgresql_where=text("kind = 'Answered'"),
    ),
    Index("ix_quiz_log_seat", "quiz", "seat"),
)

# Who sits where. The log speaks of seats only: taking the account and the name out of here takes them out of the quiz.
quiz_players = Table(
    "quiz_players",
    metadata,
    _present("quiz", Text),
    _present("seat", Text),
    Column("platform", Text),
    Column("external", Text),
    _present("name", Text),
    PrimaryKeyConstraint("quiz", "seat"),
    Index("ix_quiz_players_account", "platform", "external"),
)

# Into whose log the answers of a seat were carried: an account may belong to somebody else since.
quiz_carried = Table(
    "quiz_carried",
    metadata,
    _present("quiz", Text),
    _present("seat", Text),
    _present("learner", Text),
    PrimaryKeyConstraint("quiz", "seat"),
    Index("ix_quiz_carried_learner", "learner"),
)

# What the leaderboard counts: a fold of the log of a finished quiz.
quiz_standings = Table(
    "quiz_standings",
    metadata,
    _present("quiz", Text),
    _present("seat", Text),
    _present("platform", Text),
    _present("channel", Text),
    _present("at", BigInteger),
    _present("right", Integer),
    _present("answered", Integer),
    _present("turned", Integer),
    PrimaryKeyConstraint("quiz", "seat"),
    CheckConstraint('0 <= turned AND turned <= "right" AND "right" <= answered', name="sums"),
    Index("ix_quiz_standings_place", "platform", "channel", "at"),
)

# Which message of the platform shows what: known again after a restart.
quiz_messages = Table(
    "quiz_messages",
    metadata,
    _present("quiz", Text),
    _present("slot", Text),
    _present("message", Text),
    PrimaryKeyConstraint("quiz", "slot"),
)

quiz_saved = Table(
    "quiz_saved",
    metadata,
    _present("platform", Text),
    _present("server", Text),
    _present("name", Text),
    _present("data", Text),
    PrimaryKeyConstraint("platform", "server", "name"),
)

quiz_timetables = Table(
    "quiz_timetables",
    metadata,
    _present("platform", Text),
    _present("server", Text),
    _present("timetable", Text),
    _present("due_at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("platform", "server", "timetable"),
    Index("ix_quiz_timetables_due", "platform", "due_at"),
)

# Accounts that leaderboards leave out.
quiz_hidden = Table(
    "quiz_hidden",
    metadata,
    _present("platform", Text),
    _present("external", Text),
    PrimaryKeyConstraint("platform", "external"),
)

# The week's board of each channel that played in it: planned when a quiz is settled, posted once.
quiz_boards = Table(
    "quiz_boards",
    metadata,
    _present("platform", Text),
    _present("channel", Text),
    _present("week", Text),  # "2026-W48"
    _present("zone", Text),
    _present("due_at", BigInteger),
    _present("done", Integer),
    PrimaryKeyConstraint("platform", "channel", "week"),
    CheckConstraint("done IN (0, 1)", name="done"),
    Index(
        "ix_quiz_boards_due",
        "platform",
        "due_at",
        sqlite_where=text("done = 0"),
        postgresql_where=text("done = 0"),
    ),
)

# Channels in which no board is posted.
quiz_boards_off = Table(
    "quiz_boards_off",
    metadata,
    _present("platform", Text),
    _present("channel", Text),
    PrimaryKeyConstraint("platform", "channel"),
)

PER_QUIZ = (quiz_log, quiz_players, quiz_carried, quiz_standings, quiz_messages, quizzes)
QUIZ_SHARED = (quiz_saved, quiz_timetables, quiz_hidden, quiz_boards, quiz_boards_off)
