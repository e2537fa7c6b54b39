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


class Habit(Struct, frozen=True):
    """What holds on which study day."""

    rests: tuple[tuple[int, int | None], ...] = ()  # (from this study day on, weekday 0-6 from Monday, or none)
    breaks: tuple[Break, ...] = ()
    catch_up: CatchUpSet | None = None  # the plan set last; 0 a day is none
    pause: BreakSet | None = None  # the last word about a break

    def rest_day(self, day: int) -> int | None:
        """The weekday (0-6 from Monday) of rest that holds on a study day."""
        return next((weekday for since, weekday in reversed(self.rests) if since <= day), None)

    def rests_on(self, day: int) -> bool:
        """Whether a study day is the planned day of rest."""
        return self.rest_day(day) == date.fromordinal(day).weekday()

    @property
    def rest(self) -> int | None:
        """The weekday of rest settled last."""
        return self.rests[-1][1] if self.rests else None

    @property
    def per_day(self) -> int:
        """Cards a day of the plan to catch up; 0 while there is none."""
        return self.catch_up.per_day if self.catch_up else 0

    def break_on(self, day: int) -> Break | None:
        """The break that a study day belongs to."""
        return next((span for span in self.breaks if span.first <= day < span.until), None)


def fold_habit(entries: Iterable[LogEntry]) -> Habit:
    """What the entries that count add up to; entries of other kinds are passed over."""
    rests: list[tuple[int, int | None]] = []
    breaks: list[Break] = []
    catch_up: CatchUpSet | None = None
    pause: BreakSet | None = None
    for entry in standing(entries):
        match entry:
            case RestSet():
                rests.append((entry.study_day, entry.weekday))
            case BreakSet():
                breaks = [*_ended(breaks, entry.study_day), Break(entry.study_day, entry.until)]
                pause = entry
            case CatchUpSet():
                catch_up = entry
            case _:
                pass
    lasting = tuple(span for span in breaks if span.first < span.until)
    return Habit(tuple(rests), lasting, catch_up, pause)


def _ended(breaks: Iterable[Break], day: int) -> list[Break]:
    """The breaks as a later word on a study day leaves them: over by then."""
    return [Break(span.first, min(span.until, day)) for span in breaks]
