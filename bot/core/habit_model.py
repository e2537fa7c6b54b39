"""What a learner has settled about their habit, as a fold of the log: rest days, breaks, a plan to catch up. Pure.

Each change is a dated entry that holds from its study day on, never backwards; entries taken back count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from bot.core.fold import standing
from bot.core.model import BreakSet, CatchUpSet, LogEntry, RestSet

LONGEST_BREAK = 366  # study days


class Break(Struct, frozen=True):
    """Study days on which nothing is owed: from `first` up to, and not including, `until`, the day of coming back."""

    first: int
    until: int
    entry: str  # the log entry that began it


class Habit(Struct, frozen=True):
    """What holds on which study day."""

    rests: tuple[tuple[int, int | None], ...] = ()  # (from this study day on, weekday 0-6 from Monday, or none)
    breaks: tuple[Break, ...] = ()
    catch_up: CatchUpSet | None = None  # the plan set last; 0 a day is none

    def rest_day(self, day: int) -> int | None:
        """The weekday (0-6 from Monday) of rest that holds on a study day."""
        return next((weekday for since, weekday in reversed(self.rests) if since <= day), None)

    def rests_on(self, day: int) -> bool:
        """Whether a study day is the planned day of rest."""
        return self.rest_day(day) == date.fromordinal(day).weekday()

    def break_on(self, day: int) -> Break | None:
        """The break that a study day belongs to."""
        return next((pause for pause in self.breaks if pause.first <= day < pause.until), None)


def fold_habit(entries: Iterable[LogEntry]) -> Habit:
    """What the entries that count add up to; entries of other kinds are passed over."""
    rests: list[tuple[int, int | None]] = []
    breaks: list[Break] = []
    catch_up: CatchUpSet | None = None
    for entry in standing(entries):
        match entry:
            case RestSet():
                rests.append((entry.study_day, entry.weekday))
            case BreakSet():
                breaks = [*_ended(breaks, entry.study_day), Break(entry.study_day, entry.until, entry.id)]
            case CatchUpSet():
                catch_up = entry
            case _:
                pass
    return Habit(tuple(rests), tuple(pause for pause in breaks if pause.first < pause.until), catch_up)


def _ended(breaks: Iterable[Break], day: int) -> list[Break]:
    """The breaks as a later word on a study day leaves them: over by then."""
    return [Break(pause.first, min(pause.until, day), pause.entry) for pause in breaks]
