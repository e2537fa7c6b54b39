"""Days: a card left open over night, a drill gone on with the next day, a flight, a clock that jumps back."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Set, Start
from bot.core.model import Reviewed
from tests.stories.decks import facts
from tests.stories.driver import Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced


async def test_a_card_left_open_over_night_counts_for_the_day_it_is_rated_on(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("Show answer")
        await ann.presses("Good")
        await ann.presses("Show answer")
        story.passes(hours=9, minutes=30)  # 04:31 in Berlin: the study day began half an hour ago
        await ann.presses("Good")
        days = await story.look(ann.account, lambda turn: list(turn.days(1, 3_000_000)))
        assert [(day.reviews, day.new) for day in days] == [(1, 1), (1, 1)]
        assert days[1].study_day == days[0].study_day + 1
        assert max(day.took for day in days) <= 300_000, "a night is not thinking"
        await ann.drills()
        assert_kept("over-night", story.transcript)


async def test_before_the_day_starts_it_is_still_yesterday(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("Show answer")
        await ann.presses("Easy")
        story.passes(hours=8, minutes=50)  # 03:52
        await ann.presses("Show answer")
        await ann.presses("Easy")
        days = await story.look(ann.account, lambda turn: list(turn.days(1, 3_000_000)))
        assert [day.reviews for day in days] == [2]


async def test_a_flight_and_a_clock_set_back_neither_break_nor_reorder_the_log(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu", "Europe/Berlin"):
            await ann.does(Set("zone", zone))
            await ann.drills()
            await ann.presses("Show answer")
            await ann.presses("Again")
            story.now -= 2 * 3_600_000
        entries = [entry for card in await ann.progress() for entry in await ann.log(card)]
        reviews = sorted((entry for entry in entries if isinstance(entry, Reviewed)), key=lambda entry: entry.id)
        assert len(reviews) == 4
        assert [entry.at for entry in reviews] == sorted({entry.at for entry in reviews})
