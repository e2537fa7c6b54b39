"""A card taught afresh (`relearn:`) to a learner who was two: what one of them had learnt afresh already stays."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Start
from bot.core.fold import fold_progress
from bot.core.model import Reset, Reviewed
from bot.core.reply import Screen
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.linking import Memory, arrives, links, studies
from tests.stories.test_relearn import LATER

JOBS = facts("jobs", 1)
AFRESH = JOBS.replace("id: jobs-1", f"relearn: {LATER}\nid: jobs-1").replace("report 1 reads", "report 1 deletes")
CARD = "own:jobs-1"


async def learns_afresh(person: Person) -> None:
    """Meets the card as new and learns it, until it is due in days."""
    await person.does(Start())
    await person.presses("Show answer")
    await person.presses("Easy")
    assert person.is_at(Screen.SUMMARY)


async def test_what_one_account_learnt_afresh_outlives_the_other_starting_afresh(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        for person in (page, chat):
            await studies(person, 1, "Easy")
        story.edits("jobs", AFRESH)
        story.passes(days=15)
        await learns_afresh(chat)
        learnt = (await chat.progress())[CARD]
        story.passes(days=1)
        await page.drills()
        assert isinstance((await page.log(CARD))[-1], Reset)
        await links(page, chat)
        assert (await page.progress())[CARD] == learnt, "the page forgot only what was learnt before that day"
        both = await Memory.of(page)
        assert await both.is_replayed(page)
        assert [type(entry) for entry in await page.log(CARD)].count(Reset) == 2


async def test_the_history_of_such_a_card_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        for person in (page, chat):
            await studies(person, 1, "Easy")
        story.edits("jobs", AFRESH)
        story.passes(days=15)
        await learns_afresh(chat)
        story.passes(days=1)
        await page.drills()
        await links(page, chat)
        story.passes(days=20)
        await page.does(Start())
        await page.presses("Show answer")
        await page.presses("Good")
        entries = await page.log(CARD)
        reviewed = [entry for entry in entries if isinstance(entry, Reviewed)]
        policies = await story.look(page.account, lambda turn: turn.policies([entry.policy for entry in reviewed]))
        assert fold_progress(entries, policies, CARD) == (await page.progress())[CARD]
        assert (await page.progress())[CARD].reps == 2, "once afresh on the chat, once after linking"
