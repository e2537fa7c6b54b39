"""The process that the crash test ends: `backfill run` itself, or with one of its guards taken out.

`python -m tests.telegram.crash_child <way>`; "sound" takes nothing out, "hasty" confirms updates before they are
handled, as the library's own loop does, "careless" handles an update that comes again as a new one.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

from bot.core.actions import Action
from bot.core.model import Account
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.process import serve
from bot.settings import read_settings
from bot.telegram.intake import Ledger


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


def careless() -> None:
    """Every delivery gets a key of its own."""
    handle, deliveries = Tutor.handle, itertools.count()

    async def handle_anew(self: Tutor, account: Account, action: Action, key: str) -> Reply:
        return await handle(self, account, action, f"{os.getpid()}.{next(deliveries)}")

    Tutor.handle = handle_anew  # type: ignore[method-assign]


WAYS = {"sound": sound, "hasty": hasty, "careless": careless}

if __name__ == "__main__":
    WAYS[sys.argv[1]]()
    asyncio.run(serve(read_settings(), print))
