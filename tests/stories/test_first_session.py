"""A learner's first minutes: the second press shows a card, the clock is asked after the fifth."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actions import Choose, Undo
from bot.core.model import Stage
from bot.core.reply import Screen
from tests.stories.decks import FIRST, KINDS, facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept

LOOK = ("Show answer", "Show key points", "Check")


async def looks(person: Person) -> None:
    """The answer of the card on screen; of a choice, the right option."""
    attempt = await person.story.look(person.account, lambda turn: turn.attempt(person.reply.attempt))
    assert attempt is not None
    right = [place for place, option in enumerate(attempt[0].options) if option.right]
    if len(right) == 1:
        await person.does(Choose(attempt[0].id, right[0]), seconds=8)
    else:
        await person.presses(next(label for label in person.labels if label in LOOK), seconds=8)


async def five_cards(person: Person) -> None:
    """The first two presses, then five cards looked at and rated Good."""
    await person.presses(person.labels[0])
    await person.presses("10 min")
    for _ in range(5):
        await person.presses("Show answer")
        await person.presses("Good")


async def test_the_first_session_reads_as_it_was_approved(tmp_path: Path) -> None:
    async with Story(tmp_path, {"first": FIRST}) as story:
        ann = await story.learner()
        await ann.presses("First steps")
        await ann.presses("10 min")
        assert ann.is_at(Screen.QUESTION)
        await ann.presses("Hint")
        await ann.presses("Show answer")
        await ann.presses("Good")
        await ann.types("surogate key")
        await ann.presses("Good")
        await ann.presses("Show answer")
        await ann.presses("Easy")
        await ann.presses("Type 2")
        await ann.presses("Good")
        await ann.presses("Show answer")
        await ann.presses("Again")
        ann.sees("Five cards done.", "What does your clock show now?")
        await ann.presses("Earlier")
        await ann.presses("Later")
        await ann.presses("18:0")
        await ann.presses("London")
        assert ann.is_at(Screen.QUESTION)
        ann.sees("Your study day follows London.")
        await ann.presses("More")
        await ann.presses("Stop")
        assert ann.is_at(Screen.SUMMARY)
        assert_kept("first-session", story.transcript)


@pytest.mark.parametrize("goal", range(4))
async def test_the_first_session_of_every_goal_on_offer_fits_a_phone(tmp_path: Path, goal: int) -> None:
    """The built-in catalogue, whatever it holds: the second press shows a card, a sitting comes to its end."""
    async with Story(tmp_path) as story:
        ann = await story.learner()
        await ann.presses(ann.labels[goal % (len(ann.labels) - 1)])
        await ann.presses("5 min")
        assert ann.is_at(Screen.QUESTION)
        for turn in range(100):
            assert len(ann.screen.splitlines()) <= 40, ann.screen
            if ann.is_at(Screen.SETUP):
                await ann.presses("Skip" if "Skip" in ann.labels else "Not yet")
            elif ann.is_at(Screen.QUESTION):
                await looks(ann)
            elif ann.is_at(Screen.ANSWER):
                await ann.presses("Again" if turn % 7 == 3 else "Good" if "Good" in ann.labels else "Hard")
            else:
                break
        assert ann.is_at(Screen.SUMMARY)
        ann.sees("came the first time", "Tomorrow:")


async def test_the_clock_is_asked_once_after_the_fifth_card(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        ann.sees("What does your clock show now?")
        await ann.presses("Skip")
        for _ in range(5):
            assert ann.is_at(Screen.QUESTION)
            await ann.presses("Show answer")
            await ann.presses("Good")


@pytest.mark.parametrize("answers", [("Skip",), ("19:0", "Skip"), ("19:0", "Another city", "Skip")])
async def test_every_question_of_the_introduction_can_be_skipped(tmp_path: Path, answers: tuple[str, ...]) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        for answer in answers:
            await ann.presses(answer)
        ann.sees("6 of 10")
        learner = await story.look(ann.account, lambda turn: turn.learner(ann.account))
        assert learner is not None
        assert (learner.zone, learner.stage) == ("Europe/Berlin", Stage.DONE)


async def test_the_city_can_be_typed(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        await ann.types("Atlantis")
        ann.sees("I do not know “Atlantis”")
        await ann.types("lagos")
        ann.sees("Your study day follows Lagos.", "6 of 10")


async def test_the_clock_can_be_typed_as_it_is_read(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        await ann.types("18:02")
        ann.sees("Which is nearest?", "[London]")


async def test_a_press_on_an_old_card_while_the_clock_is_asked_is_explained(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        await ann.presses_again(redelivered=False)
        ann.sees("Already rated Good.", "What does your clock show now?")


async def test_a_rating_taken_back_while_the_clock_is_asked_is_given_again(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        await ann.does(Undo())
        ann.sees("5 of 10", "rating taken back")
        await ann.types("an answer, not a city")
        ann.sees("This card is answered already")
        await ann.presses("Hard")
        ann.sees("What does your clock show now?")


async def test_a_goal_can_be_chosen_among_the_decks(tmp_path: Path) -> None:
    async with Story(tmp_path, {"kinds": KINDS, "jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await ann.presses("Browse")
        await ann.presses("Jobs")
        await ann.presses("Make this my goal")
        await ann.presses("5 min")
        ann.sees("1 of 10", "Jobs")


async def test_a_restart_in_the_introduction_asks_the_same_again(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await story.learner()
        await five_cards(ann)
        await story.restart()
        await ann.presses("19:0")
        await story.restart()
        await ann.types("Berlin")
        ann.sees("6 of 10")
