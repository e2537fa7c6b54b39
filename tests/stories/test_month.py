"""A month of daily drills: what is asked stays within the day, what is learnt comes back, the figures agree."""

from __future__ import annotations

import random
from pathlib import Path

from bot.core.actions import Set, ShowCard, ShowStats
from bot.core.reply import Screen
from scheduler.model import Phase
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.test_first_session import looks
from tests.stories.test_sitting import introduced

DAYS = 30


async def one_day(ann: Person, memory: random.Random) -> int:
    """Drill until the summary; nine in ten come. Returns the presses it took."""
    await ann.drills()
    presses = 0
    while ann.is_at(Screen.QUESTION, Screen.ANSWER):
        if ann.is_at(Screen.QUESTION):
            await looks(ann)
        else:
            came = memory.random() < 0.9 and "Good" in ann.labels
            await ann.presses("Good" if came else "Again", seconds=3)
        presses += 1
        assert presses < 300
    return presses


async def test_a_month_of_daily_drills(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 200)}) as story:
        ann = await introduced(story, "jobs")
        memory = random.Random(30)
        await ann.does(Set("zone", "Asia/Kathmandu"))
        for day in range(DAYS):
            if day == 12:  # a flight, and other rules, in the middle of it
                await ann.does(Set("zone", "America/Los_Angeles"))
                await ann.does(Set("retention", "0.85"))
            presses = await one_day(ann, memory)
            days = await story.look(ann.account, lambda turn: list(turn.days(1, 3_000_000)))
            assert len(days) == day + 1
            assert days[-1].new <= 10
            assert presses == 2 * days[-1].reviews
            if day < DAYS - 1:
                story.passes(days=1)
        progress = await ann.progress()
        assert len(progress) > 60
        assert sum(known.phase is Phase.REVIEW for known in progress.values()) > 50
        story.transcript.clear()
        await ann.does(ShowStats())
        ann.sees("7 days", "30 days", "Falling due today and in the next 30 days", "Days you studied")
        hardest = max(progress, key=lambda card: (progress[card].lapses, progress[card].reps, card))
        await ann.does(ShowCard(hardest))
        story.passes(days=3)
        await ann.drills()
        assert_kept("after-a-month", story.transcript)
