"""The files of an export as downloads of the page."""

from __future__ import annotations

import json
from pathlib import Path

from bot.core.tutor import Tutor
from bot.parcel import packer
from bot.web.app import serve
from decks.library import Folder, Library
from storage.open import open_store
from tests.databases import migrated
from tests.web.test_story import DECK, NOON
from tests.web.visitor import visitor


async def test_my_data_is_downloaded_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "interview-practice.md").write_text(DECK)
    library, database = Library([Folder(tmp_path / "decks", "own")]), str(tmp_path / "backfill.db")
    store = await open_store(migrated(tmp_path / "backfill.db"))
    tutor = Tutor(store, lambda: library.current, lambda: NOON)
    page = await serve(tutor.handle, port=0, announce=lambda _: None, pack=packer(database, lambda: NOON))
    try:
        async with visitor(page.port) as browser:
            await browser.open(page.address)
            await browser.press("Interview practice")
            await browser.press("10 min")
            await browser.press("Settings")
            await browser.press("My data")
            await browser.press("Export")
            assert 'href="/export.json" download' in browser.html
            async with browser.http.get(f"{browser.origin}/export.json") as response:
                assert response.headers["Content-Disposition"].endswith('.json"')
                assert json.loads(await response.read())["accounts"] == [{"platform": "web", "external": "local"}]
            async with browser.http.get(f"{browser.origin}/export.csv") as response:
                assert (await response.read()).startswith(b"at,study_day,kind,")
            await browser.press("Settings")
            await browser.press("My data")
            await browser.press("Delete everything")
            await browser.press("Yes, delete everything")
            async with browser.http.get(f"{browser.origin}/export.json") as response:
                assert response.status == 409
                assert "Nothing is kept about you here." in await response.text()
        async with (
            visitor(page.port) as stranger,
            stranger.http.get(f"{stranger.origin}/export.json") as response,
        ):
            assert response.status == 401
    finally:
        await page.close()
        await store.close()
