"""A running bot over a small library, and people who know their way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.decks import KINDS, facts

from .backfill import Backfill, backfill, catalogue
from .people import Person


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Backfill]:
    """A bot whose library holds a deck of every kind of card, one of plain questions, and a track."""
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "kinds.md").write_text(KINDS)
    (folder / "jobs.md").write_text(facts("jobs", 12))
    (folder / "track.md").write_text(
        "---\ntrack: modelling\ntitle: Dimensional modelling\ngoal: Draw a star schema.\ndecks: jobs, kinds\n---\n"
    )
    async with backfill(tmp_path, catalogue(folder)) as made:
        yield made


@pytest.fixture
async def ann(running: Backfill) -> Person:
    """Somebody with the first card of the plain questions open, in their private chat."""
    return await drilling(Person(running, "Ann"))


@pytest.fixture
async def member(running: Backfill) -> Person:
    """Somebody with the first card of the plain questions open, in a channel of a server."""
    guild = running.env.create_guild()
    return await drilling(Person(running, "Mia", guild.create_text_channel("study")))


async def drilling(person: Person) -> Person:
    await person.commands("drill", deck="jobs")
    await person.presses("20 min")
    assert "job 1" in person.screen
    return person
