"""How many new cards a day a booked exam asks for, and by when all will have been met. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

from bot.core.exam_desk import ExamDesk
from bot.core.model import Day, Learner, Scope, ScopeKind

MOST_NEW = 40  # a day: each new card costs some eight reviews in its first month
LAST_DAYS = 3  # before the exam bring nothing new if that can be, so that the last cards come back once
PACE_DAYS = 14  # over which a learner's own pace is measured


class Pace(Struct, frozen=True):
    """What a booked exam asks for: `needed` new cards a day until `until`, `left` unmet cards in all."""

    needed: int
    until: int  # the last study day with new cards
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
    left = len(exam.cards) - len(exam.known)
    if ahead < 1 or not left:
        return None
    for_all = left + new_today
    days = ahead - LAST_DAYS if ahead > LAST_DAYS and for_all <= MOST_NEW * (ahead - LAST_DAYS) else ahead
    return Pace(needed=math.ceil(for_all / days), until=today + days - 1, left=left)


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
