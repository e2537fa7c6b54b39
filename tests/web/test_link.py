"""Linking from the page, where nothing is typed but into the field a screen offers."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.actions import Agree, Link
from bot.core.link_model import code_of
from bot.core.model import Account
from bot.core.tutor import Tutor
from bot.web.app import serve
from storage.open import open_store
from tests.databases import migrated
from tests.shipped import shipped
from tests.web.visitor import visitor

NOON = 1_795_521_600_000  # 2026-11-24 12:00 UTC, in ms
CHAT = Account("telegram", "1002")


async def test_the_page_takes_a_code_and_gives_one(tmp_path: Path) -> None:
    store = await open_store(migrated(tmp_path / "backfill.db"))
    library = shipped()
    tutor = Tutor(store, lambda: library.current, lambda: NOON)
    page = await serve(tutor.handle, port=0, announce=lambda _: None)
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press(next(name for name in browser.drawn.buttons if name.startswith("Dimensional")))
        await browser.press("10 min")
        await browser.press("More")
        await browser.press("Stop")
        await browser.press("Decks")
        await browser.press("Back")
        await browser.press("Settings")
        await browser.press("Link an account")
        assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", browser.drawn.text)
        offered = await tutor.handle(CHAT, Link(name="@ann"), "t1")
        await browser.press("Send", text=code_of(offered.link.removeprefix("l_")).lower())
        assert "Link this account with Telegram (@ann, …1002)?" in browser.drawn.text
        await browser.press("Yes, link them")
        assert "Half done." in browser.drawn.text
        asked = await tutor.handle(CHAT, Link(), "t2")
        agree = asked.rows[0][0].action
        assert isinstance(agree, Agree)
        await tutor.handle(CHAT, agree, "t3")
        await browser.press("Look again")
        assert "Linked with Telegram (…1002)" in browser.drawn.text
    await page.close()
    await store.close()
