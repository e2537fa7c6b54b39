"""Breaks and the streak's settings in Telegram: by command, by button, and by text that is no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.decks import facts

from .backfill import Backfill, backfill, catalogue
from .server import BotApiServer


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "jobs.md").write_text(facts("jobs", 12))
    async with backfill(server, tmp_path, catalogue(folder)) as made:
        yield made
        assert server.unanswered == []
        assert server.lost_formatting == []


async def test_a_break_is_taken_by_command_and_taken_back_by_button(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await ann.says("/start d_jobs")
    await ann.presses("10 min")
    await ann.says("/break two weeks")
    assert "You are on a break until" in ann.screen
    await ann.presses("Take it back")
    assert "Taken back: you are not on a break." in ann.screen
    await ann.says("/break gibberish")
    assert "I cannot read “gibberish” as a day." in ann.screen
    await ann.presses("3 days")
    assert "You are on a break until" in ann.screen
    await ann.says("/break")
    await ann.presses("I am back")
    assert "Your break is over." in ann.screen


async def test_text_after_the_screen_of_breaks_still_answers_the_card(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await ann.says("/start d_jobs")
    await ann.presses("10 min")
    await ann.says("/break")
    await ann.says("two weeks")
    assert "You wrote: two weeks" in ann.screen


async def test_the_day_of_rest_is_chosen_by_a_press(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await ann.says("/start d_jobs")
    await ann.presses("10 min")
    await ann.says("/settings")
    await ann.presses("Streak")
    await ann.presses("Sun")
    assert "Sunday" in ann.screen
    await ann.presses("Hide the streak")
    assert "Show the streak" in ann.buttons
