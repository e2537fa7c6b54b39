"""An exam in Discord: its date by command, form and buttons, and a rehearsal pressed through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.exam.made import decks

from .backfill import Backfill, backfill, catalogue
from .people import Person
from .test_stories import does
from .transcript import assert_kept


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    for name, text in decks(count=6, asked=3, minutes=6).items():
        (folder / f"{name}.md").write_text(text)
    async with backfill(tmp_path, catalogue(folder)) as made:
        yield made


async def test_a_date_and_a_rehearsal(running: Backfill) -> None:
    ann = Person(running, "Ann")
    await does(running, ann, "/drill pipes", "[10 min]", "[Not sure]", "[Again]", "/exam", "[Pick a date]", "next week")
    await does(running, ann, "16 Jan")
    await ann.commands("exam", date="17 Jan")
    await does(running, ann, "[Change the date]", "[Back]", "[Rehearsal]", "[Begin]", "[A]", "[B]", "[Earlier]", "[A]")
    await does(running, ann, "[C]", "[Hand in]", "[See the misses]", "[Result]", "[Drill the misses]")
    assert_kept("exam", ann.story)
