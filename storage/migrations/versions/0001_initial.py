"""The first schema: learners and their accounts, what was shown, the log, and what it adds up to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _shared()
    _sittings()
    _log()
    _progress()
    _holds_and_days()
    _receipts()


def _shared() -> None:
    _create("learners", "learner", _text("learner"), _text("data"))
    _create("accounts", "platform external", _text("platform"), _text("external"), _text("learner"))
    op.create_index("ix_accounts_learner", "accounts", ["learner"])
    _create("revisions", "revision", _text("revision"), _text("card"), _text("data"))
    op.create_index("ix_revisions_card", "revisions", ["card"])
    _create("policies", "policy", _text("policy"), _text("data"))


def _sittings() -> None:
    _create("sessions", "learner", _text("learner"), _text("attempt"), _text("data"), _of_a_learner("sessions"))
    _create(
        "attempts",
        "learner attempt",
        _text("learner"),
        _text("attempt"),
        _text("card"),
        _text("revision"),
        _text("step"),
        _instant("asked_at"),
        _text("data"),
        _check("attempts", "step", "step IN ('asked', 'answered', 'rated', 'dropped')"),
        _of_a_learner("attempts"),
        sa.ForeignKeyConstraint(["revision"], ["revisions.revision"], name="fk_attempts_revision"),
    )


def _log() -> None:
    _create(
        "log",
        "learner entry",
        _text("learner"),
        _text("entry"),
        _instant("at"),
        _whole("study_day"),
        _text("kind"),
        _text("card", nullable=True),
        _text("attempt", nullable=True),
        _text("undoes", nullable=True),
        _text("phase", nullable=True),
        _whole("rating", nullable=True),
        _text("data"),
        _check("log", "rating", "rating BETWEEN 1 AND 4"),
        _of_a_learner("log"),
        sa.UniqueConstraint("learner", "attempt", name="uq_log_learner_attempt"),
    )
    op.create_index("ix_log_by_card", "log", ["learner", "card"])
    _partial_index("ix_log_undone", "log", ["learner", "undoes"], "undoes IS NOT NULL")
    _partial_index("ix_log_recall", "log", ["learner", "study_day"], "phase = 'review'")


def _progress() -> None:
    _create(
        "progress",
        "learner card",
        _text("learner"),
        _text("card"),
        _text("phase"),
        sa.Column("stability", sa.Double, nullable=False),
        sa.Column("difficulty", sa.Double, nullable=False),
        _whole("step", nullable=True),
        _instant("due_at", nullable=True),
        _whole("due_day", nullable=True),
        _instant("reviewed_at"),
        _whole("reviewed_day"),
        _whole("interval"),
        _whole("reps"),
        _whole("lapses"),
        _check("progress", "phase", "phase IN ('learning', 'review', 'relearning')"),
        _check("progress", "one_due", "(due_at IS NULL) <> (due_day IS NULL)"),
        _check("progress", "memory", "stability > 0 AND difficulty BETWEEN 1 AND 10"),
        _check("progress", "counts", "interval >= 0 AND reps > 0 AND lapses >= 0"),
        _of_a_learner("progress"),
        sqlite_with_rowid=False,
    )
    _partial_index("ix_progress_ready", "progress", ["learner", "due_at"], "due_at IS NOT NULL")
    _partial_index("ix_progress_due", "progress", ["learner", "due_day"], "due_day IS NOT NULL")
    _partial_index("ix_progress_hardest", "progress", ["learner", "lapses"], "lapses > 0")


def _holds_and_days() -> None:
    _create(
        "holds",
        "learner card",
        _text("learner"),
        _text("card"),
        _text("kind"),
        _whole("until"),
        _instant("at"),
        _check("holds", "kind", "kind IN ('suspended', 'buried')"),
        _of_a_learner("holds"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_holds_learner_at", "holds", ["learner", "at"])
    _create(
        "days",
        "learner study_day",
        _text("learner"),
        _whole("study_day"),
        _whole("reviews"),
        _whole("new"),
        _whole("due"),
        _whole("kept"),
        _instant("took"),
        _check("days", "counts", "new >= 0 AND due >= 0 AND took >= 0"),
        _check("days", "sums", "kept BETWEEN 0 AND due AND due <= reviews AND new <= reviews"),
        _of_a_learner("days"),
        sqlite_with_rowid=False,
    )


def _receipts() -> None:
    _create(
        "receipts",
        "learner platform external key",
        _text("learner"),
        _text("platform"),
        _text("external"),
        _text("key"),
        _instant("at"),
        _text("reply"),
        _of_a_learner("receipts"),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"])


def _create(table: str, key: str, *parts: Any, **options: Any) -> None:
    op.create_table(table, *parts, sa.PrimaryKeyConstraint(*key.split(), name="pk_" + table), **options)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f("ck_" + table + "_" + name))


def _of_a_learner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["learner"], ["learners.learner"], name="fk_" + table + "_learner")


def _partial_index(name: str, table: str, columns: list[str], rule: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(rule), postgresql_where=sa.text(rule))
