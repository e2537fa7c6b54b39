"""The schema: every table of the progress store, as SQLAlchemy Core metadata.

Rules kept here, so that the store can be spread over machines by learner:
- Every primary and unique key of a per-learner table leads with `learner`; foreign keys between such tables
  contain it. `accounts`, `revisions`, `policies` and what linking leaves for minutes are shared: small, and the
  second and third content-addressed.
- Every key of a per-quiz table leads with `quiz`: a quiz's rows live together, wherever its players' do.
- No sequences: ids are made by whoever writes the row.
- Instants are milliseconds since the epoch, study days proleptic Gregorian ordinals, values JSON text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.metadata import metadata as metadata
from storage.quiz_tables import PER_QUIZ, QUIZ_SHARED


def _learner() -> Column[str]:
    return Column("learner", Text, ForeignKey("learners.learner"), nullable=False)


def _present(name: str, of: Any) -> Column[Any]:
    return Column(name, of, nullable=False)


learners = Table(
    "learners",
    metadata,
    _present("learner", Text),
    _present("data", Text),
    PrimaryKeyConstraint("learner"),
)

# No foreign key: this table would be copied to every machine and learners are spread over them. `check` looks.
accounts = Table(
    "accounts",
    metadata,
    _present("platform", Text),
    _present("external", Text),
    _present("learner", Text),
    PrimaryKeyConstraint("platform", "external"),
    Index(None, "learner"),
)

# Cards as they were shown, and policies as they were in force, by content hash.
revisions = Table(
    "revisions",
    metadata,
    _present("revision", Text),
    _present("card", Text),
    _present("data", Text),
    PrimaryKeyConstraint("revision"),
    Index(None, "card"),
)

policies = Table(
    "policies",
    metadata,
    _present("policy", Text),
    _present("data", Text),
    PrimaryKeyConstraint("policy"),
)

sessions = Table(
    "sessions",
    metadata,
    _learner(),
    _present("attempt", Text),  # the one on screen, or empty
    _present("data", Text),
    PrimaryKeyConstraint("learner"),  # the latest session only
)

rehearsals = Table(
    "rehearsals",
    metadata,
    _learner(),
    _present("data", Text),
    PrimaryKeyConstraint("learner"),  # the latest only; its answers are in the log
)

attempts = Table(
    "attempts",
    metadata,
    _learner(),
    _present("attempt", Text),
    _present("card", Text),
    Column("revision", Text, ForeignKey("revisions.revision"), nullable=False),
    _present("step", Text),
    _present("asked_at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("learner", "attempt"),
    CheckConstraint("step IN ('asked', 'answered', 'rated', 'dropped')", name="step"),
)

# Append-only. `attempt` is set on ratings only, and a key: an attempt is rated once however often it is pressed.
log = Table(
    "log",
    metadata,
    _learner(),
    _present("entry", Text),
    _present("at", BigInteger),
    _present("study_day", Integer),
    _present("kind", Text),
    Column("card", Text),
    Column("attempt", Text),
    Column("undoes", Text),  # the entry an Undone takes back
    Column("phase", Text),  # of a Reviewed
    Column("rating", Integer),  # of a Reviewed or Practised
    _present("data", Text),
    PrimaryKeyConstraint("learner", "entry"),
    UniqueConstraint("learner", "attempt"),
    CheckConstraint("rating BETWEEN 1 AND 4", name="rating"),
    Index("ix_log_by_card", "learner", "card"),
    Index(
        "ix_log_undone",
        "learner",
        "undoes",
        sqlite_where=text("undoes IS NOT NULL"),
        postgresql_where=text("undoes IS NOT NULL"),
    ),
    Index(
        "ix_log_reports",
        "learner",
        "at",
        sqlite_where=text("kind IN ('Flagged', 'Thanked')"),
        postgresql_where=text("kind IN ('Flagged', 'Thanked')"),
    ),
    Index(
        "ix_log_rated",
        "learner",
        "study_day",
        "at",
        sqlite_where=text("phase IS NOT NULL"),
        postgresql_where=text("phase IS NOT NULL"),
    ),
)

progress = Table(
    "progress",
    metadata,
    _learner(),
    _present("card", Text),
    _present("phase", Text),
    _present("stability", Double),
    _present("difficulty", Double),
    Column("step", Integer),
    Column("due_at", BigInteger),
    Column("due_day", Integer),
    _present("reviewed_at", BigInteger),
    _present("reviewed_day", Integer),
    _present("interval", Integer),
    _present("reps", Integer),
    _present("lapses", Integer),
    PrimaryKeyConstraint("learner", "card"),
    CheckConstraint("phase IN ('learning', 'review', 'relearning')", name="phase"),
    CheckConstraint("(due_at IS NULL) <> (due_day IS NULL)", name="one_due"),
    CheckConstraint("stability > 0 AND difficulty BETWEEN 1 AND 10", name="memory"),
    CheckConstraint("interval >= 0 AND reps > 0 AND lapses >= 0", name="counts"),
    Index(
        "ix_progress_ready",
        "learner",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_progress_due",
        "learner",
        "due_day",
        sqlite_where=text("due_day IS NOT NULL"),
        postgresql_where=text("due_day IS NOT NULL"),
    ),
    Index(
        "ix_progress_hardest", "learner", "lapses", sqlite_where=text("lapses > 0"), postgresql_where=text("lapses > 0")
    ),
    sqlite_with_rowid=False,
)

holds = Table(
    "holds",
    metadata,
    _learner(),
    _present("card", Text),
    _present("kind", Text),
    _present("until", Integer),
    _present("at", BigInteger),
    PrimaryKeyConstraint("learner", "card"),
    CheckConstraint("kind IN ('suspended', 'buried')", name="kind"),
    Index(None, "learner", "at"),
    sqlite_with_rowid=False,
)

days = Table(
    "days",
    metadata,
    _learner(),
    _present("study_day", Integer),
    _present("reviews", Integer),
    _present("new", Integer),
    _present("due", Integer),
    _present("kept", Integer),
    _present("took", BigInteger),
    PrimaryKeyConstraint("learner", "study_day"),
    CheckConstraint("new >= 0 AND due >= 0 AND took >= 0", name="counts"),
    CheckConstraint("kept BETWEEN 0 AND due AND due <= reviews AND new <= reviews", name="sums"),
    sqlite_with_rowid=False,
)

# First answers to updates, so that a repeated one gets the same again. Pruned after 48 hours: Telegram keeps
# undelivered updates for 24 (Bot API, getUpdates).
receipts = Table(
    "receipts",
    metadata,
    _learner(),
    _present("platform", Text),
    _present("external", Text),
    _present("key", Text),
    _present("at", BigInteger),
    _present("reply", Text),
    PrimaryKeyConstraint("learner", "platform", "external", "key"),
    Index(None, "at"),
)

# --- linking accounts ----------------------------------------------------------------------------------------------

# Found by what somebody else typed, so shared: small, and gone after ten minutes. Secrets are kept as hashes.
links = Table(
    "links",
    metadata,
    _present("link", Text),
    _present("code", Text),
    _present("token", Text),
    _present("platform", Text),  # and external: the account that made the offer
    _present("external", Text),
    _present("at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("link"),
    UniqueConstraint("code"),
    UniqueConstraint("token"),
    Index(None, "platform", "external"),
    Index(None, "at"),
)

# Wrong codes of the last hour, by account: a limit per learner would end with the learner.
link_misses = Table(
    "link_misses",
    metadata,
    _present("miss", Text),
    _present("platform", Text),
    _present("external", Text),
    _present("at", BigInteger),
    PrimaryKeyConstraint("miss"),
    Index(None, "at"),
)

# Who was merged into a learner, and how far that has come.
merges = Table(
    "merges",
    metadata,
    _learner(),
    _present("merge", Text),
    _present("at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("learner", "merge"),
)

# Learners whose rows are being deleted, and how far that has come.
erasures = Table(
    "erasures",
    metadata,
    _learner(),
    _present("data", Text),
    PrimaryKeyConstraint("learner"),
)

# What a server's managers have settled; it belongs to no learner.
servers = Table(
    "servers",
    metadata,
    _present("platform", Text),
    _present("external", Text),
    _present("data", Text),
    PrimaryKeyConstraint("platform", "external"),
)

# --- messages nobody is waiting for ---------------------------------------------------------------------------------

# What each learner settled about them. Swept across learners by the instant of the next one, whoever's it is.
reminders = Table(
    "reminders",
    metadata,
    _learner(),
    Column("next_at", BigInteger),
    _present("data", Text),
    PrimaryKeyConstraint("learner"),
    Index(
        "ix_reminders_next",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)

# Each message on its way, and what became of it; settled ones are pruned after a while. Claimed across learners.
outbox = Table(
    "outbox",
    metadata,
    _learner(),
    _present("key", Text),
    _present("kind", Text),
    _present("platform", Text),
    _present("external", Text),
    _present("at", BigInteger),
    _present("expires_at", BigInteger),
    _present("state", Text),
    _present("lease", BigInteger),
    _present("worker", Text),
    _present("tries", Integer),
    _present("left_at", BigInteger),
    _present("reason", Text),
    PrimaryKeyConstraint("learner", "key"),
    CheckConstraint("state IN ('due', 'claimed', 'sending', 'sent', 'uncertain', 'failed')", name="state"),
    Index("ix_outbox_due", "at", sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'")),
    Index(
        "ix_outbox_held",
        "lease",
        sqlite_where=text("state IN ('claimed', 'sending')"),
        postgresql_where=text("state IN ('claimed', 'sending')"),
    ),
    Index(
        "ix_outbox_settled",
        "at",
        sqlite_where=text("state IN ('sent', 'uncertain', 'failed')"),
        postgresql_where=text("state IN ('sent', 'uncertain', 'failed')"),
    ),
)

# When each card first stood in the decks; `storage.arrivals` writes the row without a card.
arrivals = Table(
    "arrivals",
    metadata,
    _present("card", Text),
    _present("at", BigInteger),
    PrimaryKeyConstraint("card"),
    Index(None, "at"),
)

SHARED = (accounts, revisions, policies, links, link_misses, servers, arrivals, *QUIZ_SHARED)
PER_LEARNER = tuple(table for table in metadata.sorted_tables if table not in (*SHARED, *PER_QUIZ))
