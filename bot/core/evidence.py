"""What an answer given outside the drill may do to memory. Pure and versioned.

Playing is not studying: a right choice among four may be a guess, and a quiz is no day's work. So an answer moves only
what it can honestly move, and an entry says under which version of this page it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from bot.core.model import Evidence, Mode, Wanted
from scheduler import schedule
from scheduler.model import Policy, Progress, Rating

VERSION = 1


class Met(StrEnum):
    """What the learner had to do with the card before the answer."""

    NEVER = "never"
    TODAY = "today"  # seen on the answer's study day already, or later
    BEFORE = "before"


class Effect(StrEnum):
    """What an answer does to a card."""

    NOTHING = "nothing"
    GOOD = "good"  # as if it had been rated Good
    DUE = "due"  # due now, no lapse: the drill decides


def weigh(mode: Mode, correct: bool, met: Met) -> Effect:
    """Version 1. Never met, or seen that day: nothing. Typed right: Good. Chosen right: nothing. Wrong: due now."""
    if met is not Met.BEFORE:
        return Effect.NOTHING
    if not correct:
        return Effect.DUE
    return Effect.NOTHING if mode is Mode.CHOICE else Effect.GOOD


def met(progress: Progress | None, study_day: int) -> Met:
    """Where a card stood on a study day."""
    if progress is None:
        return Met.NEVER
    return Met.TODAY if progress.reviewed_day >= study_day else Met.BEFORE


def event(entry: Evidence | Wanted, progress: Progress | None, policies: Mapping[str, Policy]) -> schedule.Event | None:
    """What an entry does to a card that stands so; None: nothing. KeyError where its policy is missing.

    A card that was asked for by name is due now; one never met begins as just missed, which it was.
    """
    moment = schedule.Moment(entry.at, entry.study_day)
    if isinstance(entry, Wanted):
        if progress is not None:
            return schedule.DueNow(moment)
        return schedule.Review(moment, Rating.AGAIN, policies[entry.policy])
    match weigh(entry.mode, entry.correct, met(progress, entry.study_day)):
        case Effect.NOTHING:
            return None
        case Effect.GOOD:
            return schedule.Review(moment, Rating.GOOD, policies[entry.policy])
        case Effect.DUE:
            return schedule.DueNow(moment)
        case effect:
            assert_never(effect)
