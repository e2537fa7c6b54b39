"""The page over the real tutor on SQLite, from the first press on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.core.ports import Store
from bot.core.tutor import Tutor
from bot.web.app import Running, serve
from decks.library import Folder, Library
from storage.open import open_store
from tests.databases import migrated
from tests.web import chromium
from tests.web.visitor import Visitor, visitor

NOON = 1_795_521_600_000  # 2026-11-24 12:00 UTC, in ms
DECK = """---
deck: interview-practice
title: Interview practice
about: What a good answer mentions.
level: beginner
---

Interview: A warehouse project grows from 50 to 500 models. What do you change?
id: five-hundred-models
A: Order, ownership and checks grow with it.
points:
- Folders by domain, each with an owner
- Settings on folders, not on models
- Checks build what changed

Q: What does a surrogate key not carry?
id: surrogate-meaning
A: Any meaning of the business, so that it never has to change with one.

Q: When is a late fact late?
id: late-fact
A: When it arrives after the dimension rows of its day were already superseded.
"""

Open = Callable[[], Awaitable[Running]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Open]:
    """Starts the process's page: each call is a new process on the same database; all end with the test."""
    decks = tmp_path / "decks"
    decks.mkdir()
    (decks / "interview-practice.md").write_text(DECK)
    async with AsyncExitStack() as running:

        async def page() -> Running:
            await running.aclose()
            library = Library([Folder(decks, "own")])
            store: Store = await open_store(migrated(tmp_path / "backfill.db"))
            running.push_async_callback(store.close)
            tutor = Tutor(store, lambda: library.current, lambda: NOON)
            served = await serve(tutor.handle, port=0, announce=lambda _: None)
            running.push_async_callback(served.close)
            return served

        yield page


async def first_card(browser: Visitor, page: Running) -> None:
    await browser.open(page.address)
    await browser.press("Interview practice")
    await browser.press("10 min")


async def test_the_second_press_shows_a_card(start: Open) -> None:
    page = await start()
    async with visitor(page.port) as browser:
        await first_card(browser, page)
        assert browser.status == 200
        assert "1 of 3" in browser.drawn.text
        assert "50 to 500 models" in browser.drawn.text


async def test_a_restart_between_question_and_answer_is_invisible(start: Open) -> None:
    page = await start()
    async with visitor(page.port) as browser:
        await first_card(browser, page)
    page = await start()
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        assert "50 to 500 models" in browser.drawn.text
        await browser.press("Show key points")
        await browser.press("Again, back in 1 minute")
        assert "Again. Back in 1 minute." in browser.drawn.text


async def test_a_press_on_an_old_screen_is_explained_and_changes_nothing(start: Open) -> None:
    page = await start()
    async with visitor(page.port) as browser:
        await first_card(browser, page)
        await browser.press("Show key points")
        answer = browser.html
        await browser.press("Again, back in 1 minute")
        browser.html = answer
        await browser.press("Hard, back in 6 minutes")
        assert "Already rated Again." in browser.drawn.text
        assert "2 of 3" in browser.drawn.text


@pytest.mark.skipif(chromium.installed() is None, reason="no Chromium here: ticks are not tried in a browser")
async def test_key_points_are_ticked_without_losing_the_place(start: Open, tmp_path: Path) -> None:
    page = await start()
    with chromium.chromium(tmp_path / "profile") as port:
        async with chromium.tab(port) as tab:
            await tab.open(page.address)
            await tab.sees("What are you working towards?")
            await tab.press_button("Interview practice")
            await tab.sees("How much on an ordinary day?")
            await tab.press_button("5 min")
            await tab.sees("50 to 500 models")
            await tab.press(" ")
            await tab.sees("Tick what you said.")
            line = "document.querySelector('.start')?.innerText"
            assert await tab.look(line) == "Tick what you said."
            await tab.press_button("2")
            await tab.sees("2 ✓")
            assert await tab.look("document.querySelectorAll('li.ticked').length") == 1
            assert await tab.look(line) == "Tick what you said.", "the answer still starts where it did"
            assert await tab.look("document.activeElement.innerText") == "2 ✓"
            assert tab.errors == []
