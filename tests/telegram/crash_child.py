"""The process that the crash test ends: `backfill run` itself, or with one of its guards taken out.

Ways: "sound" takes nothing out, "hasty" confirms updates before they are handled, as the library's own loop does,
"silent" ends without confirming what it handled, "careless" handles an update that comes again as a new one.

Chance is made from the update here, so that presses can be queued before the cards they belong to were shown.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Sequence
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any, cast

from bot.core.actions import Action
from bot.core.model import Account
from bot.core.reply import Reply
from bot.core.sitting import attempt_id
from bot.core.tutor import Tutor
from bot.process import serve
from bot.settings import read_settings
from bot.telegram import intake
from bot.telegram.intake import Intake, Ledger


def shown_by(update_id: int) -> str:
    """The id of the attempt that an update's turn begins."""
    return attempt_id(cast("Any", SimpleNamespace(chance=chance_of(str(update_id)))))


def chance_of(key: str) -> str:
    return blake2b(key.encode(), digest_size=16).hexdigest()


async def handle_by_chance_of_key(self: Tutor, account: Account, action: Action, key: str) -> Reply:
    self._chance = lambda: chance_of(key)  # asked for before the first await
    return await handle(self, account, action, KEYS(key))


handle, KEYS = Tutor.handle, str


def sound() -> None:
    """No bug."""


def hasty() -> None:
    """The offset passes an update when it is fetched, and the next fetch does not wait."""
    begin = Ledger.begin

    def begin_and_pass(self: Ledger, update_id: int) -> asyncio.Event | None:
        receipt = begin(self, update_id)
        self.offset = max(self.offset, update_id + 1)
        return receipt

    async def do_not_wait(self: Ledger, within: float) -> bool:
        return True

    Ledger.begin = begin_and_pass  # type: ignore[method-assign]
    Ledger.all_settled = do_not_wait  # type: ignore[method-assign]


def silent() -> None:
    """What was settled last is not confirmed at the end."""

    async def say_nothing(self: Intake, end: float) -> None:
        return

    Intake._confirm = say_nothing  # type: ignore[method-assign]


def careless() -> None:
    """Every delivery gets a key of its own."""
    global KEYS  # noqa: PLW0603
    deliveries = itertools.count()
    KEYS = lambda key: f"{key} {os.getpid()}.{next(deliveries)}"  # type: ignore[assignment]  # noqa: E731


WAYS = {"sound": sound, "hasty": hasty, "silent": silent, "careless": careless}


def main(words: Sequence[str]) -> int:
    """To be run in a process of its own: it changes the program for good."""
    Tutor.handle = handle_by_chance_of_key  # type: ignore[method-assign]
    WAYS[words[0]]()
    intake.FINISHING = 25.0  # a busy machine takes longer over the same work, and what was not finished comes again
    asyncio.run(serve(read_settings(), print))
    return 0
