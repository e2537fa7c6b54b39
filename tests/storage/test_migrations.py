"""A database becomes this version's schema whole or not at all, after a copy was made."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import storage.migrate
from storage.backup import automatic
from storage.check import check
from storage.engine import address, sync_engine
from storage.errors import StoreError, StoreForeign, StoreNewer
from storage.migrate import MIGRATIONS, migrate
from storage.open import open_store
from storage.tables import metadata

HEAD = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))
NEXT = f"{int(HEAD) + 1:04}"

SECOND = f'''
"""A further revision, for the tests."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"


def upgrade() -> None:
    op.add_column("learners", sa.Column("mood", sa.Text))
    op.execute("UPDATE learners SET mood = 'fine'")
    op.create_index("ix_learners_mood", "learners", ["mood"])
'''

# For each folder of revisions: forks, migrates a copy of `old.db`, and kills itself at the n-th statement, for every n
# until one run gets through.
KILLED = """
import os, pathlib, shutil, signal, sys
from sqlalchemy import Engine, event
import storage.migrate
from storage.migrate import migrate

def killed(stage):
    storage.migrate.MIGRATIONS = stage / "migrations"
    list(storage.migrate._scripts(storage.migrate.MIGRATIONS).walk_revisions())  # read once for all the forks
    for number in range(1, 500):
        target = stage / "killed" / f"{number}.db"
        target.parent.mkdir(exist_ok=True)
        if (stage / "old.db").exists():
            shutil.copy(stage / "old.db", target)
        child = os.fork()
        if child == 0:
            seen = 0
            def count(_connection, _cursor, statement, *_):
                nonlocal seen
                seen += not statement.startswith(("SELECT", "PRAGMA"))  # reading leaves the file as it is
                if seen == number:  # after the last statement the commit is still to come
                    os.kill(os.getpid(), signal.SIGKILL)
            event.listen(Engine, "after_cursor_execute", count)
            migrate(target)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return os.waitstatus_to_exitcode(status)

migrate(pathlib.Path(sys.argv[1]) / "once.db")  # so that the forks find everything loaded
sys.exit(max(killed(pathlib.Path(stage)) for stage in sys.argv[1:]))
"""


def schema(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'")
        return sorted(sql for (sql,) in found)


def version(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return [found for (found,) in connection.execute("SELECT version_num FROM alembic_version")]
        except sqlite3.OperationalError:
            return []


@pytest.fixture
def two_revisions(tmp_path: Path) -> Path:
    """Our revisions and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / f"{NEXT}_further.py").write_text(SECOND)
    return folder


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_migrations_make_the_schema_the_statements_are_written_for(where: str) -> None:
    migrate(where)
    engine = sync_engine(address(where))
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_check_constraints_and_row_order_are_those_of_the_tables(tmp_path: Path) -> None:
    """What the comparison of schemas does not look at."""
    migrate(tmp_path / "migrated.db")
    engine = sync_engine(address(tmp_path / "made.db"))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    assert [_rules(sql) for sql in schema(tmp_path / "migrated.db")] == [
        _rules(sql) for sql in schema(tmp_path / "made.db")
    ]


def _rules(sql: str) -> list[str]:
    lines = sql.replace("\t", "").replace(" ASC", "").splitlines()
    return sorted(line.strip().rstrip(",").replace(" REFERENCES learners", "REFERENCES learners") for line in lines)


def test_a_migration_killed_at_any_statement_leaves_the_old_schema_or_the_new(
    tmp_path: Path, two_revisions: Path
) -> None:
    """Each revision in turn, and one more, is applied to a database of the revision before it."""
    stages = [_stage(tmp_path / f"{number:04}", two_revisions, number) for number in range(1, int(NEXT) + 1)]
    done = subprocess.run([sys.executable, "-c", KILLED, *stages], timeout=120, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    for stage in stages:
        killed = sorted((stage / "killed").glob("*.db"))
        assert len(killed) > 5, "nothing was killed"
        states = {(tuple(version(path)), tuple(schema(path))): path for path in killed}
        before, after = stage / "old.db", stage / "new.db"
        assert states.keys() == {(tuple(version(path)), tuple(schema(path))) for path in (before, after)}
        for path in states.values():
            _migrate_with(path, stage / "migrations")
            assert schema(path) == schema(after)


def _stage(stage: Path, revisions: Path, number: int) -> Path:
    """A folder with the first so many revisions, a database of the one before, with somebody in it, and a new one."""
    shutil.copytree(revisions, stage / "migrations")
    for later in (stage / "migrations" / "versions").glob("0*.py"):
        if int(later.name[:4]) > number:
            later.unlink()
    old, new = stage / "old.db", stage / "new.db"
    if number > 1:
        shutil.copy(stage.with_name(f"{number - 1:04}") / "new.db", old)
        with closing(sqlite3.connect(old)) as connection, connection:
            connection.execute("INSERT INTO learners VALUES (?, '{}')", [f"l{number}"])
        shutil.copy(old, new)
    _migrate_with(new, stage / "migrations")
    return stage


def _migrate_with(path: Path, revisions: Path) -> None:
    usual = storage.migrate.MIGRATIONS
    storage.migrate.MIGRATIONS = revisions
    try:
        migrate(path)
    finally:
        storage.migrate.MIGRATIONS = usual


def test_a_copy_is_made_before_each_migration_but_the_first(tmp_path: Path, two_revisions: Path) -> None:
    database = tmp_path / "backfill.db"
    migrate(database)
    assert not automatic(database)
    _migrate_with(database, two_revisions)
    copies = list(automatic(database))
    assert [copy.name.split(".")[-2] for copy in copies] == [f"before-{NEXT}"]
    assert version(database) == [NEXT]
    assert version(copies[0]) == [HEAD]
    assert check(copies[0]) == []


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, two_revisions: Path) -> None:
    database = tmp_path / "backfill.db"
    _migrate_with(database, two_revisions)
    with pytest.raises(StoreNewer, match="newer version"):
        await open_store(database)
    with pytest.raises(StoreNewer, match="Upgrade Backfill"):
        check(database)
    assert version(database) == [NEXT]


async def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    database = tmp_path / "photos.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    with pytest.raises(StoreForeign, match="not Backfill's"):
        await open_store(database)
    assert schema(database) == ["CREATE TABLE photos (id INTEGER)"]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_processes_that_start_together_migrate_once(unmigrated: str) -> None:
    with ThreadPoolExecutor(4) as together:
        list(together.map(migrate, [unmigrated] * 4))
    assert check(unmigrated) == []


@pytest.mark.parametrize("wrong", ["mysql://localhost/x", "redis://localhost", "http://[", "postgresql://u@h:port/x"])
async def test_an_address_that_cannot_be_meant_is_one_sentence(wrong: str) -> None:
    with pytest.raises(StoreError, match=r"[.?]$"):
        await open_store(wrong)


async def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer"):
        await open_store(f"postgresql://postgres@/x?host={tmp_path}")


async def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "a" / "b" / "backfill.db")
    await store.close()
    assert (tmp_path / "a" / "b" / "backfill.db").exists()
