"""The memory model agrees with the reference implementation, and counts study days instead of hours."""

from __future__ import annotations

import fsrs_rs_python as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.memory import LONGEST_STABILITY, days_per_stability, futures, recall
from scheduler.model import DEFAULT_WEIGHTS, Memory, Policy, Rating
from scheduler.schedule import Moment, preview, retrievability, review
from tests.scheduler.strategies import DAY_MS, DAY_ONE, gaps, weights

HOUR_MS = 3_600_000


@given(weights(), st.lists(st.tuples(gaps, st.integers(0, 3)), min_size=1, max_size=20))
def test_any_history_gives_the_memory_that_the_reference_gives(
    chosen: tuple[float, ...], history: list[tuple[int, int]]
) -> None:
    model = reference.FSRS(list(chosen))
    ours, theirs = None, None
    for place, (gap, rating) in enumerate(history):
        elapsed = gap if place else 0
        all_ours = futures(ours, elapsed, chosen)
        states = model.next_states(theirs, 0.9, elapsed)
        all_theirs = [s.memory for s in (states.again, states.hard, states.good, states.easy)]
        for mine, other in zip(all_ours, all_theirs, strict=True):
            assert mine.stability == pytest.approx(other.stability, rel=1e-4)
            assert mine.difficulty == pytest.approx(other.difficulty, rel=1e-4)
        ours, theirs = all_ours[rating], all_theirs[rating]


def test_a_memory_stops_growing_at_a_hundred_years_as_in_the_reference() -> None:
    old = Memory(LONGEST_STABILITY - 1, 1.0)
    theirs = reference.FSRS(list(DEFAULT_WEIGHTS)).next_states(
        reference.MemoryState(old.stability, old.difficulty), 0.9, 30_000
    )
    easy = futures(old, 30_000, DEFAULT_WEIGHTS)[3]
    assert easy.stability == theirs.easy.memory.stability == LONGEST_STABILITY


@given(weights(), st.floats(0.75, 0.97), st.integers(1, 3650))
def test_the_ideal_interval_is_when_recall_has_fallen_to_the_retention(
    chosen: tuple[float, ...], retention: float, days: int
) -> None:
    memory = Memory(days / days_per_stability(retention, chosen), 5.0)
    assert recall(memory, days, chosen) == pytest.approx(retention)


def test_recall_is_nine_in_ten_when_as_many_days_have_passed_as_the_memory_is_stable() -> None:
    assert recall(Memory(17.0, 5.0), 17, DEFAULT_WEIGHTS) == pytest.approx(0.9)
    assert days_per_stability(0.9, DEFAULT_WEIGHTS) == pytest.approx(1.0)


def test_recall_is_certain_on_the_day_of_the_review_and_fades_from_then_on() -> None:
    policy = Policy()
    progress = review(None, "a:b", Rating.EASY, Moment(0, DAY_ONE), policy)
    chances = [retrievability(progress, DAY_ONE + days, policy) for days in range(60)]
    assert chances[0] == 1.0
    assert chances == sorted(set(chances), reverse=True)
    assert retrievability(progress, DAY_ONE - 1, policy) == 1.0  # the learner flew west


def test_good_in_the_evening_and_again_a_little_under_a_day_later_counts_one_study_day() -> None:
    policy = Policy()
    evening = Moment(20 * HOUR_MS, DAY_ONE)
    first = review(None, "a:b", Rating.GOOD, evening, policy)
    later = evening.at + 24 * HOUR_MS - 10 * 60_000
    next_day = review(first, "a:b", Rating.GOOD, Moment(later, DAY_ONE + 1), policy)
    same_day = review(first, "a:b", Rating.GOOD, Moment(later, DAY_ONE), policy)
    assert next_day.memory.stability == pytest.approx(7.3153, rel=1e-4)
    assert same_day.memory.stability == pytest.approx(2.3065, rel=1e-4)


@given(st.integers(0, DAY_MS - 1), st.integers(0, DAY_MS - 1), st.integers(0, 400))
def test_the_hour_of_drilling_changes_neither_memory_nor_due_day(hour: int, other: int, gap: int) -> None:
    policy = Policy(learning_steps=())
    first = review(None, "a:b", Rating.GOOD, Moment(hour, DAY_ONE), policy)
    second = preview(first, "a:b", Moment(hour, DAY_ONE + gap), policy)
    shifted = preview(first, "a:b", Moment(other, DAY_ONE + gap), policy)
    for rating in (Rating.HARD, Rating.GOOD, Rating.EASY):
        assert second.of(rating).due_day == shifted.of(rating).due_day
        assert second.of(rating).memory == shifted.of(rating).memory


def test_weights_outside_the_model_are_refused() -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        futures(None, 0, (*DEFAULT_WEIGHTS[:20], 0.0))
    with pytest.raises(ValueError, match="Expected 21"):
        futures(None, 0, DEFAULT_WEIGHTS[:19])
