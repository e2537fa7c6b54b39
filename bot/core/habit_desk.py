"""What the store knows of a learner's habit: the entries that settle it, and the streak."""

from __future__ import annotations

from bot.core.habit_model import Habit, fold_habit
from bot.core.ports import Turn
from bot.core.streak import Streak, beside_gaps, streak

STUDIED = 20_000  # study days looked at: more than fifty years of them


def lay_habit(turn: Turn) -> Habit:
    """What the learner has settled: rest days, breaks, a plan to catch up."""
    return fold_habit(turn.habit())


def lay_streak(turn: Turn, habit: Habit, *, today: int, now: int) -> Streak:
    """The learner's streak on their study day `today`, at the instant `now` (ms)."""
    studied = turn.studied(STUDIED)
    return streak(studied, habit, today=today, now=now, instants=turn.instants(beside_gaps(studied)))
