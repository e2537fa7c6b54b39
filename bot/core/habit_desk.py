"""What the store knows of a learner's habit: the what follows from it."""

from __future__ import annotations

from bot.core.habit_model import fold_habit
from bot.core.ports import Turn
from bot.core.streak import Record, beside_gaps

STUDIED = 20_000  # study days looked at: more than fifty years of them


def lay_record(turn: Turn) -> Record:
    """The study days of the turn's learner and what they settled about their habit.

    `lay_record(turn).streak(today, now)` is the streak, `.habit` the rest days, breaks and plan.
    """
    studied = tuple(turn.studied(STUDIED))
    settled = tuple(turn.habit())
    return Record(
        settled=settled, habit=fold_habit(settled), studied=studied, instants=turn.instants(beside_gaps(studied))
    )
