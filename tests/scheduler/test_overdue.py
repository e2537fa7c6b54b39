"""Catching up: the quick formulas are the model's, what is worth most goes first, and the day foreseen holds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.memory import futures
from scheduler.model import Memory, Phase, Policy, Progress, Rating
from scheduler.overdue import by_worth, caught_up, known, outcomes, worth
from scheduler.schedule import Moment, retrievability, review
from tests.scheduler.strategies import DAY_MS, DAY_ONE, weights

TODAY = DAY_ONE + 21
HORIZON = 180

memories = st.builds(Memory, st.floats(0.01, 3000), st.floats(1, 10))


def card(stability: float, difficulty: float = 5.0, *, ago: int = 30, due: int = DAY_ONE) -> Progress:
    return Progress(
        phase=Phase.REVIEW,
        memory=Memory(stability, difficulty),
        step=None,
        due_at=None,
        due_day=due,
        reviewed_at=(TODAY - ago) * DAY_MS,
        reviewed_day=TODAY - ago,
        interval=max(1, round(stability)),
        reps=3,
        lapses=0,
    )


def shelf(count: int, seed: int = 3) -> list[tuple[str, Progress]]:
    """Cards of somebody who was away for three weeks: all were due in that time, or fall due soon."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        stability = chance.uniform(2, 60)
        due = TODAY + chance.randint(-20, 40)
        ago = TODAY - (due - round(stability))
        found.append((f"c{number:04}", card(stability, chance.uniform(2, 9), ago=max(22, ago), due=due)))
    return found


@given(memories, st.integers(1, 2000), weights())
def test_good_and_again_are_what_the_memory_model_says(memory: Memory, elapsed: int, chosen: tuple[float, ...]) -> None:
    again, _, good, _ = futures(memory, elapsed, chosen)
    relearnt = futures(again, 0, chosen)[2]
    for ours, theirs in zip(outcomes(memory, elapsed, chosen), (good, relearnt), strict=True):
        assert ours.stability == pytest.approx(theirs.stability, rel=1e-9)
        assert ours.difficulty == pytest.approx(theirs.difficulty, rel=1e-9)


def test_what_is_probably_still_known_is_the_sum_of_the_probabilities() -> None:
    cards = shelf(40)
    expected = sum(retrievability(progress, TODAY, Policy()) for _, progress in cards)
    assert known(cards, TODAY, Policy()) == pytest.approx(expected)
    assert known([], TODAY, Policy()) == 0


def test_a_card_about_to_slip_is_worth_more_than_one_that_is_safe_or_long_gone() -> None:
    slipping, safe, gone = card(12.0), card(2000.0), card(0.2, 9.5)
    assert worth(slipping, TODAY, Policy()) > worth(safe, TODAY, Policy())
    assert worth(slipping, TODAY, Policy()) > worth(gone, TODAY, Policy())
    cards = [("safe", safe), ("slipping", slipping), ("gone", gone)]
    assert by_worth(cards, TODAY, Policy())[0] == "slipping"


def test_the_order_by_worth_remembers_more_than_the_order_by_date_or_by_danger() -> None:
    """After three weeks away, a hundred cards on, as the model itself expects it."""
    cards, policy = shelf(600), Policy()
    overdue = [(name, progress) for name, progress in cards if (progress.due_day or 0) <= TODAY]

    def remembered(order: list[str]) -> float:
        """Cards probably known 30 days after the 100 first of the order were reviewed."""
        first, total = set(order[:100]), 0.0
        for name, progress in overdue:
            comes = retrievability(progress, TODAY, policy)
            if name in first:
                good, again = outcomes(progress.memory, TODAY - progress.reviewed_day, policy.weights)
                after = [known([(name, card(memory.stability, ago=30))], TODAY, policy) for memory in (good, again)]
                total += comes * after[0] + (1 - comes) * after[1]
            else:
                total += retrievability(progress, TODAY + 30, policy)
        return total

    most = remembered(by_worth(overdue, TODAY, policy))
    assert most > remembered([name for name, progress in sorted(overdue, key=lambda pair: pair[1].due_day or 0)])
    assert most > remembered(
        [name for name, progress in sorted(overdue, key=lambda pair: retrievability(pair[1], TODAY, policy))]
    )


def test_nothing_overdue_is_done_today_and_too_much_never() -> None:
    assert caught_up([], per_day=10, day=TODAY, horizon=HORIZON, policy=Policy()) == TODAY
    assert caught_up(shelf(900), per_day=1, day=TODAY, horizon=HORIZON, policy=Policy()) is None


def test_more_cards_a_day_are_done_no_later() -> None:
    days = [caught_up(shelf(300), per_day=count, day=TODAY, horizon=HORIZON, policy=Policy()) for count in (15, 25, 50)]
    assert None not in days
    assert sorted(days, reverse=True) == days  # type: ignore[type-var]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_day_foreseen_is_about_the_day_it_takes(seed: int) -> None:
    """Played through with the scheduler itself, fuzz and relearning steps included, and luck of its own."""
    cards, policy, chance = dict(shelf(400, seed)), Policy(), random.Random(seed)
    foreseen = caught_up([*cards.items()], per_day=20, day=TODAY, horizon=HORIZON, policy=policy)
    assert foreseen is not None
    day = TODAY
    while True:
        overdue = [(name, known_of) for name, known_of in cards.items() if (known_of.due_day or 0) <= day]
        for name in by_worth(overdue, day, policy)[:20]:
            comes = chance.random() < retrievability(cards[name], day, policy)
            ratings = (Rating.GOOD,) if comes else (Rating.AGAIN, Rating.GOOD)
            for place, rating in enumerate(ratings):
                moment = Moment(day * DAY_MS + place * 900_000, day)
                cards[name] = review(cards[name], name, rating, moment, policy)
        if len(overdue) <= 20:
            break
        day += 1
    assert foreseen > TODAY + 5, "cards falling due meanwhile are counted"
    assert abs(day - foreseen) <= 3
