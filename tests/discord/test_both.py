"""One process, one person, Telegram in the morning, Discord in the evening: all real but the two platforms."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.process import serve
from bot.settings import read_settings
from storage.check import check
from tests.stories.decks import facts
from tests.telegram.server import BotApiServer

from .server import Human, until
from .server.world import doors
from .test_process import TOKEN
from .wiring import redirected


async def ended(process: asyncio.Task[None]) -> None:
    """However the story went, nothing of it is left running."""
    process.cancel()
    await asyncio.gather(process, return_exceptions=True)


async def test_a_drill_begun_in_telegram_goes_on_in_discord(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    decks = tmp_path / "decks"
    decks.mkdir()
    (decks / "jobs.md").write_text(facts("jobs", 12))
    async with BotApiServer() as telegram, redirected(monkeypatch) as discord, AsyncExitStack() as stack:
        discord.world.token = TOKEN
        environment = {
            "BACKFILL_DATA": str(tmp_path),
            "BACKFILL_DECKS": f"own={decks}",
            "BACKFILL_PORT": "0",
            "BACKFILL_TELEGRAM_TOKEN": telegram.token,
            "BACKFILL_TELEGRAM_API": telegram.base_url.removesuffix("/bot"),
            "BACKFILL_DISCORD_TOKEN": TOKEN,
        }
        settings = read_settings(environment, tmp_path / ".env")
        said: list[str] = []
        process = asyncio.create_task(serve(settings, said.append))
        stack.push_async_callback(ended, process)
        await until(lambda: len(said) == 3 and discord.gateway.connected, "three surfaces")
        ann = telegram.user(1, "Ann")

        async def does(step: str, seen: str) -> None:
            """In Telegram: a text, or the label of a button, and what is seen after it."""
            if step.startswith("["):
                ann.press(next(label for label in ann.buttons if label.startswith(step.strip("[]"))))
            else:
                ann.write(step)
            await until(lambda: seen in ann.screen and bool(ann.buttons), f"{seen} after {step}:\n{ann.screen}")

        await does("/start d_jobs", "How much on an ordinary day?")
        await does("[20 min]", "job 1")
        await does("[Show answer]", "report 1")
        await does("[Good]", "job 2")

        her = Human(discord, 7, "Ann")
        await her.commands("link")
        await her.sees("Link another account")
        (door,) = doors(her.messages[-1])
        assert door.startswith(f"https://t.me/{telegram.bot.username}?start=l_")
        await does(f"/start {door.partition('?start=')[2]}", "Link this account with Discord")
        await does("[Yes, link them]", "Half done")
        await her.presses("I entered it there")
        await her.sees("Link this account with Telegram")
        await her.presses("Yes")
        await her.sees("Linked with Telegram")

        await her.commands("drill")
        await her.sees("job 2")
        await her.presses("Show answer")
        await her.sees("report 2")
        await her.presses("Good")
        await her.sees("job 3")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(process, 20)
    assert check(settings.database) == []
