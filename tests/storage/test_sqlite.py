"""The SQLite file: one writer, group commits, and trouble told instead of acknowledged."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

import storage.engine
import storage.sqlite
import storage.wal
from bot.core.model import Account, Change, TutorError
from bot.core.ports import StoreError, Turn
from bot.core.reply import Reply
from storage.check import check
from storage.errors import StoreBusy, StoreClosed, StoreLocked
from storage.sqlite import PRUNE_EVERY, SqliteStore
from storage.turn import RECEIPTS_KEPT
from tests.databases import migrated

from .made import ANN, NOON, learner, said, session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return migrated(tmp_path / "backfill.db")


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(path)
    yield opened
    await opened.close()


def account(number: int) -> Account:
    return Account("web", f"p{number}")


def touch(number: int) -> Callable[[Turn], Reply]:
    """Count this learner's turns in the session."""

    def decide(turn: Turn) -> Reply:
        if turn.learner(account(number)) is None:
            turn.enrol(account(number), learner(f"p{number}"))
        before = turn.session() or session()
        turn.save(Change(session=replace(before, done=before.done + 1)), ())
        return said(str(before.done + 1))

    return decide


def counted(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT sum(data ->> '$.done') FROM sessions").fetchone()
    return int(found[0] or 0)


async def test_every_connection_keeps_what_it_commits(store: SqliteStore) -> None:
    asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "wal_autocheckpoint": 0}
    for pragma, expected in asked.items():
        assert store._connection.execute("PRAGMA " + pragma).fetchone() == (expected,), pragma


async def test_learners_who_press_together_share_a_commit(store: SqliteStore) -> None:
    seen: list[str] = []
    store._connection.set_trace_callback(seen.append)
    await asyncio.gather(*(store.run(account(number), "k", touch(number)) for number in range(64)))
    assert seen.count("COMMIT") == 1
    assert sum(statement.startswith("INSERT INTO sessions") for statement in seen) == 64


async def test_a_turn_that_fails_after_it_wrote_costs_its_neighbours_little(store: SqliteStore, path: Path) -> None:
    """Halves of halves: seven more transactions for one of 64, not 63."""
    seen: list[str] = []
    store._connection.set_trace_callback(seen.append)

    def half_done(turn: Turn) -> Reply:
        touch(40)(turn)
        raise ZeroDivisionError

    presses = [store.run(account(number), "k", half_done if number == 40 else touch(number)) for number in range(64)]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    assert [number for number, outcome in enumerate(outcomes) if not isinstance(outcome, Reply)] == [40]
    assert isinstance(outcomes[40], ZeroDivisionError)
    assert (seen.count("COMMIT"), seen.count("ROLLBACK")) == (6, 7)
    assert counted(path) == 63


async def test_a_turn_that_refuses_before_it_wrote_costs_its_neighbours_nothing(store: SqliteStore) -> None:
    await asyncio.gather(*(store.run(account(number), "k0", touch(number)) for number in range(8)))
    seen: list[str] = []
    store._connection.set_trace_callback(seen.append)

    def refuse(turn: Turn) -> Reply:
        turn.learner(account(3))
        raise TutorError("Not now.")

    presses = [store.run(account(number), "k1", refuse if number == 3 else touch(number)) for number in range(8)]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 7
    assert (seen.count("COMMIT"), seen.count("ROLLBACK")) == (1, 0)


async def test_an_answer_waits_for_the_commit(store: SqliteStore, path: Path) -> None:
    await asyncio.gather(*(store.run(account(number), "k", touch(number)) for number in range(10)))
    assert counted(path) == 10


async def test_closing_finishes_what_is_under_way_and_refuses_more(path: Path) -> None:
    store = await SqliteStore.open(path)
    pressing = [asyncio.create_task(store.run(account(number), "k", touch(number))) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert [reply.body[0].text for reply in await asyncio.gather(*pressing)] == ["1"] * 50  # type: ignore[union-attr]
    assert counted(path) == 50
    with pytest.raises(StoreClosed, match="shutting down"):
        await store.run(ANN, "k", touch(1))
    assert not path.with_name(path.name + "-wal").exists(), "the log was not copied into the database"
    await store.close()


async def test_a_learner_who_went_away_is_no_obstacle(store: SqliteStore, path: Path) -> None:
    gone = asyncio.create_task(store.run(account(1), "k", touch(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await store.run(account(2), "k", touch(2))
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert (await store.run(account(2), "", touch(2))).body == said("2").body


async def test_the_queue_is_bounded(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.sqlite, "WAITING", 5)
    presses = [store.run(account(number), "k", touch(number)) for number in range(8)]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[5:]] == [StoreBusy] * 3
    assert all(isinstance(outcome, Reply) for outcome in outcomes[:5])


async def test_two_stores_on_one_file_serialise_their_turns(store: SqliteStore, path: Path) -> None:
    """As the page and the terminal do, each in its own process."""
    other = await SqliteStore.open(path)
    await asyncio.gather(*((store, other)[press % 2].run(account(1), f"k{press}", touch(1)) for press in range(60)))
    await other.close()
    assert counted(path) == 60


async def test_one_press_at_two_stores_counts_once(store: SqliteStore, path: Path) -> None:
    other = await SqliteStore.open(path)
    for press in range(20):
        replies = await asyncio.gather(*(one.run(account(1), f"k{press}", touch(1)) for one in (store, other)))
        assert replies[0] == replies[1]
    await other.close()
    assert counted(path) == 20


async def test_a_locked_database_is_told_and_comes_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.engine, "BUSY_TIMEOUT", 50)
    store = await SqliteStore.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="Nothing was recorded"):
            await store.run(account(1), "k", touch(1))
        other.execute("ROLLBACK")
    assert (await store.run(account(1), "k", touch(1))).body == said("1").body
    await store.close()


@pytest.mark.parametrize("trouble", [sqlite3.DatabaseError("malformed"), FileNotFoundError("no log")])
async def test_trouble_with_tidying_up_stops_nobody(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail() -> None:
        raise trouble

    monkeypatch.setattr(store._checkpointer, "after_batch", fail)
    for press in range(3):
        assert (await store.run(account(1), f"k{press}", touch(1))).body == said(str(press + 1)).body


async def test_a_batch_that_cannot_even_be_undone_is_told(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    def half_done(turn: Turn) -> Reply:
        touch(1)(turn)
        raise ZeroDivisionError

    monkeypatch.setattr(store, "_roll_back", fail)
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        await store.run(account(1), "k", half_done)
    monkeypatch.undo()
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        await store.run(account(1), "k", touch(1))
    assert (await store.run(account(1), "k", touch(1))).body == said("1").body


TROUBLE = """
import asyncio, os, resource, signal, sys
from tests.storage.test_sqlite import SqliteStore, StoreError, account, touch

async def main(path, trouble):
    store = await SqliteStore.open(path)
    await store.run(account(1), "k0", touch(1))
    if trouble == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    acks, refusals = 1, []
    for press in range(1, 200):
        try:
            await store.run(account(1), f"k{press}", touch(1))
            acks += 1
        except StoreError as error:
            refusals.append(str(error))
    if trouble == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.run(account(1), "last", touch(1))
    await store.close()
    print(acks + 1, len(refusals), sorted(set(refusals)))

asyncio.run(main(*sys.argv[1:]))
"""


def test_a_full_disk_is_told_and_nothing_told_otherwise_is_lost(path: Path) -> None:
    command = [sys.executable, "-c", TROUBLE, str(path), "full"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    acks, refusals, sentences = done.stdout.split(maxsplit=2)
    assert int(refusals) > 10
    assert "The disk is full" in sentences
    assert counted(path) == int(acks) > 10
    assert check(path) == []


async def test_a_database_that_may_not_be_written_is_told(store: SqliteStore) -> None:
    await store.run(account(1), "k1", touch(1))
    store._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="may not be written"):
        await store.run(account(1), "k2", touch(1))


async def test_a_fault_in_one_statement_is_that_turns_own(store: SqliteStore, path: Path) -> None:
    await store.run(account(1), "k0", touch(1))
    fine = [store.run(account(number), "k", touch(number)) for number in (2, 3)]
    outcomes = await asyncio.gather(fine[0], store.run(account(1), "k", broken), fine[1], return_exceptions=True)
    assert [isinstance(outcome, Reply) for outcome in outcomes] == [True, False, True]
    assert counted(path) == 3


def broken(turn: Turn) -> Reply:
    turn.learner(account(1))
    turn.forecast("not a day", object())  # type: ignore[arg-type]
    return said("never")


async def test_the_log_of_writes_is_copied_beside_the_writer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.wal, "CHECKPOINT_AT", 2**16)
    monkeypatch.setattr(storage.wal, "RESET_AT", 2**18)
    store = await SqliteStore.open(path)
    longest = 0
    for press in range(400):
        await store.run(account(1), f"k{press}", touch(1))
        longest = max(longest, path.with_name(path.name + "-wal").stat().st_size)
    await store.close()
    assert 2**16 < longest < 2**19
    assert counted(path) == 400


async def test_receipts_are_forgotten_after_two_days(path: Path) -> None:
    times = [NOON]
    store = await SqliteStore.open(path, clock=lambda: times[0])
    for press in range(30):
        await store.run(account(1), f"k{press}", touch(1))
    times[0] = NOON + RECEIPTS_KEPT
    assert (await store.run(account(1), "k0", touch(1))).body == said("1").body
    times[0] += PRUNE_EVERY
    await store.run(account(1), "later", touch(1))
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT key FROM receipts").fetchall() == [("later",)]


async def test_a_receipt_of_another_version_is_no_obstacle(store: SqliteStore, path: Path) -> None:
    await store.run(account(1), "k", touch(1))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('UPDATE receipts SET reply = \'{"screen": "gone"}\'')
    assert (await store.run(account(1), "k", touch(1))).body == said("2").body
    assert (await store.run(account(1), "k", touch(1))).body == said("2").body
