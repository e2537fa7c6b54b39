"""Progress in PostgreSQL: the same turn in one round trip to the event loop's thread, retried where that is safe.

Rules kept here:
- A learner's turns are serialised by a lock on the learner's row, whichever worker takes them.
- A turn that lost a race (40001, 40P01, 23505) or its connection is run again with the same key, so a commit
  whose answer was lost is found by its receipt. Without a key a turn in doubt is not repeated.
- Retries are bounded in number and time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.model import Account
from bot.core.ports import Clock, Turn
from bot.core.reply import Reply
from storage.engine import address
from storage.errors import StoreBusy, StoreClosed, StoreUnreachable, postgres_condition
from storage.migrate import migrate
from storage.sql import postgres_statements
from storage.sqlite import PRUNE_EVERY, now
from storage.turn import Known, SqlTurn, perform, prune

TRIES = 60
PATIENCE = 10.0  # seconds, longer than a server takes to restart
SLOWEST = 0.5  # seconds between two tries
LOCK_TIMEOUT = 5_000  # ms a statement waits for a row that another transaction keeps locked

# SQLSTATEs: serialization failure, deadlock. And a unique key: lost to another turn, which the next try will see,
# or the turn's own fault, which every try would repeat.
_RACES = ("40001", "40P01")
_TAKEN = "23505"

_Trouble = (OSError, DBAPIError, psycopg.Error)


class PostgresStore:
    """A `bot.core.ports.Store` on a server."""

    @classmethod
    async def open(
        cls,
        url: str | URL,
        *,
        clock: Clock = now,
        workers: int = 10,
        isolation: str = "READ COMMITTED",
    ) -> PostgresStore:
        """Migrate, then connect; to the server itself, for a pooler such as PgBouncer refuses options on connecting."""
        url = url if isinstance(url, URL) else address(url)
        await asyncio.to_thread(migrate, url)
        engine = create_async_engine(
            url,
            isolation_level=isolation,
            pool_size=workers,
            max_overflow=0,
            use_native_hstore=False,  # a look for the type in a transaction of its own at every connection
            connect_args={"connect_timeout": 5, "options": _options(url)},
        )
        return cls(engine, clock=clock)

    def __init__(self, engine: AsyncEngine, *, clock: Clock = now) -> None:
        """On a database that is migrated already."""
        self._engine = engine
        self._clock = clock
        self._sql = postgres_statements()
        self._known = Known()
        self._pruned_at = 0
        self._losses = 0  # of connections
        event.listen(engine.sync_engine, "checkout", self._refuse_older)
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        if self._closing:
            raise StoreClosed
        self._running += 1
        self._idle.clear()
        try:
            reply = await self._insist(account, key, decide)
            await self._tidy()
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
        return reply

    async def close(self) -> None:
        """Finish the turns under way and let go of the server."""
        self._closing = True
        await self._idle.wait()
        await self._engine.dispose()

    async def _insist(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        """Run the turn until it is committed or there is no point in trying again."""
        clock = asyncio.get_running_loop().time
        patience = clock() + PATIENCE
        for tries in range(TRIES):
            try:
                return await self._once(account, key, decide)
            except PoolTimeout as error:
                raise StoreBusy from error
            except _Trouble as error:
                cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
                condition = postgres_condition(cause)
                state = getattr(cause, "sqlstate", None)
                again = state in _RACES or (state == _TAKEN and tries < 2)
                if not again and not isinstance(condition, StoreUnreachable):
                    raise condition or cause from error
                if clock() > patience:
                    raise StoreUnreachable from error
            await asyncio.sleep(random.uniform(0.5, 1) * min(SLOWEST, 0.005 * 2**tries))
        raise StoreUnreachable

    async def _once(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        async with self._engine.connect() as connection:
            transaction = await connection.begin()
            try:
                turn, reply = await connection.run_sync(self._turn, account, key, decide)
            except _Trouble as error:
                await self._abandon(connection, error)
                raise
            try:
                await transaction.commit()
            except _Trouble as error:
                await self._abandon(connection, error)
                if not key and _is_loss(error):
                    raise StoreUnreachable from error  # perhaps committed: without a key it must not be repeated
                raise
        self._known.learn(turn.stored)
        return reply

    def _turn(
        self, connection: Connection, account: Account, key: str, decide: Callable[[Turn], Reply]
    ) -> tuple[SqlTurn, Reply]:
        """Synchronous, on the event loop's thread; every statement lets other tasks run."""
        turn = SqlTurn(connection.connection.cursor(), self._sql, self._known)
        return turn, perform(turn, account, key, decide, self._clock())

    async def _abandon(self, connection: AsyncConnection, error: BaseException) -> None:
        """A lost connection is not given back to the pool."""
        if _is_loss(error):
            self._losses += 1
            await connection.invalidate()

    def _refuse_older(self, _connection: DBAPIConnection, record: ConnectionPoolEntry, _lent: object) -> None:
        """A connection opened before another was lost is probably lost too: the pool opens a fresh one."""
        if record.info.setdefault("losses", self._losses) != self._losses:
            raise DisconnectionError

    async def _tidy(self) -> None:
        if self._clock() - self._pruned_at < PRUNE_EVERY:
            return
        self._pruned_at = self._clock()
        try:
            async with self._engine.begin() as connection:
                if await connection.run_sync(self._prune):
                    self._pruned_at = 0
        except (*_Trouble, PoolTimeout):
            return  # the learner's turn is committed; whoever comes in a minute prunes

    def _prune(self, connection: Connection) -> bool:
        return prune(connection.connection.cursor(), self._sql, self._clock())


def _options(url: URL) -> str:
    """What is told the server on connecting: no turn waits for ever behind a transaction that somebody left open."""
    given = url.query.get("options", "")
    return " ".join((*((given,) if isinstance(given, str) else given), f"-c lock_timeout={LOCK_TIMEOUT}")).strip()


def _is_loss(error: BaseException) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return isinstance(postgres_condition(cause), StoreUnreachable)
