"""The first card of a sitting is asked by what is known of it, like every other."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Start
from bot.core.model import Mode
from bot.core.ports import Turn
from bot.core.reply import Screen
from tests.stories.decks import deck
from tests.stories.driver import Person, Story
from tests.stories.test_sitting import introduced

CHOICE = deck(
    "types",
    "Types",
    """
Scenario: A customer moves, and last year's revenue must stay under the old city. Which SCD type?
A: Type 2
not: Type 1
not: Type 3
not: Type 0
id: scenario
""",
)


async def asked(ann: Person) -> tuple[Mode, bool]:
    """How the card on screen is asked, and whether as one never met."""

    def read(turn: Turn) -> tuple[Mode, bool]:
        found = turn.attempt(ann.reply.attempt)
        assert found is not None
        return found[0].mode, found[0].new

    return await ann.story.look(ann.account, read)


async def test_a_due_card_that_comes_first_is_recalled_not_chosen(tmp_path: Path) -> None:
    async with Story(tmp_path, {"types": CHOICE}) as story:
        ann = await introduced(story, "types")
        await ann.does(Start())
        assert await asked(ann) == (Mode.CHOICE, True)
        while not ann.is_at(Screen.SUMMARY):
            await ann.types("Type 2")
            await ann.presses("Good")
        story.passes(days=30)
        await ann.drills()
        assert await asked(ann) == (Mode.TYPED, False)
