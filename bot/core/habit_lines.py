"""What sittings and the menu say of streaks, breaks and a plan to catch up. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import habit_words as words
from bot.core.actions import CatchUp, EndBreak, Set
from bot.core.backlog import FIRST, Backlog
from bot.core.desk import Desk
from bot.core.layout import start_button
from bot.core.model import Session
from bot.core.reply import Block, Button, Line
from bot.core.words import ENOUGH
from scheduler.model import Progress


def left_today(desk: Desk) -> int:
    """Cards that today's share of the plan still holds."""
    return max(0, desk.record.habit.per_day - desk.counters.due)


def streak_lines(desk: Desk, session: Session) -> list[Block]:
    """The streak after a sitting, what kept or ended it after the day's first one, and a break that goes on."""
    found = desk.record.streak(desk.today, desk.now)
    said = ""
    if desk.learner.streaks and found.counts:
        first = desk.counters.reviews <= len(session.history)  # counted before this turn's rating
        said = words.day_of_run(found) if first else words.day_only(found)
    lines: list[Block] = [Line(said)] if said else []
    if desk.record.habit.break_on(desk.today) is not None:
        lines.append(Line(words.STILL_ON_BREAK))
    return lines


def is_quiet(desk: Desk) -> bool:
    """Whether the menu does not count what is due: on a break, and under a plan."""
    return desk.record.habit.break_on(desk.today) is not None or desk.record.habit.per_day > 0


def menu_lines(desk: Desk) -> list[Block]:
    """What the menu says besides what is due."""
    pause = desk.record.habit.break_on(desk.today)
    if pause is not None:
        return [Line(words.on_break(pause.until))]
    said = words.standing(desk.record.streak(desk.today, desk.now)) if desk.learner.streaks else ""
    lines: list[Block] = [Line(said)] if said else []
    if desk.record.habit.per_day and desk.backlog is not None:
        left = left_today(desk)
        lines.append(Line(words.plan_stands(left, desk.record.habit.per_day)))
        lines.append(Line(_on_track(desk, desk.backlog, left)))
    return lines


def back_rows(desk: Desk) -> tuple[tuple[Button, ...], ...]:
    """During a break: the way out of it."""
    on_break = desk.record.habit.break_on(desk.today) is not None
    return ((Button(words.I_AM_BACK, EndBreak()),),) if on_break else ()


def is_catching_up(desk: Desk, session: Session) -> bool:
    """Whether a sitting is part of a plan to catch up."""
    return desk.record.habit.per_day > 0 and not session.cram and not session.scope.slug


def is_caught_up(desk: Desk, known: Mapping[str, Progress]) -> bool:
    """Whether a plan is in force and nothing is overdue any more; `known` is progress as this turn leaves it."""
    if not desk.record.habit.per_day or desk.backlog is None:
        return False
    return not desk.backlog.after(known).overdue


def plan_lines(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Block]:
    """How a sitting went and where the plan stands."""
    if desk.backlog is None:
        return []
    if is_caught_up(desk, known):
        return [Line(words.CAUGHT_UP)]
    rated = any(known.get(card, progress) != progress for card, progress in desk.backlog.overdue)
    return [Line(_on_track(desk, desk.backlog.after(known), max(0, left_today(desk) - rated)))]


def plan_rows(desk: Desk) -> tuple[tuple[Button, ...], ...]:
    """What can follow a sitting under a plan."""
    more = start_button(words.TEN_MORE, CatchUp(desk.record.habit.per_day, FIRST))
    return ((more, Button(ENOUGH, Set("enough", ""))),)


def _on_track(desk: Desk, backlog: Backlog, left: int) -> str:
    set_last = desk.record.habit.catch_up
    assert set_last is not None  # noqa: S101 - a plan is in force
    return words.on_track(backlog.plan(set_last.per_day, left), set_last.by)
