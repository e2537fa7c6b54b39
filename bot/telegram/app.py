"""Wires Telegram together: the library over our transport, our intake in front, the menu on its profile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeAllGroupChats
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ExtBot

from bot.core.my_data_model import Pack, no_files
from bot.telegram import quiz_words, words
from bot.telegram.handlers import Handle, Handlers
from bot.telegram.intake import Intake, Ledger
from bot.telegram.post import Carrier
from bot.telegram.quiz import QuizRoom, Quizzes
from bot.telegram.send import Speaker
from bot.telegram.transport import AiohttpRequest

CONNECT_EVERY = 15.0  # seconds between attempts while Telegram cannot be reached at the start
POLL_SLACK = 15.0  # seconds that an answer to a long poll may come late

Bot = ExtBot[None]
App = Application[Any, Any, Any, Any, Any, Any]
_log = structlog.get_logger(__name__)


class TokenRefused(ValueError):
    """Telegram does not know this bot token. Copy it from @BotFather again, into BACKFILL_TELEGRAM_TOKEN."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class Running:
    """A bot being served."""

    def __init__(
        self,
        application: App,
        handlers: Handlers,
        speaker: Speaker,
        room: QuizRoom,
        ledger: Ledger,
        announce: Callable[[str], None],
    ) -> None:
        self._application = application
        self._quizzes = room
        self._announce = announce
        self._intake = Intake(application.bot.get_updates, application.process_update, ledger, handlers.caught_up)
        self._beginning = True
        self.link = ""  # the bot's address, once Telegram has told it
        self.carrier = Carrier(speaker, lambda: bool(self.link))
        self.serving = asyncio.create_task(self._serve())

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._intake.busy or self._beginning

    async def close(self) -> None:
        """Fetch nothing new, finish what is under way (at most ten seconds), confirm it, let go."""
        self.serving.cancel()
        await asyncio.gather(self.serving, return_exceptions=True)
        await self._intake.finish()
        await self._quizzes.end()
        await self._application.shutdown()
        await self._application.bot.shutdown()  # the application forgets it when it never got a connection

    async def _serve(self) -> None:
        while not await _connect(self._application):  # noqa: ASYNC110 - nobody can tell us when the network is back
            await asyncio.sleep(CONNECT_EVERY)
        await _introduce(self._application.bot)
        self.link = self._application.bot.link
        _log.info("telegram.started", bot=self._application.bot.username)
        self._announce(words.serving(self._application.bot.link))
        await self._quizzes.begin()
        self._beginning = False
        await self._intake.run()


async def serve(
    handle: Handle,
    quizzes: Quizzes,
    token: str,
    api: str,
    *,
    announce: Callable[[str], None],
    ending: asyncio.Future[None],
    now: Callable[[], float] = time.time,
    pack: Pack = no_files,
) -> Running:
    """Serve the bot with this token, through the Bot API server at the address `api`, until closed.

    `announce` is given a sentence with the bot's address once it can be written to; `now` gives Unix seconds,
    `pack` a learner's files. Raises
    TokenRefused when Telegram says so. When Telegram cannot be reached, serving begins as soon as it can; what then
    keeps it from serving at all becomes the exception of `ending`.
    """
    application = build(token, api)
    await _connect(application)
    ledger = Ledger()
    speaker = Speaker(application.bot)
    room = QuizRoom(quizzes, application.bot, speaker, ledger.settle, now)
    handlers = Handlers(handle, room, speaker, ledger.settle, now, pack)
    handlers.register(application)
    running = Running(application, handlers, speaker, room, ledger, announce)
    running.serving.add_done_callback(lambda serving: _pass_on(serving, ending))
    return running


def build(token: str, api: str) -> App:
    """The library's application, without its updater, job queue and persistence."""
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest(pool_size=1, read_timeout=POLL_SLACK, pool_timeout=POLL_SLACK))
        .updater(None)
        .job_queue(None)
        .build()
    )


async def look(token: str, api: str) -> str:
    """The address of the bot with this token. Raises TokenRefused, or TelegramError when it cannot be asked."""
    async with AiohttpRequest() as request:
        bot: Bot = ExtBot(token, base_url=f"{api}/bot", request=request, get_updates_request=request)
        try:
            await bot.get_me()
        except InvalidToken:
            raise TokenRefused from None
        return bot.link


def _pass_on(serving: asyncio.Task[None], ending: asyncio.Future[None]) -> None:
    error = None if serving.cancelled() else serving.exception()
    if error is not None and not ending.done():
        ending.set_exception(error)


async def _connect(application: App) -> bool:
    """Learn who we are; False when Telegram cannot be reached. Raises TokenRefused."""
    try:
        await application.initialize()
    except InvalidToken:
        await application.bot.shutdown()
        raise TokenRefused from None  # the library's error is harmless, but a token must not travel in a cause
    except TelegramError as error:
        _log.warning("telegram.unreachable", error=str(error))
        return False
    return True


async def _introduce(bot: Bot) -> None:
    """Put the menu and the descriptions on the profile where they differ, and end any webhook, so that polling works.

    Nothing here is worth stopping for: what fails is logged and tried at the next start.
    """
    try:
        await bot.delete_webhook(drop_pending_updates=False)
        for scope, menu in ((None, words.COMMANDS), (BotCommandScopeAllGroupChats(), quiz_words.COMMANDS)):
            wanted = tuple(BotCommand(name, about) for name, about in menu)
            if await bot.get_my_commands(scope) != wanted:
                await bot.set_my_commands(wanted, scope)
        if (await bot.get_my_description()).description != words.ABOUT:
            await bot.set_my_description(words.ABOUT)
        if (await bot.get_my_short_description()).short_description != words.SHORT_ABOUT:
            await bot.set_my_short_description(words.SHORT_ABOUT)
    except TelegramError as error:
        _log.warning("telegram.profile", error=str(error))
