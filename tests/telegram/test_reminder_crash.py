"""Workers are killed between claim, send and mark, and Telegram misbehaves: nobody is told twice, nothing is lost.

Each learner has one letter due, under one key. At the end each must be sent, uncertain or failed with a reason, and
Telegram must have got at most one message for it: exactly one where it counts as sent. Twins without a guard fail.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.fold import fold_days, fold_progress
from bot.core.model import Account, Change, Stage
from bot.core.ports import Turn
from bot.core.reminder_model import Reminders
from bot.core.reply import Reply
from scheduler.model import Policy
from storage.check import check
from storage.engine import address, reading_engine
from storage.open import open_store
from storage.tables import outbox
from tests.databases import migrated
from tests.storage.made import card, learner, reviewed, said

from .processes import PATIENCE
from .server import BotApiServer, LostAfter, LostBefore, SlowAfter, flood

LEARNERS, KILLS = 150, 5
MANY, OFTEN = 1_200, 50
BLOCKED = 10  # of them have deleted their account
FLOOR = 5  # messages between two kills at least


@dataclass
class Crash:
    """One run of workers over a database and a server."""

    server: BotApiServer
    where: str
    seed: int
    way: str = "sound"
    learners: int = LEARNERS
    kills: int = 0
    pids: list[int] = field(default_factory=list)

    async def prepare(self) -> None:
        """Learners who are due a message now, because they were promised one."""
        now = time.time_ns() // 1_000_000
        wall = datetime.fromtimestamp(now / 1000, UTC)
        slot = now - now % 60_000
        settled = Reminders(
            on=True, platform="telegram", time=wall.hour * 60 + wall.minute, quiet=(0, 0), promised=True, next_at=slot
        )
        store = await open_store(self.where)
        for number in range(1, self.learners + 1):
            self.server.user(number, f"P{number}").write("/start")  # so that they can be written to
            await store.run(Account("telegram", str(number)), "", lambda turn, n=number: _enrol(turn, n, now, settled))  # type: ignore[misc]
        await store.close()
        self.server.updates.waiting.clear()
        for number in range(1, BLOCKED + 1):  # spread out, so that one kill cannot hide them all
            self.server.people[number * self.learners // BLOCKED].deactivates()

    def misbehave(self) -> None:
        """Faults all along the way; those that hide a delivery matter most."""
        faults = self.server.faults
        faults.plan(SlowAfter(0.4), method="sendMessage", every=5, times=-1)
        faults.plan(LostAfter(), method="sendMessage", every=11, times=6)
        faults.plan(LostBefore(), method="sendMessage", every=13, times=4)
        faults.plan(flood(1), method="sendMessage", every=17, times=3)

    async def run(self, kills: int, workers: int = 1) -> None:
        chance = random.Random(self.seed)
        command = (sys.executable, "-m", "tests.telegram.reminder_child", self.way, self.where, self.server.address)
        mother = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert mother.stdin is not None
        assert mother.stdout is not None
        alive: list[int] = []
        try:
            while not self.is_over():
                while len(alive) < workers:
                    mother.stdin.write(b"go\n")
                    async with asyncio.timeout(PATIENCE):
                        alive.append(int(await mother.stdout.readline()))
                if self.kills < kills:
                    await self.until(self.told() + chance.randint(1, FLOOR))
                    await asyncio.sleep(chance.uniform(0, 0.03))
                    os.kill(alive.pop(chance.randrange(len(alive))), signal.SIGKILL)
                    self.kills += 1
                else:
                    await asyncio.sleep(0.05)
        finally:
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            mother.stdin.close()
            async with asyncio.timeout(PATIENCE):
                await mother.wait()

    async def until(self, told: int) -> None:
        """Wait for so many messages, or for the end."""
        deadline = time.monotonic() + PATIENCE
        while self.told() < told and not self.is_over():
            assert time.monotonic() < deadline, f"seed {self.seed}: nothing more is sent"
            await asyncio.sleep(0.005)

    def told(self) -> int:
        return sum(call.method.lower() == "sendmessage" for call in self.server.calls)

    def is_over(self) -> bool:
        letters = self.letters()
        return len(letters) == self.learners and set(letters.values()) <= {"sent", "uncertain", "failed"}

    def letters(self) -> dict[int, str]:
        engine = reading_engine(address(self.where))
        with engine.begin() as connection:
            found = {int(row.external): row.state for row in connection.execute(select(outbox)).all()}
            self.unexplained = [
                row.key
                for row in connection.execute(select(outbox)).all()
                if row.state in ("uncertain", "failed") and not row.reason
            ]
        engine.dispose()
        return found

    def messages(self) -> Counter[int]:
        """How many messages each person has got."""
        return Counter({number: len(person.messages) for number, person in self.server.people.items()})

    def doubled(self) -> list[int]:
        return [number for number, count in self.messages().items() if count > 1]

    def dropped(self) -> list[int]:
        """Who counts as told and was not."""
        got = self.messages()
        return [number for number, state in self.letters().items() if state == "sent" and got[number] != 1]


def _enrol(turn: Turn, number: int, now: int, settled: Reminders) -> Reply:
    known = learner(f"p{number}", stage=Stage.DONE)
    day = datetime.fromtimestamp(now / 1000, UTC).date().toordinal() - 3
    entries = tuple(
        reviewed(one, phase="new", study_day=day, at=now - 3 * 86_400_000 + one, policy=Policy().digest)
        for one in (1, 2)
    )
    policies = {Policy().digest: Policy()}
    progress = tuple((one.card, fold_progress([one], policies, one.card)) for one in entries)
    turn.enrol(Account("telegram", str(number)), known)
    change = Change(entries=entries, progress=progress, days=fold_days(entries), reminders=settled)
    turn.save(change, [card(1), card(2)])
    return said("hello")


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("BACKFILL_SEED", random.SystemRandom().randrange(10**6)))


async def crashed(server: BotApiServer, where: str, seed: int, way: str, kills: int, **more: int) -> Crash:
    crash = Crash(server, where, seed, way, learners=more.get("learners", LEARNERS))
    await crash.prepare()
    crash.misbehave()
    await crash.run(kills, more.get("workers", 1))
    return crash


def assert_sound(crash: Crash, kills: int) -> None:
    states, hits = Counter(crash.letters().values()), crash.server.faults.hits
    told = f"seed {crash.seed}: {dict(states)}, {crash.kills} kills, faults {dict(hits)}"
    print(told)
    assert crash.kills == kills, told
    assert states["sent"] > crash.learners // 3, told
    assert 1 <= states["failed"] <= BLOCKED, told  # one whose worker was killed meanwhile is uncertain
    assert hits["SlowAfter"] >= 5, told
    assert hits["LostAfter"] >= 1, told
    assert hits["LostBefore"] >= 1, told
    assert crash.doubled() == [], told
    assert crash.dropped() == [], told
    assert crash.unexplained == [], told
    assert check(crash.where) == [], told


async def test_kills_and_faults_tell_nobody_twice_and_drop_nothing(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    crash = await crashed(server, str(migrated(tmp_path / "backfill.db")), seed, "sound", KILLS)
    assert_sound(crash, KILLS)


async def test_two_workers_on_postgresql_tell_nobody_twice(
    server: BotApiServer,
    on_postgres: str,
    seed: int,
) -> None:
    crash = await crashed(server, on_postgres, seed, "sound", KILLS, workers=2)
    assert_sound(crash, KILLS)


@pytest.mark.chaos
@pytest.mark.parametrize("workers", [1, 3])
async def test_many_kills_tell_nobody_twice(server: BotApiServer, on_postgres: str, seed: int, workers: int) -> None:
    crash = await crashed(server, on_postgres, seed, "sound", OFTEN, learners=MANY, workers=workers)
    assert_sound(crash, OFTEN)


async def test_without_writing_down_that_a_letter_leaves_somebody_is_told_twice(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    crash = await crashed(server, str(migrated(tmp_path / "backfill.db")), seed, "forgetful", KILLS)
    assert crash.doubled(), f"seed {seed}: the bug put back was not noticed"


async def test_writing_down_that_it_was_sent_before_it_is_drops_letters(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    crash = await crashed(server, str(migrated(tmp_path / "backfill.db")), seed, "hasty", KILLS)
    assert crash.dropped(), f"seed {seed}: the bug put back was not noticed"
