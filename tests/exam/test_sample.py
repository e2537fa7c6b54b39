"""Which questions a rehearsal asks: as many of each domain as the exam weighs it, each card once."""

from __future__ import annotations

from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.rehearsal_sample import apportion, may_ask, minutes_for, options_of, sample
from decks.model import Card, Exam
from decks.text import plain
from tests.shipped import shipped

CATALOGUE = shipped().current
EXAM = Exam(guide="a guide", date="2026-05", weights=(("A", 0.5), ("B", 0.3), ("C", 0.2)), questions=10, minutes=20)
ASKABLE = [card for card in CATALOGUE.cards.values() if may_ask(card)][:90]


def cards(counts: dict[str, int]) -> list[Card]:
    """Askable cards of a real catalogue, with domains put on them."""
    found, at = [], 0
    for domain, count in counts.items():
        found += [replace(card, domain=domain, siblings="") for card in ASKABLE[at : at + count]]
        at += count
    return found


def test_seats_go_by_weight_and_the_largest_remainders() -> None:
    plenty = dict.fromkeys("ABCDE", 99)
    weights = {"A": 0.24, "B": 0.29, "C": 0.22, "D": 0.16, "E": 0.09}
    assert apportion(weights, plenty, 45) == {"A": 11, "B": 13, "C": 10, "D": 7, "E": 4}


def test_what_a_domain_lacks_the_others_share_by_their_weights() -> None:
    assert apportion({"A": 0.5, "B": 0.3, "C": 0.2}, {"A": 2, "B": 99, "C": 99}, 10) == {"A": 2, "B": 5, "C": 3}
    assert apportion({"A": 0.5, "B": 0.5}, {"A": 1, "B": 1}, 10) == {"A": 1, "B": 1}


@given(
    st.dictionaries(st.sampled_from("ABCDEFG"), st.tuples(st.integers(1, 100), st.integers(0, 30)), min_size=1),
    st.integers(0, 60),
)
def test_seats_are_all_given_and_none_beyond_the_stock(domains: dict[str, tuple[int, int]], seats: int) -> None:
    weights = {name: weight / 100 for name, (weight, _) in domains.items()}
    stock = {name: count for name, (_, count) in domains.items()}
    given_out = apportion(weights, stock, seats)
    assert sum(given_out.values()) == min(seats, sum(stock.values()))
    assert all(0 <= given_out[name] <= stock[name] for name in domains)
    total = sum(weights.values())
    if all(seats * weights[name] / total < stock[name] for name in domains):
        assert all(abs(given_out[name] - seats * weights[name] / total) < 1 for name in domains)


@given(st.integers(0, 2**32), st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)))
def test_a_rehearsal_holds_each_card_once_and_is_the_same_for_its_seed(seed: int, counts: tuple[int, int, int]) -> None:
    assume(sum(counts))
    stock = cards(dict(zip("ABC", counts, strict=True)))
    drawn = sample(stock, EXAM, str(seed))
    assert drawn == sample(reversed(stock), EXAM, str(seed)), "the order of the deck does not matter"
    assert len({card.id for card, _ in drawn}) == len(drawn) == min(EXAM.questions, len(stock))
    assert all(card.domain == domain for card, domain in drawn)


def test_every_card_of_a_domain_has_its_turn() -> None:
    stock = cards({"A": 20, "B": 20, "C": 20})
    seen = Counter(card.id for seed in range(200) for card, _ in sample(stock, EXAM, str(seed)))
    assert set(seen) == {card.id for card in stock}
    of_a = [seen[card.id] for card in stock if card.domain == "A"]
    assert min(of_a) > 20, "200 rehearsals draw 5 of these 20: 50 each, give or take"
    assert max(of_a) < 90


def test_of_siblings_only_one_is_asked() -> None:
    stock = [replace(card, siblings="one-note") for card in cards({"A": 10})]
    assert len(sample(stock, EXAM, "x")) == 1


def test_an_exam_without_weights_draws_from_the_whole_track() -> None:
    exam = replace(EXAM, weights=())
    assert [domain for _, domain in sample(cards({"A": 4, "": 9}), exam, "x")] == [""] * 10


def test_fewer_questions_have_less_time() -> None:
    assert [minutes_for(EXAM, count) for count in (10, 5, 1, 0)] == [20, 10, 2, 0]


def test_the_options_are_four_with_one_right_and_the_same_whenever_they_are_asked_for() -> None:
    for card in ASKABLE:
        found = options_of(card, "rehearsal")
        assert found == options_of(card, "rehearsal")
        assert [option.right for option in found].count(True) == 1
        assert len({plain(option.text).casefold() for option in found}) == len(found) == 4


def test_the_right_answer_stands_anywhere() -> None:
    places = Counter(
        next(place for place, option in enumerate(options_of(card, "r")) if option.right) for card in ASKABLE
    )
    assert set(places) == {0, 1, 2, 3}
