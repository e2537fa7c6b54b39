"""Wires Discord together: the library's client with our commands and buttons, its login, its gateway and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import discord
import structlog
from discord import app_commands

from bot.core.my_data_model import Pack, no_files
from bot.discord import words
from bot.discord.brake import Brake
from bot.discord.calls import RESET
from bot.discord.commands import Shelf, plant
from bot.discord.components import ITEMS
from bot.discord.handlers import Handle, Handlers
from bot.discord.post import Carrier
from bot.discord.quiz import Door, Quizzes
from bot.discord.quiz_commands import plant as plant_quiz
from bot.discord.quiz_items import ITEMS as QUIZ_ITEMS
from bot.discord.send import PATIENCE, Speaker
from bot.discord.setup import Pick, Servers, Setup

CONNECT_EVERY = 15.0  # seconds between attempts while Discord cannot be reached at the start
FINISH = 10.0  # seconds that what is under way may take at the end

# Close codes after which trying again leads nowhere, and what to mend.
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
HOPELESS = {
    4004: "Discord no longer takes the bot's token. Copy a new one into BACKFILL_DISCORD_TOKEN and start again.",
    4010: "Discord refuses the shard. This version serves one.",
    4011: "The bot is in more than 2,500 servers; this version serves fewer.",
    4012: "Discord no longer speaks this version of its gateway. Update Backfill.",
    4013: "Discord refuses the intents. Update Backfill.",
    4014: "Discord asks for an intent that is switched off. Backfill needs none of the privileged ones: update it.",
}

_log = structlog.get_logger(__name__)


class Ended(ValueError):
    """Discord lets us serve no longer; the message says what to mend."""


class Unreachable(ConnectionError):
    """Discord cannot be reached."""


class TokenRefused(ValueError):
    """Discord does not know this bot token. Copy it from the developer portal again, into BACKFILL_DISCORD_TOKEN."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class Client(discord.Client):
    """discord.py's client with our handlers. It keeps no messages and no members."""

    def __init__(
        self,
        handle: Handle,
        shelf: Shelf,
        servers: Servers,
        quizzes: Door,
        *,
        patience: float = PATIENCE,
        elsewhere: Callable[[], str] = lambda: "",
        pack: Pack = no_files,
    ) -> None:
        """`patience`: seconds the tutor may take before an interaction is deferred.

        `elsewhere` gives the address that a deep link's payload is put behind to open Telegram, or "".
        """
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),  # neither is privileged
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=Brake().trace(),
        )
        self.speaker = Speaker(self, patience, elsewhere)
        self.handlers = Handlers(handle, self.speaker, pack)
        self.setup = Setup(self, servers, shelf)
        self.tree: app_commands.CommandTree[Client] = plant(self, shelf)
        self.setup.plant(self.tree)
        self.quiz = Quizzes(self, quizzes, servers, shelf)
        plant_quiz(self.tree, shelf)
        self.items = (*ITEMS, Pick, *QUIZ_ITEMS)
        self.add_dynamic_items(*self.items)

    async def setup_hook(self) -> None:
        """Called by the library after each login, before the gateway: put the commands into Discord's menu."""
        try:
            await self.tree.sync()
        except (discord.HTTPException, *RESET) as error:
            _log.warning("discord.commands", error=str(error))  # those of the last start still work

    async def on_ready(self) -> None:
        """Called by the library when the gateway is ready."""
        _log.info("discord.started", bot=str(self.user), servers=len(self.guilds))
        await self.quiz.begin()

    async def on_interaction(self, interaction: discord.Interaction[Client]) -> None:
        """Called by the library for everything; what it knows itself is already on its way."""
        if not await self.quiz.other(interaction):
            await self.handlers.other(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Called by the library for messages in private chats."""
        await self.handlers.message(message)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Called by the library when a channel was deleted."""
        await self.quiz.gone(channel.id)

    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        """Called by the library when a thread was deleted."""
        await self.quiz.gone(thread.thread_id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Called by the library when the bot was removed from a server."""
        await self.quiz.gone(*(place.id for place in (*guild.channels, *guild.threads)))


class Running:
    """A bot being served. `serving` ends when Discord lets us serve no longer."""

    def __init__(
        self, build: Callable[[], Client], token: str, client: Client | None, announce: Callable[[str], None]
    ) -> None:
        """`client` is logged in; None when Discord could not be reached yet."""
        self._announce = announce
        self._build = build
        self._token = token
        self._client = client
        self.carrier = Carrier(lambda: self._client)
        self.serving = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Take nothing new, finish what is under way (at most ten seconds), let go."""
        self.serving.cancel()
        await asyncio.gather(self.serving, return_exceptions=True)
        if self._client is not None:
            await self._client.handlers.finish(FINISH)
            await self._client.quiz.end()
            await self._client.close()

    async def _serve(self) -> None:
        """The gateway, for as long as Discord lets us. Raises Ended or TokenRefused."""
        while self._client is None:
            await asyncio.sleep(CONNECT_EVERY)
            self._client = await _logged_in(self._build, self._token)
        assert self._client.application_id is not None  # noqa: S101 - known since the login
        self._announce(words.serving(install_link(self._client.application_id)))
        try:
            await self._client.connect()
        except discord.ConnectionClosed as closed:
            raise Ended(HOPELESS.get(closed.code, f"Discord ended the connection ({closed.code}).")) from None
        except discord.PrivilegedIntentsRequired:
            raise Ended(HOPELESS[4014]) from None


async def serve(
    handle: Handle,
    shelf: Shelf,
    servers: Servers,
    quizzes: Door,
    token: str,
    *,
    announce: Callable[[str], None],
    ending: asyncio.Future[None],
    elsewhere: Callable[[], str] = lambda: "",
    pack: Pack = no_files,
) -> Running:
    """Serve the bot with this token until closed; `shelf` gives the catalogue of the moment, `servers`
    keeps what the managers of servers settle, `quizzes` runs group quizzes, `pack` gives learners their files.

    `announce` is given a sentence with the address that installs the bot; `elsewhere` gives the address that a deep
    link's payload is put behind to open Telegram, or "". Raises TokenRefused when Discord says so. When Discord cannot
    be reached, serving begins as soon as it can; what then keeps it from serving becomes the exception of `ending`.
    """

    def build() -> Client:
        return Client(handle, shelf, servers, quizzes, elsewhere=elsewhere, pack=pack)

    running = Running(build, token, await _logged_in(build, token), announce)
    running.serving.add_done_callback(lambda serving: _pass_on(serving, ending))
    return running


class Look(NamedTuple):
    """What Discord says of a token: the address that installs the bot, and what keeps it from serving."""

    link: str
    problems: tuple[str, ...]


async def look(token: str) -> Look:
    """Ask Discord about a token. Raises TokenRefused, or Unreachable."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token)
            about = await client.application_info()
        except discord.LoginFailure:
            raise TokenRefused from None
        except (discord.HTTPException, *RESET) as error:
            raise Unreachable(f"Discord cannot be reached ({error}).") from None
    problems = []
    if about.interactions_endpoint_url:
        problems.append(words.ENDPOINT_SET)
    if about.guild_integration_config is None or about.user_integration_config is None:
        problems.append(words.NOT_INSTALLABLE)
    return Look(install_link(about.id), tuple(problems))


def install_link(application: int) -> str:
    """The address under which anybody installs the bot, for themselves or for a server; it asks for no permission."""
    return f"https://discord.com/oauth2/authorize?client_id={application}"


def _pass_on(serving: asyncio.Task[None], ending: asyncio.Future[None]) -> None:
    error = None if serving.cancelled() else serving.exception()
    if error is not None and not ending.done():
        ending.set_exception(error)


async def _logged_in(build: Callable[[], Client], token: str) -> Client | None:
    """A client that knows who we are; None when Discord cannot be reached. Raises TokenRefused."""
    client = build()
    try:
        await client.login(token)
    except discord.LoginFailure:
        await client.close()
        raise TokenRefused from None
    except (discord.HTTPException, *RESET) as error:
        await client.close()
        _log.warning("discord.unreachable", error=str(error))
        return None
    return client
