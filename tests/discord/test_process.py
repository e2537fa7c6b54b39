"""`backfill run` and `backfill doctor` with a Discord token in the settings, as an operator meets them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.doctor import examine
from bot.logs import redact
from bot.process import serve
from bot.settings import Settings, SettingsError, read_settings
from storage.check import check
from tests.stories.decks import facts

from .server import DiscordServer, Human, until
from .wiring import redirected

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE." + "x" * 38  # nobody's


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with redirected(monkeypatch) as running:
        running.world.token = TOKEN
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    decks = tmp_path / "decks"
    decks.mkdir()
    (decks / "jobs.md").write_text(facts("jobs", 12))
    environment = {
        "BACKFILL_DATA": str(tmp_path),
        "BACKFILL_DECKS": f"own={decks}",
        "BACKFILL_PORT": "0",
        "BACKFILL_DISCORD_TOKEN": TOKEN,
    }
    return read_settings(environment, tmp_path / ".env")


async def test_one_process_serves_page_and_discord_over_one_store(server: DiscordServer, settings: Settings) -> None:
    said: list[str] = []
    process = asyncio.create_task(serve(settings, said.append))
    await until(lambda: server.gateway.connected and len(said) == 2, "both surfaces")
    assert "Discord: https://discord.com/oauth2/authorize?client_id=1000" in said
    page = next(found[0] for line in said if (found := re.search(r"http://127\S+", line)))
    ann = Human(server, 7, "Ann")
    await ann.commands("drill", deck="jobs")
    await ann.sees("How much on an ordinary day?")
    await ann.presses("20 min")
    await ann.sees("job 1")
    cookies = aiohttp.CookieJar(unsafe=True)  # else it takes no cookie from 127.0.0.1
    async with aiohttp.ClientSession(cookie_jar=cookies) as browser, browser.get(page) as answer:
        assert "What are you working towards?" in await answer.text(), "another learner, the same catalogue"
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(process, 20)
    assert len(server.gateway.operations(2)) == 1
    assert check(settings.database) == []


async def test_a_hopeless_close_ends_the_process_with_what_to_mend(server: DiscordServer, settings: Settings) -> None:
    server.gateway.refuse = [4014]
    with pytest.raises(ValueError, match="needs none of the privileged ones"):
        await asyncio.wait_for(serve(settings, lambda _said: None), 20)


async def test_a_refused_token_ends_the_start(server: DiscordServer, settings: Settings) -> None:
    server.world.token = "other"
    with pytest.raises(ValueError, match="BACKFILL_DISCORD_TOKEN") as refused:
        await asyncio.wait_for(serve(settings, lambda _said: None), 20)
    assert TOKEN not in str(refused.value)


async def test_doctor_asks_discord_and_says_what_to_mend(server: DiscordServer, settings: Settings) -> None:
    well = [str(finding) for finding in await asyncio.to_thread(examine, settings)]
    assert any("Discord knows the token" in line and line.startswith("ok") for line in well)
    server.application["interactions_endpoint_url"] = "https://example.org/x"
    server.application["integration_types_config"] = {"0": {}}
    wrong = [str(finding) for finding in await asyncio.to_thread(examine, settings)]
    assert sum("developer portal" in line and line.startswith("MEND") for line in wrong) == 2
    server.world.token = "other"
    refused = [str(finding) for finding in await asyncio.to_thread(examine, settings)]
    assert any("does not know this bot token" in line for line in refused)


@pytest.mark.parametrize("given", ["abc", "Bot " + TOKEN, TOKEN[:-30], "a.b.c"])
def test_what_is_no_token_is_refused_without_repeating_it(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match="developer portal") as refused:
        read_settings({"BACKFILL_DISCORD_TOKEN": given}, tmp_path / ".env")
    assert given not in str(refused.value)


def test_the_log_redacts_the_token() -> None:
    assert TOKEN not in str(redact(None, "info", {"event": f"Bot {TOKEN} was refused", "more": {"x": [TOKEN]}}))
