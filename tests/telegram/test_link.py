"""Linking through Telegram: by a code typed after /link, and by opening a link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.actions import Agree, Link, ShowLink
from bot.core.model import Account

from .backfill import Backfill, backfill, catalogue
from .server import BotApiServer

PAGE = Account("web", "local")


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    async with backfill(server, tmp_path, catalogue()) as made:
        yield made
        assert server.unanswered == []
        assert server.lost_formatting == []


async def test_a_code_from_one_chat_links_another(running: Backfill) -> None:
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    await ann.says("/link")
    code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", ann.messages[-1].text)
    assert code is not None
    await ben.says(f"/link {code.group().lower()}")
    assert "Link this account with Telegram (" in ben.messages[-1].text
    assert "…1)?" in ben.messages[-1].text
    await ben.presses("Yes, link them")
    await ann.presses("I entered it there")
    assert "…2)?" in ann.messages[-1].text
    await ann.presses("Yes, link them")
    assert ann.messages[-1].text.startswith("Linked with Telegram (")
    await ben.presses("Look again")
    assert ben.messages[-1].text.startswith("Linked with Telegram (")
    await ben.says("/unlink")
    assert ben.buttons[:2] == ["Unlink Telegram …1", "Unlink Telegram …2"]


async def test_a_link_from_the_page_opens_the_question_at_once(running: Backfill) -> None:
    offered = await running.tutor.handle(PAGE, Link(), "w1")
    ann = running.server.user(1, "Ann")
    await ann.says(f"/start {offered.link}")
    assert ann.messages[-1].text.startswith("Link this account with the page on Backfill's computer?")
    await ann.presses("Yes, link them")
    look = offered.rows[0][0].action
    assert isinstance(look, ShowLink)
    asked = await running.tutor.handle(PAGE, look, "w2")
    agree = asked.rows[0][0].action
    assert isinstance(agree, Agree)
    await running.tutor.handle(PAGE, agree, "w3")
    await ann.presses("Look again")
    assert ann.messages[-1].text.startswith("Linked with the page on Backfill's computer.")


async def test_the_other_side_is_told_the_name_telegram_gives_and_no_payloads(running: Backfill) -> None:
    ann, ben = running.server.user(1, "Ann"), running.server.user(2, "Ben")
    await ann.says("/settings")
    ann.tap("L..@somebody", ann.messages[-1])
    await running.server.idle()
    code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", ann.messages[-1].text)
    assert code is not None
    await ben.says(f"/link {code.group()}")
    assert "somebody" not in ben.messages[-1].text
    assert "Telegram (Ann, …1)?" in ben.messages[-1].text


async def test_a_screen_with_a_code_leaves_the_card_its_buttons(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await ann.says("/start d_scd-types")
    await ann.presses("5 min")
    card = ann.messages[-1]
    for command in ("/link", "/decks"):
        await ann.says(command)
        assert card.keyboard, "text still answers the card, so it can still be pressed"
