"""Undo, any number of steps and across cards; a restart at any point; two surfaces of one learner."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Start
from bot.core.model import Account
from bot.core.reply import Screen
from tests.stories.decks import FIRST, KINDS, facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced


async def test_undo_goes_back_across_cards_and_the_sittings_end(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        states = []
        for rating in ("Easy", "Easy", "Easy"):
            states.append((await ann.progress(), ann.screen.splitlines()[-1]))
            await ann.presses("Show answer")
            await ann.presses(rating)
        assert ann.is_at(Screen.SUMMARY)
        for place in (3, 2, 1):
            if ann.is_at(Screen.SUMMARY):
                await ann.undoes()
            else:
                await ann.presses("Undo")
            ann.sees("Taken back: Easy.", f"{place} of 3", "rating taken back")
            assert await ann.progress() == states.pop()[0]
        await ann.undoes()
        ann.sees("There is nothing left to take back in this sitting.", "1 of 3")
        await ann.presses("Good")
        ann.sees("2 of 3")
        assert_kept("undo", story.transcript)


async def test_a_second_tap_on_undo_takes_back_no_other_rating(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        for _ in range(2):
            await ann.presses("Show answer")
            await ann.presses("Easy")
        await ann.presses("Undo")
        once = await ann.progress()
        await ann.presses_again(redelivered=False)
        ann.sees("That rating is not the last one any more. Nothing was taken back.", "2 of 3")
        assert await ann.progress() == once
        assert len(once) == 1
        await ann.presses("Undo")
        assert await ann.progress() == {}


async def test_ticks_stay_when_an_interview_is_taken_back(tmp_path: Path) -> None:
    async with Story(tmp_path, {"kinds": KINDS}) as story:
        ann = await introduced(story, "kinds", "40")
        await ann.does(Start(extra=30))
        while "Show key points" not in ann.labels:
            await ann.presses("More")
            await ann.presses("I know it")
        await ann.presses("Show key points")
        await ann.presses("1")
        await ann.presses("3")
        ann.sees("2 of 3. Suggested: Hard")
        await ann.presses("Hard")
        await ann.presses("Undo")
        ann.sees("1✓", "2 of 3. Suggested: Hard", "rating taken back")


async def test_a_restart_between_any_two_presses_is_invisible(tmp_path: Path) -> None:
    """The same story twice, once with a new process before every press: the same screens."""
    told = []
    for restarts in (False, True):
        folder = tmp_path / str(restarts)
        folder.mkdir()
        async with Story(folder, {"first": FIRST}) as story:
            ann = await story.learner()
            screens = []
            for label in (
                *("First steps", "10 min", "Hint", "Show answer", "Good", "Show answer", "Easy"),
                *("Show answer", "More", "Back", "Good", "Undo", "Hard", "More", "Not today"),
            ):
                if restarts:
                    await story.restart()
                await ann.presses(label)
                screens.append(ann.screen)
        told.append(screens)
    assert told[0] == told[1]


async def test_the_page_and_the_terminal_are_one_learner(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 4)}) as story:
        page = await introduced(story, "jobs")
        await page.does(Start())
        await page.presses("Show answer")
        terminal = Person(story, Account("terminal", "local"))
        await terminal.drills()
        terminal.sees("1 of 4", "The one that report 1 reads")
        await page.presses("Good")
        page.sees("This session moved to the terminal.")
        assert await page.progress() == {}
        await terminal.presses("Good")
        terminal.sees("2 of 4")
        await page.presses("Continue here")
        page.sees("2 of 4")
        await terminal.presses("Show answer")
        terminal.sees("This session moved to the page.")
        await page.presses("Undo")
        page.sees("1 of 4", "Taken back: Good.")
        assert await page.progress() == await terminal.progress() == {}
        assert_kept("two-surfaces", story.transcript)
