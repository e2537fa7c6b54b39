"""Every sentence about streaks, rest days, breaks and catching up. Pure. Tone as in `bot.core.words`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.core.backlog import Plan
from bot.core.habit_model import LONGEST_BREAK
from bot.core.spoken import day_name, joined, plural
from bot.core.streak import Cover, Streak
from decks.text import escape

# --- buttons -----------------------------------------------------------------------------------------------------

STREAK = "Streak"
HIDE = "Hide the streak"
SHOW = "Show the streak"
TAKE_A_BREAK = "Take a break"
I_AM_BACK = "I am back"
TAKE_BACK = "Take it back"
TO_SETTINGS = "Settings"
NO_REST = "None"
CHANGE_PLAN = "Change the plan"
AS_THEY_COME = "As they come"
TEN_MORE = "Ten more"


def start_with(cards: int) -> str:
    """ "Start with 10"."""
    return f"Start with {cards}"


def a_day(cards: int) -> str:
    """ "25 a day"."""
    return f"{cards} a day"


def a_day_until(plan: Plan) -> str:
    """ "25 a day, until Mon 21 Dec"."""
    return f"{plan.per_day} a day, until {day_name(plan.done)}"


# --- the streak --------------------------------------------------------------------------------------------------

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STREAK_TITLE = "**Streak**"
REST_DAY = "Day of rest"
SHOWN = "Shown"
RULES = (
    "One card makes a day count. One missed day a week is forgiven; a second one breaks your run, and a card within "
    "two days mends it."
)
REST_RULE = "A day of rest costs nothing. A change holds from today on."
WHICH_REST = "Which day of the week is yours to rest?"
REST_SET = "Changed; it holds from today on."
RUN_TITLE = "**Your run**"


def weekday(number: int | None) -> str:
    """ "Sunday"; "none"."""
    return "none" if number is None else WEEKDAYS[number]


def no_such_rest_day(said: str) -> str:
    """A day of rest that is not a day of the week."""
    return f"“{escape(said[:40])}” is no day of the week. A day of rest is one from Mon to Sun, or none."


def day_of_run(found: Streak) -> str:
    """What a sitting's end says of the streak: "Day 41." with one line on what kept it, or nothing on a first day."""
    if found.days == 1 and found.over:
        before = found.over[-1].days
        return f"Your {before}-day run is in your records; today is the first day of the next." if before > 1 else ""
    if found.days < 2:
        return ""
    best = max((run.days for run in found.over), default=0)
    record = ", your longest run yet" if best and found.days == best + 1 else ""
    return f"Day {found.days:,}{record}. {kept_by(found.covers)}".rstrip()


def day_only(found: Streak) -> str:
    """The streak without what was said of it before on the same day."""
    return f"Day {found.days:,}." if found.days > 1 else ""


def kept_by(covers: Sequence[tuple[int, Cover]]) -> str:
    """What kept a run whole over the days just missed, in one line; planned rest needs no word."""
    by = {kind: [day for day, cover in covers if cover is kind] for kind in Cover}
    if by[Cover.MENDED]:
        return f"That mends {joined([_weekday(day) for day in by[Cover.MENDED]])}: your run goes on."
    if by[Cover.FREEZE]:
        went = joined([_weekday(day) for day in by[Cover.FREEZE]])
        return f"{went} went by without a card; one such day a week is free, so your run goes on."
    return "Your run waited through the break." if by[Cover.BREAK] else ""


def standing(found: Streak) -> str:
    """What the menu says of the streak; nothing where there is no run of two days."""
    if found.days < 2:
        return ""
    run = f"your run of {found.days:,} days"
    if found.counts:
        return f"Day {found.days:,}."
    if found.lost:
        by = "today" if found.ends_today else f"by {day_name(found.ends)}"
        return f"A day went by. A card {by} mends {run}."
    return f"A card today keeps {run}." if found.ends_today else f"{found.days:,} days so far."


def records(found: Streak) -> str:
    """ "Day 41, since 12 Oct. Your longest run is 58 days; 231 study days in all."."""
    since = f"Day {found.days:,}, since {_date(found.run.first)}. " if found.run and found.days > 1 else ""
    return f"{since}Your longest run is {plural(found.longest, 'day')}; {plural(found.total, 'study day')} in all."


def _weekday(day: int) -> str:
    return WEEKDAYS[date.fromordinal(day).weekday()]


def _date(day: int) -> str:
    return day_name(day).split(" ", 1)[1]


# --- breaks ------------------------------------------------------------------------------------------------------

BREAK_TITLE = "**A break**"
BREAK_IS = "Until you are back nothing is owed: a run waits, I do not write, and your cards keep."
BREAK_KEEPS = "Nothing is owed until then: a run waits, I do not write, and your cards keep."
UNTIL_WHEN = "For how long? You can also name the day you are back: /break 7 Dec"
ANOTHER_DATE = "Another date? /break 7 Dec, or one of these from today:"
BREAK_LENGTHS = ((3, "3 days"), (7, "A week"), (14, "Two weeks"), (30, "A month"))
NOT_ON_BREAK = "You are not on a break. /break begins one."
BREAK_OVER = "Your break is over. Good to see you."
BREAK_TAKEN_BACK = "Taken back: you are not on a break."
BREAK_AGAIN = "Taken back: your break goes on."
TOO_LATE = "That can be taken back on the same day only. To end a break, press I am back."
STILL_ON_BREAK = "You are still on your break; today counts all the same."


def break_set(until: int) -> str:
    """A break has begun."""
    return f"You are on a break until {day_name(until)}. {BREAK_KEEPS}"


def on_break(until: int) -> str:
    """What the menu says during a break."""
    return f"You are on a break until {day_name(until)}. A drill is welcome all the same, and counts."


def break_in_the_past(day: int) -> str:
    """A date that is over, or today."""
    return f"{day_name(day)} {date.fromordinal(day).year} is not ahead. Name the day you are back, such as 7 Dec."


def unreadable_date(text: str) -> str:
    """A text that names no day, or more than one."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return f"I cannot read “{escape(shown)}” as a day. Write it like 7 Dec, 2026-12-07 or two weeks."


def break_too_long(today: int) -> str:
    """A break of ten years."""
    last = today + LONGEST_BREAK
    until = f"{day_name(last)} {date.fromordinal(last).year}"
    return f"A break lasts a year at most, until {until}. Your cards keep for as long as you are away."


# --- catching up -------------------------------------------------------------------------------------------------

NOTHING_OVERDUE = "Nothing is overdue. /drill goes on as always."
WHICH_PLAN = "How much on a day? Those worth most come first, and no new cards until then."
CAUGHT_UP = "All caught up. New cards come again with the next drill."
NO_SUCH_PLAN = "That plan is not offered any more. Here is where you are."
FAR_AHEAD = "That takes more than four months; more cards a day would be done sooner."


def welcome_back(due: int, known: int) -> str:
    """The first sentence after an absence."""
    probably = f"you probably still know about {known:,} of them"
    return f"Good to see you. {plural(due, 'card')} came due, and {probably}."


def the_plan(plan: Plan, exam: int = 0) -> str:
    """What is suggested; `exam` is the day of the exam, if one is ahead."""
    first = f"A plan: {plan.per_day} a day, most valuable first, no new cards."
    return f"{first} {all_caught_up(plan.done, exam)}" if plan.done else f"{first} {FAR_AHEAD}"


def all_caught_up(done: int, exam: int = 0) -> str:
    """When a plan is done, and how that lies to the exam, if one is ahead."""
    if not exam:
        return f"All caught up on {day_name(done)}."
    if done == exam:
        return f"All caught up on {day_name(done)}, the day of your exam."
    side = "before" if done < exam else "after"
    return f"All caught up on {day_name(done)}, {plural(abs(exam - done), 'day')} {side} your exam."


def plan_begins(plan: Plan, cards: int) -> str:
    """Over the first card of a sitting under a plan."""
    return f"{plural(cards, 'card')}, the most valuable first." if cards else a_day(plan.per_day)


def came_back(came: int, cards: int) -> str:
    """How a sitting of overdue cards went."""
    return f"**{came} of {cards} came back.**"


def on_track(plan: Plan, promised: int) -> str:
    """How the plan stands, recomputed; without a word about days that were missed."""
    if not plan.done:
        return FAR_AHEAD
    if promised and plan.done <= promised:
        return f"On track for {day_name(promised)}."
    return f"At {plan.per_day} a day you are all caught up on {day_name(plan.done)}."


def plan_stands(left: int, per_day: int) -> str:
    """What the menu says under a plan."""
    if left <= 0:
        return f"Today's {per_day} are done."
    some = f"{left} of today's {per_day}" if left < per_day else f"Today's {per_day}"
    return f"{some} are waiting, the most valuable first."
