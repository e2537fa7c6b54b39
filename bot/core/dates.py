"""Days as people type them: "7 Dec", "2026-12-07", "Friday", "two weeks". Pure.

Days are study-day ordinals. A day and month without a year are the next such day. What could be two days ("7/12") is
not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.core.spoken import MONTHS, WEEKDAYS

LONGEST = 60  # characters looked at
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {"a": 1, "an": 1, **{word: number for number, word in enumerate(_SMALL, 1)}}
_MONTH = "|".join(name.lower() for name in MONTHS)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?({_MONTH})[a-z]*\.?(?:,? (\d{{4}}))?")
_MONTH_FIRST = re.compile(rf"({_MONTH})[a-z]*\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4})?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_SPAN = re.compile(rf"(?:in |for )?(\d{{1,3}}|{'|'.join(_COUNTS)}) ?(d|w|m|days?|weeks?|months?)")
_WEEKDAY = re.compile(rf"(?:next |on )?({'|'.join(name.lower() for name in WEEKDAYS)})[a-z]*")


def read_day(text: str, today: int) -> int | None:
    """The day a text names, seen from `today`; None if it names none, or more than one."""
    said = " ".join(text.casefold().split()).removeprefix("until ").rstrip(".!")
    if len(said) > LONGEST:
        return None
    if said in ("today", "tomorrow"):
        return today + (said == "tomorrow")
    for pattern, read in _READERS:
        found = pattern.fullmatch(said)
        if found is not None:
            return read(found, today)
    return None


def _span(found: re.Match[str], today: int) -> int | None:
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


def _weekday(found: re.Match[str], today: int) -> int | None:
    """The next such day after today."""
    wanted = [name.lower() for name in WEEKDAYS].index(found[1])
    return today + 1 + (wanted - date.fromordinal(today + 1).weekday()) % 7


def _dated(day: str, month: str, year: str | None, today: int) -> int | None:
    number = int(month) if month.isdigit() else [name.lower() for name in MONTHS].index(month) + 1
    now = date.fromordinal(today)
    years = [int(year)] if year else range(now.year, now.year + 9)  # 29 February is up to eight years away
    days = [found for one in years if (found := _ordinal(one, number, int(day))) is not None]
    return next((found for found in days if year or found >= today), None)


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


def _slashed(found: re.Match[str], today: int) -> int | None:
    """One of the two has to be too large for a month."""
    one, other = found[1], found[2]
    if int(one) <= 12 and int(other) <= 12 and int(one) != int(other):
        return None
    day, month = (one, other) if int(one) > 12 else (other, one)
    return _dated(day, month, found[3], today)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], int | None]], ...] = (
    (_ISO, lambda found, today: _dated(found[3], found[2], found[1], today)),
    (_DOTTED, lambda found, today: _dated(found[1], found[2], found[3], today)),
    (_SLASHED, _slashed),
    (_DAY_FIRST, lambda found, today: _dated(found[1], found[2], found[3], today)),
    (_MONTH_FIRST, lambda found, today: _dated(found[2], found[1], found[3], today)),
    (_SPAN, _span),
    (_WEEKDAY, _weekday),
)
