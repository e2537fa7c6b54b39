"""Progress in one SQLite file: one thread writes, and commits the turns that wait together.

Rules kept here:
- A turn is answered only after the commit it is part of is on the disk.
- An exception in one turn undoes that turn alone; trouble with the disk undoes the batch, and each learner is told.
- Other processes may write the same file: nothing they can change is remembered between transactions.

    store = await SqliteStore.open("backfill.db")   # migrates first
    reply = await store.run(account, key, decide)
    await store.close()
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.core.model import Account
from bot.core.ports import Clock, Turn
from bot.core.reply import Reply
from storage.engine import connect_sqlite
from storage.errors import StoreBusy, StoreClosed, StoreError, sqlite_condition
from storage.migrate import migrate
from storage.sql import sqlite_statements
from storage.turn import Known, SqlTurn, perform, prune
from storage.wal import Checkpointer

BATCH = 128  # turns per commit
WAITING = 10_000  # turns that may wait for the writer
PRUNE_EVERY = 60_000  # ms


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class _Job(NamedTuple):
    account: Account
    key: str
    decide: Callable[[Turn], Reply]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Reply]


_Outcome = Reply | BaseException


class _HalfDone(Exception):
    """A turn failed after it had written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class SqliteStore:
    """A `bot.core.ports.Store` in one file."""

    @classmethod
    async def open(cls, path: str | Path, *, clock: Clock = now) -> SqliteStore:
        """Create or migrate the file, then start its writer. Raises StoreError with a sentence."""
        await asyncio.to_thread(migrate, path)
        return cls(path, clock=clock)

    def __init__(self, path: str | Path, *, clock: Clock = now) -> None:
        """On a file that is migrated already."""
        self._path = Path(path)
        self._clock = clock
        self._sql = sqlite_statements()
        self._known = Known()
        self._arriving: list[_Job] = []  # of this round of the event loop
        self._waiting: list[_Job] = []
        self._wake = threading.Condition()
        self._closing = False
        self._pruned_at = 0
        self._connection = connect_sqlite(self._path)
        self._cursor = self._connection.cursor()
        self._checkpointer = Checkpointer(self._path, self._connection)
        self._writer = threading.Thread(target=self._serve, name="backfill-writer", daemon=True)
        self._writer.start()

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        if self._closing:
            raise StoreClosed
        if len(self._waiting) + len(self._arriving) >= WAITING:
            raise StoreBusy
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        if not self._arriving:
            # Learners answered together press together: handing over once per round lets them share a commit.
            loop.call_soon(self._hand_over)
        self._arriving.append(_Job(account, key, decide, loop, answer))
        return await answer

    async def close(self) -> None:
        """Finish the turns that wait, copy the log into the database and let go of it."""
        self._hand_over()
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._writer.join)

    def _hand_over(self) -> None:
        with self._wake:
            self._waiting += self._arriving
            self._arriving = []
            self._wake.notify()

    # --- the writer's thread -----------------------------------------------------------------------------------

    def _serve(self) -> None:
        while batch := self._take():
            _answer(batch, self._outcomes(batch))
            self._tidy()
        self._checkpointer.close()
        self._connection.close()  # the last connection to close copies the log into the database

    def _take(self) -> list[_Job]:
        """The turns that wait, at most BATCH; none only when the store is closing."""
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            return batch

    def _outcomes(self, batch: Sequence[_Job]) -> list[_Outcome]:
        try:
            return self._commit(batch)
        except Exception as error:  # noqa: BLE001 - without the writer everybody would wait for ever
            return [error] * len(batch)

    def _commit(self, batch: Sequence[_Job]) -> list[_Outcome]:
        """Run the turns in one transaction. When it cannot be committed every one of them failed.

        There is no savepoint around each turn: it would copy every page the turn writes to, and hardly any turn
        fails after it has written. Where one does, the batch is undone and its halves run by themselves.
        """
        stored = Known()
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
            outcomes = [self._perform(job, stored) for job in batch]
            self._cursor.execute("COMMIT")
        except (sqlite3.Error, StoreError) as error:
            self._roll_back()
            return [sqlite_condition(error) or error] * len(batch)
        except _HalfDone as turn:
            self._roll_back()
            half = len(batch) // 2
            return [*self._commit(batch[:half]), *self._commit(batch[half:])] if half else [turn.error]
        self._known.learn(stored)
        return outcomes

    def _perform(self, job: _Job, stored: Known) -> _Outcome:
        """One turn of the batch; raises where the batch cannot go on as it is."""
        before = self._connection.total_changes
        turn = SqlTurn(self._cursor, self._sql, self._known)
        try:
            reply = perform(turn, job.account, job.key, job.decide, self._clock())
        except Exception as error:
            if sqlite_condition(error) is not None:
                raise  # full, locked, unreadable: SQLite may have rolled everything back
            if self._connection.total_changes != before:
                raise _HalfDone(error) from error
            return error
        stored.learn(turn.stored)
        return reply

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def _tidy(self) -> None:
        """What no learner should wait for: old receipts, a long log."""
        at = self._clock()
        try:
            if at - self._pruned_at >= PRUNE_EVERY:
                more = prune(self._cursor, self._sql, at)
                self._pruned_at = self._pruned_at if more else at
            self._checkpointer.after_batch()
        except (sqlite3.Error, OSError):
            return  # nothing was asked for, so nobody is told; the next turn meets the same trouble and is


def _answer(batch: Sequence[_Job], outcomes: Sequence[_Outcome]) -> None:
    """Wake each event loop once."""
    for loop in {job.loop for job in batch}:
        settled = [(job.answer, outcome) for job, outcome in zip(batch, outcomes, strict=True) if job.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, settled)
        except RuntimeError:  # the loop was closed: nobody waits any more
            continue


def _settle(settled: Sequence[tuple[asyncio.Future[Reply], _Outcome]]) -> None:
    for answer, outcome in settled:
        if answer.done():  # whoever asked has gone
            continue
        if isinstance(outcome, BaseException):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
