"""Delivers letters on Telegram: one attempt each, and what its failure means.

Telegram has no key for sends: what may have been delivered is never sent again (tdlib/telegram-bot-api #126, #482).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.core.reminder_model import Delivery, Later, Letter, Refused, Sent, Shut, Unsure
from bot.core.reply import Reply
from bot.telegram.send import NO_CHAT, Speaker
from bot.telegram.transport import was_not_sent

UNCONNECTED = 15.0  # seconds until Telegram is tried again after it could not be reached
PATIENCE = 20.0  # seconds a letter waits for room between answers before it is put off
TROUBLED = 60.0  # seconds, where only the operator can help
BLOCKED = "blocked"  # in Reminders.closed: blocked, or the account is gone


class Carrier:
    """Takes letters to private chats, which have the number of their person."""

    repeats = False  # a letter shown twice would be two
    at_once = 25  # sends under way together: at 20 a second each may take more than a second

    def __init__(self, speaker: Speaker, is_connected: Callable[[], bool]) -> None:
        self._speaker = speaker
        self._is_connected = is_connected

    async def deliver(self, letter: Letter, channel: str, reply: Reply) -> Delivery:
        """Send it once."""
        if not self._is_connected():
            return Later(UNCONNECTED, "not connected")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._speaker.pace.room()
        except TimeoutError:  # before anything left: no doubt about this one
            return Later(PATIENCE, "no room beside answers")
        try:
            await self._speaker.volunteer(int(letter.external), reply)
        except TelegramError as error:
            delivery = outcome(error)
            if isinstance(delivery, Later):
                self._speaker.pace.hold(delivery.seconds)
            return delivery
        return Sent()


def outcome(error: TelegramError) -> Delivery:
    """What an error says of a send."""
    match error:
        case RetryAfter(retry_after=wait):
            return Later(wait.total_seconds() if isinstance(wait, timedelta) else float(wait), "too many messages")
        case Forbidden():
            return Shut(BLOCKED, error.message)
        case BadRequest() if any(known in error.message.lower() for known in NO_CHAT):
            return Shut(BLOCKED, error.message)
        case BadRequest() | ChatMigrated():  # a NetworkError to the library, but an answer
            return Refused(error.message)
        case InvalidToken() | Conflict() | EndPointNotFound():
            return Later(TROUBLED, error.message)
        case _ if was_not_sent(error):
            return Later(UNCONNECTED, error.message)
        case _:
            return Unsure(error.message)
