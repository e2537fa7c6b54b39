"""The same turn of one learner with a short log and with a million entries behind it, on SQLite.

A turn rates a card and shows the next. What differs is how much the learner has done before: everything a turn asks
for is bounded, so the ratio should stay near one; what is left of it is deeper indexes and a colder cache. The clock
is mostly the disk's, waiting for the sync of each commit; the CPU's share is told apart.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.core.model import Account, Mode, Reviewed
from bot.core.tutor import Tutor
from scheduler.model import Policy, Rating
from storage import rows
from storage.open import open_store
from storage.sql import sqlite_statements
from tests.benchmarks.turns import NOON, TODAY, Driller, catalogue

SHORT, LONG = 1_000, 1_000_000  # log entries
EACH = 50  # entries of one card of the past
CARDS = 300  # rated per round
ROUNDS = 3


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = {entries: _lived_in(Path(folder), entries) for entries in (SHORT, LONG)}
        wall, cpu = dict.fromkeys(stores, float("inf")), dict.fromkeys(stores, float("inf"))
        for number, (entries, path) in itertools.product(range(ROUNDS), stores.items()):
            seconds, work = asyncio.run(_drill(path, number))
            wall[entries], cpu[entries] = min(wall[entries], seconds), min(cpu[entries], work)
    for entries in stores:
        clock = f"{wall[entries] * 1e6:6,.0f} us a turn {wall[entries] / wall[SHORT]:5.2f}"
        print(
            f"{entries:>9,} log entries: {clock}   {cpu[entries] * 1e6:6,.0f} us CPU {cpu[entries] / cpu[SHORT]:5.2f}"
        )


def _lived_in(folder: Path, entries: int) -> Path:
    """A store with one learner who has reviewed that often."""
    path = folder / f"{entries}.db"
    asyncio.run(_enrol(path))
    add = sqlite_statements().add_entry
    with closing(sqlite3.connect(path)) as file, file:
        (learner,) = file.execute("SELECT learner FROM learners").fetchone()
        file.executemany(add, (rows.entry_row(entry) | {"learner": learner} for entry in _past(entries)))
    return path


def _past(entries: int) -> Iterator[Reviewed]:
    for number in range(entries):
        at = NOON - (entries - number) * 60_000
        yield Reviewed(
            id=f"{at:012x}00{number:018x}",
            at=at,
            study_day=TODAY - (entries - number) // 1440,
            account=Account("bench", "0"),
            card=f"bench:past{number % max(1, entries // EACH):06}",
            attempt=f"{number:026}",
            rating=Rating.GOOD,
            took=4_000,
            mode=Mode.REVEAL,
            policy=Policy().digest,
            phase="review",
        )


async def _enrol(path: Path) -> None:
    facts, clock = catalogue(CARDS), itertools.count(NOON)
    store = await open_store(path)
    await Driller(Tutor(store, lambda: facts, lambda: next(clock)), store, "0").enrol()
    await store.close()


async def _drill(path: Path, number: int) -> tuple[float, float]:
    """Seconds per turn, of the clock and of the CPU, over cards that are all due again each round."""
    facts, clock = catalogue(CARDS), itertools.count(NOON + (1 + number) * 3_600_000)
    store = await open_store(path)
    learner = Driller(Tutor(store, lambda: facts, lambda: next(clock)), store, "0")
    await learner.remember(facts.cards_by_deck["facts"], random.Random(number))
    wall, cpu = time.perf_counter(), time.process_time()
    await learner.know(CARDS)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await store.close()
    return wall / learner.turns, cpu / learner.turns


if __name__ == "__main__":
    run()
