"""Grids of days in plain characters, at most 40 columns wide: what was studied, what falls due. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.core.model import Day
from bot.core.spoken import MONTHS, WEEKDAYS

WEEKS = 16
AHEAD = 30  # days
_NONE, _SHADES = "·", "░▒▓█"


def heatmap(days: Iterable[Day], today: int, weeks: int = WEEKS) -> tuple[str, ...]:
    """Ratings per day: a row per weekday, a column per week, this week last; months above, a legend below.

    The shades are quarters of the busiest day shown. Days to come are blank. At most 18 weeks fit 40 columns.
    """
    reviews = {day.study_day: day.reviews for day in days}
    mondays = [_monday(today) - 7 * back for back in reversed(range(weeks))]
    starts = _thresholds(max((reviews.get(day, 0) for day in range(mondays[0], today + 1)), default=0))
    rows = [
        f"{WEEKDAYS[weekday]} "
        + " ".join(_shade(reviews.get(monday + weekday, 0), starts, monday + weekday > today) for monday in mondays)
        for weekday in range(7)
    ]
    legend = "  ".join(f"{shade} {start}+" for shade, start in zip(_SHADES, starts, strict=False) if reviews)
    return (_months(mondays), *(row.rstrip() for row in rows), f"{_NONE} none  {legend}".rstrip())


def forecast(due: Mapping[int, int], today: int, ahead: int = AHEAD) -> tuple[str, ...]:
    """Cards falling due today (with what is overdue) and on the next `ahead` days: a row per week, a total below."""
    last = today + ahead
    counts = {day: due.get(day, 0) for day in range(today + 1, last + 1)}
    counts[today] = sum(count for day, count in due.items() if day <= today)
    weeks = [f"{'':6}" + "".join(f"{name:>4}" for name in WEEKDAYS)]
    for monday in range(_monday(today), last + 1, 7):
        cells = (f"{_short(counts[day]) if day in counts else '':>4}" for day in range(monday, monday + 7))
        weeks.append((f"{_date(monday):<6}" + "".join(cells)).rstrip())
    week = sum(count for day, count in counts.items() if day < today + 7)
    return (*weeks, f"7 days: {week:,}   {ahead + 1} days: {sum(counts.values()):,}")


def _monday(day: int) -> int:
    """The Monday of a day's week; ordinal 1 was a Monday."""
    return day - (day - 1) % 7


def _thresholds(busiest: int) -> tuple[int, ...]:
    """Where each shade begins: 1, then a quarter, half and three quarters of the busiest day; fewer if they meet."""
    return tuple(sorted({1, *(-(-busiest * quarter // 4) for quarter in (1, 2, 3) if busiest)}))


def _shade(count: int, starts: tuple[int, ...], to_come: bool) -> str:
    if to_come:
        return " "
    return (_NONE + _SHADES)[sum(start <= count for start in starts)]


def _months(mondays: list[int]) -> str:
    """Month names above the first week that has a Monday in them, where there is room."""
    line = " " * 4
    for place, monday in enumerate(mondays):
        month = date.fromordinal(monday).month
        column = 4 + 2 * place
        is_first = place == 0 or date.fromordinal(mondays[place - 1]).month != month
        if is_first and len(line) <= column and place < len(mondays) - 1:
            line = f"{line:<{column}}{MONTHS[month - 1]} "
    return line.rstrip()


def _short(count: int) -> str:
    """A count in three characters; no day to come holds a million."""
    if not count:
        return _NONE
    return str(count) if count < 1000 else f"{count // 1000}k"


def _date(day: int) -> str:
    when = date.fromordinal(day)
    return f"{when.day} {MONTHS[when.month - 1]}"
