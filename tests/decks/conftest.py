"""Databases for the commands on decks: a file, and one on a private PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.server import Server


@pytest.fixture(scope="session")
def server(postgres_server: Server) -> Server:
    return postgres_server


@pytest.fixture(params=("sqlite", "postgres"))
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a file that is not there yet, and of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'progress.db'}"
    return str(request.getfixturevalue("on_postgres"))
