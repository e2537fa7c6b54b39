"""Is a learner due a message now, which one, and is it worth sending? Pure.

Rules kept here:
- At most one unasked message for each date of the learner's calendar, and none within eight hours of the last.
- It is sent only when waiting a day would cost at least one card, to the nearest whole, or a run of days would end;
  never on a study day already drilled, on the planned day of rest, in a break or in quiet hours.
- Unanswered messages come further and further apart; after five, one says that they stop.
- What the process slept through is sent up to three hours late, once; what is older is skipped, never made up for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from bot.core.clock import starts, study_day, wall_time
from bot.core.model import Day, Learner
from bot.core.reminder_model import USUAL, Kind, Letter, Reminders, day_key
from scheduler.model import Policy, Progress
from scheduler.schedule import retrievability

MINUTE, HOUR = 60_000, 3_600_000  # ms
LATE = 3 * HOUR  # after its time a message is still sent
APART = 8 * HOUR  # between two unasked messages, also of somebody who has flown into the next day
# Expected number of cards that would be forgotten by tomorrow and not by today. A message says how many a day's wait
# costs, and half a card is the least that can honestly be told as "about one". For cards due at 90 % with a stability
# of three days, of which each loses 2.3 % in a day (FSRS-6), that is about 22 cards.
WORTH = 0.5
RUN_WORTH = 3  # study days in a row: fewer are no run anybody minds losing
ENOUGH = 5  # messages without an answer
MONTH = 30  # days
SUNDAY = 6
SLOTS = 45  # dates looked at for the next free one, and how far ahead a plan can be right
HABIT_DAYS = 28  # study days from which the usual hour is learned
HABIT_LEAST = 5  # of them with reviews
QUARTER = 15  # minutes


class View(Struct, frozen=True, kw_only=True):
    """All that a decision looks at. `today` is the study day of `now` (ms)."""

    learner: Learner
    reminders: Reminders
    now: int
    today: int
    external: str = ""  # the account on the preferred platform; empty when there is none
    drilled: bool = False  # today
    resting: bool = False  # in a break
    here: bool = False  # at a card right now, or in a rehearsal
    rest_day: bool = False  # the planned day of rest of this week
    run: int = 0  # study days in a row that end unless today is drilled; 0 while nothing ends
    due: tuple[tuple[str, Progress], ...] = ()
    week: tuple[Day, ...] = ()  # counters of the last seven study days
    starts: tuple[int, ...] = ()  # minutes after midnight at which recent study days began


class Plan(Struct, frozen=True, kw_only=True):
    """What was decided: the reminders from now on, a letter or none, and why, in a word for the log."""

    reminders: Reminders
    letter: Letter | None = None
    why: str = ""


def decide(view: View) -> Plan:
    """What is to be done about a learner whose `next_at` has come."""
    before, learner, now = view.reminders, view.learner, view.now
    if not before.are_wanted or not view.external:
        return Plan(reminders=replace(before, next_at=None), why="unwanted")
    if before.next_at is None or not now - SLOTS * 24 * HOUR < before.next_at <= now:
        return Plan(reminders=planned(before, learner, now), why="early")  # another worker was faster, or the clock
    day = local_date(before.next_at, learner.zone)
    known = replace(before, usual=usual_time(view.starts)) if view.starts else before
    moved = slot(known, learner, day)
    if moved is not None and moved > now:  # the usual hour has become a later one
        return Plan(reminders=replace(known, next_at=moved), why="moved")
    kind, why = _kind(view, day)
    if kind is None:
        return Plan(reminders=planned(replace(known, first_date=max(known.first_date, day + 1)), learner, now), why=why)
    letter = Letter(
        learner=learner.id,
        key=day_key(day),
        kind=kind,
        platform=known.platform,
        external=view.external,
        at=now,
        expires_at=before.next_at + LATE,
    )
    return Plan(reminders=_told(known, learner, kind, day, now), letter=letter, why=why)


def forgotten(letter: Letter, view: View) -> str:
    """Why a letter need not leave any more, in a word for the log; empty while it is wanted."""
    reminders = view.reminders
    if view.now > letter.expires_at:
        return "late"
    if not reminders.on or reminders.closed:
        return "unwanted"
    if (reminders.platform, view.external) != (letter.platform, letter.external):
        return "moved"
    if view.resting:
        return "break"
    if letter.kind is not Kind.SNOOZE and is_quiet(_wall_minutes(view), reminders.quiet):
        return "quiet"
    if letter.kind in (Kind.CARDS, Kind.SNOOZE) and view.drilled:
        return "drilled"
    if letter.kind is not Kind.CLOSING and view.here and not letter.tries:  # a first attempt has opened its card
        return "here"
    return ""


def loss(due: Iterable[tuple[str, Progress]], today: int, policy: Policy) -> float:
    """Cards expected to be known today and no longer tomorrow, if none is drilled: the sum over cards of what their
    recall loses in a day. A day below the study day of the last review loses nothing, as `retrievability` has it."""
    return sum(
        retrievability(progress, today, policy) - retrievability(progress, today + 1, policy) for _, progress in due
    )


def planned(before: Reminders, learner: Learner, now: int, drilled: int = 0) -> Reminders:
    """The same with the next instant to think about; `drilled` is a study day that needs no reminder any more."""
    return replace(before, next_at=next_slot(before, learner, now, drilled) if before.are_wanted else None)


def next_slot(reminders: Reminders, learner: Learner, now: int, drilled: int = 0) -> int | None:
    """The first instant (ms) after `now` at which something may be sent unasked."""
    today = local_date(now, learner.zone)
    # Dates far ahead come from a clock that was wrong: they must not silence anybody.
    last = reminders.last_date if reminders.last_date <= today + 2 else 0
    rested = reminders.last_at + APART if reminders.last_at <= now else 0
    first = min(reminders.first_date, today + MONTH)
    for day in range(max(today, last + 1), today + SLOTS):
        at = slot(reminders, learner, day)
        if at is None or at <= now or at < rested:
            continue
        free = day >= first and study_day(at, learner.zone, learner.day_start) > drilled
        if free or _is_summary(reminders, day):
            return at
    return None


def slot(reminders: Reminders, learner: Learner, day: int) -> int | None:
    """When (ms) a local date's message is due. A wall time the clock skips is the first instant after the gap, one it
    shows twice the first of the two; a date the calendar skips has none."""
    minutes = reminders.usual if reminders.time == USUAL else reminders.time
    at = starts(day, learner.zone, outside_quiet(minutes, reminders.quiet))
    return at if local_date(at, learner.zone) == day else None


def usual_time(minutes: Sequence[int]) -> int:
    """The hour at which study days usually begin, to the quarter: of these minutes after midnight the one that lies
    nearest to all others, round the clock."""

    def apart(one: int, other: int) -> int:
        return min((one - other) % 1440, (other - one) % 1440)

    middle = min(sorted(minutes), key=lambda one: sum(apart(one, other) for other in minutes))
    return middle // QUARTER * QUARTER


def outside_quiet(minutes: int, quiet: tuple[int, int]) -> int:
    """A time of day, moved to the nearer edge of the quiet hours if it falls into them."""
    if not is_quiet(minutes, quiet):
        return minutes
    begins, ends = quiet
    return ends if (ends - minutes) % 1440 <= (minutes - begins) % 1440 else (begins - QUARTER) % 1440


def is_quiet(minutes: int, quiet: tuple[int, int]) -> bool:
    """Whether a time of day falls into the quiet hours; equal ends mean there are none."""
    begins, ends = quiet
    return (minutes - begins) % 1440 < (ends - begins) % 1440


def local_date(at: int, zone: str) -> int:
    """The ordinal of the date a calendar on the learner's wall shows."""
    return wall_time(at, zone).date().toordinal()


def _kind(view: View, day: int) -> tuple[Kind | None, str]:
    """What to say on a date, or nothing, and why."""
    reminders = view.reminders
    if reminders.next_at is None or view.now - reminders.next_at > LATE:
        return None, "late"
    if is_quiet(_wall_minutes(view), reminders.quiet):
        return None, "quiet"
    if day <= reminders.last_date <= day + 2:
        return None, "told"
    if view.resting:
        return None, "break"
    if reminders.ignored >= ENOUGH and not view.drilled:
        return Kind.CLOSING, "ignored"
    if _is_summary(reminders, day) and any(counted.reviews for counted in view.week):
        return Kind.WEEKLY, "sunday"
    return _worth(view) if day >= reminders.first_date else (None, "backing off")


def _wall_minutes(view: View) -> int:
    wall = wall_time(view.now, view.learner.zone)
    return wall.hour * 60 + wall.minute


def _worth(view: View) -> tuple[Kind | None, str]:
    if view.drilled:
        return None, "drilled"
    if view.here:
        return None, "here"
    if view.rest_day:
        return None, "rest"
    if view.reminders.promised and view.due:
        return Kind.CARDS, "promised"
    if view.run >= RUN_WORTH:
        return Kind.CARDS, "run"
    if loss(view.due, view.today, view.learner.policy) >= WORTH:
        return Kind.CARDS, "loss"
    return None, "cheap"


def _told(before: Reminders, learner: Learner, kind: Kind, day: int, now: int) -> Reminders:
    """After a message: the next one waits as many days as messages in a row have had no answer, this one included. A
    summary was asked for, and needs no answer."""
    if kind is Kind.WEEKLY:
        return planned(replace(before, last_date=day, last_at=now), learner, now)
    ignored = before.ignored + 1
    told = replace(before, last_date=day, last_at=now, ignored=ignored, first_date=day + ignored, promised=False)
    return planned(replace(told, stopped=True) if kind is Kind.CLOSING else told, learner, now)


def _is_summary(reminders: Reminders, day: int) -> bool:
    return reminders.weekly and date.fromordinal(day).weekday() == SUNDAY
