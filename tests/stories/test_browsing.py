"""Finding something to learn among many decks: pages, a track, a deck, words that stand on cards."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import FINDING, Browse, Find, ShowTrack, Start, Type
from bot.core.buttons import decode
from bot.core.reply import Screen
from bot.core.words import MAKE_GOAL
from tests.stories.decks import OPENING, deck, facts
from tests.stories.driver import Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced

TRACK = """---
track: all-pipelines
title: All pipelines
goal: Know every job by its table.
decks: opening, team-3, team-1
---
"""
DECKS = {
    "opening": deck("opening", "Opening", OPENING),
    **{f"team-{number}": facts(f"team-{number}", 3) for number in range(1, 12)},
    "track": TRACK,
}


async def test_every_deck_is_reached_and_words_find_cards(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "team-3")
        await ann.does(Start())
        await ann.presses("Show answer")
        await ann.presses("Easy")
        await ann.does(Browse())
        ann.sees("page 1 of 2", "All pipelines", "Know every job by its table.")
        seen = [label for label in ann.labels if label.startswith("Team")]
        await ann.presses("More decks")
        assert sorted([*seen, *(label for label in ann.labels if label.startswith("Team"))]) == sorted(
            f"Team {number}" for number in range(1, 12)
        )
        await ann.presses("Earlier decks")
        await ann.presses("All pipelines")
        ann.sees("Team 3: 1 of 3 met, recall 100%, 0 due", "Team 1: 3 cards")
        await ann.presses("Team 3")
        ann.sees("1 of 3 met, recall 100%, 0 due")

        await ann.does(Find("Surrogate"))
        ann.sees("what is a dimension's own key called?", "Opening")
        await ann.presses("Opening")
        assert ann.is_at(Screen.DECKS)
        await ann.does(Type("job 2", FINDING))
        ann.sees("is in 13 cards, the first 6:")
        await ann.does(Find("nothing *like* this"))
        ann.sees("No card holds", "*like*")
        await ann.presses("Decks")
        await ann.presses("Back")
        assert ann.is_at(Screen.QUESTION), "the open card waits"
        assert_kept("browsing", story.transcript)


async def test_odd_pages_and_names_are_told(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "team-3")
        for page in (-3, 99):
            await ann.does(Browse(page))
            assert ann.is_at(Screen.DECKS)
        await ann.does(ShowTrack("none"))
        ann.sees("There is no deck called “none”.")
        await ann.does(Find("  "))
        ann.sees("Looking for something?")
        assert decode("F.words").__class__.__name__ == "Unknown", "text is never taken from a button"


async def test_a_newcomer_makes_a_track_the_goal(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        bob = await story.learner()
        await bob.presses("Browse decks")
        await bob.presses("All pipelines")
        await bob.presses(MAKE_GOAL)
        bob.sees("How much on an ordinary day?")


async def test_words_are_found_in_their_other_forms(tmp_path: Path) -> None:
    async with Story(tmp_path) as story:
        ann = await story.learner()
        await ann.does(Find("late-arriving"))
        ann.sees("A fact arrives three weeks late.")
        await ann.does(Find("surrogate keys"))
        ann.sees("what is a surrogate key?")
