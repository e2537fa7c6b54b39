"""The second door: what a server's managers have settled, read and kept without any learner."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.model import Account
from bot.core.ports import Servers, Store, Turn
from bot.core.reply import Reply, Screen
from bot.core.servers import Server

NOTHING = Reply(screen=Screen.NOTICE, body=())


class ServerBook:
    """The settings of all servers, in the store. Raises the store's own errors."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, platform: str, external: str) -> Server:
        """A server's settings; those of one that was never set up are the defaults."""
        found = Server(platform=platform, external=external)

        def look(servers: Servers) -> None:
            nonlocal found
            found = servers.find(platform, external) or found

        await self._run(platform, look)
        return found

    async def save(self, server: Server) -> None:
        """Keep a server's settings."""
        await self._run(server.platform, lambda servers: servers.save(server))

    async def _run(self, platform: str, work: Callable[[Servers], None]) -> None:
        def decide(turn: Turn) -> Reply:
            work(turn.servers())
            return NOTHING

        await self._store.run(Account(platform, ""), "", decide)
