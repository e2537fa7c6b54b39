"""The format of an export: one JSON document per learner, described in docs/your-data.md. Pure values.

What a document says of policies and cards is named by its content, so that a reader can tell whether it is whole; they
and the log are kept as text here and read one by one, since a log may be long.
"""

from __future__ import annotations

from msgspec import Raw, Struct

from bot.core.model import Account, Attempt, Learner, Session
from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Reminders

FORMAT = "backfill-export"
VERSION = 1


class Played(Struct, frozen=True):
    """What a learner did in one group quiz: told, not brought back, since the quiz is the group's."""

    quiz: str
    name: str  # as the group saw it
    pressed: tuple[Raw, ...]  # the presses, as the quiz's log has them


class Header(Struct, frozen=True):
    """What tells whether the rest can be read. Other fields are passed over."""

    format: str
    version: int


class Export(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything kept about one learner."""

    format: str
    version: int
    made_at: int  # ms
    learner: Learner
    accounts: tuple[Account, ...]
    hidden: tuple[Account, ...]  # those that leaderboards leave out
    reminders: Reminders | None
    session: Session | None  # the latest
    attempts: tuple[Attempt, ...]  # those that the session names
    rehearsal: Rehearsal | None  # the latest
    log: tuple[Raw, ...]  # every LogEntry, by (at, id)
    policies: dict[str, Raw]  # digest -> Policy: those that the log names
    cards: dict[str, Raw]  # revision -> Card as it was shown
    quizzes: tuple[Played, ...]
