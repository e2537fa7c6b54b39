"""Calls to Discord: which error means what, and which call is made again.

Error codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

PAUSES = (0.5, 2.0)  # seconds before a call that a broken connection ended is made again

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ACKNOWLEDGED = 40060
NO_ACCESS, DM_CLOSED, NO_PERMISSION, TOKEN_GONE = 50001, 50007, 50013, 50027
DM_TOO_FAST = 40003
GONE = (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, TOKEN_GONE)
SHUT = (NO_ACCESS, DM_CLOSED, NO_PERMISSION, DM_TOO_FAST, UNKNOWN_CHANNEL)
FORBIDDEN, TOO_MANY, FAILING = 403, 429, 500  # HTTP
RESET = (OSError, aiohttp.ClientError)  # the connection broke: the library repeats only some of these

T = TypeVar("T")


class Uncertain(Exception):
    """Nobody knows whether Discord showed it. What was committed is found again by the next press or command."""


async def attempted(call: Callable[[], Awaitable[T]]) -> T:
    """What the call returns; it is made again when a broken connection ended it. Safe: each one carries its own key.

    Raises Uncertain when that does not help, or when Discord still fails after the library's own five tries.
    """
    for pause in (*PAUSES, None):
        try:
            return await call()
        except discord.HTTPException as error:
            if error.status == TOO_MANY or error.status >= FAILING:
                raise Uncertain(str(error)) from None
            raise
        except RESET as error:
            if pause is None:
                raise Uncertain(repr(error)) from None
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def is_shut(error: discord.HTTPException) -> bool:
    """Whether the bot may not write there. Discord adds codes for it, such as one for people who share no server."""
    return error.code in SHUT or error.status == FORBIDDEN
