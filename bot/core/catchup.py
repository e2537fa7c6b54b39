"""The way back after an absence: a plan is offered, chosen, changed, and begins with a few cards. Pure.

Rules kept here:
- A plan is offered once per absence, when more is overdue than two ordinary sittings hold.
- What is chosen is a dated entry of the log; when it will be done is never stored as a debt, only as what was said.
- While a plan is in force no new cards come of themselves; it ends when nothing is overdue.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import habit_words as words
from bot.core.actions import Begin, CatchUp, ShowCatchUp, Start
from bot.core.backlog import AWAY, FIRST, SITTINGS, Backlog
from bot.core.clock import study_day
from bot.core.desk import Desk, Outcome
from bot.core.layout import start_button
from bot.core.model import CatchUpSet, Change
from bot.core.planning import ordinary_day
from bot.core.reply import Button, Line, Reply, Screen
from bot.core.sitting import entry_id, nothing_open, resume, start
from bot.core.words import BACK

MOST = 500  # cards a day


def step(desk: Desk, action: CatchUp | ShowCatchUp) -> Outcome:
    """What a step of catching up answers and changes."""
    match action:
        case ShowCatchUp():
            return Outcome(reply=_choices(desk, desk.backlog or _nothing(desk)))
        case CatchUp(per_day=per_day, cards=cards):
            return _chosen(desk, per_day, cards)


def welcome_back(desk: Desk, action: Begin | Start) -> Outcome | None:
    """The offer of a plan, after an absence in which much has become overdue; None otherwise."""
    if isinstance(action, Start) and (action.extra or action.cram or action.scope.slug):
        return None
    backlog = desk.backlog
    if backlog is None or not _is_unsettled(desk) or _is_at_it(desk):
        return None
    if isinstance(action, Begin) and desk.record.habit.break_on(desk.today) is not None:
        return None
    if len(backlog.overdue) <= SITTINGS * ordinary_day(desk):
        return None
    return Outcome(reply=_offer(desk, backlog))


def _is_unsettled(desk: Desk) -> bool:
    """Whether an absence has ended, today or just now, about which nothing was settled since."""
    plan = desk.record.habit.catch_up
    settled = plan is not None and plan.study_day > desk.record.before(desk.today)
    return desk.record.away(desk.today) >= AWAY and not settled


def _is_at_it(desk: Desk) -> bool:
    """Whether cards of a sitting have been rated today already: a reminder, or a deck, has brought its first one."""
    session = desk.session
    if session is None or session.closed or not session.seen:
        return False
    return _is_of_today(desk, session.touched_at)


def _offer(desk: Desk, backlog: Backlog) -> Reply:
    booking = desk.learner.booking
    exam = booking.day if booking and booking.day > desk.today else 0
    plan = backlog.suggested(ordinary_day(desk), before=exam)
    body = (
        Line(words.welcome_back(len(backlog.overdue), backlog.known)),
        Line(words.the_plan(plan, exam)),
    )
    rows = (
        (start_button(words.start_with(FIRST), CatchUp(plan.per_day, FIRST)),),
        (Button(words.a_day(plan.per_day), CatchUp(plan.per_day)),),
        (Button(words.CHANGE_PLAN, ShowCatchUp()),),
    )
    return Reply(screen=Screen.MENU, body=body, rows=rows)


def _choices(desk: Desk, backlog: Backlog) -> Reply:
    if not backlog.overdue:
        return nothing_open(words.NOTHING_OVERDUE)
    plans = backlog.plans(ordinary_day(desk))
    rows = [(Button(words.a_day_until(plan), CatchUp(plan.per_day)),) for plan in plans]
    if not plans:
        suggested = backlog.suggested(ordinary_day(desk))
        rows = [(Button(words.a_day(suggested.per_day), CatchUp(suggested.per_day)),)]
    rows.append((Button(words.AS_THEY_COME, CatchUp(0)),))
    rows.append((Button(BACK, Begin(), key=" "),))
    return Reply(screen=Screen.MENU, body=(Line(words.WHICH_PLAN),), rows=tuple(rows))


def _chosen(desk: Desk, per_day: int, cards: int) -> Outcome:
    """Settle the plan, unless it is in force, and begin, unless a sitting of today is open."""
    if not (0 <= per_day <= MOST and 0 <= cards <= MOST):
        return Outcome(reply=nothing_open(words.NO_SUCH_PLAN))
    if per_day and not (desk.backlog and desk.backlog.overdue):
        return Outcome(reply=nothing_open(words.NOTHING_OVERDUE))
    entries: tuple[CatchUpSet, ...] = ()
    now = desk.record.habit.catch_up
    if now is None or now.per_day != per_day or _is_unsettled(desk):
        by = desk.backlog.plan(per_day).done if per_day and desk.backlog else 0
        entries = (_entry(desk, per_day, by),)
        habit = replace(desk.record.habit, catch_up=entries[0])
        desk = replace(desk, record=replace(desk.record, habit=habit))
    outcome = _begun(desk, cards)
    return replace(outcome, change=_before(entries, outcome.change))


def _begun(desk: Desk, cards: int) -> Outcome:
    session = desk.session
    if session is not None and not session.closed and not session.cram and _is_of_today(desk, session.started_at):
        return resume(desk, session)
    return start(desk, Start(), most=cards)


def _is_of_today(desk: Desk, at: int) -> bool:
    return study_day(at, desk.learner.zone, desk.learner.day_start) == desk.today


def _before(entries: tuple[CatchUpSet, ...], change: Change) -> Change:
    return replace(change, entries=(*entries, *change.entries))


def _entry(desk: Desk, per_day: int, by: int) -> CatchUpSet:
    """Sorted behind the other entries of its turn: no other id of a turn ends so."""
    return CatchUpSet(id=entry_id(desk, 0xFE), at=desk.now, study_day=desk.today, per_day=per_day, by=by)


def _nothing(desk: Desk) -> Backlog:
    return Backlog(today=desk.today, policy=desk.learner.policy)
