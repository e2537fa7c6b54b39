"""Bring a database to the schema of this version: one transaction per revision, a backup before each on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage.backup import backup_before
from storage.engine import address, reading_engine, sync_engine
from storage.errors import StoreError, StoreForeign, StoreNewer, sqlite_condition, told

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6261636B66696C6C  # "backfill": the advisory lock under which PostgreSQL is migrated


def migrate(where: str | Path | URL) -> None:
    """Apply every revision the database lacks. Two processes may do so at once: one waits for the other.

    Raises StoreNewer when the database knows a revision this version does not, StoreForeign when it holds other
    tables, and other StoreErrors as `storage.errors` tells them.
    """
    url = address(where)
    old = False  # whether there may be anything to keep a copy of
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        old = Path(url.database).exists()
    try:
        while _apply_next(url, copy_first=old):
            pass
    except DBAPIError as error:
        raise told(error) from error
    except sqlite3.Error as error:
        raise (sqlite_condition(error) or error) from error


def pending(where: str | Path | URL) -> bool:
    """Whether a start would migrate the database; nothing is changed. Raises StoreError as `migrate`."""
    engine = reading_engine(address(where))
    try:
        with engine.connect() as connection:
            return _next(connection) is not None
    except DBAPIError as error:
        raise told(error) from error
    finally:
        engine.dispose()


def require_head(connection: Connection) -> None:
    """Raises StoreError unless the database is of this version."""
    if _current(connection) is None and not inspect(connection).get_table_names():
        raise StoreError("The database is empty. Start Backfill once to set it up.")
    if _next(connection) is not None:
        raise StoreError("The database is from an older version. Start Backfill once to bring it up to date.")


def _apply_next(url: URL, *, copy_first: bool) -> bool:
    """Apply one revision in one transaction; False when there was none to apply."""
    engine = sync_engine(url)
    try:
        with engine.connect() as connection:
            with connection.begin():
                current, missing = _current(connection), _next(connection)
            if missing is None:
                return False
            if copy_first and current is not None:
                backup_before(Path(url.database or ""), f"before-{missing}", datetime.now(UTC))
            with connection.begin():
                _lock(connection)
                # Read again: another process may have been at it while this one waited.
                if (revision := _next(connection)) is not None:
                    _upgrade(connection, revision)
            return True
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _next(connection: Connection) -> str | None:
    current = _current(connection)
    if current is None and inspect(connection).get_table_names():
        raise StoreForeign
    try:
        ahead = list(_scripts(MIGRATIONS).iterate_revisions("head", current or "base"))
    except (CommandError, ResolutionError):
        raise StoreNewer from None
    return ahead[-1].revision if ahead else None


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=2)
def _scripts(folder: Path) -> ScriptDirectory:
    """The revisions, read and compiled once: Alembic would do so for every question about them."""
    return ScriptDirectory(str(folder))


def _upgrade(connection: Connection, revision: str) -> None:
    """Run one revision, as `alembic upgrade` does, on an open connection."""
    scripts, config = _scripts(MIGRATIONS), Config()
    config.attributes["connection"] = connection

    def steps(current: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(revision, current)

    with EnvironmentContext(config, scripts, fn=steps, destination_rev=revision):
        scripts.run_env()
