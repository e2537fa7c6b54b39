"""The deck made of every scenario: listed, drilled, never in the way of what authors write."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Browse, Know, ShowDeck, Start
from bot.core.model import Scope, ScopeKind
from bot.core.reply import Screen
from bot.core.scope import in_scope, scope_cards
from decks.library import Folder, Library
from decks.mixed import MIXED
from decks.model import Kind
from tests.shipped import shipped
from tests.stories.decks import deck, facts
from tests.stories.driver import Story
from tests.stories.test_sitting import introduced

HERE = Scope(ScopeKind.DECK, MIXED)


def scenarios(slug: str, count: int) -> str:
    """A deck of scenarios, and one plain question."""
    notes = (
        f"Scenario: Team {number} of {slug} loads a file twice and counts every row once. What did it do?\n"
        f"A: It wrote by key {number}\nid: {slug}-{number}"
        for number in range(1, count + 1)
    )
    plain = f"Q: Who named the tables of {slug} at first?\nA: Whoever came first, long ago.\nid: {slug}-plain"
    return deck(slug, slug.capitalize(), "\n\n".join((*notes, plain)))


async def test_scenarios_of_every_deck_take_turns(tmp_path: Path) -> None:
    files = {"ants": scenarios("ants", 3), "bees": scenarios("bees", 1), "jobs": facts("jobs", 2)}
    async with Story(tmp_path, files) as story:
        ann = await introduced(story, "ants")
        await ann.does(Browse())
        ann.sees("Pick the right one: Which tool, type or decision fits")
        await ann.presses("Pick the right one")
        ann.sees("4 cards, none met yet.")
        await ann.presses("Drill")
        met = []
        while ann.is_at(Screen.QUESTION):
            attempt = await story.look(ann.account, lambda turn: turn.attempt(ann.reply.attempt))
            assert attempt is not None
            met.append(attempt[0].card)
            await ann.does(Know(ann.reply.attempt))
        assert met == ["own:ants-1", "own:bees-1", "own:ants-2", "own:ants-3"]
        await ann.does(ShowDeck("ants"))
        ann.sees("3 of 4 met")
        await ann.does(ShowDeck(MIXED))
        ann.sees("4 of 4 met")
        await ann.does(Start(HERE, cram=True))
        ann.sees("1 of 4")


def test_the_catalogues_scenarios_are_in_it_once_and_keep_their_own_deck() -> None:
    catalogue = shipped().current
    found = [card.id for card in catalogue.cards_by_deck[MIXED]]
    wanted = {card.id for card in catalogue.cards.values() if card.kind is Kind.SCENARIO}
    assert set(found) == wanted
    assert len(found) == len(wanted) > 100
    assert all(catalogue.cards[card].deck != MIXED for card in found)
    assert set(scope_cards(catalogue, HERE, "")) == wanted
    assert all(in_scope(catalogue, HERE, card) == (card in wanted) for card in catalogue.cards)
    everything = scope_cards(catalogue, Scope(), "")
    assert len(everything) == len(set(everything)) == len(catalogue.cards)


def test_one_decks_scenarios_are_no_mixture_and_an_authors_deck_of_that_name_stays(tmp_path: Path) -> None:
    (tmp_path / "ants.md").write_text(scenarios("ants", 3))
    assert MIXED not in Library([Folder(tmp_path, "own")]).current.decks
    (tmp_path / "bees.md").write_text(scenarios("bees", 1))
    assert MIXED in Library([Folder(tmp_path, "own")]).current.decks
    (tmp_path / "mine.md").write_text(scenarios("mine", 1).replace("deck: mine", f"deck: {MIXED}"))
    library = Library([Folder(tmp_path, "own")])
    assert library.errors == ()
    assert library.current.decks[MIXED].title == "Mine"
