"""What a review does to a memory, how likely recall is, and how long to wait: FSRS-6 in study days. Pure.

The mathematics is the `fsrs` package's. It counts 24-hour blocks between two datetimes, so it is handed a
fixed origin and that origin plus whole study days; its steps, intervals and fuzz are not used.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

import fsrs

from scheduler.model import Memory

# The library insists on the object `timezone.utc`; which day it is does not matter, only differences do.
_ORIGIN = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017

# Days; fsrs-rs stops here (its S_MAX) where the fsrs package does not, the only difference found between them.
LONGEST_STABILITY = 36_500.0


@lru_cache(maxsize=4096)  # a card's buttons are labelled in one turn and pressed in another
def futures(memory: Memory | None, elapsed: int, weights: tuple[float, ...]) -> tuple[Memory, ...]:
    """The memory after Again, Hard, Good and Easy, in that order.

    `elapsed` is whole study days since the last review (0 is the same study day); `memory` is None for a new
    card. Raises ValueError when there are not 21 weights or one is outside the bounds FSRS-6 allows.
    """
    model = _model(weights)
    # An id and a due date are given because the library otherwise sleeps a millisecond and reads the clock.
    card = fsrs.Card(
        card_id=0,
        state=fsrs.State.Learning if memory is None else fsrs.State.Review,
        stability=None if memory is None else memory.stability,
        difficulty=None if memory is None else memory.difficulty,
        due=_ORIGIN,
        last_review=None if memory is None else _ORIGIN,
    )
    today = _ORIGIN + timedelta(days=elapsed)
    return tuple(_memory(model.review_card(card, rating, today)[0]) for rating in fsrs.Rating)


def recall(memory: Memory, elapsed: int, weights: tuple[float, ...]) -> float:
    """The probability (0-1) of recalling after `elapsed` study days: FSRS-6's power forgetting curve.

    R = (1 + factor * elapsed / stability) ** decay, with decay = -w20 and factor such that R is 0.9 when
    elapsed equals stability (FSRS-6, "The Algorithm" in the wiki of open-spaced-repetition).
    """
    decay = -weights[20]
    return float((1 + _factor(decay) * elapsed / memory.stability) ** decay)


@lru_cache(maxsize=4096)
def days_per_stability(retention: float, weights: tuple[float, ...]) -> float:
    """How many days, per day of stability, until recall has fallen to `retention` (0-1).

    The forgetting curve solved for time; 1.0 at a retention of 0.9, by the definition of stability.
    """
    decay = -weights[20]
    return float((retention ** (1 / decay) - 1) / _factor(decay))


def _factor(decay: float) -> float:
    return float(0.9 ** (1 / decay) - 1)


def _memory(card: fsrs.Card) -> Memory:
    assert card.stability is not None  # noqa: S101 - a reviewed card has a memory; this tells the type checker
    assert card.difficulty is not None  # noqa: S101
    return Memory(min(card.stability, LONGEST_STABILITY), card.difficulty)


@lru_cache(maxsize=4096)
def _model(weights: tuple[float, ...]) -> fsrs.Scheduler:
    """One library scheduler per set of weights; without steps it only ever answers with a memory."""
    return fsrs.Scheduler(
        parameters=weights,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=1,
        enable_fuzzing=False,
    )
