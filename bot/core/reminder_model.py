"""The words of reminders: what a learner has settled about them, and a letter on its way. Pure values.

A letter is one message that nobody is waiting for. It is due, is claimed by one worker, is sending from the moment it
may have left, and ends sent, uncertain or failed. Its key is what it is about: a learner's local day for what comes
unasked, so that a day never brings two; a snooze and "cards are ready", being asked for, have their own.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct

USUAL = -1  # in the place of a time: the hour at which the learner usually drills
PLATFORMS = ("telegram", "discord")  # those that can be written to


class Reminders(Struct, frozen=True, kw_only=True):
    """What a learner has settled about messages, and what has become of them. Times are minutes after midnight by the
    learner's wall clock, dates are ordinals of the learner's local calendar."""

    on: bool = False
    platform: str = ""  # where they go; asked for there, or chosen
    time: int = 1110  # or USUAL
    usual: int = 1110  # what the log last said of the usual hour
    quiet: tuple[int, int] = (1320, 420)  # from, until: no unasked message falls in between
    ready: bool = False  # "cards are ready", later on a day that was drilled
    weekly: bool = False  # a summary on Sundays, instead of that day's reminder

    next_at: int | None = None  # ms; when the next message is to be thought about
    last_date: int = 0  # of the last unasked message
    last_at: int = 0  # ms
    first_date: int = 0  # nothing unasked before this date
    promised: bool = False  # the next one was asked for: "Ask me in a month"
    ignored: int = 0  # messages in a row that got no answer
    stopped: bool = False  # because of that, until the learner is back
    closed: str = ""  # why the platform delivers nothing: "blocked", "closed"; "" while it does
    channel: str = ""  # the platform's own place of delivery, once it is known

    @property
    def are_wanted(self) -> bool:
        """Whether anything may be written unasked."""
        return self.on and bool(self.platform) and not self.stopped and not self.closed


class Kind(StrEnum):
    """What a letter says."""

    CARDS = "cards"  # the reminder: cards worth a message, or a run of days about to end
    WEEKLY = "weekly"
    CLOSING = "closing"  # "I will stop writing now"
    SNOOZE = "snooze"  # asked for: "In an hour"
    READY = "ready"  # asked for: learning cards have come back


class State(StrEnum):
    """Where a letter stands."""

    DUE = "due"
    CLAIMED = "claimed"  # by one worker, until its lease ends; nothing has left
    SENDING = "sending"  # it may have left
    SENT = "sent"
    UNCERTAIN = "uncertain"  # nobody knows whether it arrived
    FAILED = "failed"  # it certainly did not, and will not; the reason says why


SETTLED = (State.SENT, State.UNCERTAIN, State.FAILED)


class Letter(Struct, frozen=True, kw_only=True):
    """One message to one learner. Instants are ms."""

    learner: str
    key: str
    kind: Kind
    platform: str
    external: str  # the account it goes to
    at: int  # when it may leave
    expires_at: int  # after which it is no longer worth sending
    state: State = State.DUE
    lease: int = 0  # until when a claim holds
    worker: str = ""
    tries: int = 0
    left_at: int = 0  # when it may have left for the first time
    reason: str = ""

    @property
    def nonce(self) -> str:
        """Names this letter to a platform that shows the same name only once: 20 hexadecimal digits."""
        return blake2b(f"{self.learner}\n{self.key}".encode(), digest_size=10).hexdigest()


def day_key(day: int) -> str:
    """The key of what comes unasked on a local date: "day.2026-11-24"."""
    return f"day.{date.fromordinal(day).isoformat()}"


def asked_key(kind: Kind, day: int, number: int) -> str:
    """The key of what was asked for: "snooze.2026-11-24.0"."""
    return f"{kind.value}.{date.fromordinal(day).isoformat()}.{number}"


# --- what became of a delivery -----------------------------------------------------------------------------------


class Sent(Struct, frozen=True):
    """The platform has it. `channel` is where it was delivered, if that is worth keeping."""

    channel: str = ""


class Unsure(Struct, frozen=True):
    """It left and no answer came back."""

    reason: str


class Later(Struct, frozen=True):
    """It certainly did not leave; trying again in so many seconds is safe."""

    seconds: float
    reason: str


class Shut(Struct, frozen=True):
    """The person can or will not be written to; `why` goes into `Reminders.closed`."""

    why: str
    reason: str


class Refused(Struct, frozen=True):
    """The platform will never take it."""

    reason: str


Delivery = Sent | Unsure | Later | Shut | Refused
