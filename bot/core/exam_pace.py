"""How many new cards a day a booked exam asks for, and by when all will have been met. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

from bot.core.exam_desk import ExamDesk
from bot.core.habit_model import Habit
from bot.core.model import Day, Learner, Scope, ScopeKind

MOST_NEW = 40  # a day: each new card costs some eight reviews in its first month
LAST_DAYS = 3  # before the exam bring nothing new if that can be, so that the last cards come back once
PACE_DAYS = 14  # over which a learner's own pace is measured


class Pace(Struct, frozen=True):
    """What a booked exam asks for: `needed` new cards a day, `left` unmet cards in all."""

    needed: int
    first: int  # the first study day with new cards: today, or the end of a break
    until: int  # the last study day with new cards
    days: int  # study days from `first` to `until`, without breaks
    left: int

    @property
    def fits(self) -> bool:
        """Whether that is within reason."""
        return self.needed <= MOST_NEW


def pace_to_exam(learner: Learner, exam: ExamDesk | None, today: int, new_today: int) -> Pace | None:
    """What is left until the booked exam; None without one ahead, or when every card is met."""
    if learner.booking is None or exam is None or exam.track is None or exam.track.slug != learner.booking.track:
        return None
    ahead = learner.booking.day - today
    left = len(exam.cards) - len(exam.known) - exam.aside
    if ahead < 1 or not left:
        return None
    for_all = left + new_today
    early, all_days = _days(exam.habit, today, ahead - LAST_DAYS), _days(exam.habit, today, ahead)
    days = early if for_all <= MOST_NEW * len(early) else all_days
    return Pace(needed=math.ceil(for_all / len(days)), first=days[0], until=days[-1], days=len(days), left=left)


def _days(habit: Habit, today: int, ahead: int) -> list[int]:
    """The study days among the next ones that no break takes; all of them where it takes every one."""
    days = range(today, today + ahead)
    return [day for day in days if habit.break_on(day) is None] or list(days)


def is_beside(learner: Learner) -> bool:
    """Whether another goal was chosen since the exam was booked: its cards come in sittings of its track only."""
    return learner.booking is not None and learner.goal != learner.booking.track


def needed_new(learner: Learner, exam: ExamDesk | None, scope: Scope, today: int, new_today: int) -> int:
    """New cards a sitting's day must have room for, because an exam comes nearer; 0 where none of them are of it."""
    pace = pace_to_exam(learner, exam, today, new_today)
    booked = learner.booking.track if learner.booking else ""
    drawn = learner.goal if scope.kind is ScopeKind.EVERYTHING else scope.slug.partition("/")[0]
    return min(pace.needed, MOST_NEW) if pace and drawn == booked else 0


def met_by(left: int, days: Iterable[Day], today: int) -> int | None:
    """The study day by which `left` cards will have been met at the pace of recent days; None without new cards."""
    recent = [day for day in days if today - PACE_DAYS < day.study_day <= today]
    new = sum(day.new for day in recent)
    if not new:
        return None
    span = today - min(day.study_day for day in recent) + 1
    return today + math.ceil(left * span / new)
