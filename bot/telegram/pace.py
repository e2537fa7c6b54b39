"""Keeps messages nobody is waiting for within what Telegram takes, and behind those somebody is waiting for.

About 30 messages a second are taken from a bot, one a second in one chat; the real limits are not told, and only the
wait that comes with a 429 counts (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
Answers never wait here: they use up what reminders may have.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

RATE = 30.0  # messages a second, all chats together
SPARED = 15.0  # of a full second's worth, kept for answers that may come any moment
CHAT_EVERY = 1.0  # seconds between messages in one chat
TICK = 0.001  # seconds: less is no wait, whatever is left of it by rounding


class Pace:
    """A bucket of `RATE` that refills each second. `clock` gives seconds."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._left, self._at = RATE, clock()
        self._still_until = 0.0
        self._first_come = asyncio.Lock()

    def spend(self) -> None:
        """An answer leaves, whether there is room or not."""
        self._refill()
        self._left = max(self._left - 1, -RATE)

    def hold(self, seconds: float) -> None:
        """Telegram asked for silence: no reminder leaves for so long."""
        self._still_until = max(self._still_until, self._clock() + seconds)

    async def room(self) -> None:
        """Wait until a reminder may leave; it is counted."""
        async with self._first_come:
            while (wait := self._wait()) > TICK:
                await self._sleep(wait)
            self._left -= 1

    def _wait(self) -> float:
        self._refill()
        short = (SPARED + 1 - self._left) / RATE
        return max(short, self._still_until - self._clock(), 0.0)

    def _refill(self) -> None:
        now = self._clock()
        self._left = min(RATE, self._left + (now - self._at) * RATE)
        self._at = now
