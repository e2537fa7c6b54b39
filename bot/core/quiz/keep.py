"""What outlives a quiz: saved ones, timetables, standings; and when a timetable is next due. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from bot.core.clock import is_zone, starts, wall_time
from bot.core.model import TutorError
from bot.core.quiz.model import Place
from bot.core.quiz.options import Options
from bot.core.spoken import WEEKDAYS, joined
from decks.text import escape

NAME = 40  # characters of a saved quiz's name
MOST_SAVED = 50  # a server's
MOST_TIMETABLES = 20

_DAYS = {name.casefold(): number for number, name in enumerate(WEEKDAYS)}
_GROUPS = {"weekdays": (0, 1, 2, 3, 4), "daily": tuple(range(7)), "weekends": (5, 6)}


class Saved(Struct, frozen=True, kw_only=True):
    """A quiz kept by name: its options, and its cards in order."""

    name: str
    options: Options
    at: int  # ms


class Timetable(Struct, frozen=True, kw_only=True):
    """A quiz that starts by itself on some weekdays (Monday is 0) at a time of day, in a zone."""

    id: str
    place: Place
    text: str  # the quiz's options, as after /quiz
    days: tuple[int, ...]
    minute: int  # after midnight
    zone: str
    due_at: int  # ms
    host: str = ""  # how whoever made it is called
    account: tuple[str, str] = ("", "")  # (platform, external) of whoever made it


class Standing(Struct, frozen=True, kw_only=True):
    """What the leaderboard counts of one player in one quiz."""

    seat: str
    at: int  # ms, the quiz's end
    right: int
    answered: int
    turned: int  # right now, wrong in a quiz of the week before


def read_when(text: str) -> tuple[tuple[int, ...], int]:
    """ "weekdays 09:00", "mon wed 18:30" -> (weekdays, minutes after midnight). TutorError says how to write it."""
    *names, clock = text.casefold().replace(",", " ").split() or [""]
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", clock)
    days: set[int] = set()
    for name in names:
        days.update(_GROUPS.get(name, (_DAYS[name[:3]],) if name[:3] in _DAYS else ()))
    known = all(name in _GROUPS or name[:3] in _DAYS for name in names)
    if not found or not known:
        raise TutorError(f"“{escape(text[:40])}” is no time. Write it like: weekdays 09:00, or: mon wed 18:30")
    return tuple(sorted(days)) or _GROUPS["daily"], int(found[1]) * 60 + int(found[2])


def next_due(days: tuple[int, ...], minute: int, zone: str, after: int) -> int:
    """The first instant (ms) after `after` that is one of the days at that time by the zone's clock."""
    day = wall_time(after, zone).date().toordinal()
    for ahead in range(9):
        at = starts(day + ahead, zone, minute)
        if at > after and date.fromordinal(day + ahead).weekday() in days:
            return at
    raise ValueError(f"no day of the week among {days}")


def known_zone(zone: str) -> str:
    """The zone, if there is such a one."""
    if not is_zone(zone):
        raise TutorError(f"“{escape(zone[:40])}” is no time zone. Write it like Europe/Berlin.")
    return zone


def week_of(at: int, zone: str) -> tuple[int, int, int]:
    """(ISO week, its first instant, the first instant of the next) by the zone's clock, instants in ms."""
    today = wall_time(at, zone).date()
    monday = today - timedelta(days=today.weekday())
    first, last = (starts(day.toordinal(), zone, 0) for day in (monday, monday + timedelta(days=7)))
    return today.isocalendar().week, first, last


def said(timetable: Timetable) -> str:
    """ "weekdays 09:00, Berlin"."""
    names = next((name for name, days in _GROUPS.items() if days == timetable.days), "")
    spoken = names or joined([WEEKDAYS[day] for day in timetable.days])
    clock = datetime.combine(date.min, time()) + timedelta(minutes=timetable.minute)
    return f"{spoken} {clock:%H:%M}, {timetable.zone}"


def kept_name(name: str) -> str:
    """A name to save a quiz by. TutorError where there is none."""
    said_ = "-".join(name.casefold().split())[:NAME]
    if not re.fullmatch(r"[\w.-]+", said_):
        raise TutorError("Give it a name of letters and digits, like: monday-warm-up")
    return said_
