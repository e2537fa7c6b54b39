"""Delivers letters on Discord, in private chats whose people asked for them, and says what a failure means.

Every message carries a nonce that follows from its letter: for a few minutes Discord shows the same one once
(https://discord.com/developers/docs/resources/message#create-message, `enforce_nonce`), so an uncertain send may be
made again. A private chat that is not known yet is opened for a learner who switched reminders on here, and no more
than a few in an hour: bots that opened 25 to 40 were quarantined (discord-api-docs #5987).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.core.reminder_model import Delivery, Later, Letter, Refused, Sent, Shut, Unsure
from bot.core.reply import Reply
from bot.discord.brake import WINDOW, Braked
from bot.discord.calls import DM_TOO_FAST, FAILING, RESET, TOO_MANY, UNKNOWN_CHANNEL, Uncertain, is_shut

if TYPE_CHECKING:
    from bot.discord.app import Client

OPENED_MOST = 10  # private chats opened in an hour
HOUR = 3600.0  # seconds
UNCONNECTED = 15.0  # seconds until Discord is tried again after it could not be reached
FLOODED = 60.0  # seconds: the library has waited as told five times already
CLOSED = "closed"  # in Reminders.closed


class Carrier:
    """Takes letters to people's private chats. `client` gives the one that is logged in; `clock` gives seconds."""

    repeats = True
    at_once = 5  # sends under way together; the library keeps Discord's limits for each

    def __init__(self, client: Callable[[], Client | None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._opened: deque[float] = deque()

    async def deliver(self, letter: Letter, channel: str, reply: Reply) -> Delivery:
        """Send it; `channel` is the private chat, if it is known."""
        client = self._client()
        if client is None:
            return Later(UNCONNECTED, "not connected")
        if not channel:
            opened = await self._open(client, int(letter.external))
            if isinstance(opened, Later | Shut | Refused):
                return opened
            channel = str(opened)
        try:
            await client.speaker.volunteer(int(letter.external), int(channel), letter.nonce, reply)
        except (discord.HTTPException, Uncertain, *RESET) as error:
            return outcome(error)
        return Sent(channel)

    async def _open(self, client: Client, person: int) -> int | Later | Shut | Refused:
        """The private chat with somebody. Opening it twice is harmless, so no failure leaves anything unsure."""
        while self._opened and self._clock() - self._opened[0] >= HOUR:
            self._opened.popleft()
        if len(self._opened) >= OPENED_MOST:
            return Later(HOUR - (self._clock() - self._opened[0]), "enough private chats opened in this hour")
        self._opened.append(self._clock())
        try:
            return (await client.create_dm(discord.Object(person))).id
        except (discord.HTTPException, *RESET) as error:
            failed = outcome(error)
            return Later(UNCONNECTED, failed.reason) if isinstance(failed, Unsure | Sent) else failed


def outcome(error: Exception) -> Later | Shut | Refused | Unsure:
    """What an error says of a send."""
    match error:
        case Braked():
            return Later(WINDOW, "too many refusals lately")
        case discord.HTTPException(code=code) if code == DM_TOO_FAST or (is_shut(error) and code != UNKNOWN_CHANNEL):
            return Shut(CLOSED, f"{code} {error.text}")
        case discord.HTTPException(status=status) if status == TOO_MANY:
            return Later(FLOODED, "too many messages")
        case discord.HTTPException(status=status) if status < FAILING:
            return Refused(f"{error.code} {error.text}")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Later(UNCONNECTED, type(error).__name__)
        case _:
            return Unsure(str(error) or type(error).__name__)
