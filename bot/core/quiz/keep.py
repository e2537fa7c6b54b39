"""What outlives a quiz: saved ones, timetables, standings; and when a timetable is next due. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from bot.core.clock import is_zone, starts, wall_time
from bot.core.model import TutorError
from bot.core.quiz import words
from bot.core.quiz.model import Place
from bot.core.quiz.options import Options
from bot.core.quiz.show import Show
from bot.core.reply import Line, Reply, Screen
from bot.core.spoken import WEEKDAYS, joined
from decks.text import escape

NAME = 40  # characters of a saved quiz's name
MOST_SAVED = 50  # a server's
MOST_TIMETABLES = 20

BOARD_AT = 9 * 60  # minutes after midnight, on Mondays

_WEEK = re.compile(r"(2\d{3})-W(\d{2})", re.ASCII)
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


def unstarted(timetable: Timetable, sentence: str) -> Show:
    """What a channel is told instead of a planned quiz: why it did not start, in a sentence of the dialect."""
    return Show(
        place=timetable.place,
        quiz=timetable.id,
        slot=f"planned-{timetable.due_at}",
        reply=Reply(screen=Screen.NOTICE, body=(Line(f"{words.NONE_OPENED} {sentence}"),)),
        live=False,
    )


class Standing(Struct, frozen=True, kw_only=True):
    """What the leaderboard counts of one player in one quiz."""

    seat: str
    at: int  # ms, the quiz's end
    right: int
    answered: int
    turned: int  # right now, wrong in a quiz of the week before


class Due(Struct, frozen=True, kw_only=True):
    """A week's board that is to be posted in a channel."""

    place: Place
    week: str  # "2026-W48"
    zone: str  # the week is one of this zone's clock
    due_at: int  # ms


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


def week_at(at: int, zone: str) -> str:
    """The ISO week of an instant (ms) by the zone's clock: "2026-W48"."""
    year, week, _ = wall_time(at, zone).date().isocalendar()
    return f"{year}-W{week:02}"


def span(week: str, zone: str) -> tuple[int, int]:
    """The first instant of a week and of the next (ms). TutorError where there is no such week."""
    found = _WEEK.fullmatch(week)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None:
        raise TutorError("There is no such week.")
    return starts(monday.toordinal(), zone, 0), starts((monday + timedelta(days=7)).toordinal(), zone, 0)


def board_due(at: int, zone: str) -> int:
    """When the board of the week of an instant is posted (ms): on the Monday after, at nine."""
    monday = wall_time(span(week_at(at, zone), zone)[1], zone).date()
    return starts(monday.toordinal(), zone, BOARD_AT)


def zone_among(timetables: Sequence[Timetable], channel: str, otherwise: str) -> str:
    """The clock of a channel: its latest timetable's, else the server's latest, else another."""
    own = [one.zone for one in timetables if one.place.channel == channel]
    return [otherwise, *(one.zone for one in timetables), *own][-1]


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
