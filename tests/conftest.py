"""One private PostgreSQL for all the tests of a process, and one database on it for one test after the other."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy.engine import make_url

from storage.migrate import migrate
from storage.tables import metadata
from tests.storage.server import NoPostgres, Server

SHARED = "shared"  # the migrated database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Skipped aloud where no PostgreSQL is installed."""
    with ExitStack() as running:
        try:
            started = running.enter_context(Server())
        except NoPostgres as reason:
            pytest.skip(f"no PostgreSQL to test on: {reason}")
        started.execute(f"CREATE DATABASE {SHARED}")
        migrate(started.url(SHARED))
        yield started


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database; on the server that BACKFILL_TEST_DATABASE_URL names, if it does."""
    if given := os.environ.get("BACKFILL_TEST_DATABASE_URL"):
        yield from _schema_on(given)
        return
    server: Server = request.getfixturevalue("postgres_server")
    yield server.url(SHARED)
    _empty(server.url(SHARED))


def _empty(shared: str) -> None:
    """Leave nothing to the next test: emptying the tables costs a tenth of making a database."""
    with psycopg.connect(shared, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET session_replication_role = replica")  # rows that name no learner are deleted too
        connection.execute(";".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables).encode())
        connection.execute("DROP SCHEMA IF EXISTS sharded CASCADE")


def _schema_on(given: str) -> Iterator[str]:
    """A schema of our own on somebody's server."""
    name = "t" + uuid.uuid4().hex
    address = make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        url = make_url(given).update_query_dict({"options": f"-csearch_path={name}"})
        where = url.render_as_string(hide_password=False)
        migrate(where)
        yield where
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())
