"""The check of reminders and letters: the next instant follows from the settings, and every letter ends somewhere."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Row, select, update

from bot.core.model import Learner
from bot.core.reminder_model import PLATFORMS, Kind, Reminders, State
from bot.core.reminders import HOUR, local_date, planned, slot
from storage import rows
from storage.findings import Findings, Fix, readable
from storage.tables import accounts, outbox, reminders


def check_reminders(findings: Findings, learner: Learner) -> None:
    """What is settled can be read, and the next instant is the one at which it says something is due."""
    row = findings.db.execute(select(reminders).where(reminders.c.learner == learner.id)).first()
    if row is None:
        return
    key = {"learner": learner.id}
    stored = readable(rows.reminders_of, row.data)
    if stored is None:
        findings.add(
            reminders,
            learner.id,
            "The settings of reminders cannot be read; they are off.",
            findings.rewrite(reminders, key, None),
        )
        return
    expected = _expected(findings, learner, stored)
    if row.next_at != expected.next_at or stored != expected:
        sentence = "The next reminder is not when the settings say."
        fix = findings.rewrite(reminders, key, key | rows.reminders_row(expected))
        findings.add(reminders, learner.id, sentence, fix)


def check_letters(findings: Findings, learner: Learner) -> None:
    """Each letter can be read, is held by somebody for a time or by nobody, and says why it did not arrive."""
    for row in findings.db.execute(select(outbox).where(outbox.c.learner == learner.id)).all():
        sentence, values = _wrong(row)
        if sentence:
            findings.add(outbox, learner.id, f"The letter {row.key} {sentence}.", _set(findings, row, values))


def _expected(findings: Findings, learner: Learner, stored: Reminders) -> Reminders:
    """The same with an instant that fits; one that fits stays, since the log does not say which of them it was."""
    if not stored.are_wanted or not _is_reached(findings, learner, stored):
        return replace(stored, next_at=None)
    if learner.merging or learner.into:
        return stored
    if stored.next_at is None:
        return planned(stored, learner, stored.last_at)
    if slot(stored, learner, local_date(stored.next_at, learner.zone)) == stored.next_at:
        return stored
    return planned(stored, learner, stored.next_at - 24 * HOUR)


def _is_reached(findings: Findings, learner: Learner, stored: Reminders) -> bool:
    mine = select(accounts).where(accounts.c.learner == learner.id, accounts.c.platform == stored.platform)
    return findings.db.execute(mine).first() is not None


def _wrong(row: Row[Any]) -> tuple[str, rows.Parameters]:
    """What is wrong with a letter, and the columns that put it right."""
    if row.kind not in {kind.value for kind in Kind} or row.platform not in PLATFORMS:
        return "is of no known kind", {"kind": Kind.CARDS.value, "platform": PLATFORMS[0]} | _failed("unreadable")
    held = row.state in (State.CLAIMED, State.SENDING)
    if held and (not row.worker or row.lease <= 0):
        settled = State.DUE if row.state == State.CLAIMED else State.UNCERTAIN
        reason = "" if settled is State.DUE else "its worker is not known"
        return "is held by nobody", {"state": settled.value, "lease": 0, "reason": reason}
    if row.state in (State.UNCERTAIN, State.FAILED) and not row.reason:
        return "does not say why it did not arrive", {"reason": "not known"}
    return "", {}


def _failed(reason: str) -> rows.Parameters:
    return {"state": State.FAILED.value, "lease": 0, "reason": reason}


def _set(findings: Findings, row: Row[Any], values: rows.Parameters) -> Fix:
    this = (outbox.c.learner == row.learner) & (outbox.c.key == row.key)
    return lambda: findings.db.execute(update(outbox).where(this).values(**values))
