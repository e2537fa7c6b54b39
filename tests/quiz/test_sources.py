"""What people type after /quiz: read, named when unknown, and written back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.model import Mode, TutorError
from bot.core.quiz.choose import NEW_EVERY, SPARE, Supply, can_be_asked, choose
from bot.core.quiz.command import command, read
from bot.core.quiz.keep import next_due, read_when, span, week_at
from bot.core.quiz.model import Past, Place, Quiz
from bot.core.quiz.moves import pose
from bot.core.quiz.options import Answers, Options, Order, Play
from bot.core.quiz.source import Part, parts, titles
from decks.model import Catalogue
from tests.shipped import shipped

LIBRARY = shipped().current
DAY = 86_400_000


@pytest.fixture
def catalogue() -> Catalogue:
    return LIBRARY


def deck(catalogue: Catalogue, slug: str) -> set[str]:
    return {card.id for card in catalogue.cards_by_deck[slug]}


def test_decks_are_mixed_evenly_unless_shares_say_otherwise(catalogue: Catalogue) -> None:
    one, two = parts("scd-types + Join algorithms", catalogue)
    assert (one.share, two.share) == (0.5, 0.5)
    assert set(one.cards) == deck(catalogue, "scd-types")
    assert set(two.cards) == deck(catalogue, "sql-joins")
    weighted = parts("dbt 70% + sql 30%", catalogue)
    assert [part.share for part in weighted] == [0.7, 0.3]
    assert [part.share for part in parts("scd-types(50%) + sql-joins + txn-acid", catalogue)] == [0.5, 0.25, 0.25]


def test_shares_stand_beside_the_titles_where_they_were_asked_for(catalogue: Catalogue) -> None:
    assert titles("dbt 70% + sql-joins", catalogue) == ("dbt from zero to architect (70%)", "Join algorithms (30%)")
    assert titles("scd-types + sql-joins", catalogue) == ("Slowly changing dimensions", "Join algorithms")


def test_a_name_is_a_track_a_family_of_decks_a_domain_or_everything(catalogue: Catalogue) -> None:
    (dbt,) = parts("dbt", catalogue)
    assert deck(catalogue, "dbt-foundations") <= set(dbt.cards)
    (sql,) = parts("sql", catalogue)
    assert set(sql.cards) == set().union(
        *(deck(catalogue, slug) for slug in catalogue.decks if slug.startswith("sql-"))
    )
    (domain,) = parts("production pipelines", catalogue)
    assert {catalogue.cards[card].domain for card in domain.cards} == {"Production Pipelines"}
    (everything,) = parts("", catalogue)
    assert len(everything.cards) == len(catalogue.cards)


def test_every_title_can_be_written_as_it_stands_also_with_commas_in_it(catalogue: Catalogue) -> None:
    shelf = {slug: one for slug, one in {**catalogue.decks, **catalogue.tracks}.items() if slug != "everything"}
    assert sum("," in one.title for one in shelf.values()) > 5
    for one in shelf.values():
        (alone,) = parts(one.title, catalogue)
        assert alone.title == one.title
        listed = parts(f"{one.title}, scd-types(1-9) + {one.title} 30%", catalogue)
        assert [part.title for part in listed] == [one.title, "Slowly changing dimensions 1 to 9", one.title]
    assert len(parts("scd-types, sql-joins,txn-acid", catalogue)) == 3


def test_a_range_counts_cards_in_the_order_one_learns_them(catalogue: Catalogue) -> None:
    (whole,) = parts("scd-types", catalogue)
    (some,) = parts("scd-types(3-12)", catalogue)
    assert some.cards == whole.cards[2:12]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("scd-typos", "There is no deck, track or exam domain “scd-typos”. Did you mean scd-types"),
        ("scd-types + quux", "There is no deck, track or exam domain “quux”. /decks lists what there is."),
        ("scd-types 70% + sql-joins 70%", "The shares add up to 140 %. They should make 100 %."),
        ("scd-types 100% + sql-joins", "The shares leave nothing for Join algorithms."),
        ("scd-types 40%", "The shares add up to 40 %. They should make 100 %."),
        ("scd-types(9000-9001)", "Slowly changing dimensions has no cards 9000 to 9001."),
        ("scd-types questions:99", "questions is a number from 1 to 50."),
        ("scd-types pace:fast", "pace is a number from 5 to 600."),
        ("speed:9", "There is no option “speed”."),
        ("play:chess", "play is everyone, first, hardcore or relaxed."),
        ("answers:sung", "answers is choice or typed."),
        ("hints:maybe", "hints is on or off."),
        ("+".join(["scd-types"] * 11), "A quiz draws from at most 10 decks."),
    ],
)
def test_what_cannot_be_read_is_named(catalogue: Catalogue, text: str, sentence: str) -> None:
    with pytest.raises(TutorError, match="^" + re.escape(sentence)):
        read(text, catalogue)


OPTIONS = st.builds(
    Options,
    source=st.sampled_from(("", "scd-types", "scd-types + sql-joins", "dbt 70% + sql 30%", "scd-types(3-12)")),
    order=st.sampled_from([order for order in Order if order is not Order.FIXED]),
    questions=st.integers(1, 50),
    window=st.integers(5, 600) | st.just(0),
    answers=st.sampled_from(Answers),
    play=st.sampled_from(Play),
    score_limit=st.integers(0, 50),
    hints=st.booleans(),
    skipping=st.booleans(),
)


@given(OPTIONS, st.booleans())
def test_the_command_shown_at_the_end_starts_the_same_quiz(options: Options, host_paced: bool) -> None:
    asked = replace(options, host_paced=host_paced)
    again = read(command(asked).removeprefix("/quiz"), LIBRARY)
    again = replace(again, window=asked.window) if host_paced else again
    assert again == asked


@given(st.text(max_size=80))
def test_any_line_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        options = read(text, LIBRARY)
    except TutorError as told:
        sentence = str(told)
    else:
        sentence = "."
        assert 1 <= options.questions <= 50
    assert sentence.endswith((".", "?", "09:00"))


# --- which cards -------------------------------------------------------------------------------------------------


def quiz(options: Options, *, past: tuple[Past, ...] = (), plan: tuple[str, ...] = ()) -> Quiz:
    return Quiz(id="Q" * 26, place=Place("discord", "1"), host="h", options=options, past=past, plan=plan)


def supply(catalogue: Catalogue, source: str, **more: object) -> Supply:
    return Supply(catalogue=catalogue, parts=parts(source, catalogue), **more)  # type: ignore[arg-type]


def test_what_the_players_are_about_to_forget_comes_first_and_new_cards_are_few(catalogue: Catalogue) -> None:
    options = Options(questions=10, source="scd-types")
    every = [
        card.id for card in catalogue.cards_by_deck["scd-types"] if can_be_asked(card, options) and not card.siblings
    ]
    known = every[:30]
    chances = {card: 0.95 - 0.02 * place for place, card in enumerate(known)}
    recalls = {"ana": chances, "ben": {card: chances[card] - 0.1 for card in known[:25]}}
    chosen = [one.card.id for one in choose(quiz(options), supply(catalogue, "scd-types", recalls=recalls))][:10]
    new = [card for card in chosen if card not in known]
    assert 0 < len(new) <= -(-10 // NEW_EVERY)
    familiar = sorted(known, key=lambda card: sum(of[card] for of in recalls.values() if card in of))
    worst = {card for card in familiar if sum(card in of for of in recalls.values()) >= 1}
    assert set(chosen) - set(new) <= worst
    last = max(_mean(recalls, card) for card in chosen if card in known)
    skipped = [card for card in known if _mean(recalls, card) < last - 0.15]
    assert set(skipped) <= set(chosen), "nothing nearer to being forgotten is passed over, related cards aside"


def _mean(recalls: dict[str, dict[str, float]], card: str) -> float:
    found = [of[card] for of in recalls.values() if card in of]
    return sum(found) / len(found)


def test_without_anybody_who_studies_everything_is_new_and_the_quiz_is_full(catalogue: Catalogue) -> None:
    options = Options(questions=10, source="scd-types")
    assert len(choose(quiz(options), supply(catalogue, "scd-types"))) == 10 + SPARE


def test_shares_are_kept_to_the_question(catalogue: Catalogue) -> None:
    options = Options(questions=10, source="dbt 70% + sql 30%")
    chosen = [one.card.deck for one in choose(quiz(options), supply(catalogue, options.source))][:10]
    assert sum(slug.startswith("dbt-") for slug in chosen) == 7


def played(catalogue: Catalogue, options: Options, **more: object) -> list[str]:
    """The cards a whole quiz asks: chosen anew for each question, as a quiz does."""
    past: tuple[Past, ...] = ()
    for number in range(1, options.questions + 1):
        card = choose(quiz(options, past=past), supply(catalogue, options.source, **more))[0].card
        past = (*past, Past(number=number, card=card.id, brief="", mode=Mode.CHOICE))
    return [one.card for one in past]


def test_every_fifth_question_of_a_quiz_is_new_to_a_group_that_studies(catalogue: Catalogue) -> None:
    options = Options(questions=20, source="scd-types")
    studied = [card.id for card in catalogue.cards_by_deck["scd-types"] if can_be_asked(card, options)][::2]
    asked = played(catalogue, options, recalls={"ana": dict.fromkeys(studied, 0.8), "ben": dict.fromkeys(studied, 0.7)})
    assert [number for number, card in enumerate(asked, 1) if card not in studied] == [5, 10, 15, 20]


def test_shares_hold_for_parts_that_have_cards_in_common(catalogue: Catalogue) -> None:
    asked = played(catalogue, Options(questions=10, source="scd-types 50% + everything 50%", order=Order.CURRICULUM))
    first = catalogue.cards[next(iter(catalogue.cards))].deck
    decks = [catalogue.cards[card].deck for card in asked]
    assert first != "scd-types"
    assert (decks.count("scd-types"), decks.count(first)) == (5, 5)


def test_a_card_is_asked_once_and_of_siblings_only_one(catalogue: Catalogue) -> None:
    options = Options(questions=50)
    chosen = [one.card for one in choose(quiz(options), supply(catalogue, ""))]
    assert len({card.id for card in chosen}) == len(chosen)
    groups = [card.siblings for card in chosen if card.siblings]
    assert len(set(groups)) == len(groups)
    for place, card in enumerate(chosen):
        near = {key for other in chosen[max(0, place - 4) : place] for key in other.related}
        assert near.isdisjoint(card.related)


def test_a_card_that_got_another_id_in_the_middle_of_a_quiz_is_not_asked_again(catalogue: Catalogue) -> None:
    options = Options(questions=10, source="scd-types", order=Order.CURRICULUM)
    first, second, third, *_ = choose(quiz(options), supply(catalogue, "scd-types"))
    former = {f"backfill:former-{place}": one.card.id for place, one in enumerate((first, second, third))}
    renamed = Catalogue(catalogue.decks, catalogue.cards_by_deck, catalogue.tracks, former)
    before, planned, barred = former
    past = Past(number=1, card=before, brief="the first", mode=Mode.CHOICE)
    under_way = replace(quiz(options, past=(past,), plan=(planned,)), barred=(barred,))
    chosen = [one.card.id for one in choose(under_way, supply(renamed, "scd-types"))]
    assert chosen[0] == second.card.id, "what was planned is asked under its new id"
    assert {first.card.id, third.card.id}.isdisjoint(chosen)


def test_only_cards_that_can_be_asked_that_way_are(catalogue: Catalogue) -> None:
    for answers, mode in ((Answers.CHOICE, Mode.CHOICE), (Answers.TYPED, Mode.TYPED)):
        asked = quiz(Options(questions=50, answers=answers))
        for one in choose(asked, supply(catalogue, "")):
            posed = pose(asked, one, 1)
            assert posed.mode is mode
            assert [option.right for option in posed.options].count(True) == (mode is Mode.CHOICE)


def test_a_planned_card_that_cannot_be_asked_that_way_any_more_is_left_out(catalogue: Catalogue) -> None:
    options = Options(questions=3, source="scd-types")
    cards = catalogue.cards_by_deck["scd-types"]
    unfit = next(card.id for card in cards if not can_be_asked(card, options))
    fit = next(card.id for card in cards if can_be_asked(card, options))
    chosen = choose(quiz(options, plan=(unfit, fit)), supply(catalogue, "scd-types"))
    assert chosen[0].card.id == fit
    assert unfit not in {one.card.id for one in chosen}


def test_misses_come_from_what_was_missed_and_fixed_cards_in_their_order(catalogue: Catalogue) -> None:
    some = [card.id for card in catalogue.cards_by_deck["scd-types"] if can_be_asked(card, Options())][:4]
    options = Options(questions=10, order=Order.MISSED_HERE)
    chosen = choose(quiz(options), supply(catalogue, "", missed=frozenset(some)))
    assert {one.card.id for one in chosen} <= set(some)
    fixed = Options(questions=4, order=Order.FIXED, cards=tuple(some))
    again = choose(quiz(fixed), Supply(catalogue=catalogue, parts=(Part("", fixed.cards, 1.0),)))
    assert again[0].card.id == some[0]


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days", "minute"),
    [
        ("weekdays 09:00", (0, 1, 2, 3, 4), 540),
        ("Mon, Wed 18.30", (0, 2), 1110),
        ("daily 7:05", tuple(range(7)), 425),
        ("saturday 10:00", (5,), 600),
    ],
)
def test_times_are_read_as_people_write_them(text: str, days: tuple[int, ...], minute: int) -> None:
    assert read_when(text) == (days, minute)


@pytest.mark.parametrize("text", ["", "weekdays", "sometimes 09:00", "mon 25:00", "09:0"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(TutorError, match="weekdays 09:00"):
        read_when(text)


@given(
    st.integers(1_600_000_000_000, 1_900_000_000_000),
    st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
)
def test_the_next_time_is_soon_and_after_now_across_clock_changes(
    now: int, zone: str, days: set[int], minute: int
) -> None:
    due = next_due(tuple(sorted(days)), minute, zone, now)
    assert now < due <= now + 8 * DAY
    week = week_at(now, zone)
    first, last = span(week, zone)
    assert first <= now < last
    assert 1 <= int(week[-2:]) <= 53
    assert 6.9 * DAY <= last - first <= 7.1 * DAY
