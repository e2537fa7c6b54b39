"""Changing a setting that asks something back: the goal, the time zone; with a card open or passed over."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Begin, Set, ShowSettings, Start
from bot.core.model import Stage
from bot.core.reply import Screen
from tests.stories.decks import facts
from tests.stories.driver import Story
from tests.stories.test_sitting import introduced


async def test_a_city_typed_for_the_settings_is_no_answer_to_the_open_card(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.does(ShowSettings())
        await ann.presses("Zone")
        assert "Skip" not in ann.labels
        await ann.types("Atlantis")
        ann.sees("Atlantis", "what your clock shows now")
        await story.restart()
        await ann.types("Lisbon")
        ann.sees("Your study day follows Lisbon.", "Time zone", "Lisbon")
        await ann.does(Begin())
        assert ann.is_at(Screen.QUESTION)
        await ann.types("Lisbon")
        ann.sees("You wrote: Lisbon")


async def test_a_question_for_a_city_that_is_passed_over_leaves_texts_to_the_card(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.does(ShowSettings())
        await ann.presses("Zone")
        await ann.presses("Settings")
        ann.sees("Time zone", "Berlin")
        await ann.does(Begin())
        await ann.types("Lisbon")
        ann.sees("You wrote: Lisbon")
        await ann.presses("Again")
        ann.sees("2 of 3")


async def test_what_a_clock_shows_may_be_typed_for_the_settings(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(ShowSettings())
        await ann.presses("Zone")
        await ann.types("18:01")
        await ann.presses("London")
        ann.sees("Your study day follows London.", "Settings")


async def test_a_newcomer_who_sets_the_zone_first_is_still_asked_for_a_goal(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await story.learner()
        await ann.does(ShowSettings())
        await ann.presses("Zone")
        await ann.types("Lisbon")
        await ann.does(Begin())
        ann.sees("What are you working towards?")


async def test_another_goal_is_chosen_without_being_welcomed_again(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3), "other": facts("other", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(ShowSettings())
        await ann.presses("Goal")
        ann.sees("What are you working towards?")
        assert "asks one card at a time" not in ann.screen
        await ann.presses("Settings")
        assert ann.is_at(Screen.SETTINGS)
        await ann.presses("Goal")
        await ann.presses("Other")
        ann.sees("Changed.", "Working towards", "Other")
        learner = await story.look(ann.account, lambda turn: turn.learner(ann.account))
        assert learner is not None
        assert (learner.goal, learner.stage) == ("other", Stage.DONE)
        await ann.does(Set("goal", "nowhere"))
        ann.sees("There is no deck called", "What are you working towards?")
        assert "asks one card at a time" not in ann.screen
