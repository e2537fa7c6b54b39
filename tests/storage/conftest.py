"""Stores to test on: SQLite files, and databases on a private PostgreSQL server."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.core.ports import Store
from storage.migrate import migrate
from storage.open import open_store
from storage.postgres import PostgresStore

from .server import NoPostgres, Server

ENGINES = ("sqlite", "postgres", "postgres-serializable")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server per test process, with a migrated database to copy."""
    with ExitStack() as running:
        try:
            started = running.enter_context(Server())
        except NoPostgres as reason:
            pytest.skip(f"no PostgreSQL to test on: {reason}")
        started.execute("CREATE DATABASE migrated")
        migrate(started.url("migrated"))
        yield started


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    if given := os.environ.get("BACKFILL_TEST_DATABASE_URL"):
        yield from _schema_on(given)
        return
    server: Server = request.getfixturevalue("server")
    name = "t" + uuid.uuid4().hex
    server.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _schema_on(given: str) -> Iterator[str]:
    """A schema of our own on somebody's server."""
    import psycopg
    from sqlalchemy.engine import make_url

    name = "t" + uuid.uuid4().hex
    address = make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        url = make_url(given).update_query_dict({"options": f"-csearch_path={name}"})
        where = url.render_as_string(hide_password=False)
        migrate(where)
        yield where
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def where(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database to open, whatever the engine."""
    return str(tmp_path / "backfill.db") if engine == "sqlite" else str(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(engine: str, where: str) -> AsyncIterator[Store]:
    if engine == "postgres-serializable":
        opened: Store = await PostgresStore.open(where, isolation="SERIALIZABLE")
    else:
        opened = await open_store(where)
    yield opened
    await opened.close()
