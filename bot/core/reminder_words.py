"""What a learner reads in and about messages that nobody is waiting for. Pure, in the dialect of `decks.text`.

Tone: what there is and what it would cost, then how to have less of it. Nothing is missed, nobody is let down.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.model import Day
from bot.core.spoken import NUMBERS, about_minutes, day_name, plural

COUNTS = ("none", *NUMBERS[1:13])

# --- buttons -----------------------------------------------------------------------------------------------------

IN_AN_HOUR = "In an hour"
NOT_TODAY = "Not today"
NO_MORE = "No more reminders"
NO_MORE_READY = "No more of these"
BACK_ON = "Turn back on"
IN_A_MONTH = "Ask me in a month"
CARDS_NOW = "Cards now"
ANOTHER_TIME = "Another time"
NO_MESSAGES = "No messages"
WHEN_I_DRILL = "When I usually drill"
TURN_ON = "Turn on"
TURN_OFF = "Turn off"
QUIET = "Quiet hours"

# --- consent and settings ----------------------------------------------------------------------------------------

MAY_I = "May I write at most once a day, when cards are worth it?"
WHAT_TIME = "At what time? Or type one, like 7:45."
WHICH_TIME = "At what time?"
NO_SUCH_TIME = "I read times like 7:45 or 18:30."
TITLE = "**Reminders**"
ABOUT = "At most one message a day, and only when waiting would cost cards or end a run of days."
NOWHERE = "I can write to you on Telegram or Discord. /link joins that account to this one."
OFF = "Reminders are off. Your cards keep; /drill is always here."
NO_REMINDERS = "Reminders are off. /settings turns them on."
TODAY = "Nothing more today. /drill is always here."
CLOSING = "I will stop writing now. Your cards keep, and /drill is enough to pick them up."
NOT_DELIVERED = (
    "I could not write to you: your private messages are closed to me. Reminders are off; /settings has them."
)


def on_at(when: str) -> str:
    """Said when reminders are switched on; `when` is "at 18:30" or the like."""
    return f"Reminders are on: at most one a day, {when}, when cards are worth it."


def at(clock: str) -> str:
    """ "at 18:30"."""
    return f"at {clock}"


def usually(clock: str) -> str:
    """The learned hour, in a sentence."""
    return f"when you usually drill (about {clock})"


def usual_hour(clock: str) -> str:
    """The learned hour, in a table."""
    return f"usual hour, now {clock}"


def again_at(clock: str) -> str:
    """After "In an hour"."""
    return f"I will write again at {clock}."


def again_on(day: int) -> str:
    """After "Ask me in a month"."""
    return f"I will ask again on {day_name(day)}."


def hours(quiet: Sequence[str]) -> str:
    """ "22:00 to 07:00", or none."""
    return " to ".join(quiet) if quiet[0] != quiet[1] else "none"


# --- letters -----------------------------------------------------------------------------------------------------


def cards_ready(cards: int, milliseconds: int) -> str:
    """ "11 cards are ready, about 4 minutes."."""
    return f"{plural(cards, 'card')} {'is' if cards == 1 else 'are'} ready, {about_minutes(milliseconds)}."


def cost(cards: int, among: bool) -> str:
    """What a day's wait would cost; `among` says that they are among the cards just counted."""
    number = COUNTS[cards] if cards < len(COUNTS) else f"{cards:,}"
    if among:
        return f"Waiting a day would cost about {number} of them."
    return f"Waiting a day would cost about {number} {'card' if cards == 1 else 'cards'}."


def run_goes_on(days: int) -> str:
    """A run of days that would end."""
    return f"One card keeps your {days} days in a row going."


def an_hour_later(cards: int, milliseconds: int) -> str:
    """A snoozed reminder."""
    return f"An hour later, as you asked: {plural(cards, 'card')}, {about_minutes(milliseconds)}."


def returned(cards: int, milliseconds: int) -> str:
    """Learning cards that have come back."""
    return f"{plural(cards, 'card')} {'is' if cards == 1 else 'are'} back, {about_minutes(milliseconds)}."


def week(days: Sequence[Day]) -> tuple[str, ...]:
    """The last seven study days, as sentences."""
    studied = [day for day in days if day.reviews]
    reviews, due, kept = (sum(getattr(day, name) for day in studied) for name in ("reviews", "due", "kept"))
    spent = about_minutes(sum(day.took for day in studied))
    sentence = f"**Your week:** {plural(len(studied), 'day')}, {plural(reviews, 'answer')}, {spent}."
    return (sentence, f"{kept / due:.0%} of what was due came.") if due else (sentence,)


NOTHING_WAITS = "Nothing is waiting today."
