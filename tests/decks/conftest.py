"""Empty databases for the commands on decks: a file, and one on a private PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.server import NoPostgres, Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A private PostgreSQL, skipped aloud where none is installed."""
    try:
        with Server() as running:
            yield running
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL to test on: {reason}")


@pytest.fixture(params=("sqlite", "postgres"))
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'progress.db'}"
    name = f"decks{abs(hash(request.node.nodeid))}"
    running: Server = request.getfixturevalue("server")
    running.execute(f"CREATE DATABASE {name}")
    return running.url(name)
