"""Copies of the database: whole while it is written to, thinned with age, verified before they are trusted."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.model import Change
from bot.core.ports import Turn
from bot.core.reply import Reply
from storage.backup import automatic, backup, backup_before, restore, thin
from storage.check import check
from storage.errors import StoreDamaged, StoreError, StoreLocked
from storage.open import open_store
from tests.databases import migrated

from .made import ANN, learner, said, session
from .test_check import SPOILT, by_hand, lived_in

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_a_backup_under_load_is_whole(tmp_path: Path) -> None:
    store = await open_store(migrated(tmp_path / "backfill.db"))

    def press(number: int):
        def decide(turn: Turn) -> Reply:
            if turn.learner(ANN) is None:
                turn.enrol(ANN, learner())
            turn.save(Change(session=replace(session(), done=number)), ())
            return said("ok")

        return store.run(ANN, f"k{number}", decide)

    copying = asyncio.create_task(asyncio.to_thread(backup, tmp_path / "backfill.db", tmp_path / "copy.db"))
    for number in range(200):
        await press(number)
    await copying
    later = await asyncio.to_thread(backup, tmp_path / "backfill.db", tmp_path / "later.db")
    await store.close()
    assert check(tmp_path / "copy.db") == []
    with closing(sqlite3.connect(later)) as connection:
        assert connection.execute("SELECT count(*) FROM receipts").fetchone() == (200,)
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def test_a_backup_replaces_nothing(tmp_path: Path) -> None:
    await lived_in(str(tmp_path / "backfill.db"))
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        backup(tmp_path / "backfill.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
    with pytest.raises(StoreError, match="no database"):
        backup(tmp_path / "nothing.db", tmp_path / "other.db")
    assert not (tmp_path / "nothing.db").exists()


async def test_a_restored_database_is_the_one_that_was_copied(tmp_path: Path) -> None:
    database = tmp_path / "backfill.db"
    await lived_in(str(database))
    copy = backup(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(database)) as connection:
        logged = connection.execute("SELECT count(*) FROM log").fetchone()
    assert logged > (0,)
    with by_hand(str(database)) as do:
        do("DELETE FROM log")
    restore(copy, database, verify=True)
    assert check(database) == []
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == logged
    kept = list(automatic(database))
    assert [path.name.split(".")[-2] for path in kept] == ["before-restore"]
    with closing(sqlite3.connect(kept[0])) as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)


@pytest.mark.parametrize("harm", ["progress altered", "log column altered", "day missing"])
async def test_a_copy_that_does_not_check_is_not_restored(tmp_path: Path, harm: str) -> None:
    database, copy = tmp_path / "backfill.db", tmp_path / "copy.db"
    await lived_in(str(database))
    backup(database, copy)
    with by_hand(str(copy)) as do:
        do(SPOILT[harm])
    before = database.read_bytes()
    with pytest.raises(StoreDamaged, match="was not restored"):
        restore(copy, database, verify=True)
    assert database.read_bytes() == before
    assert check(database) == []
    restore(copy, database, verify=False)
    assert check(database) != []


async def test_restoring_where_nothing_was_makes_a_database(tmp_path: Path) -> None:
    await lived_in(str(tmp_path / "backfill.db"))
    restore(tmp_path / "backfill.db", tmp_path / "new" / "backfill.db", verify=True)
    assert check(tmp_path / "new" / "backfill.db") == []


async def test_nothing_is_restored_under_a_running_process(tmp_path: Path) -> None:
    database = tmp_path / "backfill.db"
    await lived_in(str(database))
    copy = backup(database, tmp_path / "copy.db")
    store = await open_store(database)
    await store.run(ANN, "k", lambda _turn: said("ok"))
    with pytest.raises(StoreLocked, match="End it, then restore"):
        await asyncio.to_thread(restore, copy, database, verify=True)
    await store.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM receipts WHERE key = 'k'").fetchone() == (1,)
    assert not (tmp_path / "backfill.db.restored").exists()
    restore(copy, database, verify=True)


@pytest.mark.parametrize("damage", [b"hello " * 1000, b"SQLite format 3\0" + b"\xff" * 9000])
async def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path, damage: bytes) -> None:
    await lived_in(str(tmp_path / "good.db"))
    database = tmp_path / "backfill.db"
    database.write_bytes(damage)
    restore(tmp_path / "good.db", database, verify=True)
    assert check(database) == []
    (kept,) = automatic(database)
    assert kept.read_bytes() == damage


@pytest.mark.parametrize("cut", [0, 9_000])
async def test_a_damaged_backup_is_named_and_not_restored(tmp_path: Path, cut: int) -> None:
    await lived_in(str(tmp_path / "backfill.db"))
    copy = backup(tmp_path / "backfill.db", tmp_path / "copy.db")
    copy.write_bytes(copy.read_bytes()[:cut] or b"hello " * 1000)
    with pytest.raises(StoreDamaged) as told:
        restore(copy, tmp_path / "backfill.db", verify=True)
    assert str(told.value) == f"{copy} is damaged, so nothing was restored. Try an older backup."
    assert check(tmp_path / "backfill.db") == []
    assert not (tmp_path / "backfill.db.restored").exists()


def copies(ages: list[timedelta]) -> dict[Path, datetime]:
    return {Path(f"{number}.db"): NOW - age for number, age in enumerate(ages)}


def test_old_copies_are_thinned_to_days_and_weeks() -> None:
    hourly = copies([timedelta(hours=hour) for hour in range(24 * 200)])
    stay = sorted((hourly.keys() - set(thin(hourly, NOW))), key=lambda path: hourly[path], reverse=True)
    ages = [NOW - hourly[path] for path in stay]
    assert sum(age <= timedelta(days=1) for age in ages) == 25
    assert sum(timedelta(days=1) < age <= timedelta(days=8) for age in ages) in (7, 8)
    assert sum(age > timedelta(days=8) for age in ages) in (12, 13)
    assert max(ages) <= timedelta(days=91)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), max_size=40))
def test_the_newest_copies_always_stay_and_thinning_again_changes_nothing(ages: list[timedelta]) -> None:
    made = copies(ages)
    gone = set(thin(made, NOW))
    newest = sorted(made, key=lambda path: made[path], reverse=True)[:3]
    assert not gone & set(newest)
    left = {path: when for path, when in made.items() if path not in gone}
    assert thin(left, NOW) == []


async def test_only_our_own_copies_are_thinned(tmp_path: Path) -> None:
    database = tmp_path / "backfill.db"
    await lived_in(str(database))
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("backfill.mine.db", "notes.txt", "other.20200101-000000-000000.before-repair.db"):
        shutil.copy(database, folder / name)
    for number in range(6):
        backup_before(database, "before-repair", NOW + timedelta(days=100 * number))
    assert len(automatic(database)) == 3
    assert {"backfill.mine.db", "notes.txt"} <= {path.name for path in folder.iterdir()}
