"""Random policies, moments and histories of reviews, shared by the scheduler's properties."""

from __future__ import annotations

from hypothesis import strategies as st

from scheduler.model import DEFAULT_WEIGHTS, Policy, Progress, Rating
from scheduler.schedule import Event, Moment, Review, replay

DAY_ONE = 739_000  # an ordinal in 2024
DAY_MS = 86_400_000

ratings = st.sampled_from(Rating)
cards = st.sampled_from(["backfill:scd-type-2", "backfill:grain", "backfill:acid/atomicity/meaning"])
steps = st.lists(st.sampled_from([30, 60, 600, 3600, 43_200, 86_400, 259_200]), max_size=3).map(tuple)
gaps = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 400))  # study days from one review to the next


@st.composite
def weights(draw: st.DrawFn) -> tuple[float, ...]:
    """The defaults, each up to 10 % off: as far as a fit usually moves them, and inside the model's bounds."""
    share = draw(st.floats(0.9, 1.1))
    moved = [0, 1, 2, 3, 8, 9, 10, 11, 13, 14, 15, 20]
    return tuple(weight * share if at in moved else weight for at, weight in enumerate(DEFAULT_WEIGHTS))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return Policy(
        weights=draw(weights()),
        retention=draw(st.floats(0.75, 0.97)),
        learning_steps=draw(steps),
        relearning_steps=draw(steps),
        longest_interval=draw(st.sampled_from([1, 2, 7, 30, 365, 3650])),
        fuzz=draw(st.booleans()),
    )


@st.composite
def reviews(draw: st.DrawFn, least: int = 0) -> list[Review]:
    """A history in time order, at any hour of the study day, each review under a policy of its own."""
    day, history = DAY_ONE, list[Review]()
    for _ in range(draw(st.integers(least, 8))):
        day += draw(gaps)
        at = day * DAY_MS + draw(st.integers(0, DAY_MS - 1))
        history.append(Review(Moment(at, day), draw(ratings), draw(policies())))
    return history


@st.composite
def progresses(draw: st.DrawFn) -> Progress | None:
    """Any progress a learner can have come to."""
    events: list[Event] = [*draw(reviews())]
    return replay(events, draw(cards))


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    day = DAY_ONE + draw(st.integers(0, 4000))
    return Moment(day * DAY_MS + draw(st.integers(0, DAY_MS - 1)), day)
