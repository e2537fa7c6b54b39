"""When a card comes back: previews all four ratings at once, reviews, and replays a log. Pure.

Rules kept here:
- What a button says is what it does: `review` is one of the four outcomes of `preview`.
- Time is study days for memory and waits of a day or more, milliseconds for steps shorter than a day.
- Waits never contradict the ratings: Again <= Hard < Good < Easy in days, up to the longest interval.
- Fuzz depends only on the card and how often it was reviewed, and never turns growth into a step back.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, assert_never

from msgspec import Struct
from msgspec.structs import replace

from scheduler import memory as fsrs6
from scheduler.model import Memory, Phase, Policy, Progress, Rating

DAY = 86_400  # seconds

# Fuzz of one day either way, plus this share of the days inside each band; below 2.5 days none. The bands of
# Anki (rslib/src/scheduler/states/fuzz.rs) and of the fsrs package (FUZZ_RANGES): (from, to, share).
_FUZZ_FROM = 2.5
_FUZZ_BANDS = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, float("inf"), 0.05))


class Moment(Struct, frozen=True):
    """An instant and the learner's study day it belongs to."""

    at: int  # milliseconds since the epoch
    day: int  # study day, a proleptic Gregorian ordinal


class Futures(Struct, frozen=True):
    """What each rating would make of a card."""

    again: Progress
    hard: Progress
    good: Progress
    easy: Progress

    def of(self, rating: Rating) -> Progress:
        match rating:
            case Rating.AGAIN:
                return self.again
            case Rating.HARD:
                return self.hard
            case Rating.GOOD:
                return self.good
            case Rating.EASY:
                return self.easy
            case _:
                assert_never(rating)


class Review(Struct, frozen=True):
    """A rated review, with the policy that was in force then."""

    moment: Moment
    rating: Rating
    policy: Policy


class DueNow(Struct, frozen=True):
    """Evidence that a card was forgotten, found outside the drill (a wrong quiz answer)."""

    moment: Moment


class Reset(Struct, frozen=True):
    """The card is taught afresh: what was known of it no longer counts."""


Event = Review | DueNow | Reset | Progress
"""One thing in a card's log; a Progress is what was known of it under an earlier id."""


class Minutes(Struct, frozen=True):
    """A wait of less than a day; 0 is now."""

    count: int


class Days(Struct, frozen=True):
    """A wait in study days; 0 is today."""

    count: int


Wait = Minutes | Days


def preview(progress: Progress | None, card: str, moment: Moment, policy: Policy) -> Futures:
    """The four outcomes of reviewing a card now; `progress` is None when it is new.

    A study day earlier than the last review's (the learner flew west) counts as the same day.
    """
    known = progress.memory if progress else None
    elapsed = max(0, moment.day - progress.reviewed_day) if progress else 0
    chance = _chance(card, progress.reps if progress else 0) if policy.fuzz else None
    stretch = fsrs6.days_per_stability(policy.retention, policy.weights)
    outcomes: list[Progress] = []
    days = 0  # what the rating below grants
    for rating, memory in zip(Rating, fsrs6.futures(known, elapsed, policy.weights), strict=True):
        step = _step(progress, rating, policy)
        if step is None:
            ideal = memory.stability * stretch
            least = days + 1 if rating > Rating.HARD else max(1, days)
            days = _interval(ideal, least, progress.interval if progress else 0, policy, chance)
            outcomes.append(_granted(progress, rating, memory, moment, days))
        else:
            days = step.seconds // DAY
            outcomes.append(_stepped(progress, rating, memory, moment, step))
    return Futures(*outcomes)


def review(progress: Progress | None, card: str, rating: Rating, moment: Moment, policy: Policy) -> Progress:
    """What a rating makes of a card: the outcome `preview` showed."""
    return preview(progress, card, moment, policy).of(rating)


def replay(events: Iterable[Event], card: str) -> Progress | None:
    """The progress that a card's log, in order, adds up to; None while the card is new."""
    progress: Progress | None = None
    for event in events:
        progress = advance(progress, event, card)
    return progress


def advance(progress: Progress | None, event: Event, card: str) -> Progress | None:
    """What one event makes of a card."""
    match event:
        case Review(moment, rating, policy):
            return review(progress, card, rating, moment, policy)
        case DueNow(moment):
            return due_now(progress, moment) if progress else None
        case Reset():
            return None
        case Progress():
            return event
        case _:
            assert_never(event)


def due_now(progress: Progress, moment: Moment) -> Progress:
    """Make a card due today at the latest; memory, lapses and interval stay: the drill decides."""
    if progress.due_at is not None:
        return replace(progress, due_at=min(progress.due_at, moment.at))
    assert progress.due_day is not None  # noqa: S101 - exactly one due is set
    return replace(progress, due_day=min(progress.due_day, moment.day))


def retrievability(progress: Progress, day: int, policy: Policy) -> float:
    """The probability (0-1) that the card is recalled on a study day; 1.0 on the day of its last review."""
    return fsrs6.recall(progress.memory, max(0, day - progress.reviewed_day), policy.weights)


def wait(progress: Progress, moment: Moment) -> Wait:
    """How long until a card is due, as a person would say it: half a minute or more rounds up, never to 0."""
    if progress.due_at is not None:
        left = progress.due_at - moment.at
        return Minutes(max(1, (left + 30_000) // 60_000) if left > 0 else 0)
    assert progress.due_day is not None  # noqa: S101 - exactly one due is set
    return Days(max(0, progress.due_day - moment.day))


def is_leech(progress: Progress, policy: Policy) -> bool:
    """Whether the lapse just counted makes the card a leech: at `leech_after` lapses, then at every further
    half of it, rounded up (as Anki does). Ask after a lapse only; 0 switches leeches off."""
    threshold = policy.leech_after
    beyond = progress.lapses - threshold
    return threshold > 0 and beyond >= 0 and beyond % ((threshold + 1) // 2) == 0


class _Step(NamedTuple):
    phase: Phase
    position: int
    seconds: int


def _step(progress: Progress | None, rating: Rating, policy: Policy) -> _Step | None:
    """The (re)learning step a rating leads to, None when it grants days instead."""
    phase, index = _standing(progress)
    match phase, rating:
        case (Phase.REVIEW, Rating.AGAIN):
            phase = Phase.RELEARNING
        case (Phase.REVIEW, _) | (_, Rating.EASY):
            return None
        case _:
            pass
    steps = policy.learning_steps if phase is Phase.LEARNING else policy.relearning_steps
    target = {Rating.AGAIN: 0, Rating.HARD: index}.get(rating, index + 1)
    # A stored step can lie beyond the steps when the learner has shortened them since.
    if target >= len(steps):
        return None
    seconds = _hard_seconds(steps, index) if rating is Rating.HARD else steps[target]
    return _Step(phase, target, seconds)


def _standing(progress: Progress | None) -> tuple[Phase, int]:
    return (progress.phase, progress.step or 0) if progress else (Phase.LEARNING, 0)


def _hard_seconds(steps: tuple[int, ...], index: int) -> int:
    """Hard repeats a step; at the first it waits between the first two, or half as long again (as Anki)."""
    if index > 0:
        return steps[index]
    return (steps[0] + steps[1]) // 2 if len(steps) > 1 else steps[0] * 3 // 2


def _interval(ideal: float, least: int, previous: int, policy: Policy, chance: float | None) -> int:
    """Whole days near `ideal`, at least `least`, more than `previous` if `ideal` is, at most the longest."""
    longest = policy.longest_interval
    whole = min(max(1, round(ideal)), longest)
    if whole > previous:
        least = max(least, previous + 1)
    least = min(least, longest)
    if chance is None:
        return max(whole, least)
    low, high = _fuzz_bounds(ideal, least, longest)
    return low + int(chance * (high - low + 1))


def _fuzz_bounds(ideal: float, least: int, longest: int) -> tuple[int, int]:
    """The inclusive range of days an interval may be fuzzed to; equal ends mean no fuzz."""
    ideal = min(max(ideal, least), longest)
    spread = 0.0
    if ideal >= _FUZZ_FROM:
        spread = 1 + sum(share * max(0.0, min(ideal, end) - start) for start, end, share in _FUZZ_BANDS)
    low = min(max(round(ideal - spread), least), longest)
    high = min(max(round(ideal + spread), least), longest)
    return low, high


def _chance(card: str, reps: int) -> float:
    """A number in [0, 1) that is the same whenever this review of this card is looked at."""
    digest = blake2b(f"{card}\n{reps}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def _granted(progress: Progress | None, rating: Rating, memory: Memory, moment: Moment, days: int) -> Progress:
    return Progress(
        phase=Phase.REVIEW,
        memory=memory,
        step=None,
        due_at=None,
        due_day=moment.day + days,
        reviewed_at=moment.at,
        reviewed_day=moment.day,
        interval=days,
        reps=_reps(progress),
        lapses=_lapses(progress, rating),
    )


def _stepped(progress: Progress | None, rating: Rating, memory: Memory, moment: Moment, step: _Step) -> Progress:
    within_the_day = step.seconds < DAY
    return Progress(
        phase=step.phase,
        memory=memory,
        step=step.position,
        due_at=moment.at + step.seconds * 1000 if within_the_day else None,
        due_day=None if within_the_day else moment.day + step.seconds // DAY,
        reviewed_at=moment.at,
        reviewed_day=moment.day,
        interval=progress.interval if progress else 0,
        reps=_reps(progress),
        lapses=_lapses(progress, rating),
    )


def _reps(progress: Progress | None) -> int:
    return progress.reps + 1 if progress else 1


def _lapses(progress: Progress | None, rating: Rating) -> int:
    """A lapse is Again on a card in review; failing a step is not one."""
    if progress is None:
        return 0
    return progress.lapses + (progress.phase is Phase.REVIEW and rating is Rating.AGAIN)
