"""What a sitting holds: cards that fit the learner's day, due ones first, then new ones.

Under a plan to catch up it holds the most overdue, and nothing new. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.actions import Start
from bot.core.desk import Desk, Supply
from bot.core.exam_pace import needed_new
from bot.core.habit_lines import left_today
from bot.core.model import Day, Session
from bot.core.scope import in_scope
from scheduler.model import Progress
from scheduler.overdue import worth
from scheduler.queue import Learning, Limits, Pool, plan

PACE = 20_000  # ms a card takes until a learner's own pace is known
PACE_FLOOR = 20  # reviews before it is
CRAM_CARDS = 30
MOST_EXTRA = 50  # cards asked for beyond the day's limit at once


def pace(days: tuple[Day, ...]) -> int:
    """Milliseconds a card takes this learner, measured over recent study days."""
    reviews = sum(day.reviews for day in days)
    return PACE if reviews < PACE_FLOOR else max(1000, sum(day.took for day in days) // reviews)


def ordinary_day(desk: Desk) -> int:
    """Cards that the learner's ordinary day has room for."""
    return max(5, desk.learner.minutes * 60_000 // pace(desk.pace))


def plan_of(desk: Desk, action: Start, most: int) -> tuple[str, ...]:
    """The cards of a new sitting, in order; `most` of them under a plan to catch up (0: today's share)."""
    supply, learner = desk.supply, desk.learner
    if supply is None:
        return ()
    extra = min(max(0, action.extra), MOST_EXTRA)
    catching_up = desk.record.habit.per_day > 0
    if catching_up and not (extra or action.cram or action.scope.slug):
        return plan(_overdue(desk, supply, most or left_today(desk)))
    room = extra or ordinary_day(desk)
    exam_new = needed_new(learner, desk.exam, action.scope, desk.today, desk.counters.new) - desk.counters.new
    exam_new = 0 if catching_up else exam_new
    new_left = max(extra, exam_new, 0 if catching_up else learner.policy.new_per_day - desk.counters.new)
    reviews_left = max(0, learner.policy.reviews_per_day - desk.counters.due)
    due = supply.met if action.cram else supply.due
    reviews = CRAM_CARDS if action.cram else min(reviews_left, room)
    pool = Pool(
        day=desk.today,
        policy=learner.policy,
        limits=Limits(
            new=0 if action.cram else max(0, exam_new, min(new_left, room - min(len(due), reviews))),
            reviews=reviews,
        ),
        due=[pair for pair in due if pair[0] in desk.catalogue.cards],
        new=supply.new,
        siblings=desk.catalogue.sibling_of,
        related=desk.catalogue.related_to,
        seen=() if action.cram else supply.seen,
    )
    return plan(pool)


def _overdue(desk: Desk, supply: Supply, most: int) -> Pool:
    """Under a plan to catch up: what is worth most, and nothing new."""
    return Pool(
        day=desk.today,
        policy=desk.learner.policy,
        limits=Limits(new=0, reviews=most),
        due=[pair for pair in supply.due if pair[0] in desk.catalogue.cards],
        siblings=desk.catalogue.sibling_of,
        related=desk.catalogue.related_to,
        seen=supply.seen,
        rank=lambda progress, day, policy: -worth(progress, day, policy),
    )


def learning_cards(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Learning]:
    """Learning cards of the session's scope, as this turn leaves them."""
    waiting = dict(desk.ready)
    waiting |= {card: progress for card, progress in known.items() if card in waiting or card in session.seen}
    return [
        Learning(card, progress.due_at)
        for card, progress in waiting.items()
        if progress.due_at is not None and in_scope(desk.catalogue, session.scope, card)
    ]
