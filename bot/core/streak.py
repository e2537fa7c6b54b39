"""How long a run of study days stands, what kept it whole, and what today means for it. Pure.

Rules kept here:
- A study day counts with one rating, under the zone and day start that held at the rating; it counts once.
- A run is the number of its study days. Days of a break and of rest neither lengthen nor end it.
- Each calendar week (Monday to Sunday) forgives by itself one day of rest, if one is planned, and one further missed
  day: the freeze. The next one missed is lost, and mended by a rating on one of the two days then owed; one such
  mending a week. What is not mended ends the run.
- Two ratings at most 24 hours apart never leave a missed day between them, and n days apart at most n - 1: a flight
  over the date line, an hour taken from the clock or a moved day start can shorten days, and costs none.
- All of it follows from the log, earlier days never from later ones, so that what was forgiven stays forgiven.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from bot.core.habit_model import Habit
from bot.core.model import LogEntry

DAY = 24 * 60 * 60 * 1000  # ms
CHANCES = 2  # owed days on which a lost one can be mended
SHORT_GAP = 7  # missed days: after more than that no shortened day decides

Instants = Mapping[int, tuple[int, int]]
"""Study day -> instants (ms) of its first and its last rating."""


class Cover(StrEnum):
    """What became of a study day without a rating."""

    BREAK = "break"
    REST = "rest"
    FREEZE = "freeze"
    LOST = "lost"  # waits to be mended
    MENDED = "mended"


class Run(Struct, frozen=True):
    """Study days that count as one run; `days` of them had a rating."""

    first: int
    last: int
    days: int


class Streak(Struct, frozen=True, kw_only=True):
    """Where a learner's habit stands on a study day."""

    today: int
    total: int = 0  # study days ever
    last: int = 0  # the latest of them; 0 if there is none
    run: Run | None = None  # the one that stands
    over: tuple[Run, ...] = ()  # those that have ended, oldest first
    covers: tuple[tuple[int, Cover], ...] = ()  # the missed days just before the last study day, or, if today does
    # not count yet, since then
    ends: int = 0  # the study day with whose end the run is over, if nothing is rated from now on; 0 without a run

    @property
    def counts(self) -> bool:
        """Whether today counts already; it does too once the date was passed further east."""
        return 0 < self.today <= self.last

    @property
    def days(self) -> int:
        """Study days in the run that stands, today included if it counts."""
        return self.run.days if self.run else 0

    @property
    def ends_today(self) -> bool:
        """Whether the run is over unless something is rated today."""
        return self.ends == self.today and not self.counts

    @property
    def lost(self) -> bool:
        """Whether a lost day waits to be mended."""
        return any(cover is Cover.LOST for _, cover in self.covers)

    @property
    def longest(self) -> int:
        """Study days in the longest run ever, the standing one included."""
        return max((run.days for run in (*self.over, *([self.run] if self.run else []))), default=0)


class Record(Struct, frozen=True, kw_only=True):
    """All that streaks follow from."""

    settled: tuple[LogEntry, ...] = ()  # the entries that `habit` is the fold of
    habit: Habit = Habit()
    studied: tuple[int, ...] = ()
    instants: Instants = {}

    def streak(self, today: int, now: int) -> Streak:
        """The streak on the study day `today`, at the instant `now` (ms)."""
        return streak(self.studied, self.habit, today=today, now=now, instants=self.instants)

    def before(self, today: int) -> int:
        """The latest study day before today; 0 for those who never had one."""
        place = bisect_left(self.studied, today)
        return self.studied[place - 1] if place else 0

    def away(self, today: int) -> int:
        """Whole study days without a rating just before today, whether or not today has one by now."""
        before = self.before(today)
        return today - before - 1 if before else 0

    def rated(self, today: int, now: int) -> Record:
        """With a rating more."""
        first, _ = self.instants.get(today, (now, now))
        studied = tuple(sorted({*self.studied, today}))
        return replace(self, studied=studied, instants={**self.instants, today: (first, now)})


def streak(studied: Sequence[int], habit: Habit, *, today: int, now: int, instants: Instants) -> Streak:
    """The streak on the study day `today`, at the instant `now` (ms).

    `studied` are the study days with a rating, ascending. `instants` are needed of the days `beside_gaps` names; where
    they are missing, missed days are counted by the calendar alone.
    """
    if not studied:
        return Streak(today=today)
    walk = _Walk(habit)
    for before, day in pairwise((studied[0] - 1, *studied)):
        for missed in _owed(before, day, instants, instants.get(day, (None,))[0]):
            walk.miss(missed)
        walk.study(day)
    last = studied[-1]
    for missed in _owed(last, today, instants, now):
        walk.miss(missed)
    return Streak(
        today=today,
        total=len(studied),
        last=last,
        run=walk.run,
        over=tuple(walk.over),
        covers=tuple(walk.closed if last >= today else walk.open),
        ends=_end(walk, max(today, last + 1)),
    )


def beside_gaps(studied: Sequence[int]) -> tuple[int, ...]:
    """The study days whose instants decide how many days between them were missed: those beside short gaps, and the
    last."""
    beside = {*studied[-1:]}
    for before, day in pairwise(studied):
        if 1 < day - before <= SHORT_GAP + 1:
            beside |= {before, day}
    return tuple(sorted(beside))


def _owed(before: int, day: int, instants: Instants, at: int | None) -> range:
    """The missed days between two study days, the second of which begins to count at an instant."""
    gap = range(before + 1, day)
    known = instants.get(before)
    if known is None or at is None or not 0 < len(gap) <= SHORT_GAP:
        return gap
    owed = max(0, -(-(at - known[1]) // DAY) - 1)
    return gap[max(0, len(gap) - owed) :]


def _end(walk: _Walk, day: int) -> int:
    """The study day with whose end the run is over if none from `day` on has a rating; 0 without a run."""
    if walk.run is None:
        return 0
    ahead = deepcopy(walk)
    while True:
        ahead.miss(day)
        if ahead.run is None:
            return day
        day += 1


class _Walk:
    """A walk over study days in order, by those with and those without a rating."""

    def __init__(self, habit: Habit) -> None:
        self._habit = habit
        self._spent: set[tuple[int, Cover]] = set()  # (week, what it forgave)
        self._chances = 0  # owed days left on which what is lost can be mended
        self.run: Run | None = None
        self.over: list[Run] = []
        self.open: list[tuple[int, Cover]] = []  # missed since the last study day
        self.closed: list[tuple[int, Cover]] = []  # missed just before it

    def study(self, day: int) -> None:
        self.run = Run(self.run.first, day, self.run.days + 1) if self.run else Run(day, day, 1)
        self.closed = [(missed, Cover.MENDED if cover is Cover.LOST else cover) for missed, cover in self.open]
        self.open, self._chances = [], 0

    def miss(self, day: int) -> None:
        if self.run is None:
            return
        cover = self._cover(day)
        if cover is not None:
            self.open.append((day, cover))
            return
        self.over.append(self.run)
        self.run, self.open, self._chances = None, [], 0

    def _cover(self, day: int) -> Cover | None:
        """What keeps the run whole over a missed day; None if nothing does."""
        if self._habit.break_on(day) is not None:
            return Cover.BREAK
        if self._habit.rests_on(day) and self._spend(day, Cover.REST):
            return Cover.REST
        if self._spend(day, Cover.FREEZE):
            return Cover.FREEZE
        if self._chances:
            self._chances -= 1
            return Cover.LOST if self._chances else None
        if self._spend(day, Cover.MENDED):
            self._chances = CHANCES
            return Cover.LOST
        return None

    def _spend(self, day: int, cover: Cover) -> bool:
        """Whether the week of a study day still forgives a day so; then it does no more."""
        once = (_week(day), cover)
        if once in self._spent:
            return False
        self._spent.add(once)
        return True


def _week(day: int) -> int:
    """Weeks begin on Monday, as 1 January of year 1 did."""
    return (day - 1) // 7
