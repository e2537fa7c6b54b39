"""The library sent to a server of ours instead of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest

from .server import DiscordServer

GATEWAY = discord.gateway.DiscordWebSocket


@asynccontextmanager
async def redirected(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    """A running server, and discord.py unmodified but for the two addresses it knows."""

    async def at_once(_client: discord.Client, _shard: int | None, *, initial: bool = False) -> None:
        """The library waits five seconds before it identifies again."""

    async with DiscordServer() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api)
        monkeypatch.setattr(GATEWAY, "DEFAULT_GATEWAY", type(GATEWAY.DEFAULT_GATEWAY)(server.gateway.url))
        monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)
        yield server
