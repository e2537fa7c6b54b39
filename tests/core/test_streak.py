"""Streaks: what a run is, what keeps it whole, and that neither zones nor later days change what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.habit_model import Break, Habit
from bot.core.streak import Cover, Run, Streak, beside_gaps, streak

MONDAY = date(2026, 11, 23).toordinal()
SUNDAY = 6
HOUR = 3_600_000
PLAIN = Habit()


def week(text: str, *, habit: Habit = PLAIN, start: int = MONDAY) -> Streak:
    """A streak from a picture of days, from a Monday on: "x" a study day, "." a day without; the last one is today."""
    days = text.replace(" ", "")
    studied = [start + place for place, mark in enumerate(days) if mark == "x"]
    today = start + len(days) - 1
    return streak(studied, habit, today=today, now=0, instants={})


def covers(found: Streak) -> list[Cover]:
    return [cover for _, cover in found.covers]


def test_a_day_counts_with_one_rating_and_today_is_still_open() -> None:
    assert week("xxx").days == 3
    assert week("xxx").counts
    assert week("xx.").days == 2
    assert not week("xx.").counts


def test_nobody_who_never_studied_has_a_streak() -> None:
    found = week(".")
    assert (found.days, found.longest, found.total, found.ends) == (0, 0, 0, 0)
    assert not found.ends_today


def test_the_first_missed_day_of_a_week_is_forgiven_by_itself() -> None:
    found = week("xx.x")
    assert found.days == 3
    assert covers(found) == [Cover.FREEZE]


def test_the_second_missed_day_of_a_week_is_lost_and_mended_within_two_days() -> None:
    waiting = week("x.x..")
    assert waiting.days == 2
    assert covers(waiting) == [Cover.LOST]
    assert waiting.lost
    assert covers(week("x.x.x")) == [Cover.MENDED]
    assert week("x.x.x").days == 3
    assert covers(week("x.x..x")) == [Cover.MENDED, Cover.MENDED]
    assert week("x.x..x").days == 3


def test_a_lost_day_that_is_not_mended_in_two_days_ends_the_run() -> None:
    found = week("x.x....")
    assert found.run is None
    assert found.over == (Run(MONDAY, MONDAY + 2, 2),)
    assert week("x.x...x").days == 1
    assert week("x.x...x").over == found.over


def test_a_week_mends_once() -> None:
    assert week("x.x.x.x").days == 1


def test_every_week_forgives_anew() -> None:
    assert week("xx.x.xx xx.x.xx xx.x.xx").days == 15


def test_a_planned_day_of_rest_costs_nothing() -> None:
    habit = Habit(rests=((MONDAY, SUNDAY),))
    found = week("xxxxxx. x", habit=habit)
    assert found.days == 7
    assert covers(found) == [Cover.REST]
    assert covers(week("x.xxxx. x", habit=habit)) == [Cover.REST], "the freeze was spent on Tuesday"
    assert week("x.xxxx. x").days == 6
    assert covers(week("x.xxxx. x")) == [Cover.MENDED]


def test_studying_on_a_day_of_rest_counts() -> None:
    assert week("xxxxxxx", habit=Habit(rests=((MONDAY, SUNDAY),))).days == 7


def test_a_change_of_the_day_of_rest_holds_from_then_on_and_rests_once_a_week() -> None:
    habit = Habit(rests=((MONDAY, 1), (MONDAY + 3, 4)))
    found = week("x.xx. xx", habit=habit)
    assert found.days == 5
    assert covers(week("x.xx.", habit=habit)) == []
    assert covers(week("x.xx.x", habit=habit)) == [Cover.FREEZE], "this week has rested"
    before = Habit(rests=((MONDAY + 7, 1),))
    assert covers(week("x.x", habit=before)) == [Cover.FREEZE], "never backwards"


def test_a_break_neither_ends_nor_lengthens_a_run() -> None:
    habit = Habit(breaks=(Break(MONDAY + 2, MONDAY + 30),))
    found = week("xx" + "." * 28 + "x", habit=habit)
    assert found.days == 3
    assert set(covers(found)) == {Cover.BREAK}
    inside = week("xx" + "." * 10, habit=habit)
    assert inside.days == 2
    assert not inside.ends_today
    assert inside.ends > MONDAY + 30


def test_a_day_studied_in_a_break_counts() -> None:
    habit = Habit(breaks=(Break(MONDAY + 2, MONDAY + 30),))
    assert week("xx" + "." * 10 + "x", habit=habit).days == 3


@pytest.mark.parametrize(
    ("days", "ends"),
    [
        ("xxx", 6),  # Thursday is frozen, Friday lost, Saturday the last but one chance
        ("x.x", 5),
        ("x.x..", 5),
        ("x.x...", 5),
        ("xxxxxxx", 10),
    ],
)
def test_a_run_ends_with_the_last_day_on_which_it_could_be_kept(days: str, ends: int) -> None:
    found = week(days)
    assert found.ends == MONDAY + ends
    assert found.ends_today == (found.ends == found.today)
    until_then = days + "." * (MONDAY + ends - found.today)
    assert week(until_then).ends_today
    assert week(until_then + ".").run is None
    assert week(until_then[:-1] + "x").days == found.days + 1


def test_records_keep_every_run() -> None:
    found = week("xxxxxxx ....... ....... xx")
    assert found.over == (Run(MONDAY, MONDAY + 6, 7),)
    assert found.longest == 7
    assert found.days == 2
    assert found.total == 9


def test_somebody_who_flew_west_over_the_date_line_has_studied_today() -> None:
    found = streak([MONDAY, MONDAY + 1], Habit(), today=MONDAY, now=0, instants={})
    assert found.counts
    assert found.days == 2
    assert not found.ends_today


def test_a_date_that_a_flight_skipped_was_not_missed() -> None:
    studied = [MONDAY, MONDAY + 2, MONDAY + 4, MONDAY + 6]
    instants = {day: (place * 24 * HOUR,) * 2 for place, day in enumerate(studied)}
    found = streak(studied, Habit(), today=MONDAY + 6, now=80 * HOUR, instants=instants)
    assert found.days == 4
    assert found.covers == ()
    later = {day: (place * 24 * HOUR + place,) * 2 for place, day in enumerate(studied)}
    assert streak(studied, Habit(), today=MONDAY + 6, now=80 * HOUR, instants=later).days == 1, "a millisecond longer"


DAYS = st.sets(st.integers(0, 60), min_size=1).map(lambda days: sorted(MONDAY + day for day in days))
HABITS = st.builds(
    Habit,
    rests=st.lists(st.tuples(st.integers(-10, 60), st.none() | st.integers(0, 6)), max_size=4).map(
        lambda rests: tuple((MONDAY + since, weekday) for since, weekday in sorted(rests, key=lambda rest: rest[0]))
    ),
    breaks=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=2).map(
        lambda breaks: tuple(Break(MONDAY + first, MONDAY + first + length) for first, length in breaks)
    ),
)


def standing(days: Sequence[int], habit: Habit, today: int) -> Streak:
    return streak([day for day in days if day <= today], habit, today=today, now=0, instants={})


@given(days=DAYS, habit=HABITS, extra=st.integers(0, 60), ahead=st.integers(0, 70))
def test_one_more_study_day_since_it_began_never_shortens_a_run(
    days: list[int], habit: Habit, extra: int, ahead: int
) -> None:
    today = MONDAY + ahead
    before = standing(days, habit, today)
    assume(before.run is None or MONDAY + extra >= before.run.first)
    after = standing(sorted({*days, MONDAY + extra}), habit, today)
    assert after.days >= before.days
    assert after.ends >= before.ends


@given(days=DAYS, habit=HABITS)
def test_what_was_forgiven_stays_forgiven(days: list[int], habit: Habit) -> None:
    """Day by day a run grows by one, stays, or ends for good on the day that was foretold."""
    before = standing(days, habit, days[0])
    for today in range(days[0] + 1, MONDAY + 70):
        now = standing(days, habit, today)
        grown = today in days
        if before.run is None:
            assert now.days == grown
        elif now.run is not None and now.run.first == before.run.first:
            assert now.days == before.days + grown
        else:
            assert before.ends == today - 1, "it ended on the day that was foretold"
            assert now.days == grown
            assert now.over[-1] == before.run
        before = now


@given(days=DAYS, habit=HABITS, ahead=st.integers(0, 70))
def test_every_study_day_is_in_one_run(days: list[int], habit: Habit, ahead: int) -> None:
    found = standing(days, habit, MONDAY + ahead)
    runs = [*found.over, *([found.run] if found.run else [])]
    counted = [day for day in days if day <= MONDAY + ahead]
    assert sum(run.days for run in runs) == found.total == len(counted)
    assert [run.first for run in runs] == sorted({run.first for run in runs})
    assert all(run.first <= run.last for run in runs)


def test_only_the_days_beside_short_gaps_are_asked_for_their_instants() -> None:
    far = MONDAY + 40
    assert beside_gaps([MONDAY, MONDAY + 1, MONDAY + 3, far]) == (MONDAY + 1, MONDAY + 3, far)
    assert beside_gaps([]) == ()


def test_a_picture_of_a_week_begins_on_monday() -> None:
    assert date.fromordinal(MONDAY).weekday() == 0
    assert date.fromordinal(MONDAY) + timedelta(days=6) == date(2026, 11, 29)
