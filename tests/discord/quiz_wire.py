"""A quiz over real HTTP and a real gateway, against the small Discord of our own: members of a server and a fast clock.

Time runs twenty times as fast for quizzes: a question of 20 seconds takes one. Everything else is as it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.core.quiz.fold import Pressed, gather, replay
from bot.core.quiz.model import Place, Quiz
from bot.core.tutor import Tutor
from bot.discord.app import Running, serve
from bot.quiz.master import QuizMaster
from bot.quiz.running import wait_for
from storage.check import check
from storage.open import open_store
from tests.databases import migrated
from tests.quiz.world import Faulty

from .people import BUTTON, TEXT, TEXT_INPUT, walk
from .quiz_night import shelf
from .server import DiscordServer, until
from .server.server import COMMAND, FORM, PRESS
from .server.world import Asked, Json

SPEED = 20
GUILD, CHANNEL = "77", "550"
MODERATES = str((1 << 5) | (1 << 13))  # Manage Server, Manage Messages
WRITES = str((1 << 10) | (1 << 11))  # View Channel, Send Messages
STRING, INTEGER, BOOLEAN = 3, 4, 5


class Room:
    """The server's channel, as Discord has it."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        server.world.guild_channel(CHANNEL, GUILD, "study")

    @property
    def messages(self) -> list[Json]:
        """What everybody sees, oldest first."""
        found = self.server.world.messages.values()
        return [one for one in found if one["channel_id"] == CHANNEL and not one["flags"] & 64]

    @property
    def screen(self) -> str:
        return text_of(self.messages[-1]) if self.messages else ""

    async def sees(self, text: str) -> None:
        await until(lambda: text in self.screen, f"{text!r} in:\n{self.screen}")

    async def shows(self, message: Json, text: str) -> None:
        """Until this message has a text, whatever was sent below it meanwhile."""
        number = message["id"]
        await until(lambda: text in text_of(self.server.world.messages[number]), f"{text!r} in {number}")

    def edits(self) -> Iterator[tuple[str, float]]:
        """(message, time.monotonic()) of each edit of a channel's message."""
        for call in self.server.calls("PATCH", "/channels"):
            yield call.path.rpartition("/")[2], call.at


class Club(Room):
    """A server whose channel the bot serves, from one database; `stop` and `start` restart the process."""

    def __init__(self, server: DiscordServer, folder: Path) -> None:
        super().__init__(server)
        self.database = migrated(folder / "backfill.db")
        self.slow = 0.0  # seconds each press takes after its commit
        self._began = time.monotonic()
        self._away = 0.0  # seconds of the quizzes' clock

    def clock(self) -> int:
        return 1_795_542_120_000 + round((self._away + (time.monotonic() - self._began) * SPEED) * 1000)

    async def start(self, *, away: float = 0.0, failing: int = 0) -> None:
        """`away`: seconds that nothing was running; `failing`: turns that cannot be taken then."""
        self._away += away
        self.store = Faulty(await open_store(self.database, clock=self.clock), failing)
        self.tutor = Tutor(self.store, shelf, self.clock)
        self.quizzes = QuizMaster(self.store, shelf, self.clock, wait=_fast)
        handle = self.quizzes.handle

        async def slowly(*given: Any) -> Any:
            reply = await handle(*given)
            await asyncio.sleep(self.slow)
            return reply

        setattr(self.quizzes, "handle", slowly)  # noqa: B010 - it is no attribute of the class
        self.ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.running: Running = await serve(
            self.tutor.handle, shelf, self.tutor.servers, self.quizzes, self.server.world.token,
            announce=lambda _said: None, ending=self.ending,
        )  # fmt: skip
        await until(lambda: self.server.gateway.connected, "a gateway connection")

    async def stop(self) -> None:
        await self.running.close()
        await self.quizzes.close()
        await self.store.close()

    # --- what the store has -----------------------------------------------------------------------------------------

    async def quiz(self) -> Quiz:
        """The latest quiz as stored; its log adds up to it."""

        def find(_turn: Any, quizzes: Any) -> tuple[Quiz, Any]:
            latest = quizzes.latest(Place("discord", CHANNEL))
            return latest, quizzes.log(latest.id)

        found, log = await self.quizzes._book.read(find)
        assert replay(found.id, log) == found
        return found

    async def pressed(self) -> Pressed:
        quiz = await self.quiz()
        return gather(await self.quizzes._book.read(lambda _turn, quizzes: quizzes.log(quiz.id)))


class Guest:
    """A member of the server."""

    def __init__(self, room: Room, number: int, name: str, *, may: str = "0") -> None:
        self.room = room
        self.may = may
        self.user: Json = {
            "id": str(number), "username": name.casefold(), "discriminator": "0", "avatar": None,
            "global_name": name, "bot": False,
        }  # fmt: skip

    async def commands(self, name: str, **options: Any) -> Asked:
        kinds = {str: STRING, int: INTEGER, bool: BOOLEAN}
        given = [{"name": key, "type": kinds[type(value)], "value": value} for key, value in options.items()]
        return await self._interact(COMMAND, {"id": "1", "name": name, "type": 1, "options": given})

    async def presses(self, label: str, message: Json | None = None) -> Asked:
        """The button whose label begins so, on the channel's newest message."""
        found = message or self.room.messages[-1]
        button = next(c for c in walk(found["components"]) if c["type"] == BUTTON and c["label"].startswith(label))
        return await self.presses_id(button["custom_id"], found)

    async def picks(self, option: int, message: Json | None = None) -> Asked:
        """An option by its place."""
        found = message or self.room.messages[-1]
        ids = [c["custom_id"] for c in walk(found["components"]) if ":Q.a." in c.get("custom_id", "")]
        return await self.presses_id(ids[option], found)

    async def presses_id(self, custom_id: str, message: Json) -> Asked:
        return await self._interact(PRESS, {"custom_id": custom_id, "component_type": BUTTON}, message)

    async def sends(self, asked: Asked, text: str) -> Asked:
        """The form that an interaction was answered with, filled in."""
        assert asked.answered is not None
        form = asked.answered["data"]
        field = next(c for c in walk(form["components"]) if c["type"] == TEXT_INPUT)
        typed = {"type": TEXT_INPUT, "custom_id": field["custom_id"], "value": text, "id": 3}
        label = {"type": 18, "id": 2, "component": typed}
        return await self._interact(FORM, {"custom_id": form["custom_id"], "components": [label]})

    async def _interact(self, kind: int, data: Json, message: Json | None = None) -> Asked:
        world = self.room.server.world
        number = int(world.new_id())
        asked = Asked(
            id=number, token=f"token-{number}", kind=kind, channel=CHANNEL, sent_at=world.now(), now=world.now,
            source=message["id"] if message else "",
        )  # fmt: skip
        world.interactions[number] = asked
        member = {
            "user": self.user, "roles": [], "permissions": self.may, "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False, "mute": False, "flags": 0, "nick": None, "avatar": None,
        }  # fmt: skip
        payload: Json = {
            "id": str(number), "application_id": "1000", "type": kind, "token": asked.token, "version": 1, "data": data,
            "channel_id": CHANNEL, "channel": world.channels[CHANNEL] | {"permissions": self.may}, "guild_id": GUILD,
            "guild": {"id": GUILD, "features": [], "locale": "en-US"}, "member": member, "locale": "en-US",
            "guild_locale": "en-US", "entitlements": [], "authorizing_integration_owners": {"0": GUILD}, "context": 0,
            "app_permissions": WRITES, "attachment_size_limit": 10_000_000,
        }  # fmt: skip
        if message is not None:
            payload["message"] = message
        await self.room.server.gateway.dispatch("INTERACTION_CREATE", payload)
        return asked


async def answered(*asked: Asked) -> list[Json]:
    """How interactions were answered, once all were."""
    await until(lambda: all(one.answered is not None for one in asked), "an answer to each")
    return [one.answered or {} for one in asked]


def text_of(message: Json) -> str:
    return "\n".join(c["content"] for c in walk(message.get("components") or ()) if c["type"] == TEXT)


@asynccontextmanager
async def club(server: DiscordServer, folder: Path) -> AsyncIterator[Club]:
    """A running bot, and a server; the database is in order at the end."""
    made = Club(server, folder)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
    assert check(made.database) == []


async def _fast(event: asyncio.Event, seconds: float | None) -> None:
    await wait_for(event, None if seconds is None else seconds / SPEED)
