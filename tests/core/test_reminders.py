"""When a message is sent, and when not: the decision alone, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.clock import study_day, wall_time
from bot.core.model import Day, Learner
from bot.core.reminder_model import USUAL, Kind, Letter, Reminders, State
from bot.core.reminders import (
    APART,
    HOUR,
    LATE,
    View,
    decide,
    forgotten,
    is_quiet,
    local_date,
    loss,
    next_slot,
    outside_quiet,
    slot,
    usual_time,
)
from scheduler.model import Memory, Phase, Policy, Progress

ZONE = "Europe/Berlin"
LEARNER = Learner(id="ann", created_at=0, zone=ZONE)
TUESDAY = date(2026, 11, 24).toordinal()
SUNDAY = date(2026, 11, 29).toordinal()


def at(day: int, hour: int, minute: int = 0, zone: str = ZONE) -> int:
    wall = datetime.combine(date.fromordinal(day), datetime.min.time(), ZoneInfo(zone)).replace(
        hour=hour, minute=minute
    )
    return int(wall.astimezone(UTC).timestamp() * 1000)


SLOT = at(TUESDAY, 18, 30)


def wanted(**fields: Any) -> Reminders:
    return Reminders(**{"on": True, "platform": "telegram", "next_at": SLOT} | fields)


def card(number: int, *, stability: float = 3.0, since: int = 3) -> tuple[str, Progress]:
    return f"c{number}", Progress(
        phase=Phase.REVIEW,
        memory=Memory(stability, 5.0),
        step=None,
        due_at=None,
        due_day=TUESDAY,
        reviewed_at=0,
        reviewed_day=TUESDAY - since,
        interval=since,
        reps=3,
        lapses=0,
    )


def cards(count: int, **how: Any) -> tuple[tuple[str, Progress], ...]:
    return tuple(card(number, **how) for number in range(count))


def view(**fields: Any) -> View:
    now = fields.pop("now", SLOT)
    base = {
        "learner": LEARNER,
        "reminders": wanted(),
        "now": now,
        "today": study_day(now, ZONE, 240),
        "external": "7",
        "due": cards(40),
    }
    return View(**base | fields)


def test_a_day_lost_costs_what_the_forgetting_curve_says() -> None:
    one = loss(cards(1), TUESDAY, Policy())
    assert 0.02 < one < 0.025, "a card due at 90 % with a stability of three days"
    assert loss(cards(100), TUESDAY, Policy()) == pytest.approx(100 * one)
    assert loss(cards(1, stability=100, since=100), TUESDAY, Policy()) < 0.001


def test_a_message_is_sent_when_waiting_would_cost_a_card_and_not_when_it_would_not() -> None:
    plan = decide(view())
    assert plan.letter is not None
    assert (plan.letter.kind, plan.letter.key, plan.letter.external) == (Kind.CARDS, "day.2026-11-24", "7")
    cheap = decide(view(due=cards(5)))
    assert (cheap.letter, cheap.why) == (None, "cheap")
    assert cheap.reminders.next_at == at(TUESDAY + 1, 18, 30)
    assert cheap.reminders.ignored == 0


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"drilled": True}, "drilled"),
        ({"resting": True}, "break"),
        ({"rest_day": True}, "rest"),
        ({"here": True}, "here"),
        ({"now": SLOT + LATE + 1}, "late"),
        ({"reminders": wanted(last_date=TUESDAY)}, "told"),
        ({"reminders": wanted(on=False)}, "unwanted"),
        ({"reminders": wanted(stopped=True)}, "unwanted"),
        ({"reminders": wanted(closed="blocked")}, "unwanted"),
        ({"reminders": wanted(platform="")}, "unwanted"),
        ({"external": ""}, "unwanted"),
        ({"reminders": wanted(next_at=SLOT + 1)}, "early"),
    ],
)
def test_nothing_is_sent(fields: dict[str, Any], why: str) -> None:
    plan = decide(view(**fields))
    assert (plan.letter, plan.why) == (None, why)
    assert plan.reminders.next_at is None or plan.reminders.next_at > fields.get("now", SLOT)


def test_nothing_is_sent_into_the_quiet_hours_however_late_the_process_wakes() -> None:
    late = wanted(time=1300, next_at=at(TUESDAY, 21, 40))
    assert decide(view(reminders=late, now=at(TUESDAY, 22, 10))).why == "quiet"
    assert decide(view(reminders=late, now=at(TUESDAY, 21, 50))).letter is not None


def test_a_run_of_days_about_to_end_is_worth_a_message() -> None:
    assert decide(view(due=(), run=12)).letter is not None
    assert decide(view(due=(), run=2)).letter is None


def test_unanswered_messages_come_further_apart_and_then_stop() -> None:
    reminders, days, kinds = wanted(), [], []
    for _ in range(40):
        if reminders.next_at is None:
            break
        now = reminders.next_at
        plan = decide(view(reminders=reminders, now=now, run=12))
        reminders = plan.reminders
        if plan.letter:
            days.append(local_date(now, ZONE) - TUESDAY)
            kinds.append(plan.letter.kind)
    assert days == [0, 1, 3, 6, 10, 15]
    assert kinds == [Kind.CARDS] * 5 + [Kind.CLOSING]
    assert reminders.stopped


def test_the_summary_takes_the_place_of_sundays_reminder() -> None:
    week = (Day(study_day=SUNDAY - 2, reviews=10),)
    weekly = wanted(weekly=True, next_at=at(SUNDAY, 18, 30))
    sunday = view(reminders=weekly, now=at(SUNDAY, 18, 30), week=week, due=cards(200))
    plan = decide(sunday)
    assert plan.letter is not None
    assert (plan.letter.kind, plan.letter.key) == (Kind.WEEKLY, "day.2026-11-29")
    assert plan.reminders.next_at == at(SUNDAY + 1, 18, 30)
    drilled = decide(replace(sunday, drilled=True)).letter
    assert drilled is not None, "a summary is not a reminder to drill"
    idle = decide(replace(sunday, week=())).letter
    assert idle is not None
    assert idle.kind is Kind.CARDS, "a week without a day is not summed up"


def test_a_day_that_was_drilled_moves_the_next_message_to_the_day_after() -> None:
    morning = at(TUESDAY, 9)
    assert next_slot(wanted(), LEARNER, morning) == SLOT
    assert next_slot(wanted(), LEARNER, morning, drilled=TUESDAY) == at(TUESDAY + 1, 18, 30)
    after_midnight = at(TUESDAY, 1)  # still Monday's study day
    assert next_slot(wanted(), LEARNER, after_midnight, drilled=TUESDAY - 1) == SLOT


def test_the_clock_jumping_far_ahead_and_back_silences_nobody() -> None:
    ahead = wanted(last_date=TUESDAY + 400, last_at=at(TUESDAY + 400, 18), first_date=TUESDAY + 401)
    found = next_slot(ahead, LEARNER, at(TUESDAY, 9))
    assert found is not None
    assert found <= at(TUESDAY + 30, 18, 30)
    stray = decide(view(reminders=wanted(next_at=at(TUESDAY - 100, 18, 30))))
    assert (stray.letter, stray.why) == (None, "early")
    assert stray.reminders.next_at == at(TUESDAY + 1, 18, 30)


def test_flying_into_the_next_date_does_not_bring_two_messages_in_an_evening() -> None:
    sent = at(TUESDAY, 18, 30, "Pacific/Honolulu")
    told = wanted(last_date=TUESDAY, last_at=sent)
    there = Learner(id="ann", created_at=0, zone="Pacific/Auckland")
    found = next_slot(told, there, sent + HOUR)
    assert found is not None
    assert found - sent >= APART
    assert local_date(found, there.zone) > TUESDAY


def test_the_usual_hour_is_the_middle_round_the_clock() -> None:
    assert usual_time([1110, 1115, 1120, 400, 1125]) == 1110
    assert usual_time([1430, 10, 20, 1435, 5]) in (0, 1425)
    assert usual_time([7 * 60 + 44] * 5) == 7 * 60 + 30


def test_a_usual_hour_that_has_become_later_is_waited_for() -> None:
    learned = wanted(time=USUAL, usual=1110)
    plan = decide(view(reminders=learned, starts=(1200,) * 5))
    assert (plan.letter, plan.why) == (None, "moved")
    assert plan.reminders.next_at == at(TUESDAY, 20)
    earlier = decide(view(reminders=learned, starts=(600,) * 5))
    assert earlier.letter is not None
    assert earlier.reminders.next_at == at(TUESDAY + 1, 10)


@given(minutes=st.integers(0, 1439), begins=st.integers(0, 1439), ends=st.integers(0, 1439))
def test_no_time_of_day_stays_in_the_quiet_hours(minutes: int, begins: int, ends: int) -> None:
    found = outside_quiet(minutes, (begins, ends))
    if (ends - begins) % 1440 < 1440 - 15:
        assert not is_quiet(found, (begins, ends))
    if not is_quiet(minutes, (begins, ends)):
        assert found == minutes


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "shown"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 150, "03:00"),  # 02:00 to 03:00 is skipped
        ("Europe/Berlin", date(2026, 10, 25), 150, "02:30"),  # shown twice: the first
        ("Africa/Cairo", date(2026, 4, 24), 0, "01:00"),  # midnight is skipped
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, "02:30"),  # half an hour is skipped
    ],
)
def test_a_wall_time_that_is_skipped_or_shown_twice_has_one_instant(
    zone: str, day: date, minutes: int, shown: str
) -> None:
    learner = Learner(id="ann", created_at=0, zone=zone)
    found = slot(wanted(time=minutes, quiet=(0, 0)), learner, day.toordinal())
    assert found is not None
    wall = wall_time(found, zone)
    assert (f"{wall:%H:%M}", wall.date(), wall.fold) == (shown, day, 0)


def test_a_date_the_calendar_skips_has_no_message() -> None:
    apia = Learner(id="ann", created_at=0, zone="Pacific/Apia")
    assert slot(wanted(quiet=(0, 0)), apia, date(2011, 12, 30).toordinal()) is None


@given(
    zone=st.sampled_from(
        (ZONE, "Africa/Cairo", "America/Havana", "Antarctica/Troll", "Pacific/Apia", "Asia/Kathmandu")
    ),
    minutes=st.integers(0, 1439),
    start=st.integers(0, 700),
)
def test_every_date_is_told_at_most_once(zone: str, minutes: int, start: int) -> None:
    learner = Learner(id="ann", created_at=0, zone=zone)
    reminders = wanted(time=minutes, quiet=(0, 0), next_at=None)
    now, dates = at(TUESDAY + start, 0, zone="UTC"), []
    for _ in range(6):
        found = next_slot(reminders, learner, now)
        assert found is not None
        dates.append(local_date(found, zone))
        reminders = replace(reminders, last_date=dates[-1], last_at=found)
        now = found
    assert dates == list(range(dates[0], dates[0] + 6))


def letter(kind: Kind = Kind.CARDS) -> Letter:
    return Letter(
        learner="ann",
        key="day.2026-11-24",
        kind=kind,
        platform="telegram",
        external="7",
        at=SLOT,
        expires_at=SLOT + LATE,
        state=State.CLAIMED,
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"drilled": True}, "drilled"),
        ({"now": SLOT + LATE + 1}, "late"),
        ({"reminders": wanted(on=False)}, "unwanted"),
        ({"reminders": wanted(closed="blocked")}, "unwanted"),
        ({"external": "8"}, "moved"),
        ({"here": True}, "here"),
        ({"resting": True}, "break"),
    ],
)
def test_a_letter_that_waited_is_looked_at_again_before_it_leaves(fields: dict[str, Any], why: str) -> None:
    assert forgotten(letter(), view(**fields)) == why


def test_a_letters_nonce_fits_discord_and_differs_by_key() -> None:
    assert len(letter().nonce) <= 23, "with a dot and a digit behind it"
    assert letter().nonce != replace(letter(), key="day.2026-11-25").nonce


def test_a_letter_held_up_into_the_quiet_hours_stays_unless_an_hour_was_asked_for() -> None:
    held_up = Letter(
        learner="ann",
        key="day.2026-11-24",
        kind=Kind.CARDS,
        platform="telegram",
        external="7",
        at=at(TUESDAY, 21, 40),
        expires_at=at(TUESDAY + 1, 0, 40),
    )
    night = view(now=at(TUESDAY, 23, 10))
    for kind in (Kind.CARDS, Kind.WEEKLY, Kind.CLOSING, Kind.READY):
        assert forgotten(replace(held_up, kind=kind), night) == "quiet"
    assert forgotten(replace(held_up, kind=Kind.SNOOZE), night) == "", "they said when"
    assert forgotten(held_up, view(now=at(TUESDAY, 21, 50))) == ""
