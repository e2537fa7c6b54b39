"""Empty SQLite databases to begin a test on: laid out once in a process and copied, for that costs a thirtieth."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.engine import address
from storage.migrate import migrate


def migrated(path: Path) -> Path:
    """The path, with an empty database of this version; one that is there already stays as it is."""
    if not path.exists():
        path.write_bytes(_empty())
    return path


def migrated_at(where: str) -> str:
    """The address of a database; a file that is not there becomes an empty database of this version."""
    url = address(where)
    if url.get_backend_name() == "sqlite":
        migrated(Path(url.database or ""))
    return where


@cache
def _empty() -> bytes:
    with TemporaryDirectory(prefix="backfill-empty-") as folder:
        path = Path(folder) / "empty.db"
        migrate(path)
        return path.read_bytes()
