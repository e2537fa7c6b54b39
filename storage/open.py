"""Open the store a setting names."""

from __future__ import annotations

from pathlib import Path

from bot.core.ports import Clock, Store
from storage.engine import address
from storage.sqlite import SqliteStore, now


async def open_store(where: str | Path, *, clock: Clock = now) -> Store:
    """The store at a database URL or at the path of an SQLite file, migrated to this version.

    Each migration of an SQLite file is preceded by a copy of it in `backups/`. Raises StoreError with a sentence:
    a database from a newer version, somebody else's tables, a server that does not answer.
    """
    url = address(where)
    if url.get_backend_name() == "sqlite":
        return await SqliteStore.open(url.database or "", clock=clock)
    from storage.postgres import PostgresStore  # its driver is loaded only where it is used

    return await PostgresStore.open(url, clock=clock)
