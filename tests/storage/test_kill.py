"""kill -9 while learners press every button twice: nothing acknowledged is lost, nothing is rated twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import select

from bot.core.model import Reviewed
from storage import rows
from storage.check import check
from storage.engine import address, reading_engine
from storage.tables import log
from tests.databases import migrated

CYCLES = 6
LONG_CYCLES = int(os.environ.get("BACKFILL_CYCLES", "20"))
FLOOR = 10  # acknowledgements per cycle: a victim that does nothing proves nothing


class History(Struct):
    """What was acknowledged, and what the database says of it."""

    acks: dict[str, int]  # attempt -> rating
    differing: list[str]
    kills: int
    ratings: dict[str, list[int]]  # attempt -> ratings in the log

    @property
    def lost(self) -> list[str]:
        return [attempt for attempt in self.acks if attempt not in self.ratings]

    @property
    def doubled(self) -> list[str]:
        return [attempt for attempt, ratings in self.ratings.items() if len(ratings) > 1]

    @property
    def altered(self) -> list[str]:
        return [one for one, rating in self.acks.items() if self.ratings.get(one, [rating])[0] != rating]


def killed(where: str, way: str, cycles: int, seed: int) -> History:
    """Let a victim drill and kill it, over and over; then read the log."""
    chance = random.Random(seed)
    said: list[str] = []
    kills = 0
    with victim(where, way, seed, said) as tell:
        for cycle in range(cycles):
            pid = tell(cycle)
            acks = len(said) + FLOOR
            deadline = time.monotonic() + 20
            while len(said) < acks and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.06))
            os.kill(pid, signal.SIGKILL)
            kills += 1
    lines = [line.split() for line in said]
    acks = {line[1]: int(line[2]) for line in lines if line[0] == "ack"}
    return History(acks, [line[1] for line in lines if line[0] == "differ"], kills, ratings(where))


@contextmanager
def victim(where: str, way: str, seed: int, said: list[str]) -> Iterator:
    """The forking parent of victims; `tell(cycle)` starts one and gives its pid."""
    command = [sys.executable, "-m", "tests.storage.victim", where, way, str(seed)]
    pids: list[int] = []
    arrived = threading.Condition()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with arrived:
                if line.startswith("pid "):
                    pids.append(int(line.split()[1]))
                    arrived.notify()
                else:
                    said.append(line)

    listener = threading.Thread(target=listen)
    listener.start()

    def tell(cycle: int) -> int:
        assert process.stdin is not None
        process.stdin.write("go\n")
        with arrived:
            assert arrived.wait_for(lambda: len(pids) > cycle, timeout=60)
        return pids[cycle]

    try:
        yield tell
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=60)
        listener.join()
        assert process.stdout is not None
        process.stdout.close()


def ratings(where: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    engine = reading_engine(address(where))
    with engine.begin() as connection:
        for data in connection.scalars(select(log.c.data).where(log.c.kind == "Reviewed").order_by(log.c.at)):
            entry = rows.entry_of(data)
            assert isinstance(entry, Reviewed)
            found.setdefault(entry.attempt, []).append(int(entry.rating))
    engine.dispose()
    return found


def assert_sound(history: History, where: str, seed: int, cycles: int) -> None:
    told = f"seed {seed}: {len(history.acks)} acknowledged, {history.kills} kills"
    print(told)
    assert history.kills == cycles, told
    assert len(history.acks) >= FLOOR * cycles, told
    assert not history.differing, told
    assert not history.lost, told
    assert not history.doubled, told
    assert not history.altered, told
    assert check(where) == [], told


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("BACKFILL_SEED", random.SystemRandom().randrange(10**6)))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_killing_the_process_loses_and_doubles_nothing(where: str, seed: int) -> None:
    assert_sound(killed(where, "sound", CYCLES, seed), where, seed, CYCLES)


@pytest.mark.chaos
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_killing_the_process_often_loses_and_doubles_nothing(where: str, seed: int) -> None:
    assert_sound(killed(where, "sound", LONG_CYCLES, seed), where, seed, LONG_CYCLES)


def test_answers_given_before_the_commit_are_seen_to_be_lost(tmp_path: Path, seed: int) -> None:
    # Whether a kill meets an answer before its commit is chance: it is tried until one does.
    histories = (
        killed(str(migrated(tmp_path / f"hasty-{again}.db")), "hasty", CYCLES, seed + again) for again in range(5)
    )
    assert any(history.lost for history in histories), f"seed {seed}: the bug put back was not noticed"


def test_presses_without_keys_are_seen_to_be_doubled(tmp_path: Path, seed: int) -> None:
    history = killed(str(migrated(tmp_path / "careless.db")), "careless", 1, seed)
    assert history.doubled, f"seed {seed}: the bug put back was not noticed"
    assert max(Counter(map(len, history.ratings.values()))) >= 2
