"""Days as people type them: "7 Dec", "Sat, 16th of January", "2026-12-07", "16.1.", "Friday", "two weeks". Pure.

Days are proleptic Gregorian ordinals. A day and month without a year are the next such day from today on. What could be
two days ("7/12") is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct

from bot.core.spoken import MONTHS_WHOLE, NUMBERS

LONGEST = 60  # characters looked at
_COUNTS = {"a": 1, "an": 1, **{word: number for number, word in enumerate(NUMBERS[1:13], 1)}}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SPAN = re.compile(rf"(?:in |for )?(\d{{1,3}}|{'|'.join(_COUNTS)}) ?(d|w|m|days?|weeks?|months?)", re.ASCII)
_ONE_WORD = re.compile(r"(?:next |on )?([a-z]{3,9})")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_IDLE = frozenset(("the", "of", "on", "st", "nd", "rd", "th"))


class Unreadable(Struct, frozen=True):
    """No day at all, or one the calendar does not have."""


class TwoDays(Struct, frozen=True):
    """Two days at once, such as 5/6: the day first, and the month first."""

    one: int
    other: int


def read_day(text: str, today: int) -> int | TwoDays | Unreadable:
    """The day a text names, seen from `today`. It may be past or far ahead; that is for the caller to judge."""
    said = " ".join(text.casefold().split()).removeprefix("until ").strip(" .,!")
    if len(said) > LONGEST:
        return Unreadable()
    if said in ("today", "tomorrow"):
        return today + (said == "tomorrow")
    for pattern, read in _READERS:
        found = pattern.fullmatch(said)
        if found is not None:
            return read(found, today) or Unreadable()
    return _in_words(said, today)


def _written_out(found: re.Match[str], _: int) -> int | None:
    return _ordinal(int(found[1]), int(found[2]), int(found[3]))


def _span(found: re.Match[str], today: int) -> int:
    count = int(found[1]) if found[1].isdigit() else _COUNTS[found[1]]
    match found[2][0]:
        case "d":
            return today + count
        case "w":
            return today + 7 * count
        case _:
            return _months_later(date.fromordinal(today), count)


def _months_later(day: date, count: int) -> int:
    """The same day of a later month, or the last one of a shorter month."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first.toordinal() + day.day, following.toordinal()) - 1


def _next_weekday(found: re.Match[str], today: int) -> int | None:
    """The next such day after today."""
    wanted = _weekday(found[1])
    return None if wanted is None else today + 1 + (wanted - date.fromordinal(today + 1).weekday()) % 7


def _in_words(said: str, today: int) -> int | TwoDays | Unreadable:
    """A month by name or number, with a day and perhaps a year, in any usual order."""
    words = [word for word in _WORD.findall(said) if word not in _IDLE and _weekday(word) is None]
    months = [found for word in words if (found := _month(word))]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 4]
    if len(months) + len(numbers) != len(words):
        return Unreadable()
    if len(months) == 1 and len(numbers) in (1, 2):
        day, *year = numbers if numbers[0] <= 31 else numbers[::-1]
        return _dated(year, months[0], day, today) or Unreadable()
    if not months and len(numbers) in (2, 3) and re.search(r"[./-]", said):
        return _in_numbers(numbers, today, dotted="." in said)
    return Unreadable()


def _in_numbers(numbers: list[int], today: int, *, dotted: bool) -> int | TwoDays | Unreadable:
    """ "16.1.2027" has the day first wherever it is written with dots; slashes are read both ways."""
    first, second, *year = numbers
    day_first = _dated(year, second, first, today)
    month_first = None if dotted else _dated(year, first, second, today)
    if day_first and month_first and day_first != month_first:
        return TwoDays(day_first, month_first)
    return day_first or month_first or Unreadable()


def _dated(year: list[int], month: int, day: int, today: int) -> int | None:
    if year:
        return _ordinal(year[0] if year[0] > 99 else 2000 + year[0], month, day)
    this = date.fromordinal(today).year
    ahead = (found for offset in range(9) if (found := _ordinal(this + offset, month, day)) and found >= today)
    return next(ahead, None)  # nine years hold a 29 February


def _weekday(word: str) -> int | None:
    """0-6 from Monday for a weekday's name or at least three letters of it, else None."""
    return next((at for at, name in enumerate(_WEEKDAYS) if len(word) >= 3 and name.startswith(word)), None)


def _month(word: str) -> int:
    """1-12 for a month's name or at least three letters of it, else 0."""
    fits = [place for place, name in enumerate(MONTHS_WHOLE, 1) if len(word) >= 3 and name.casefold().startswith(word)]
    return 9 if word == "sept" else fits[0] if len(fits) == 1 else 0


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], int | None]], ...] = (
    (_ISO, _written_out),
    (_SPAN, _span),
    (_ONE_WORD, _next_weekday),
)
