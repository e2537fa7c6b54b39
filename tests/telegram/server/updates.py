"""The queue of updates: long polling with offsets, conflicts, allowed kinds, and delivery that goes wrong on purpose.

Follows `Client.cpp process_get_updates_query`, `do_get_updates` and `abort_long_poll` (tdlib/telegram-bot-api) and
https://core.telegram.org/bots/api#getupdates.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from telegram.constants import PollingLimit

from . import refusals

Json = dict[str, Any]
Arrange = Callable[[list[Json]], list[Json]]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = _words(
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer "
    "my_chat_member chat_member chat_join_request chat_boost removed_chat_boost"
)
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}  # documented at getUpdates
LONGEST_POLL = 50  # Client.h LONG_POLL_MAX_TIMEOUT
FIRST_ID = 700_000_001


class Updates:
    """Updates wait here, in order, until an offset passes them; nothing else removes one.

    `arrange` may change what one answer contains (see `repeated` and `shuffled`). `brakes` is Telegram's guard against
    hasty pollers: the same offset within half a second gets one update, within three seconds waits at least three.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.waiting: list[Json] = []
        self.confirmed: list[Json] = []
        self.allowed = KINDS - NOT_BY_DEFAULT
        self.arrange: Arrange = list
        self.brakes = False
        self._replayed: list[Json] = []
        self._now = now
        self._next_id = FIRST_ID
        self._poll: asyncio.Future[refusals.Refusal | None] | None = None
        self._previous: tuple[int, float] = (-1, 0.0)

    @property
    def has_poller(self) -> bool:
        """Whether a long poll is open right now."""
        return self._poll is not None and not self._poll.done()

    def put(self, kind: str, payload: Json) -> Json | None:
        """Queue an update; None when the bot did not ask for its kind. Raises ValueError for a kind that is not one."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind of update")
        if kind not in self.allowed:
            return None
        update = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        self.waiting.append(update)
        self._wake()
        return update

    def again(self, count: int) -> list[Json]:
        """Deliver the last `count` confirmed updates once more, in front of the next answer and whatever its offset."""
        self._replayed = self.confirmed[-count:]
        self._wake()
        return self._replayed

    async def take(self, offset: int, limit: int, wait: int, allowed: list[str] | None) -> list[Json]:
        """Answer one getUpdates. Raises `Refusal` 409 when another poll or a webhook takes over while it waits."""
        if allowed is not None:
            self.allowed = (frozenset(allowed) & KINDS) or KINDS - NOT_BY_DEFAULT
        limit = min(max(limit, int(PollingLimit.MIN_LIMIT)), int(PollingLimit.MAX_LIMIT))
        limit, wait = self._braked(offset, limit, min(max(wait, 0), LONGEST_POLL))
        self._confirm(offset)
        if wait and not (self.waiting or self._replayed):
            await self._wait(wait)
        again, self._replayed = self._replayed, []
        return self.arrange([*again, *self.waiting][:limit])

    def restart(self, first: int) -> None:
        """Number the next updates from there, as Telegram may after a week without any."""
        self._next_id = first

    def interrupt(self, why: refusals.Refusal | None) -> None:
        """End the open long poll, with a refusal or, for None, with an empty answer."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(why)

    def forget(self) -> None:
        """Drop everything that waits (`drop_pending_updates`)."""
        self.waiting.clear()

    def _confirm(self, offset: int) -> None:
        if offset > self._next_id + 10:
            return  # TQueue.cpp get: "Specified from_id is in the future"; do_get_updates then answers from the first
        passed = len(self.waiting) + offset if offset < 0 else sum(u["update_id"] < offset for u in self.waiting)
        passed = max(passed, 0)
        self.confirmed += self.waiting[:passed]
        del self.waiting[:passed]

    async def _wait(self, seconds: float) -> None:
        self.interrupt(refusals.other_poller())
        self._poll = poll = asyncio.get_running_loop().create_future()
        waker = asyncio.get_running_loop().call_later(seconds, self.interrupt, None)
        try:
            if (why := await poll) is not None:
                raise why
        finally:
            waker.cancel()

    def _wake(self) -> None:
        self.interrupt(None)

    def _braked(self, offset: int, limit: int, wait: int) -> tuple[int, int]:
        (before, at), now = self._previous, self._now()
        self._previous = (offset, now)
        if not self.brakes or offset != before or now >= at + 3:
            return limit, wait
        return (1 if now < at + 0.5 else limit), max(wait, 3)


def repeated(times: int) -> Arrange:
    """Every update of an answer `times` over, the whole answer repeated rather than each in place."""
    return lambda updates: updates * times


def shuffled(seed: int) -> Arrange:
    """The updates of each answer in an order of chance; the seed makes a failure replayable."""
    chance = random.Random(seed)

    def arrange(updates: list[Json]) -> list[Json]:
        mixed = list(updates)
        chance.shuffle(mixed)
        return mixed

    return arrange
