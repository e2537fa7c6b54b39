"""Workers made to be killed while they send reminders to the local Bot API server.

`python -m tests.telegram.reminder_child <way> <database> <address of the server>`: for each line on its input it forks
a worker and says its pid. Ways: "sound"; "forgetful" does not write down that a letter is about to leave; "hasty"
writes down that it has been sent before it is. Each of the last two is a bug the tests must notice.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

from telegram.ext import ExtBot

from bot.core import post
from bot.core.post import Post, Settled, Written
from bot.core.reminder_model import Delivery, Letter, Sent, State
from bot.core.tutor import Tutor
from bot.rounds import Rounds
from bot.telegram import pace
from bot.telegram.post import Carrier
from bot.telegram.send import Speaker
from bot.telegram.transport import AiohttpRequest
from storage.open import open_store
from storage.outbox import SqlOutbox
from tests.storage.made import catalogue

from .server.server import TOKEN

CARDS = catalogue(3)


def clock() -> int:
    return time.time_ns() // 1_000_000


def sound() -> None:
    """No bug."""


def forgetful() -> None:
    """A letter stays claimed while it leaves (on SQLite)."""
    take, back = SqlOutbox.take, "UPDATE outbox SET state = 'claimed' WHERE learner = :learner AND key = :key"

    def take_and_forget(self: SqlOutbox, letter: Letter, *, now: int, until: int) -> bool:
        taken = take(self, letter, now=now, until=until)
        self._cursor.execute(back, {"learner": letter.learner, "key": letter.key})
        return taken

    SqlOutbox.take = take_and_forget  # type: ignore[method-assign]


def hasty() -> None:
    """A letter is sent as soon as it is written."""
    take = Post.take

    async def take_and_settle(self: Post, letter: Letter) -> Written | str:
        written = await take(self, letter)
        if isinstance(written, Written):
            await settle(self, written.letter, Sent(), repeats=False)
        return written

    async def settled(self: Post, letter: Letter, delivery: Delivery, *, repeats: bool) -> Settled | None:
        return Settled(State.SENT, "")

    settle = Post.settle
    Post.take = take_and_settle  # type: ignore[method-assign]
    Post.settle = settled  # type: ignore[method-assign]


WAYS = {"sound": sound, "forgetful": forgetful, "hasty": hasty}


async def work(where: str, address: str) -> None:
    """Go the rounds until killed, at a pace and with leases that a test can wait for."""
    pace.RATE, pace.SPARED, post.LEASE = 60.0, 1.0, 1_500
    store = await open_store(where)
    request = AiohttpRequest()
    bot: ExtBot[Any] = ExtBot(TOKEN, base_url=f"{address}/bot", request=request, get_updates_request=AiohttpRequest())
    async with bot:
        tutor = Tutor(store, lambda: CARDS, clock)
        rounds = Rounds(tutor.post, {"telegram": Carrier(Speaker(bot), lambda: True)}, clock)
        while True:
            await rounds.once()
            await asyncio.sleep(0.1)


def main(way: str, where: str, address: str) -> None:
    WAYS[way]()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)  # the log does not belong among the pids
            asyncio.run(work(where, address))
            os._exit(1)
        os.write(1, f"{child}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
