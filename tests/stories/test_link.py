"""Stories of one learner on two surfaces: linking, merging, and going apart again."""

from __future__ import annotations

from pathlib import Path

from tests.stories.decks import facts
from tests.stories.driver import Story
from tests.stories.linking import Memory, arrives, links, studies, unlinks

JOBS = {"jobs": facts("jobs", 12)}


async def test_an_unused_account_joins_after_both_sides_agree(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        await studies(page, 3)
        before = await Memory.of(page)
        chat = await arrives(story, "telegram")
        await links(page, chat)
        assert await Memory.of(chat) == before
        await chat.drills()
        chat.sees("4 of 10")


async def test_two_histories_become_one(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        page = await arrives(story, "web")
        await studies(page, 7, "Hard")
        story.passes(days=1)
        chat = await arrives(story, "telegram")
        await studies(chat, 7)
        one, other = await Memory.of(page), await Memory.of(chat)
        await links(page, chat)
        both = await Memory.of(page)
        assert both == await Memory.of(chat)
        assert both.log == sorted(one.log + other.log, key=lambda entry: (entry.at, entry.id))
        assert await both.is_replayed(page)
        await unlinks(page)
        await page.presses("Take the merge back")
        assert await Memory.of(page) == one
        assert await Memory.of(chat) == other
