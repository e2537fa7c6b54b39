"""The server as a test uses it, and the people who command, press and write there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from ..people import BUTTON, TEXT, walk
from .gateway import Gateway
from .rest import Fault, Rest
from .world import Asked, Json, World

PATIENCE = 10.0  # seconds that anything may take to happen
COMMAND, PRESS, FORM = 2, 3, 5


class DiscordServer:
    """Use as `async with DiscordServer() as server`."""

    def __init__(self) -> None:
        self.world = World()
        self.rest = Rest(self.world)
        self.gateway = Gateway(self.world)
        self.rest.app.router.add_get("/", self.gateway.serve)
        self._runner = web.AppRunner(self.rest.app, shutdown_timeout=0.1)
        self.api = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api = f"http://127.0.0.1:{port}/api/v10"
        self.gateway.url = f"ws://127.0.0.1:{port}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def application(self) -> Json:
        """What Discord knows of the application."""
        return self.rest.application

    def fail(self, method: str, path: str, status: int, **more: Any) -> None:
        """The next requests that fit get this answer."""
        self.rest.faults.append(Fault(method, path, status, **more))

    def calls(self, method: str, path: str) -> list[Any]:
        """Bodies of the requests to paths that begin so."""
        return [call for call in self.rest.calls if call.method == method and call.path.startswith(path)]


async def until(seen: Callable[[], bool], what: str = "") -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < deadline, f"never happened: {what or seen}"
        await asyncio.sleep(0.005)


class Human:
    """Somebody in their private chat with the bot."""

    def __init__(self, server: DiscordServer, number: int, name: str) -> None:
        self._server = server
        self.user: Json = {
            "id": str(number), "username": name.casefold(), "discriminator": "0", "avatar": None,
            "global_name": name, "bot": False,
        }  # fmt: skip
        self.chat = server.world.private_chat(self.user)

    # --- what they do --------------------------------------------------------------------------------------------

    async def commands(self, name: str, **options: str) -> Asked:
        """A slash command that the bot has registered."""
        spec = next(spec for spec in self._server.world.commands if spec["name"] == name)
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        return await self._interact(COMMAND, {"id": "1", "name": spec["name"], "type": 1, "options": given})

    async def presses(self, label: str) -> Asked:
        """The button whose label begins so, on the newest message."""
        message = self.messages[-1]
        found = next(c for c in walk(message["components"]) if c["type"] == BUTTON and c["label"].startswith(label))
        return await self._interact(PRESS, {"custom_id": found["custom_id"], "component_type": BUTTON}, message)

    async def says(self, text: str) -> None:
        message = self._server.world.say(self.chat, {"content": text}, author=self.user)
        await self._server.gateway.dispatch("MESSAGE_CREATE", message)

    async def _interact(self, kind: int, data: Json, message: Json | None = None) -> Asked:
        world = self._server.world
        number = int(world.new_id())
        asked = Asked(
            id=number,
            token=f"token-{number}",
            kind=kind,
            channel=self.chat,
            sent_at=world.now(),
            now=world.now,
            source=message["id"] if message else "",
        )
        world.interactions[number] = asked
        payload: Json = {
            "id": str(number), "application_id": "1000", "type": kind, "token": asked.token, "version": 1, "data": data,
            "channel_id": self.chat, "channel": world.channels[self.chat], "user": self.user, "locale": "en-US",
            "entitlements": [], "authorizing_integration_owners": {"1": self.user["id"]}, "context": 1,
            "app_permissions": "0", "attachment_size_limit": 10_000_000,
        }  # fmt: skip
        if message is not None:
            payload["message"] = message
        await self._server.gateway.dispatch("INTERACTION_CREATE", payload)
        return asked

    # --- what they see -------------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Json]:
        """What the bot said here, oldest first."""
        shown = self._server.world.messages.values()
        return [message for message in shown if message["channel_id"] == self.chat and message["author"].get("bot")]

    @property
    def screen(self) -> str:
        """The text of the newest message."""
        if not self.messages:
            return ""
        return "\n".join(c["content"] for c in walk(self.messages[-1]["components"]) if c["type"] == TEXT)

    async def sees(self, text: str) -> None:
        await until(lambda: text in self.screen, f"{text!r} on the screen:\n\n{self.screen}")
