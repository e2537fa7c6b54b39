"""/export and /delete in a private chat: the files arrive, and then nothing is left."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.my_data_words import TOO_LARGE
from bot.telegram import handlers
from tests.stories.decks import KINDS

from .backfill import Backfill, backfill, catalogue
from .server import BotApiServer


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "kinds.md").write_text(KINDS)
    async with backfill(server, tmp_path, catalogue(tmp_path / "decks")) as made:
        yield made


def documents(running: Backfill) -> list[tuple[str, bytes]]:
    """The files that were sent, by name."""
    return [(upload.filename, upload.content) for upload in running.server.uploads.values()]


async def test_the_files_arrive_and_then_nothing_is_left(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await running.drills(ann)
    await ann.says("/privacy")
    await ann.presses("Export")
    (name, document), (table, lines) = documents(running)
    assert (name, table) == ("backfill-export-2026-11-24-174200.json", "backfill-log-2026-11-24-174200.csv")
    assert json.loads(document)["accounts"] == [{"platform": "telegram", "external": "1"}]
    assert lines.startswith(b"at,study_day,kind,")
    await ann.says("/delete")
    await ann.presses("Yes, delete everything")
    await ann.says("/export")
    assert len(documents(running)) == 2
    assert "Nothing is kept about you here." in str(ann.chat.story[-1])


async def test_files_that_are_too_large_are_not_sent(running: Backfill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "FILE", 100)
    ann = running.server.user(1, "Ann")
    await running.drills(ann)
    await ann.says("/export")
    assert documents(running) == []
    assert TOO_LARGE in str(ann.chat.story[-1])


async def test_larger_files_are_packed(running: Backfill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "FILE", 2000)
    ann = running.server.user(1, "Ann")
    await running.drills(ann)
    await ann.says("/export")
    assert [name.endswith(".json.gz") for name, _ in documents(running)] == [True, False]
