"""A deck edited, a card removed or renamed while it is open: it finishes as it was asked."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import ShowCard, Start
from bot.core.model import Carried
from bot.core.reply import Screen
from tests.stories.decks import facts
from tests.stories.driver import Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced

JOBS = facts("jobs", 3)
FIRST = "Which table does job 1 of the jobs pipeline fill every night before anybody is awake?"


async def test_an_edited_card_finishes_as_it_was_asked(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        story.edits("jobs", JOBS.replace("The one that report 1 reads", "Another one"))
        await ann.presses("Show answer")
        ann.sees("The one that report 1 reads")
        await ann.presses("Again")
        ann.sees("2 of 3")
        story.passes(minutes=2)
        await ann.presses("Show answer")
        await ann.presses("Easy")
        ann.sees("Once more")
        await ann.presses("Show answer")
        ann.sees("Another one")
        assert_kept("edited-deck", story.transcript)


async def test_a_removed_card_finishes_and_then_retires(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS, "other": facts("other", 2)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("Show answer")
        story.edits("jobs", facts("jobs", 3).replace("id: jobs-1", "id: jobs-9").replace("job 1", "job 9"))
        await ann.presses("Again")
        ann.sees("Again. Back in 1 minute.", "2 of 3")
        await ann.presses("Undo")
        ann.sees("job 1", "Taken back: Again.")
        await ann.presses("Again")
        story.passes(minutes=5)
        for _ in range(2):
            await ann.presses("Show answer")
            await ann.presses("Easy")
        assert ann.is_at(Screen.SUMMARY)
        await ann.does(ShowCard("own:jobs-1"))
        assert len(await ann.log("own:jobs-1")) == 3
        story.removes("jobs")
        await ann.drills()
        assert ann.is_at(Screen.SUMMARY, Screen.QUESTION, Screen.MENU)
        assert_kept("removed-card", story.transcript)


async def test_a_renamed_card_goes_on_under_its_new_id(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("Show answer")
        story.edits("jobs", JOBS.replace("id: jobs-1", "was: jobs-1\nid: first-job"))
        await ann.presses("Good")
        ann.sees("2 of 3")
        for _ in range(2):
            await ann.presses("Show answer")
            await ann.presses("Easy")
        met = await story.look(ann.account, lambda turn: turn.progress(["own:jobs-1"]))
        story.passes(days=1)
        await ann.drills()
        ann.sees(FIRST)
        progress = await ann.progress()
        assert progress["own:first-job"] == met["own:jobs-1"]
        assert [type(entry) for entry in await ann.log("own:first-job")] == [Carried]
        await ann.presses("Show answer")
        await ann.presses("Good")
        assert_kept("renamed-card", story.transcript)
