"""Wires Telegram together: the library over our transport, our intake in front, the menu on its profile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ExtBot

from bot.telegram import words
from bot.telegram.handlers import Handle, Handlers
from bot.telegram.intake import Intake, Ledger
from bot.telegram.send import Speaker
from bot.telegram.transport import AiohttpRequest

API = "https://api.telegram.org/bot"
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

    def __init__(self, application: App, handlers: Handlers, ledger: Ledger) -> None:
        self._application = application
        self._intake = Intake(application.bot.get_updates, application.process_update, ledger, handlers.caught_up)
        self._serving = asyncio.create_task(self._serve())

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._intake.busy

    async def close(self) -> None:
        """Fetch nothing new, finish what is under way (at most ten seconds), confirm it, let go."""
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        await self._intake.finish()
        await self._application.shutdown()
        await self._application.bot.shutdown()  # the application forgets it when it never got a connection

    async def _serve(self) -> None:
        while not await _connect(self._application):  # noqa: ASYNC110 - nobody can tell us when the network is back
            await asyncio.sleep(CONNECT_EVERY)
        await _introduce(self._application.bot)
        _log.info("telegram.started", bot=self._application.bot.username)
        await self._intake.run()


async def serve(handle: Handle, token: str, *, api: str = API, now: Callable[[], float] = time.time) -> Running:
    """Serve the bot with this token until closed. `api` is the address the token follows; `now` gives Unix seconds.

    Raises TokenRefused when Telegram says so. When it cannot be reached, serving begins as soon as it can.
    """
    application = build(token, api)
    await _connect(application)
    ledger = Ledger()
    handlers = Handlers(handle, Speaker(application.bot), ledger.settle, now)
    handlers.register(application)
    return Running(application, handlers, ledger)


def build(token: str, api: str = API) -> App:
    """The library's application, without its updater, job queue and persistence."""
    return (
        Application.builder()
        .token(token)
        .base_url(api)
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest(pool_size=1, read_timeout=POLL_SLACK, pool_timeout=POLL_SLACK))
        .updater(None)
        .job_queue(None)
        .build()
    )


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
        wanted = tuple(BotCommand(name, about) for name, about in words.COMMANDS)
        if await bot.get_my_commands() != wanted:
            await bot.set_my_commands(wanted)
        if (await bot.get_my_description()).description != words.ABOUT:
            await bot.set_my_description(words.ABOUT)
        if (await bot.get_my_short_description()).short_description != words.SHORT_ABOUT:
            await bot.set_my_short_description(words.SHORT_ABOUT)
    except TelegramError as error:
        _log.warning("telegram.profile", error=str(error))
