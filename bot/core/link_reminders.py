"""What linking and parting do to reminders: they follow the account they were asked for at. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from bot.core.link_model import Party
from bot.core.model import Account, Learner
from bot.core.reminder_model import Reminders
from bot.core.reminders import planned


def of_both(kept: Party, gone: Party, now: int) -> Reminders | None:
    """Those of whoever stays after a link: their own, else the other's. A day that brought one of them a message
    brings the two no second. None if nothing changes."""
    if gone.reminders is None:
        return None
    if kept.reminders is None:
        return planned(gone.reminders, kept.learner, now)
    return _told(kept.reminders, gone.reminders, kept.learner, now)


def silenced(gone: Party) -> Reminders | None:
    """Those of a learner without accounts: kept, for a merge that is taken back."""
    return replace(gone.reminders, next_at=None) if gone.reminders else None


def given_back(archive: Party, me: Party, now: int) -> Reminders | None:
    """Those of a learner whose accounts return."""
    if archive.reminders is None or me.reminders is None:
        return planned(archive.reminders, archive.learner, now) if archive.reminders else None
    return _told(archive.reminders, me.reminders, archive.learner, now)


def without(me: Party, leaving: Iterable[Account]) -> Reminders | None:
    """Those of whoever stays when accounts leave: off, if there is no other to write to on their platform. None if
    nothing changes."""
    gone = set(leaving)
    left = {account.platform for account in me.accounts if account not in gone}
    if me.reminders is None or me.reminders.platform in {"", *left}:
        return None
    return replace(me.reminders, on=False, platform="", channel="", next_at=None)


def _told(mine: Reminders, theirs: Reminders, learner: Learner, now: int) -> Reminders:
    last_date, last_at = max(mine.last_date, theirs.last_date), max(mine.last_at, theirs.last_at)
    return planned(replace(mine, last_date=last_date, last_at=last_at), learner, now)
