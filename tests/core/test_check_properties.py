"""What holds of the checker for every card and every text."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.check import check, matches
from bot.core.lexicon import ARTICLES
from bot.core.model import Fit
from bot.core.wording import LONGEST, distance, key, words
from decks.model import (
    Answer,
    Card,
    Distractor,
    Foreseen,
    Kind,
    NumberAnswer,
    Point,
    PointsAnswer,
    SetAnswer,
    StepsAnswer,
    TextAnswer,
)
from decks.text import escape, plain
from scheduler.model import Rating

TERMS = (
    """
fact table|factless fact table|dimension table|surrogate key|business key|natural key|Type 1|Type 2|Type 3|additive
semi-additive|non-additive|grain|conformed dimension|junk dimension|bridge table|left join|right join|materialised view
view|Delta Lake|data lakehouse|exactly once|at least once|7 days|168 hours|128 MB|24 %|rows are overwritten|C++|C#|10^6
a >= b|the old row is closed and a new row is added
""".strip()
    .replace("\n", "|")
    .split("|")
)
phrases = st.sampled_from(TERMS) | st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z")), min_size=1, max_size=40
)
letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
# Without articles: an A before a comma is a name, and before a word it is none.
plain_phrases = st.lists(letters.filter(lambda word: word not in ARTICLES), min_size=1, max_size=5).map(" ".join)


def card(answer: Answer, wrong: tuple[str, ...] = (), foreseen: tuple[Foreseen, ...] = ()) -> Card:
    return Card(
        id="backfill:note",
        note="backfill:note",
        kind=Kind.QUESTION,
        front="Which one?",
        answer=answer,
        distractors=tuple(map(Distractor, wrong)),
        foreseen=foreseen,
    )


answers = st.one_of(
    st.builds(TextAnswer, phrases, st.lists(phrases, max_size=2).map(tuple)),
    st.builds(
        NumberAnswer,
        st.just("7 days"),
        st.floats(-1e6, 1e6),
        st.sampled_from(["", "days", "MB", "GiB", "%", "$ per GB", "columns"]),
        st.floats(0, 10),
        st.just(("a week",)),
    ),
    st.builds(SetAnswer, st.lists(phrases, min_size=1, max_size=4, unique=True).map(tuple)),
    st.builds(StepsAnswer, st.lists(phrases, min_size=3, max_size=7, unique=True).map(tuple)),
    st.builds(
        PointsAnswer,
        phrases,
        st.lists(st.builds(Point, phrases, st.lists(phrases, max_size=2).map(tuple)), min_size=1, max_size=4).map(
            tuple
        ),
    ),
)
cards = st.builds(
    card,
    answers,
    st.lists(phrases, max_size=3).map(tuple),
    st.lists(st.builds(Foreseen, phrases, st.just("No.")), max_size=2).map(tuple),
)


@given(cards, st.text(max_size=200) | phrases)
def test_any_text_gets_a_verdict_and_never_the_best_rating(asked: Card, typed: str) -> None:
    verdict = check(asked, typed)
    assert verdict.suggested < Rating.EASY
    assert (verdict.suggested is Rating.AGAIN) or verdict.fit is not Fit.WRONG
    assert bool(verdict.wrong) <= (verdict.fit is Fit.WRONG)
    assert verdict == check(asked, typed)


@pytest.mark.parametrize(
    "typed",
    ["", " \n\t", "a" * 10_000, "ab " * 4_000, "1 " * 4_000, "ﷺ" * 4_000, "é̂̃" * 4_000, "'" * 5_000, "`*[" * 2_000,
     "9" * 5_000 + " days", "1e99^99 trillion", "8 " + "day " * 2_000, "-" * 5_000, "\U0001f600" * 5_000, "\x00\ud800"],
    ids=range(15),
)  # fmt: skip
def test_odd_and_huge_texts_are_judged_too(typed: str) -> None:
    for answer in (
        TextAnswer("degenerate dimension"),
        TextAnswer("`SELECT 1`"),
        NumberAnswer("7 days", 7, "days"),
        SetAnswer(("one", "two")),
        StepsAnswer(("one", "two", "three")),
        PointsAnswer("model", (Point("one thing"),)),
    ):
        assert check(card(answer, wrong=("grain",)), typed).fit is not Fit.RIGHT


@given(phrases, st.lists(phrases, max_size=3), st.lists(phrases, max_size=3))
def test_the_answer_and_every_alias_are_right(text: str, also: list[str], wrong: list[str]) -> None:
    assume(text.strip() and all(map(str.strip, also)))
    asked = card(TextAnswer(text, tuple(also)), wrong=tuple(wrong))
    for accepted in (text, *also):
        assert check(asked, accepted).fit is Fit.RIGHT
        assume(plain(accepted).strip())
        assert check(asked, plain(accepted)).fit is Fit.RIGHT


@given(phrases, phrases)
def test_a_distractor_is_never_right(text: str, wrong: str) -> None:
    assume(wrong.strip() not in (text.strip(), plain(text).strip()))
    assume(plain(wrong).strip() != plain(text).strip())
    assert check(card(TextAnswer(text), wrong=(wrong,)), wrong).fit is not Fit.RIGHT


@given(phrases, phrases)
def test_a_foreseen_answer_is_answered(text: str, wrong: str) -> None:
    assume(wrong.strip() and plain(wrong).strip() != plain(text).strip() and wrong.strip() != text.strip())
    asked = card(TextAnswer(text), foreseen=(Foreseen(wrong, "No."),))
    assert check(asked, wrong).foreseen == "No."


@given(phrases, phrases)
def test_being_right_is_symmetric(one: str, other: str) -> None:
    assert (check(card(TextAnswer(escape(one))), other).fit is Fit.RIGHT) == (
        check(card(TextAnswer(escape(other))), one).fit is Fit.RIGHT
    )


UNITS = ("ms", "s", "min", "hours", "d", "weeks", "kB", "MB", "GiB", "KiB", "%", "", "rows", "columns", "$", "$ per GB")
quantities = st.tuples(st.sampled_from([0, 0.5, 1, 7, 24, 60, 128, 168, 1000, 1024, 3600]), st.sampled_from(UNITS))


@given(quantities, quantities)
def test_equal_quantities_are_right_both_ways(one: tuple[float, str], other: tuple[float, str]) -> None:
    fits = [
        check(card(NumberAnswer(f"{a[0]:g} {a[1]}".strip(), *a)), f"{b[0]:g} {b[1]}").fit
        for a, b in ((one, other), (other, one))
    ]
    assert fits[0] is fits[1]
    assert (one != other) or fits[0] is Fit.RIGHT


@given(cards, phrases, phrases)
def test_matching_is_symmetric_and_reflexive(asked: Card, one: str, other: str) -> None:
    assert matches(asked, one, other) == matches(asked, other, one)
    assume(one.strip())
    assert matches(asked, one, one)


@given(plain_phrases, st.randoms(use_true_random=False))
def test_case_space_and_punctuation_do_not_matter(text: str, chance: random.Random) -> None:
    noisy = "".join(letter.upper() if chance.random() < 0.5 else letter for letter in text)
    noisy = noisy.replace(" ", chance.choice([" ", "  ", "-", " \n ", ", "]))
    noisy = chance.choice(["", " ", '"', "- ", "…"]) + noisy + chance.choice(["", ".", " ;", "?", '"', ")"])
    assert check(card(TextAnswer(text)), noisy).fit is Fit.RIGHT


@given(st.lists(plain_phrases, min_size=1, max_size=4, unique_by=key), st.randoms(use_true_random=False))
def test_a_set_is_right_in_any_order(items: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(items, len(items))
    assume(all(words(item) for item in items))
    for mark in ("\n", ", ", "; "):
        assert check(card(SetAnswer(tuple(items))), mark.join(shuffled)).fit in (Fit.RIGHT, Fit.CLOSE)
        assert check(card(SetAnswer(tuple(items))), mark.join(items)).fit is Fit.RIGHT


numbers = st.lists(st.integers(0, 30), min_size=2, max_size=5, unique=True)


@given(numbers, st.sampled_from((" ", ",", ", ", "+", " & ", "/", " and ")), st.sampled_from(("", "types ", "SCD ")))
def test_numbered_things_are_right_by_their_numbers_in_any_order(order: list[int], mark: str, lead: str) -> None:
    asked = card(SetAnswer(tuple(f"Type {number}" for number in sorted(order))))
    typed = lead + mark.join(map(str, order))
    assert check(asked, typed).fit is Fit.RIGHT
    assert check(asked, lead + mark.join(map(str, order[1:]))).fit is Fit.PARTLY


@given(numbers, numbers, st.sampled_from((", ", " and ", "+")))
def test_being_the_same_numbers_is_symmetric(one: list[int], other: list[int], mark: str) -> None:
    texts = [mark.join(map(str, order)) for order in (one, other)]
    fits = [check(card(TextAnswer(a)), b).fit is Fit.RIGHT for a, b in (texts, texts[::-1])]
    assert fits[0] is fits[1]
    assert fits[0] is (one == other if mark == ", " else sorted(one) == sorted(other))


@given(st.lists(letters, min_size=2, max_size=4), st.integers(0, 3), letters)
def test_an_identifier_with_another_word_in_it_is_never_right(parts: list[str], place: int, other: str) -> None:
    place %= len(parts)
    exchanged = [*parts[:place], other, *parts[place + 1 :]]
    assume(key("_".join(exchanged)) != key("_".join(parts)))
    assert check(card(TextAnswer("_".join(parts))), "_".join(exchanged)).fit is not Fit.RIGHT


@given(st.permutations(["extract", "clean", "load", "publish"]))
def test_only_the_right_order_of_steps_is_right(order: list[str]) -> None:
    steps = ("extract", "clean", "load", "publish")
    fit = check(card(StepsAnswer(steps)), ", ".join(order)).fit
    assert fit is (Fit.RIGHT if tuple(order) == steps else Fit.PARTLY)


@given(letters, letters, letters)
def test_typing_distance_is_a_sane_measure(one: str, other: str, third: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(st.text(max_size=LONGEST))
def test_the_canonical_form_is_stable(text: str) -> None:
    assert key(text) == key(f"  {text.upper().lower()}  ") or text.upper().lower() != text
