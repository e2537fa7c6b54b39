"""What decisions about reminders look at, asked of the store."""

from __future__ import annotations

from bot.core.actions import Action, Remind, Set
from bot.core.clock import study_day, wall_time
from bot.core.habit_desk import lay_record
from bot.core.model import Account, Learner
from bot.core.ports import Turn
from bot.core.reminder_model import USUAL, Reminders
from bot.core.reminders import HABIT_DAYS, HABIT_LEAST, MINUTE, View

DUE_LOOKED_AT = 500  # longest overdue cards; more of them cannot make a message less worth sending
READY_LOOKED_AT = 50
WEEK = 7
HERE = 10 * MINUTE  # after a press on a card somebody is still there


def look(turn: Turn, learner: Learner, reminders: Reminders, now: int) -> View:
    """Everything a decision about a message looks at."""
    today = study_day(now, learner.zone, learner.day_start)
    record = lay_record(turn)
    streak = record.streak(today, now)
    account = address(turn, learner, reminders)
    return View(
        learner=learner,
        reminders=reminders,
        now=now,
        today=today,
        external=account.external if account else "",
        drilled=streak.counts,
        resting=record.habit.break_on(today) is not None,
        here=_is_here(turn, now),
        rest_day=record.habit.rests_on(today),
        run=streak.days if streak.ends_today and learner.streaks else 0,
        due=(*turn.due(today, DUE_LOOKED_AT), *turn.ready(now, READY_LOOKED_AT)),
        week=tuple(turn.days(today - WEEK + 1, today)),
        starts=usual_starts(turn, learner, today) if reminders.time == USUAL else (),
    )


def _is_here(turn: Turn, now: int) -> bool:
    """Whether somebody is at a card right now, or in a rehearsal whose time is running."""
    session, rehearsal = turn.session(), turn.rehearsal()
    if rehearsal is not None and rehearsal.is_open and now < rehearsal.ends_at:
        return True
    return session is not None and not session.closed and bool(session.attempt) and now - session.touched_at < HERE


def address(turn: Turn, learner: Learner, reminders: Reminders) -> Account | None:
    """The account that messages go to; None when it has gone its own way."""
    accounts = turn.links().accounts(learner.id)
    return next((account for account in accounts if account.platform == reminders.platform), None)


def usual_starts(turn: Turn, learner: Learner, today: int) -> tuple[int, ...]:
    """At which minute after midnight, by the learner's zone of today, recent study days began with a rating. Nothing
    while there are too few of them to speak of a habit."""
    recent = [day for day in turn.studied(HABIT_DAYS) if day > today - HABIT_DAYS]
    began = [wall_time(first, learner.zone) for first, _ in turn.instants(recent).values()]
    return tuple(wall.hour * 60 + wall.minute for wall in began) if len(began) >= HABIT_LEAST else ()


def needs(turn: Turn, learner: Learner, reminders: Reminders | None, action: Action, today: int) -> dict[str, object]:
    """What a learner's own step looks at beyond the settings: whose accounts, and for a change of time the habit."""
    if isinstance(action, Remind) or (isinstance(action, Set) and action.name.startswith("remind")):
        return {
            "accounts": tuple(turn.links().accounts(learner.id)),
            "starts": usual_starts(turn, learner, today),
        }
    if reminders is not None and reminders.ready:
        return {"accounts": tuple(turn.links().accounts(learner.id))}
    return {}
