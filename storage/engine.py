"""How the database is reached: engines with the settings the guarantees rest on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from storage.errors import StoreError

BUSY_TIMEOUT = 5_000  # ms a transaction waits for another process to finish its own


def address(where: str | Path | URL) -> URL:
    """A database URL, or the path of an SQLite file, as a URL with our drivers.

    `sqlite:///path`, `postgresql://...` and plain paths are taken; a StoreError says so otherwise.
    """
    if isinstance(where, URL):
        return where
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite+pysqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError("The database address cannot be read. Write a path, or postgresql://user@host/name.") from None
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise StoreError(f"Backfill keeps progress in SQLite or PostgreSQL, not in {other}.")


def connect_sqlite(path: str | Path) -> sqlite3.Connection:
    """A connection in autocommit, transactions being our own BEGIN IMMEDIATE, that loses nothing it acknowledged.

    WAL with synchronous=FULL: NORMAL loses acknowledged transactions in a power cut. Checkpoints are made beside
    the write path (storage.wal).
    """
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_TIMEOUT / 1000, check_same_thread=False, cached_statements=256
    )
    prepare_sqlite(connection)
    return connection


def prepare_sqlite(connection: sqlite3.Connection) -> None:
    """Settings that hold per connection; the driver's own transaction handling is switched off."""
    connection.isolation_level = None
    for setting in (
        f"busy_timeout={BUSY_TIMEOUT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=0",
        "cache_size=-65536",  # KiB
        "temp_store=MEMORY",
    ):
        connection.execute("PRAGMA " + setting).fetchall()


def sync_engine(url: URL) -> Engine:
    """An engine for migrations and repairs, one connection per use; on SQLite each transaction locks at once."""
    engine = create_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def reading_engine(url: URL) -> Engine:
    """An engine for reports: one transaction sees one state of the database and holds nobody up."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    engine = create_engine(url, poolclass=NullPool)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _begin_reading)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    prepare_sqlite(connection)


def _begin_immediate(connection: Connection) -> None:
    """The driver would begin late, and only before some statements: DDL and savepoints would not be atomic."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
