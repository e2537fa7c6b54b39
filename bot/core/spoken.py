"""Numbers, days, waits and lists as a person says them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from decks.text import escape
from scheduler.schedule import Days, Minutes, Wait

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_WHOLE = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 card", "3 cards", "1,204 cards"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def day_name(day: int) -> str:
    """ "Wed 9 Dec"."""
    when = date.fromordinal(day)
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def two_days(text: str, one: int, other: int) -> str:
    """A typed day that could be two: "5/6"."""
    first, second = (f"{date.fromordinal(day).day} {MONTHS[date.fromordinal(day).month - 1]}" for day in (one, other))
    return f"“{escape(text.strip())}” may be {first} or {second}. Write it with the month's name."


def past_day(day: int, today: int) -> str:
    """ "earlier today", "on 24 Nov", "on 24 Nov 2025"."""
    if day >= today:
        return "earlier today"
    when, now = date.fromordinal(day), date.fromordinal(today)
    year = f" {when.year}" if when.year != now.year else ""
    return f"on {when.day} {MONTHS[when.month - 1]}{year}"


def short_wait(wait: Wait) -> str:
    """A wait on a button: "10m", "3h", "8d", "5mo", "2.1y"."""
    match wait:
        case Minutes(count):
            return f"{count}m" if count < 90 else f"{round(count / 60)}h"
        case Days(count) if count < 60:
            return f"{count}d"
        case Days(count) if count < 365:
            return f"{round(count / 30.44)}mo"
        case Days(count):
            return f"{count / 365.25:.1f}y"


def return_time(wait: Wait, today: int) -> str:
    """When a card returns, as a sentence: "Back in 10 minutes.", "Back Wed 9 Dec."."""
    match wait:
        case Minutes(count):
            spoken = plural(count, "minute") if count < 90 else plural(round(count / 60), "hour")
            return f"Back in {spoken}." if count else "Back in a moment."
        case Days(1):
            return "Back tomorrow."
        case Days(count) if count < 300:
            return f"Back {day_name(today + count)}."
        case Days(count):
            when = date.fromordinal(today + count)
            return f"Back in {MONTHS_WHOLE[when.month - 1]} {when.year}."


def about_minutes(milliseconds: int) -> str:
    """ "less than a minute", "about 7 minutes"."""
    minutes = round(milliseconds / 60_000)
    return "less than a minute" if minutes < 1 else f"about {plural(minutes, 'minute')}"


def month(as_of: str) -> str:
    """ "2026-05" -> "May 2026"; anything else as it is."""
    year, _, number = as_of.partition("-")
    return f"{MONTHS_WHOLE[int(number) - 1]} {year}" if number.isdigit() and 1 <= int(number) <= 12 else as_of


def about_days(days: float) -> str:
    """ "less than a day", "about 12 days", "about 7 months"."""
    if days < 1:
        return "less than a day"
    if days < 60:
        return f"about {plural(round(days), 'day')}"
    return (
        f"about {plural(round(days / 30.44), 'month')}"
        if days < 700
        else f"about {plural(round(days / 365.25), 'year')}"
    )
