"""PostgreSQL between a turn and its answer: restarts, cut replies, races."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.engine import make_url

import storage.postgres
import storage.turn
from bot.core.model import Change
from bot.core.ports import Turn
from bot.core.reply import Reply
from storage.errors import StoreClosed, StoreLocked, StoreReadOnly, StoreUnreachable
from storage.postgres import PostgresStore
from storage.turn import RECEIPTS_KEPT

from .made import ANN, NOON, learner, said, session
from .server import NoPostgres, Server


def press(turn: Turn) -> Reply:
    before = turn.session() or session()
    turn.save(Change(session=replace(before, done=before.done + 1)), ())
    return said(str(before.done + 1))


def first(turn: Turn) -> Reply:
    if turn.learner(ANN) is None:
        turn.enrol(ANN, learner())
    return press(turn)


def again(turn: Turn) -> Reply:
    turn.learner(ANN)
    return press(turn)


def counted(url: str) -> int:
    with psycopg.connect(url) as server:
        found = server.execute(b"SELECT data::json ->> 'done' FROM sessions").fetchone()
    assert found is not None
    return int(found[0])


class Cuts(Struct):
    """What the proxy did, once it was told to: two commits in three lose their answer."""

    armed: bool = False
    commits: int = 0
    cut: int = 0

    def next_is_lost(self) -> bool:
        self.commits += 1
        lost = self.commits % 3 != 0
        self.cut += lost
        return lost


@asynccontextmanager
async def cutting(socket: Path, cuts: Cuts) -> AsyncIterator[int]:
    """A proxy that passes COMMIT on and sometimes drops the connection instead of the server's answer."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(str(socket))
        doomed = asyncio.Event()

        async def forward() -> None:
            while data := await reader.read(65536):
                # With its end: every transaction begins with ISOLATION LEVEL READ COMMITTED.
                if cuts.armed and b"COMMIT\0" in data and cuts.next_is_lost():
                    doomed.set()
                server_writer.write(data)

        async def back() -> None:
            while data := await server_reader.read(65536):
                if doomed.is_set():
                    return
                writer.write(data)

        async def both() -> None:
            ways = [asyncio.create_task(forward()), asyncio.create_task(back())]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                server_writer.close()
                writer.transport.abort()

        task = asyncio.create_task(both())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield proxy.sockets[0].getsockname()[1]
    finally:
        proxy.close()
        open_still = [*tasks]
        for task in open_still:
            task.cancel()
        await asyncio.gather(*open_still, return_exceptions=True)


@pytest.mark.parametrize("keyed", [True, False], ids=["with keys", "without keys"])
async def test_a_commit_whose_answer_was_lost_counts_once(server: Server, postgres: str, keyed: bool) -> None:
    """Without keys the turn in doubt is not repeated but told; a caller who repeats it is the bug put back."""
    cuts = Cuts()
    database = make_url(postgres).database
    presses, told = 12, 0
    async with cutting(server.folder / ".s.PGSQL.5432", cuts) as port:
        store = await PostgresStore.open(postgres)
        await store.run(ANN, "first", first)
        await store.close()
        store = await PostgresStore.open(f"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
        cuts.armed = True
        for number in range(presses):
            while True:
                try:
                    await store.run(ANN, f"k{number}" if keyed else "", again)
                except StoreUnreachable:
                    told += 1
                else:
                    break
        cuts.armed = False
        await store.close()
    counts = counted(postgres) - 1
    assert cuts.cut >= 2 * presses - 1, cuts
    if keyed:
        assert (counts, told) == (presses, 0), cuts
    else:
        assert told >= 2 * presses - 1, cuts
        assert counts == presses + told, cuts


@pytest.fixture(scope="module")
def restartable() -> Iterator[Server]:
    """A server that may be restarted, and is left running."""
    try:
        with Server() as started:
            yield started
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture
def own_server(restartable: Server) -> Iterator[Server]:
    """With a database of the test's own."""
    restartable.execute("CREATE DATABASE restarted")
    yield restartable
    restartable.execute("DROP DATABASE restarted WITH (FORCE)")


async def test_a_restart_of_the_server_loses_and_doubles_nothing(own_server: Server) -> None:
    url = own_server.url("restarted")
    store = await PostgresStore.open(url)
    await store.run(ANN, "first", first)
    acknowledged = 1
    stop = asyncio.Event()

    async def learn(name: str) -> None:
        nonlocal acknowledged
        for press in itertools.count():
            if stop.is_set():
                return
            await store.run(ANN, f"{name}-{press}", again)
            acknowledged += 1

    async def twenty_more() -> None:
        enough = acknowledged + 20
        while acknowledged < enough and not any(task.done() for task in learners):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    learners = [asyncio.create_task(learn(name)) for name in "abcd"]
    for how in (signal.SIGINT, signal.SIGQUIT):
        await twenty_more()
        await asyncio.to_thread(own_server.stop, how)
        await asyncio.sleep(0.1)
        await asyncio.to_thread(own_server.start)
    await twenty_more()
    stop.set()
    await asyncio.gather(*learners)
    await store.close()
    assert acknowledged > 60
    assert counted(url) == acknowledged


async def test_connections_lost_with_the_server_are_replaced_together(own_server: Server) -> None:
    """The pool holds four of them; one turn that meets a lost one must not be followed by three more."""
    store = await PostgresStore.open(own_server.url("restarted"))
    await store.run(ANN, "first", first)
    await asyncio.gather(*(store.run(ANN, f"k{number}", again) for number in range(4)))
    own_server.stop(signal.SIGINT)
    own_server.start()
    tries = 0
    once = store._once

    async def tried(*turn: object) -> Reply:
        nonlocal tries
        tries += 1
        return await once(*turn)  # type: ignore[arg-type]

    store._once = tried  # type: ignore[method-assign]
    for number in range(4):
        await store.run(ANN, f"later{number}", again)
    await store.close()
    assert tries == 5


async def test_a_server_that_stays_away_is_told(own_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.postgres, "PATIENCE", 0.3)
    store = await PostgresStore.open(own_server.url("restarted"))
    await store.run(ANN, "k1", first)
    await asyncio.to_thread(own_server.stop, signal.SIGINT)
    with pytest.raises(StoreUnreachable, match="does not answer"):
        await store.run(ANN, "k2", again)
    await asyncio.to_thread(own_server.start)
    assert await store.run(ANN, "k2", again) == said("2")
    await store.close()


async def test_a_standby_is_told_apart(postgres: str) -> None:
    store = await PostgresStore.open(postgres)
    await store.run(ANN, "k1", first)
    await store.close()
    readonly = await PostgresStore.open(postgres + "&options=-cdefault_transaction_read_only%3Don")
    with pytest.raises(StoreReadOnly, match="may not be written"):
        await readonly.run(ANN, "k2", again)
    await readonly.close()


async def test_closing_finishes_what_is_under_way(postgres: str) -> None:
    store = await PostgresStore.open(postgres)
    await store.run(ANN, "first", first)
    pressing = [asyncio.create_task(store.run(ANN, f"k{number}", again)) for number in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*pressing)
    assert counted(postgres) == 21
    with pytest.raises(StoreClosed):
        await store.run(ANN, "late", again)


async def test_receipts_are_forgotten_after_two_days(postgres: str) -> None:
    times = [NOON]
    store = await PostgresStore.open(postgres, clock=lambda: times[0])
    for number in range(5):
        await store.run(ANN, f"k{number}", first)
    times[0] += RECEIPTS_KEPT + 1
    await store.run(ANN, "later", again)
    await store.close()
    with psycopg.connect(postgres) as server:
        assert server.execute(b"SELECT key FROM receipts").fetchall() == [("later",)]


async def test_receipts_of_a_busy_minute_are_all_forgotten(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.turn, "PRUNED_AT_ONCE", 2)
    times = [NOON]
    store = await PostgresStore.open(postgres, clock=lambda: times[0])
    for number in range(5):
        await store.run(ANN, f"k{number}", first)
    times[0] += RECEIPTS_KEPT + 1
    for number in range(3):
        await store.run(ANN, f"later{number}", again)
    await store.close()
    with psycopg.connect(postgres) as server:
        found = server.execute(b"SELECT key FROM receipts ORDER BY key").fetchall()
    assert found == [("later0",), ("later1",), ("later2",)]


async def test_a_learner_whom_another_program_keeps_locked_is_told_so(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.postgres, "LOCK_TIMEOUT", 100)
    store = await PostgresStore.open(postgres)
    await store.run(ANN, "first", first)
    with psycopg.connect(postgres) as other:
        other.execute(b"SELECT learner FROM learners FOR UPDATE")
        with pytest.raises(StoreLocked):
            await store.run(ANN, "again", again)
    await store.run(ANN, "again", again)
    assert counted(postgres) == 2
    await store.close()
