"""An exam in Telegram: its date by command and by buttons, and a rehearsal pressed through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.exam.made import decks

from .backfill import Backfill, backfill, catalogue
from .server import BotApiServer
from .test_stories import does
from .transcript import assert_kept


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    for name, text in decks(count=6, asked=3, minutes=6).items():
        (folder / f"{name}.md").write_text(text)
    async with backfill(server, tmp_path, catalogue(folder)) as made:
        yield made


async def test_a_date_and_a_rehearsal(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    for step in ("/start t_pipes", "[10 min]", "[Not sure]", "[Again]", "/exam"):
        await does(running, ann, step)
    for step in (
        "[Pick a date]",
        "/exam 31 Feb",
        "/exam 16 Jan",
        "[Change the date]",
        "[Back]",
        "[Rehearsal]",
        "[Begin]",
    ):
        await does(running, ann, step)
    for step in (
        "[A]",
        "[B]",
        "[Earlier]",
        "[A]",
        "[C]",
        "[Hand in]",
        "[See the misses]",
        "[Result]",
        "[Drill the misses]",
    ):
        await does(running, ann, step)
    assert_kept("exam", ann.chat.story)
