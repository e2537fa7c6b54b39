"""A process made to be killed: learners drill in it and every answer they were given is written down.

Run as `python -m tests.storage.victim <database> <way> <seed>`. For each line on its input it forks a child, says
the child's pid, and the child drills until somebody ends it. Each press arrives twice at once under one key; ratings
come a third time later under another, as a second tap does. What was acknowledged goes to the output, a line each:
`ack <attempt> <rating>`; `differ <attempt>` where two deliveries of one press were answered differently. With a
number of ratings as fourth argument it drills that many per learner itself, writes the acknowledgements to
`<database>.acks` and leaves without closing anything.

Ways: "sound"; "hasty" answers before the commit; "careless" has neither receipts, nor keys, nor a look at what was
rated; "normal" leaves the syncing of commits to chance; each of the last three is a bug the tests must notice.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Sequence

from bot.core.model import Account, Change
from bot.core.ports import Store, Turn
from bot.core.reply import Reply
from scheduler.model import Rating
from storage import engine, rows, sqlite, turn, wal
from storage.open import open_store
from storage.sqlite import SqliteStore

from .drilling import Driller
from .made import catalogue, reviewed, said

LEARNERS = 6
CARDS = catalogue(400)


def main(where: str, way: str, seed: str) -> None:
    BUGS[way]()
    for number, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            asyncio.run(drill(where, way, f"{seed}.{number}", forever=True))
            os._exit(1)
        say(f"pid {child}")
        os.waitpid(child, 0)


def record(where: str, way: str, seed: str, ratings: int) -> None:
    """With checkpoints far more often than usual, so that a short run is cut in some."""
    BUGS[way]()
    wal.CHECKPOINT_AT, wal.RESET_AT = 2**17, 2**19
    os.dup2(os.open(where + ".acks", os.O_WRONLY | os.O_CREAT, 0o600), 1)
    asyncio.run(drill(where, way, seed, forever=False, ratings=ratings))
    os._exit(0)


def say(line: str) -> None:
    os.write(1, line.encode() + b"\n")  # one write, so that lines are whole or absent


async def drill(where: str, way: str, seed: str, *, forever: bool, ratings: int = 0) -> None:
    """Learners drill side by side: without end, or each until so many ratings were acknowledged."""
    chance = random.Random(seed)
    store = await open_store(where)

    def clock() -> int:
        return time.time_ns() // 1_000_000

    async def one(number: int) -> None:
        learner = Driller(store, Account("web", f"p{number}"), CARDS, clock, f"{seed}.{number}")
        await learner.arrive()
        rated = 0
        while forever or rated < ratings:
            await learner.reveal()
            await twice_and_again(store, learner, chance.choice(list(Rating)), way)
            rated += 1

    await asyncio.gather(*map(one, range(LEARNERS)))


async def twice_and_again(store: Store, learner: Driller, rating: Rating, way: str) -> None:
    """One press, delivered twice at once; then the same button once more."""
    from bot.core.actions import Rate

    assert learner.reply is not None
    attempt, key = learner.reply.attempt, learner.key()
    if way == "careless":
        await asyncio.gather(*(store.run(learner.account, "", note(learner.account, attempt)) for _ in range(2)))
        say(f"ack {attempt} {int(rating)}")
    press = Rate(attempt, rating)
    first, second = await asyncio.gather(*(learner.tutor.handle(learner.account, press, key) for _ in range(2)))
    say(f"ack {attempt} {int(rating)}" if first == second else f"differ {attempt}")
    learner.reply = first
    await learner.tutor.handle(learner.account, Rate(attempt, Rating.EASY), learner.key())


# --- bugs to put back --------------------------------------------------------------------------------------------


def note(account: Account, attempt: str) -> Callable[[Turn], Reply]:
    """Write a review down without looking whether there is one."""

    def decide(turn: Turn) -> Reply:
        turn.learner(account)
        shown = turn.attempt(attempt)
        assert shown is not None
        again = reviewed(id=uuid.uuid4().hex, card=shown[1].id, attempt=attempt)
        turn.save(Change(entries=(again,)), ())
        return said("noted")

    return decide


def sound() -> None:
    """No bug."""


def hasty() -> None:
    """Answers go out before the commit, which comes when it comes."""
    committed = SqliteStore._commit
    answered = sqlite._answer

    def commit(self: SqliteStore, batch: Sequence[sqlite._Job]) -> list[sqlite._Outcome]:
        self._cursor.execute("BEGIN IMMEDIATE")
        outcomes = [self._perform(job, turn.Known()) for job in batch]
        answered(batch, outcomes)
        time.sleep(0.02)
        self._cursor.execute("COMMIT")
        return outcomes

    assert committed is not commit
    SqliteStore._commit = commit  # type: ignore[method-assign]
    sqlite._answer = lambda batch, outcomes: None


def careless() -> None:
    """The unique key does not see the attempt."""
    whole = rows.entry_row
    rows.entry_row = lambda entry: whole(entry) | {"attempt": None}


def normal() -> None:
    """Commits are not synced."""
    prepared = engine.prepare_sqlite

    def prepare(connection: sqlite3.Connection) -> None:
        prepared(connection)
        connection.execute("PRAGMA synchronous=NORMAL")

    engine.prepare_sqlite = prepare  # looked up by connect_sqlite when it is called


BUGS = {"sound": sound, "hasty": hasty, "careless": careless, "normal": normal}


if __name__ == "__main__":
    if len(sys.argv) == 5:
        record(*sys.argv[1:4], ratings=int(sys.argv[4]))
    main(*sys.argv[1:4])
