"""Who may moderate a group, as Telegram says; remembered for a minute, so that a crowd of presses asks once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from telegram.error import TelegramError
from telegram.ext import ExtBot

KEPT = 60.0  # seconds
GROUPS = 5_000  # remembered

_log = structlog.get_logger(__name__)


class Admins:
    """The creators and administrators of groups. `now` gives Unix seconds."""

    def __init__(self, bot: ExtBot[Any], now: Callable[[], float]) -> None:
        self._bot = bot
        self._now = now
        self._known: dict[int, tuple[float, frozenset[int]]] = {}
        self._asking: dict[int, asyncio.Lock] = {}

    async def has(self, chat: int, person: int) -> bool:
        """Whether this person may. When Telegram cannot be asked, nobody may but whoever started a quiz."""
        async with self._asking.setdefault(chat, asyncio.Lock()):
            kept = self._known.get(chat)
            if kept is None or not kept[0] <= self._now() < kept[0] + KEPT:
                try:
                    members = await self._bot.get_chat_administrators(chat)
                except TelegramError as error:
                    _log.warning("telegram.admins", chat=chat, error=str(error))
                    return False
                kept = self._known[chat] = self._now(), frozenset(member.user.id for member in members)
                self._forget()
        return person in kept[1]

    def _forget(self) -> None:
        while len(self._known) > GROUPS:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._asking.pop(oldest, None)
