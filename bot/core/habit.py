"""Breaks and days of rest: what each step answers and changes. Pure.

Rules kept here:
- What is settled is an entry of the log, dated with its study day, and holds from that day on, never backwards.
- It can be taken back as long as it is still that study day; a break ends early by saying so, on any day.
- Studying during a break is welcome: the day counts, and the break goes on until the learner ends it.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import habit_words as words
from bot.core.actions import Break, EndBreak, Set, Unbreak
from bot.core.dates import TwoDays, Unreadable, read_day
from bot.core.desk import Desk, Outcome
from bot.core.habit_model import LONGEST_BREAK, fold_habit
from bot.core.habit_screens import NO_DAY, WEEKDAY_KEYS, ask_break, break_told, streak_settings
from bot.core.model import BreakSet, Change, LogEntry, RestSet, Undone
from bot.core.sitting import entry_id, nothing_open
from bot.core.spoken import two_days


def step(desk: Desk, action: Break | EndBreak | Unbreak) -> Outcome:
    """What a step about a break answers and changes."""
    match action:
        case Break(until=""):
            return Outcome(reply=ask_break(desk.today, desk.record.habit.break_on(desk.today)))
        case Break(until=until):
            return _begun(desk, until)
        case EndBreak():
            return _ended(desk)
        case Unbreak(entry=entry):
            return _taken_back(desk, entry)


def change(desk: Desk, action: Set) -> Outcome:
    """Settle the day of rest, or whether the streak is shown; without a value: what there is to settle."""
    match action.name, action.value:
        case "rest", value:
            return _rest(desk, value.strip().casefold())
        case "streaks", "yes" | "no":
            learner = replace(desk.learner, streaks=action.value == "yes")
            return Outcome(reply=streak_settings(learner), change=Change(learner=learner))
        case _:
            return Outcome(reply=streak_settings(desk.learner))


def _begun(desk: Desk, text: str) -> Outcome:
    now = desk.record.habit.break_on(desk.today)
    until = read_day(text, desk.today)
    if isinstance(until, Unreadable | TwoDays):
        sorry = two_days(text, until.one, until.other) if isinstance(until, TwoDays) else words.unreadable_date(text)
        return Outcome(reply=ask_break(desk.today, now, sorry))
    if until <= desk.today:
        return Outcome(reply=ask_break(desk.today, now, words.break_in_the_past(until)))
    if until > desk.today + LONGEST_BREAK:
        return Outcome(reply=ask_break(desk.today, now, words.break_too_long(desk.today)))
    if now is not None and now.until == until:  # pressed twice
        return Outcome(reply=ask_break(desk.today, now))
    entry = BreakSet(id=entry_id(desk), at=desk.now, study_day=desk.today, until=until)
    return _kept(entry, Outcome(reply=break_told(words.break_set(until), entry.id)))


def _ended(desk: Desk) -> Outcome:
    if desk.record.habit.break_on(desk.today) is None:
        return Outcome(reply=nothing_open(words.NOT_ON_BREAK))
    entry = BreakSet(id=entry_id(desk), at=desk.now, study_day=desk.today, until=desk.today)
    return _kept(entry, Outcome(reply=break_told(words.BREAK_OVER, entry.id)))


def _taken_back(desk: Desk, named: str) -> Outcome:
    """Take back the last word about a break, on the day it was said."""
    pause, now = desk.record.habit.pause, desk.record.habit.break_on(desk.today)
    if pause is None or pause.id != named or pause.study_day != desk.today:
        reply = nothing_open(words.NOT_ON_BREAK) if now is None else ask_break(desk.today, now, words.TOO_LATE)
        return Outcome(reply=reply)
    entry = Undone(id=entry_id(desk), at=desk.now, study_day=desk.today, entry=named)
    goes_on = fold_habit((*desk.record.settled, entry)).break_on(desk.today) is not None
    return _kept(entry, Outcome(reply=nothing_open(words.BREAK_AGAIN if goes_on else words.BREAK_TAKEN_BACK)))


def _rest(desk: Desk, said: str) -> Outcome:
    names = zip(words.WEEKDAYS, WEEKDAY_KEYS, strict=True)
    weekday = next((day for day, (name, key) in enumerate(names) if said in (name.casefold(), key)), None)
    if weekday is None and said != NO_DAY:
        toast = words.no_such_rest_day(said) if said else ""
        return Outcome(reply=streak_settings(desk.learner, toast))
    if weekday == desk.learner.rest:
        return Outcome(reply=streak_settings(desk.learner))
    learner = replace(desk.learner, rest=weekday)
    entry = RestSet(id=entry_id(desk), at=desk.now, study_day=desk.today, weekday=weekday)
    outcome = Outcome(reply=streak_settings(learner, words.REST_SET))
    return replace(outcome, change=Change(entries=(entry,), learner=learner))


def _kept(entry: LogEntry, outcome: Outcome) -> Outcome:
    return replace(outcome, change=Change(entries=(entry,)))
