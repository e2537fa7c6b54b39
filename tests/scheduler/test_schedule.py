"""Reviewing: steps, intervals, fuzz, leeches, labels, and the log that adds up to progress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scheduler.memory import days_per_stability
from scheduler.model import Memory, Phase, Policy, Progress, Rating
from scheduler.schedule import (
    Days,
    DueNow,
    Event,
    Minutes,
    Moment,
    Reset,
    Review,
    Wait,
    due_now,
    is_leech,
    preview,
    replay,
    review,
    wait,
)
from tests.scheduler.strategies import DAY_ONE, cards, moments, policies, progresses, ratings, reviews

CARD = "backfill:grain"
NOW = Moment(1_700_000_000_000, DAY_ONE)
PLAIN = Policy(fuzz=False)
AGAIN, HARD, GOOD, EASY = Rating

maybe_new = progresses()


def drilled(*given_ratings: Rating, policy: Policy = PLAIN) -> Progress:
    """A card rated so, each time on the study day it fell due."""
    progress, moment = None, NOW
    for rating in given_ratings:
        progress = review(progress, CARD, rating, moment, policy)
        moment = due_moment(progress, moment)
    assert progress is not None
    return progress


def due_moment(progress: Progress, moment: Moment) -> Moment:
    if progress.due_at is not None:
        return Moment(progress.due_at, moment.day)
    assert progress.due_day is not None
    return Moment(moment.at, progress.due_day)


def labels(progress: Progress | None, policy: Policy = PLAIN, moment: Moment = NOW) -> list[Wait]:
    outcomes = preview(progress, CARD, moment, policy)
    return [wait(outcomes.of(rating), moment) for rating in Rating]


@given(maybe_new, cards, moments(), policies(), ratings)
def test_the_label_on_the_button_is_what_the_button_does(
    progress: Progress | None, card: str, moment: Moment, policy: Policy, rating: Rating
) -> None:
    shown = preview(progress, card, moment, policy).of(rating)
    assert review(progress, card, rating, moment, policy) == shown


@given(maybe_new, cards, moments(), policies())
def test_every_outcome_has_exactly_one_due_and_counts_the_review(
    progress: Progress | None, card: str, moment: Moment, policy: Policy
) -> None:
    for rating in Rating:
        after = preview(progress, card, moment, policy).of(rating)
        assert (after.due_at is None) != (after.due_day is None)
        assert (after.step is None) == (after.phase is Phase.REVIEW)
        assert after.reps == (progress.reps if progress else 0) + 1
        assert (after.reviewed_at, after.reviewed_day) == (moment.at, moment.day)
        assert after.due_at is None or after.due_at > moment.at
        assert after.due_day is None or after.due_day > moment.day


@given(maybe_new, cards, moments(), policies())
def test_intervals_rise_with_the_rating_up_to_the_longest(
    progress: Progress | None, card: str, moment: Moment, policy: Policy
) -> None:
    outcomes = preview(progress, card, moment, policy)
    granted = [outcomes.of(r).interval for r in Rating if outcomes.of(r).phase is Phase.REVIEW]
    assert granted == sorted(granted)
    assert all(1 <= days <= policy.longest_interval for days in granted)
    good, easy = outcomes.good, outcomes.easy
    if good.phase is easy.phase is Phase.REVIEW:
        assert easy.interval > good.interval or easy.interval == policy.longest_interval
    if outcomes.hard.phase is good.phase is Phase.REVIEW:
        assert good.interval > outcomes.hard.interval or good.interval == policy.longest_interval


# Learning and relearning steps


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((60, 600), [Minutes(1), Minutes(6), Minutes(10), Days(8)]),
        ((600,), [Minutes(10), Minutes(15), Days(2), Days(8)]),
        ((60, 600, 3600), [Minutes(1), Minutes(6), Minutes(10), Days(8)]),
        ((86_400,), [Days(1), Days(1), Days(2), Days(8)]),
        ((86_400, 259_200), [Days(1), Days(2), Days(3), Days(8)]),
        ((43_200,), [Minutes(720), Minutes(1080), Days(2), Days(8)]),
        ((864_000,), [Days(10), Days(15), Days(16), Days(17)]),
        ((), [Days(1), Days(1), Days(2), Days(8)]),
    ],
)
def test_a_new_card_walks_the_learning_steps(steps: tuple[int, ...], expected: list[Wait]) -> None:
    assert labels(None, replace(PLAIN, learning_steps=steps)) == expected


def test_the_last_learning_step_graduates_on_good_and_repeats_on_hard() -> None:
    second = drilled(GOOD)
    assert (second.phase, second.step) == (Phase.LEARNING, 1)
    assert labels(second) == [Minutes(1), Minutes(10), Days(2), Days(4)]
    assert drilled(GOOD, HARD).step == 1
    assert drilled(GOOD, AGAIN).step == 0
    assert drilled(GOOD, GOOD).phase is Phase.REVIEW


def test_steps_below_a_day_wait_to_the_instant_and_longer_ones_for_the_study_day() -> None:
    short = review(None, CARD, GOOD, NOW, replace(PLAIN, learning_steps=(60, 86_399)))
    assert (short.due_at, short.due_day) == (NOW.at + 86_399_000, None)
    long = review(None, CARD, GOOD, NOW, replace(PLAIN, learning_steps=(60, 86_400)))
    assert (long.due_at, long.due_day) == (None, NOW.day + 1)


def test_a_lapse_relearns_and_only_a_lapse_is_counted() -> None:
    lapsed = drilled(EASY, AGAIN)
    assert (lapsed.phase, lapsed.step, lapsed.lapses) == (Phase.RELEARNING, 0, 1)
    assert labels(lapsed)[:2] == [Minutes(10), Minutes(15)]
    assert drilled(EASY, AGAIN, AGAIN).lapses == 1
    assert drilled(AGAIN, AGAIN, AGAIN).lapses == 0
    assert drilled(EASY, AGAIN, GOOD).phase is Phase.REVIEW


def test_without_relearning_steps_a_lapse_waits_at_least_a_day() -> None:
    lapsed = drilled(EASY, AGAIN, policy=replace(PLAIN, relearning_steps=()))
    assert (lapsed.phase, lapsed.lapses, lapsed.interval) == (Phase.REVIEW, 1, 1)


@pytest.mark.parametrize("rating", [HARD, GOOD, EASY])
def test_a_card_beyond_steps_that_were_shortened_graduates(rating: Rating) -> None:
    third = drilled(GOOD, GOOD, policy=replace(PLAIN, learning_steps=(60, 600, 3600)))
    assert third.step == 2
    assert review(third, CARD, rating, NOW, PLAIN).phase is Phase.REVIEW
    assert review(third, CARD, AGAIN, NOW, PLAIN).step == 0


# Fuzz


@given(maybe_new, cards, moments(), policies())
def test_fuzz_never_takes_a_grown_interval_to_the_previous_one_or_below(
    progress: Progress | None, card: str, moment: Moment, policy: Policy
) -> None:
    plain = preview(progress, card, moment, replace(policy, fuzz=False))
    fuzzed = preview(progress, card, moment, replace(policy, fuzz=True))
    previous = progress.interval if progress else 0
    for rating in Rating:
        before, after = plain.of(rating), fuzzed.of(rating)
        assert (before.phase, before.memory) == (after.phase, after.memory)
        ideal = after.memory.stability * days_per_stability(policy.retention, policy.weights)
        if after.phase is Phase.REVIEW and min(round(ideal), policy.longest_interval) > previous:
            assert after.interval > previous


@given(st.integers(0, 10_000), st.integers(10, 300), st.integers(0, 3))
def test_an_interval_that_barely_grows_is_not_fuzzed_back(card: int, days: int, growth: int) -> None:
    known = replace(drilled(EASY), memory=Memory(float(days + growth), 5.0), interval=days, reviewed_day=NOW.day)
    # On the same study day Hard leaves so stable a memory as it is, so the plain interval is days + growth.
    again_today = preview(known, f"backfill:{card}", NOW, Policy()).hard
    assert again_today.memory.stability == days + growth
    assert again_today.interval > days or growth == 0


@given(st.integers(0, 10_000), st.integers(3, 400))
def test_fuzz_stays_within_its_range_and_repeats_itself(card: int, days: int) -> None:
    progress = Progress(
        phase=Phase.REVIEW,
        memory=drilled(EASY).memory,
        step=None,
        due_at=None,
        due_day=NOW.day,
        reviewed_at=0,
        reviewed_day=NOW.day - days,
        interval=1,
        reps=3,
        lapses=0,
    )
    name = f"backfill:{card}"
    plain = preview(progress, name, NOW, PLAIN).hard.interval
    fuzzed = preview(progress, name, NOW, Policy()).hard.interval
    # One day, then 15 % of days 2.5-7, 10 % of days 7-20 and 5 % beyond; half a day for each rounding.
    spread = 1 + 0.15 * 4.5 + 0.10 * max(0, min(plain, 20) - 7) + 0.05 * max(0, plain - 20)
    assert abs(fuzzed - plain) <= spread + 1
    assert preview(progress, name, NOW, Policy()).hard.interval == fuzzed


def test_fuzz_spreads_cards_that_were_learnt_together_over_all_its_days() -> None:
    mature = drilled(GOOD, GOOD, GOOD, GOOD)
    moment = due_moment(mature, NOW)
    plain = preview(mature, CARD, moment, PLAIN).hard.interval
    seen = {preview(mature, f"a:{n}", moment, Policy()).hard.interval for n in range(400)}
    spread = 1 + 0.15 * 4.5 + 0.10 * 13 + 0.05 * (plain - 20)
    assert seen == set(range(min(seen), max(seen) + 1))
    assert min(seen) == pytest.approx(plain - spread, abs=1)
    assert max(seen) == pytest.approx(plain + spread, abs=1)


# The log


def log() -> st.SearchStrategy[list[Event]]:
    def interrupted(history: list[Review], cuts: list[Event]) -> list[Event]:
        events: list[Event] = list(history)
        for at, cut in enumerate(cuts):
            events.insert((at * 5 + 2) % (len(events) + 1), cut)
        return events

    cuts = st.lists(st.one_of(st.just(Reset()), moments().map(DueNow)), max_size=3)
    return st.builds(interrupted, reviews(), cuts)


@given(log(), cards)
def test_replaying_a_log_is_living_it(events: list[Event], card: str) -> None:
    lived: Progress | None = None
    for event in events:
        match event:
            case Review(moment, rating, policy):
                lived = preview(lived, card, moment, policy).of(rating)
            case DueNow(moment) if lived is not None:
                lived = due_now(lived, moment)
            case DueNow():
                pass
            case Reset():
                lived = None
    assert replay(events, card) == lived


@given(reviews(least=1), reviews(least=1), cards)
def test_what_came_before_a_reset_does_not_count(before: list[Review], after: list[Review], card: str) -> None:
    assert replay([*before, Reset(), *after], card) == replay(after, card)


@given(progresses().filter(bool), moments())
def test_outside_evidence_makes_a_card_due_and_changes_nothing_else(progress: Progress, moment: Moment) -> None:
    called = due_now(progress, moment)
    assert replace(called, due_at=progress.due_at, due_day=progress.due_day) == progress
    assert wait(called, moment) in (Minutes(0), Days(0))
    assert (called.due_at is None) == (progress.due_at is None)


def test_a_card_that_is_new_stays_new_on_outside_evidence() -> None:
    assert replay([DueNow(NOW)], CARD) is None


# Labels and leeches


@pytest.mark.parametrize(
    ("left_ms", "label"),
    [
        (-5_000, Minutes(0)),
        (0, Minutes(0)),
        (1, Minutes(1)),
        (30_000, Minutes(1)),
        (89_999, Minutes(1)),
        (90_000, Minutes(2)),
        (330_000, Minutes(6)),
        (36_000_000, Minutes(600)),
    ],
)
def test_minutes_are_rounded_as_a_person_would(left_ms: int, label: Minutes) -> None:
    assert wait(drilled(GOOD), Moment(NOW.at + 600_000 - left_ms, NOW.day)) == label


def test_days_are_counted_between_study_days_whatever_the_hour() -> None:
    progress = drilled(EASY)
    assert wait(progress, Moment(NOW.at + 86_399_999, NOW.day)) == Days(8)
    assert wait(progress, Moment(NOW.at, NOW.day + 8)) == Days(0)
    assert wait(progress, Moment(NOW.at, NOW.day + 30)) == Days(0)


@pytest.mark.parametrize(
    ("threshold", "leeches"),
    [(8, [8, 12, 16, 20]), (3, [3, 5, 7, 9, 11, 13, 15, 17, 19]), (1, list(range(1, 21))), (0, [])],
)
def test_a_leech_is_named_at_the_threshold_and_at_every_half_of_it_after(threshold: int, leeches: list[int]) -> None:
    policy = replace(PLAIN, leech_after=threshold)
    lapsed = [replace(drilled(EASY), lapses=lapses) for lapses in range(21)]
    assert [progress.lapses for progress in lapsed if is_leech(progress, policy)] == leeches
