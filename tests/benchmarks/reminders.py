"""Finding who is due a message among a million learners, on SQLite and on PostgreSQL, and what a thought costs.

The instants of a million next messages lie over a day, as those of a million people over the world would. A sweep asks
for at most fifty of those that have come. It is timed with none, some and more than fifty due; beside it what it costs
to scan instead of asking the index, and how much memory a day of sweeps leaves behind.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot.core.model import Account, Change, Day, Learner
from bot.core.ports import Turn
from bot.core.reminder_model import Reminders
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.rounds import BATCH, SIDE_BY_SIDE
from scheduler.model import Memory
from storage import rows
from storage.migrate import migrate
from storage.open import open_store
from storage.sql import postgres_statements, sqlite_statements
from tests.storage.made import card, catalogue, learner, progress, said
from tests.storage.server import NoPostgres, Server

LEARNERS = 1_000_000
NOON = 1_795_521_600_000  # ms
HOUR, DAY = 3_600_000, 86_400_000  # ms
THOUGHTS, CARDS = 1_000, 40
SWEEPS = 200
MANY = 20_000

Ask = Callable[[str, dict[str, Any]], Sequence[Any]]
SCAN = "SELECT learner FROM reminders WHERE next_at + 0 <= {now} ORDER BY next_at LIMIT 50"


def run() -> None:
    asyncio.run(_thinking())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reminders.db"
        migrate(path)
        with closing(sqlite3.connect(path)) as file:
            with file:
                file.executemany("INSERT INTO learners VALUES (?, ?)", ((who, data) for who, data, _, _ in _people()))
                file.executemany("INSERT INTO reminders VALUES (?, ?, ?)", ((w, at, d) for w, _, at, d in _people()))
            _report("SQLite", lambda sql, given: file.execute(sql, given).fetchall(), sqlite_statements())
    try:
        with Server() as server:
            _on_postgres(server)
    except NoPostgres as reason:
        print(f"PostgreSQL: left out, {reason}")


async def _thinking() -> None:
    """What deciding about one learner costs, on SQLite, with forty cards due and a hundred study days behind them."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "thoughts.db")
        tutor = Tutor(store, lambda: catalogue(CARDS), lambda: NOON + HOUR)
        for number in range(THOUGHTS):
            await store.run(Account("telegram", str(number)), "", lambda turn, n=number: _enrol(turn, n))  # type: ignore[misc]
        wall, cpu, letters = time.perf_counter(), time.process_time(), 0
        learners = [f"learner-p{number}" for number in range(THOUGHTS)]
        for first in range(0, THOUGHTS, SIDE_BY_SIDE):
            plans = await asyncio.gather(*map(tutor.post.think, learners[first : first + SIDE_BY_SIDE]))
            letters += sum(plan is not None and plan.letter is not None for plan in plans)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        await store.close()
    assert letters == THOUGHTS, letters
    print(f"SQLite     thinking: {THOUGHTS / wall:6,.0f} learners a second, {cpu / THOUGHTS * 1e6:,.0f} us CPU each")


def _enrol(turn: Turn, number: int) -> Reply:
    turn.enrol(Account("telegram", str(number)), learner(f"p{number}"))
    today = NOON // DAY + date(1970, 1, 1).toordinal()
    known = progress(due_day=today, reviewed_day=today - 3, memory=Memory(2.0, 5.0))
    days = tuple(Day(study_day=today - back, reviews=20) for back in range(3, 103))
    settled = Reminders(on=True, platform="telegram", time=720, next_at=NOON)
    cards = tuple((card(one).id, known) for one in range(1, CARDS + 1))
    turn.save(Change(progress=cards, days=days, reminders=settled), ())
    return said("hello")


def _people() -> Iterator[tuple[str, str, int, str]]:
    """Learner, settings, next instant, reminders."""
    settled = Reminders(on=True, platform="telegram")
    for number in range(LEARNERS):
        who, at = f"learner-{number * 7_919 % LEARNERS:07}", NOON + number * DAY // LEARNERS
        yield who, rows.text(Learner(id=who, created_at=NOON)), at, rows.text(replace(settled, next_at=at))


def _on_postgres(server: Server) -> None:
    import psycopg

    server.execute("CREATE DATABASE reminders")
    migrate(server.url("reminders"))
    with psycopg.connect(server.url("reminders"), autocommit=True) as connection:
        with connection.cursor() as cursor:
            with cursor.copy(b"COPY learners FROM STDIN") as copy:
                for who, data, _, _ in _people():
                    copy.write_row((who, data))
            with cursor.copy(b"COPY reminders FROM STDIN") as copy:
                for who, _, at, settled in _people():
                    copy.write_row((who, at, settled))
            cursor.execute(b"VACUUM ANALYZE reminders")

        def ask(sql: str, given: dict[str, Any]) -> Sequence[Any]:
            return connection.execute(sql.encode(), given).fetchall()

        _report("PostgreSQL", ask, postgres_statements())


def _report(name: str, ask: Ask, statements: Any) -> None:
    every = DAY / LEARNERS
    for due, now in ((0, NOON - 1), (10, NOON + int(9.5 * every)), (BATCH, NOON + int(5_000 * every))):
        spent = [_timed(ask, statements.next_reminders, {"now": now, "limit": BATCH}, due) for _ in range(SWEEPS)]
        print(f"{name:10} {due:3} due: {_shown(spent)}")
    far = [_timed(ask, statements.far_reminders, {"now": NOON + 45 * DAY, "limit": BATCH}, 0) for _ in range(SWEEPS)]
    soon = [_timed(ask, statements.soonest_reminder, {}, 1) for _ in range(SWEEPS)]
    scan = [_timed(ask, SCAN.format(now=NOON - 1), {}, 0) for _ in range(3)]
    print(f"{name:10} planned too far: {_shown(far)}\n{name:10} the next of all: {_shown(soon)}")
    print(f"{name:10} scanning instead: {statistics.median(scan) * 1000:8.1f} ms")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(MANY):
        ask(statements.next_reminders, {"now": NOON + number * DAY // MANY, "limit": BATCH})
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{name:10} memory after {MANY:,} sweeps: {grown:+,} KiB")


def _timed(ask: Ask, statement: str, given: dict[str, Any], due: int) -> float:
    begun = time.perf_counter()
    found = ask(statement, given)
    spent = time.perf_counter() - begun
    assert len(found) == due, (len(found), due)
    return spent


def _shown(spent: Sequence[float]) -> str:
    ordered = sorted(spent)
    worst = ordered[int(len(ordered) * 0.99)]
    return f"{statistics.median(spent) * 1000:8.3f} ms, 99 of 100 within {worst * 1000:.3f} ms"


if __name__ == "__main__":
    run()
