"""Stores to test on: SQLite files, and a database on a private PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.core.ports import Store
from storage.open import open_store
from storage.postgres import PostgresStore
from tests.databases import migrated

from .server import Server

ENGINES = ("sqlite", "postgres", "postgres-serializable")


@pytest.fixture(scope="session")
def server(postgres_server: Server) -> Server:
    return postgres_server


@pytest.fixture
def postgres(on_postgres: str) -> str:
    return on_postgres


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def where(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database to open, whatever the engine."""
    if engine == "sqlite":
        return str(migrated(tmp_path / "backfill.db"))
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def unmigrated(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables."""
    if engine == "sqlite":
        yield str(tmp_path / "unmigrated.db")
        return
    server: Server = request.getfixturevalue("server")
    server.execute("CREATE DATABASE unmigrated")
    yield server.url("unmigrated")
    server.execute("DROP DATABASE unmigrated WITH (FORCE)")


@pytest.fixture
async def store(engine: str, where: str) -> AsyncIterator[Store]:
    if engine == "postgres-serializable":
        opened: Store = await PostgresStore.open(where, isolation="SERIALIZABLE")
    else:
        opened = await open_store(where)
    yield opened
    await opened.close()
