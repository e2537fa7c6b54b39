"""The power goes at any moment: nothing acknowledged is lost with synchronous=FULL, and the test would notice."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import Struct

from storage import rows
from storage.check import check
from tests.databases import migrated
from tests.preload import NoCompiler

from .power import Disk, Event, record

RATINGS = 15  # per learner
CUTS = 200
LONG_CUTS = int(os.environ.get("BACKFILL_CUTS", "1000"))


class Losses(Struct):
    """What became of the acknowledged ratings over many cuts."""

    cuts: int = 0
    acked: int = 0  # of all cuts together
    with_loss: int = 0  # cuts after which an acknowledged rating was missing
    damaged: int = 0  # cuts after which the database could not be read
    checkpoints: int = 0  # syncs of the database file itself


def cut_often(folder: Path, way: str, cuts: int, seed: int) -> Losses:
    database = folder / "backfill.db"
    migrated(database)
    disk = Disk({str(database): database.read_bytes()})
    try:
        events = record(database, way, seed, RATINGS)
    except NoCompiler as reason:
        pytest.skip(str(reason))
    chance = random.Random(seed)
    losses = Losses(checkpoints=sum(event.op == "s" and event.path == str(database) for event in events))
    moments = sorted(chance.choices(range(len(events)), k=cuts))
    acks: set[str] = set()
    for number, event in enumerate(events):
        for _ in range(moments.count(number)):
            judge(disk.cut(chance), database, folder / "after", acks, losses)
        if event.path.endswith(".acks"):
            acks |= acknowledged(event)
        else:
            disk.take(event)
    return losses


def acknowledged(event: Event) -> set[str]:
    words = event.data.decode().split()
    return {words[1]} if words and words[0] == "ack" else set()


def judge(files: dict[str, bytes], database: Path, after: Path, acks: set[str], losses: Losses) -> None:
    after.mkdir(exist_ok=True)
    for left_over in after.iterdir():
        left_over.unlink()
    for path, content in files.items():
        (after / Path(path).name).write_bytes(content)
    losses.cuts += 1
    losses.acked += len(acks)
    try:
        losses.with_loss += bool(acks - rated(after / database.name))
        losses.damaged += losses.cuts % 20 == 0 and check(after / database.name) != []
    except sqlite3.DatabaseError:
        losses.damaged += 1


def rated(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT data FROM log WHERE kind = 'Reviewed'").fetchall()
    return {rows.entry_of(data).attempt for (data,) in found}  # type: ignore[union-attr]


def assert_nothing_lost(losses: Losses, cuts: int, seed: int) -> None:
    told = f"seed {seed}: {losses}"
    print(told)
    assert losses.cuts == cuts, told
    assert losses.acked > 10 * cuts, told
    assert losses.checkpoints > 3, told
    assert losses.with_loss == 0, told
    assert losses.damaged == 0, told


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("BACKFILL_SEED", random.SystemRandom().randrange(10**6)))


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    assert_nothing_lost(cut_often(tmp_path, "sound", CUTS, seed), CUTS, seed)


@pytest.mark.chaos
def test_many_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    assert_nothing_lost(cut_often(tmp_path, "sound", LONG_CUTS, seed), LONG_CUTS, seed)


def test_commits_that_are_not_synced_are_seen_to_be_lost(tmp_path: Path, seed: int) -> None:
    losses = cut_often(tmp_path, "normal", CUTS, seed)
    assert losses.with_loss > 0, f"seed {seed}: the bug put back was not noticed: {losses}"
