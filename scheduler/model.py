"""The words of scheduling: ratings, phases, memory, progress and policy. Pure values, nothing of ours imported."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from hashlib import blake2b

import msgspec
from msgspec import Struct

# FSRS-6 default weights, as published in the `fsrs` package 6.3 (DEFAULT_PARAMETERS).
DEFAULT_WEIGHTS: tuple[float, ...] = (
    0.212,
    1.2931,
    2.3065,
    8.2956,
    6.4133,
    0.8334,
    3.0194,
    0.001,
    1.8722,
    0.1666,
    0.796,
    1.4835,
    0.0614,
    0.2629,
    1.6483,
    0.6014,
    1.8729,
    0.5425,
    0.0912,
    0.0658,
    0.1542,
)


class Rating(IntEnum):
    """How a card came, in the learner's own judgement."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Phase(StrEnum):
    """Where a met card stands. A new card has no Progress at all."""

    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


class Memory(Struct, frozen=True):
    """FSRS memory state: stability in days (the interval at which recall is 90 %), difficulty 1-10."""

    stability: float
    difficulty: float


class Progress(Struct, frozen=True, kw_only=True):
    """What is known of one learner's memory of one card. Absent means new.

    Exactly one of the two dues is set: learning and relearning cards with a step wait until an instant
    (`due_at`, milliseconds since the epoch); everything else falls due with a study day (`due_day`, a proleptic
    Gregorian ordinal), whatever zone the learner is in by then.
    """

    phase: Phase
    memory: Memory
    step: int | None  # index into the (re)learning steps; None in review
    due_at: int | None
    due_day: int | None
    reviewed_at: int  # milliseconds since the epoch
    reviewed_day: int  # study day of the last review, an ordinal
    interval: int  # days granted by the last graduation or review; 0 while never graduated
    reps: int
    lapses: int


class Policy(Struct, frozen=True, kw_only=True):
    """A learner's rules of scheduling. Steps are seconds, intervals days, retention a probability 0-1."""

    weights: tuple[float, ...] = DEFAULT_WEIGHTS
    retention: float = 0.9
    learning_steps: tuple[int, ...] = (60, 600)
    relearning_steps: tuple[int, ...] = (600,)
    longest_interval: int = 3650
    new_per_day: int = 10
    reviews_per_day: int = 200
    leech_after: int = 8
    fuzz: bool = True

    @property
    def digest(self) -> str:
        """Content hash by which the log names a policy (16 hex digits of BLAKE2b over the canonical JSON)."""
        return blake2b(msgspec.json.encode(self), digest_size=8).hexdigest()
