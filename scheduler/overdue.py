"""Catching up on overdue cards: which are worth most, and on which day all of them are done. Pure.

`review` costs a tenth of a millisecond a card, too much for thousands of cards inside one turn; so the two outcomes
that matter here, Good and Again, are computed by the formulas of FSRS-6 themselves ("The Algorithm" in the wiki of
open-spaced-repetition). A test holds them to what the memory model says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from scheduler.memory import LONGEST_STABILITY, days_per_stability, recall
from scheduler.model import Memory, Policy, Progress

SHORTEST_STABILITY = 0.001  # days; where the fsrs package stops (STABILITY_MIN)
AHEAD = 30  # days: what a review is worth is the recall it saves a month from now

Cards = Sequence[tuple[str, Progress]]
"""Cards in review with what is known of them; `due_day` is set."""


def known(cards: Cards, day: int, policy: Policy) -> float:
    """How many of the cards are probably still known on a study day: the sum of their probabilities of recall."""
    return sum(recall(progress.memory, day - progress.reviewed_day, policy.weights) for _, progress in cards)


def worth(progress: Progress, day: int, policy: Policy) -> float:
    """What reviewing a card on a study day saves for each card's time it takes.

    Saved is the probability of recall `AHEAD` days later, with the review less without it. It takes one card's time,
    and a second one if the card does not come, since it is then shown again.
    """
    return _worth(progress.memory, day - progress.reviewed_day, policy)


def caught_up(
    cards: Cards, *, per_day: int, day: int, horizon: int, policy: Policy, first: int | None = None
) -> int | None:
    """The study day on which nothing overdue is left, at `per_day` cards a day from `day` on (`first` on that
    day itself, if given) and no new ones.

    Played through card by card: `cards` are those due now and those that fall due within `horizon` days; each day the
    ones worth most are reviewed, come as often as their probability of recall says, and fall due again when their new
    memory has it. None if that takes longer than `horizon` days.
    """
    waiting = [(progress.due_day or 0, card, progress.memory, progress.reviewed_day) for card, progress in cards]
    heapify(waiting)
    overdue: list[tuple[float, str, Memory, int]] = []
    for today in range(day, day + horizon):
        while waiting and waiting[0][0] <= today:
            _, card, memory, reviewed = heappop(waiting)
            heappush(overdue, (-_worth(memory, today - reviewed, policy), card, memory, reviewed))
        room = per_day if first is None or today > day else first
        for _ in range(min(room, len(overdue))):
            _, card, memory, reviewed = heappop(overdue)
            memory = _reviewed(card, memory, today - reviewed, today, policy)
            heappush(waiting, (today + _interval(memory, policy), card, memory, today))
        if not overdue:
            return today
    return None


def outcomes(memory: Memory, elapsed: int, weights: tuple[float, ...]) -> tuple[Memory, Memory]:
    """The memory after Good, and after Again with the Good that follows it within the day.

    `elapsed` is whole study days since the last review, at least 1.
    """
    comes = recall(memory, elapsed, weights)
    return _good(memory, comes, weights), _relearnt(_again(memory, comes, weights), weights)


def by_worth(cards: Iterable[tuple[str, Progress]], day: int, policy: Policy) -> list[str]:
    """The cards, those worth most first."""
    return [card for _, card in sorted((-worth(progress, day, policy), card) for card, progress in cards)]


def _worth(memory: Memory, elapsed: int, policy: Policy) -> float:
    weights, elapsed = policy.weights, max(1, elapsed)
    comes = recall(memory, elapsed, weights)
    good, again = outcomes(memory, elapsed, weights)
    later = comes * recall(good, AHEAD, weights) + (1 - comes) * recall(again, AHEAD, weights)
    return (later - recall(memory, elapsed + AHEAD, weights)) / (2 - comes)


def _reviewed(card: str, memory: Memory, elapsed: int, day: int, policy: Policy) -> Memory:
    good, again = outcomes(memory, max(1, elapsed), policy.weights)
    digest = blake2b(f"{card}\n{day}".encode(), digest_size=4).digest()
    return good if int.from_bytes(digest) / 2**32 < recall(memory, max(1, elapsed), policy.weights) else again


def _interval(memory: Memory, policy: Policy) -> int:
    """Days until the card is due again, as `schedule` grants them, without fuzz."""
    ideal = memory.stability * days_per_stability(policy.retention, policy.weights)
    return min(max(1, round(ideal)), policy.longest_interval)


def _good(memory: Memory, comes: float, weights: tuple[float, ...]) -> Memory:
    grown = math.exp(weights[8]) * (11 - memory.difficulty) * memory.stability ** -weights[9]
    stability = memory.stability * (1 + grown * (math.exp((1 - comes) * weights[10]) - 1))
    return Memory(_bounded(stability), _difficulty(memory.difficulty, 0, weights))


def _again(memory: Memory, comes: float, weights: tuple[float, ...]) -> Memory:
    forgotten = weights[11] * memory.difficulty ** -weights[12] * ((memory.stability + 1) ** weights[13] - 1)
    at_most = memory.stability / math.exp(weights[17] * weights[18])
    stability = min(forgotten * math.exp((1 - comes) * weights[14]), at_most)
    return Memory(_bounded(stability), _difficulty(memory.difficulty, -2, weights))


def _relearnt(memory: Memory, weights: tuple[float, ...]) -> Memory:
    """A Good on the day of the review itself."""
    grown = max(1.0, math.exp(weights[17] * weights[18]) * memory.stability ** -weights[19])
    return Memory(_bounded(memory.stability * grown), _difficulty(memory.difficulty, 0, weights))


def _difficulty(difficulty: float, better: int, weights: tuple[float, ...]) -> float:
    """The next difficulty after a rating that is `better` than Good by so many steps."""
    easiest = weights[4] - math.exp(3 * weights[5]) + 1
    moved = difficulty - (10 - difficulty) * weights[6] * better / 9
    return min(max(weights[7] * easiest + (1 - weights[7]) * moved, 1.0), 10.0)


def _bounded(stability: float) -> float:
    return min(max(stability, SHORTEST_STABILITY), LONGEST_STABILITY)
