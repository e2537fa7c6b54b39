"""A sitting's plan and the choice of the next card."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model import Memory, Phase, Policy, Progress
from scheduler.queue import LEARN_AHEAD, Learning, Limits, Nothing, Pool, Show, due_next, plan
from scheduler.schedule import retrievability
from scheduler.spacing import APART, keep_apart
from tests.scheduler.strategies import DAY_ONE

POLICY = Policy()
UNLIMITED = Limits(new=1000, reviews=1000)


def reviewed(stability: float = 10.0, days_ago: int = 10) -> Progress:
    return Progress(
        phase=Phase.REVIEW,
        memory=Memory(stability, 5.0),
        step=None,
        due_at=None,
        due_day=DAY_ONE,
        reviewed_at=0,
        reviewed_day=DAY_ONE - days_ago,
        interval=10,
        reps=3,
        lapses=0,
    )


def names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{at:03}" for at in range(count)]


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    due = names("due", draw(st.integers(0, 30)))
    new = names("new", draw(st.integers(0, 15)))
    seen = names("seen", draw(st.integers(0, 3)))
    group = st.sampled_from([None, None, None, "note1", "note2", "note3"])
    keys = st.lists(st.sampled_from(["row", "column", "confused"]), max_size=2).map(tuple)
    ages = st.tuples(st.floats(0.5, 300), st.integers(0, 300))
    everyone = [*due, *new, *seen]
    groups = {card: draw(group) for card in everyone}
    return Pool(
        day=DAY_ONE,
        policy=POLICY,
        limits=Limits(new=draw(st.integers(0, 20)), reviews=draw(st.integers(0, 40))),
        due=[(card, reviewed(*draw(ages))) for card in due],
        new=new,
        siblings={card: note for card, note in groups.items() if note},
        related={card: draw(keys) for card in everyone},
        seen=[*seen, *draw(st.permutations(due))[:1]],
    )


@given(pools())
def test_a_plan_shows_no_card_twice_and_keeps_the_daily_limits(pool: Pool) -> None:
    planned = plan(pool)
    due = {card for card, _ in pool.due}
    assert len(set(planned)) == len(planned)
    assert set(planned) <= due | set(pool.new)
    assert len(due.intersection(planned)) <= pool.limits.reviews
    assert len(set(pool.new).intersection(planned)) <= pool.limits.new


@given(pools())
def test_siblings_are_never_shown_in_one_study_day(pool: Pool) -> None:
    shown = {*plan(pool), *pool.seen}
    notes = Counter(pool.siblings[card] for card in shown if card in pool.siblings)
    before = Counter(pool.siblings[card] for card in set(pool.seen) if card in pool.siblings)
    assert all(count == max(1, before[note]) for note, count in notes.items())


@given(pools())
def test_a_card_is_left_out_only_for_a_limit_or_a_sibling(pool: Pool) -> None:
    planned = set(plan(pool))
    spoken_for = {pool.siblings.get(card) for card in {*planned, *pool.seen}} - {None}
    due = [card for card, _ in pool.due]
    for cards, limit in ((due, pool.limits.reviews), (pool.new, pool.limits.new)):
        if len(planned.intersection(cards)) < limit:
            assert all(card in planned or pool.siblings.get(card) in spoken_for for card in cards)


@given(pools())
def test_under_a_limit_the_cards_most_likely_forgotten_are_kept(pool: Pool) -> None:
    alone = Pool(day=pool.day, policy=POLICY, limits=Limits(new=0, reviews=5), due=pool.due)
    chance = {card: retrievability(progress, DAY_ONE, POLICY) for card, progress in pool.due}
    kept = [chance[card] for card in plan(alone)]
    assert kept == sorted(chance.values())[:5]


def test_new_cards_keep_deck_order_and_are_spread_evenly_among_the_reviews() -> None:
    due = [(card, reviewed()) for card in names("due", 40)]
    planned = plan(Pool(day=DAY_ONE, policy=POLICY, limits=UNLIMITED, due=due, new=names("new", 4)))
    places = [at for at, card in enumerate(planned) if card.startswith("new")]
    assert [planned[at] for at in places] == names("new", 4)
    assert places == [5, 16, 27, 38]


def test_a_due_card_goes_before_its_new_sibling_and_a_left_out_sibling_takes_no_place() -> None:
    pool = Pool(
        day=DAY_ONE,
        policy=POLICY,
        limits=Limits(new=1, reviews=10),
        due=[("what", reviewed())],
        new=["why", "other"],
        siblings={"what": "note", "why": "note"},
    )
    assert sorted(plan(pool)) == ["other", "what"]


def test_a_sibling_seen_today_waits_for_another_day_but_a_card_is_not_its_own_sibling() -> None:
    pool = Pool(
        day=DAY_ONE,
        policy=POLICY,
        limits=UNLIMITED,
        due=[("what", reviewed()), ("again", reviewed())],
        new=["why"],
        siblings={"what": "note", "why": "note", "earlier": "note"},
        seen=["earlier", "again"],
    )
    assert plan(pool) == ("again",)


# Related cards


def gaps_between_related(cards: tuple[str, ...], related: dict[str, tuple[str, ...]]) -> list[int]:
    last: dict[str, int] = {}
    gaps = []
    for at, card in enumerate(cards):
        gaps += [at - last[key] for key in related.get(card, ()) if key in last]
        last |= dict.fromkeys(related.get(card, ()), at)
    return gaps


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f", "g"]), max_size=60))
def test_related_cards_stand_five_apart_whenever_that_is_possible(keys: list[str]) -> None:
    cards = names("card", len(keys))
    related = {card: (key,) for card, key in zip(cards, keys, strict=True) if key}
    arranged = keep_apart(cards, related)
    assert sorted(arranged) == cards
    # Equal cards with a cooldown fit into n places when the commonest key does: a classic result on schedules.
    counts = Counter(key for key in keys if key)
    most = max(counts.values(), default=0)
    needed = (most - 1) * APART + sum(count == most for count in counts.values())
    if most <= 1 or needed <= len(keys):
        assert all(gap >= APART for gap in gaps_between_related(arranged, related))


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=4).map(tuple), max_size=60))
def test_keeping_cards_apart_loses_and_doubles_none(keys: list[tuple[str, ...]]) -> None:
    cards = names("card", len(keys))
    assert sorted(keep_apart(cards, dict(zip(cards, keys, strict=True)))) == cards


@given(st.lists(st.integers(0, 40), unique=True, max_size=40).map(sorted))
def test_cards_that_are_far_enough_apart_keep_their_order(places: list[int]) -> None:
    cards = names("card", 41)
    related = {cards[at]: (f"key{at % APART}",) for at in places}
    assert keep_apart(cards, related) == tuple(cards)


def test_related_cards_that_cannot_be_five_apart_are_as_far_apart_as_the_rest_allows() -> None:
    cards = ["a1", "a2", "b1", "b2", "c1", "c2"]
    arranged = keep_apart(cards, {card: (card[0],) for card in cards})
    assert arranged == ("a1", "b1", "c1", "a2", "b2", "c2")


def test_a_card_held_back_by_two_keys_does_not_hold_back_those_behind_it() -> None:
    cards = ["a", "both", "a too", "b", *names("free", 9)]
    related = {"a": ("a",), "both": ("a", "b"), "a too": ("a", "c"), "b": ("b",)}
    arranged = keep_apart(cards, related)
    assert [arranged.index(card) for card in ("a", "b", "a too", "both")] == [0, 1, 5, 10]


def test_cards_that_are_all_related_come_in_order() -> None:
    cards = names("card", 12)
    assert keep_apart(cards, {card: ("same", f"own {card}") for card in cards}) == tuple(cards)


# The next card

NOW = 1_700_000_000_000
MINUTE = 60_000


@pytest.mark.parametrize(
    ("learning", "planned", "last", "expected"),
    [
        ([], [], None, Nothing(None)),
        ([("l", 0)], ["p"], None, Show("l")),
        ([("late", -1), ("later", -2)], ["p"], None, Show("later")),
        ([("l", 1)], ["p"], None, Show("p")),
        ([("l", 20 * MINUTE)], [], None, Show("l")),
        ([("l", 20 * MINUTE + 1)], [], None, Nothing(NOW + 1)),
        ([("l", 90 * MINUTE), ("k", 80 * MINUTE)], [], None, Nothing(NOW + 60 * MINUTE)),
        ([("l", 0)], ["p"], "l", Show("p")),
        ([], ["p", "q"], "p", Show("q")),
        ([("l", 5 * MINUTE)], ["p"], "p", Show("l")),
        ([("l", 5 * MINUTE), ("k", 9 * MINUTE)], [], "l", Show("k")),
        ([("l", 5 * MINUTE)], [], "l", Show("l")),
        ([("l", 60 * MINUTE)], ["p"], "p", Show("p")),
    ],
)
def test_ready_learning_cards_then_the_plan_then_learning_ahead(
    learning: list[tuple[str, int]], planned: list[str], last: str | None, expected: Show | Nothing
) -> None:
    steps = [Learning(card, NOW + wait) for card, wait in learning]
    assert due_next(steps, planned, NOW, last) == expected


@given(st.lists(st.integers(-LEARN_AHEAD, 3 * LEARN_AHEAD), max_size=6))
def test_there_is_nothing_until_the_instant_named_and_something_from_then_on(waits: list[int]) -> None:
    steps = [Learning(f"card{at}", NOW + wait) for at, wait in enumerate(waits)]
    found = due_next(steps, [], NOW)
    if isinstance(found, Nothing) and found.until is not None:
        assert due_next(steps, [], found.until - 1) == found
        assert isinstance(due_next(steps, [], found.until), Show)
    assert (found == Nothing(None)) == (not waits)
