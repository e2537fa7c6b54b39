"""A date as a person types it: "16 Jan", "Jan 16 2027", "2027-01-16", "16.1.", "in 3 weeks". Pure.

Days are proleptic Gregorian ordinals. A date without a year is the next such day from today on.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from bot.core.spoken import MONTHS_WHOLE

FARTHEST = 731  # days ahead that an exam may be: two years

_WORD = re.compile(r"[^\W\d_]+|\d+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_AHEAD = re.compile(r"(?:in )?(\d{1,3}) (day|week|month)s?")
_LENGTH = {"day": 1, "week": 7, "month": 30}
_IDLE = frozenset(("the", "of", "on", "st", "nd", "rd", "th", "mon", "tue", "wed", "thu", "fri", "sat", "sun"))
_IDLE_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Unreadable(Struct, frozen=True):
    """No date at all, or one the calendar does not have."""


class TwoWays(Struct, frozen=True):
    """Two dates at once, such as 5/6: the day first, and the month first."""

    one: int
    other: int


def read_date(text: str, today: int) -> int | TwoWays | Unreadable:
    """The day a text names. It may be past or far ahead; that is for the caller to judge."""
    said = " ".join(text.casefold().split()).strip(" .,")
    if said in ("today", "tomorrow"):
        return today + (said == "tomorrow")
    if ahead := _AHEAD.fullmatch(said):
        return today + int(ahead[1]) * _LENGTH[ahead[2]]
    if iso := _ISO.fullmatch(said):
        return _day(int(iso[1]), int(iso[2]), int(iso[3])) or Unreadable()
    return _in_words(said, today)


def _in_words(said: str, today: int) -> int | TwoWays | Unreadable:
    words = [word for word in _WORD.findall(said) if word not in _IDLE and word not in _IDLE_DAYS]
    months = [found for word in words if (found := _month(word))]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 4]
    if len(months) + len(numbers) != len(words):
        return Unreadable()
    if len(months) == 1 and len(numbers) in (1, 2):
        first, *year = numbers if numbers[0] <= 31 else numbers[::-1]
        return _dated(year, months[0], first, today) or Unreadable()
    if not months and len(numbers) in (2, 3):
        return _in_numbers(numbers, today, dotted="." in said)
    return Unreadable()


def _in_numbers(numbers: list[int], today: int, *, dotted: bool) -> int | TwoWays | Unreadable:
    """ "16.1.2027" has the day first wherever it is written with dots; slashes are read both ways."""
    first, second, *year = numbers
    day_first = _dated(year, second, first, today)
    month_first = None if dotted else _dated(year, first, second, today)
    if day_first and month_first and day_first != month_first:
        return TwoWays(day_first, month_first)
    return day_first or month_first or Unreadable()


def _dated(year: list[int], month: int, day: int, today: int) -> int | None:
    if year:
        return _day(year[0] if year[0] > 99 else 2000 + year[0], month, day)
    this = date.fromordinal(today).year
    ahead = (found for offset in range(9) if (found := _day(this + offset, month, day)) and found >= today)
    return next(ahead, None)  # nine years hold a 29 February


def _month(word: str) -> int:
    """1-12 for a month's name or at least three letters of it, else 0."""
    fits = [place for place, name in enumerate(MONTHS_WHOLE, 1) if len(word) >= 3 and name.casefold().startswith(word)]
    return 9 if word == "sept" else fits[0] if len(fits) == 1 else 0


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
