"""A folder of decks that is edited while a process runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.core.actions import ShowDeck
from bot.core.model import Account
from bot.process import tutor
from bot.settings import read_settings
from tests.decks.text import HEADER

PATIENCE = 30.0  # seconds a look at the files may take on a busy machine
ANN = Account("web", "ann")
NOTE = "Q: Which row is open?\nA: The current one\nid: open-row\n"


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(round(PATIENCE / 0.05)):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("The edit was never picked up.")


async def test_learners_get_a_saved_deck_without_a_restart_and_keep_it_through_a_bad_edit(tmp_path: Path) -> None:
    decks = tmp_path / "team"
    decks.mkdir()
    settings = read_settings({"BACKFILL_DATA": str(tmp_path / "data"), "BACKFILL_DECKS": str(decks)}, tmp_path / "none")
    async with tutor(settings) as (door, library):
        assert "There is no deck called" in str(await door.handle(ANN, ShowDeck("things"), "1"))

        (decks / "things.md").write_text(HEADER + NOTE)
        await until(lambda: "things" in library.current.decks)
        assert "What things are." in str(await door.handle(ANN, ShowDeck("things"), "2"))

        (decks / "things.md").write_text(
            HEADER + NOTE.replace("A: The current one\n", "") + "why: It lost its answer.\n"
        )
        await until(lambda: bool(library.errors))
        assert [error.problem for error in library.errors] == ["A 'Q:' note without an answer"]
        assert "team:open-row" in library.current.cards
        assert "What things are." in str(await door.handle(ANN, ShowDeck("things"), "3"))

        (decks / "things.md").write_text(HEADER + NOTE + NOTE.replace("open", "closed").replace("Q:", "\nQ:"))
        await until(lambda: not library.errors)
        assert {"team:open-row", "team:closed-row"} <= set(library.current.cards)
