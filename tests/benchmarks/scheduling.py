"""How much scheduling costs, as ratios to one review by the `fsrs` package, measured in the same run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from timeit import Timer

import fsrs

from scheduler.model import Policy, Progress, Rating
from scheduler.queue import Learning, Limits, Pool, due_next, plan
from scheduler.schedule import Moment, Review, preview, replay, review

DAY = 739_000
POLICY = Policy()


def run() -> None:
    library = _seconds(_one_review_by_the_library())
    known = _known(0)
    rows = {
        "four outcomes of a new card": lambda: preview(None, "a:b", Moment(0, DAY), POLICY),
        "four outcomes of a known card": lambda: preview(known, "a:b", Moment(0, DAY), POLICY),
        "replay of 100 reviews": _replay(),
        "plan of 1000 unrelated cards": _plan({}),
        "plan of 1000 cards of a matrix": _plan(
            {_card(at): (f"row{at // 3}", f"column{at % 3}") for at in range(1000)}
        ),
        "next card with 100 on steps": _next(),
    }
    print(f"one review by fsrs: {library * 1e6:.1f} us; the rest in multiples of it")
    for name, work in rows.items():
        print(f"  {name}: {_seconds(work) / library:,.1f}")


def _seconds(work: Callable[[], object]) -> float:
    """The best of five: noise only ever adds."""
    timer = Timer(work)
    loops, _ = timer.autorange()
    loops = max(1, loops // 4)
    return min(timer.repeat(repeat=5, number=loops)) / loops


def _one_review_by_the_library() -> Callable[[], object]:
    model = fsrs.Scheduler(enable_fuzzing=False)
    origin = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - the library accepts this object only
    card = fsrs.Card(1, fsrs.State.Review, None, 5.0, 5.0, origin, origin)
    return lambda: model.review_card(card, fsrs.Rating.Good, origin + timedelta(days=5))


def _card(at: int) -> str:
    return f"backfill:card{at}"


def _known(at: int) -> Progress:
    return review(None, _card(at), Rating.EASY, Moment(0, DAY - 8 - at % 60), POLICY)


def _replay() -> Callable[[], object]:
    history = [Review(Moment(0, DAY + at * 9), Rating(1 + at % 4), POLICY) for at in range(100)]
    return lambda: replay(history, "a:b")


def _plan(related: dict[str, tuple[str, ...]]) -> Callable[[], object]:
    pool = Pool(
        day=DAY,
        policy=POLICY,
        limits=Limits(new=200, reviews=800),
        due=[(_card(at), _known(at)) for at in range(800)],
        new=[_card(at) for at in range(800, 1000)],
        related=related,
    )
    return lambda: plan(pool)


def _next() -> Callable[[], object]:
    steps = [Learning(_card(at), at * 7919 % 600_000) for at in range(100)]
    return lambda: due_next(steps, ["a:b", "a:c"], 300_000)


if __name__ == "__main__":
    run()
