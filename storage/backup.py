"""Copies of an SQLite database: made while it is in use, thinned with age, verified when restored.

Copies are made by SQLite's online backup, never by copying files: a file copy misses what is in the log.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.errors import StoreDamaged, StoreError, sqlite_condition

STAMP = "%Y%m%d-%H%M%S-%f"  # of UTC

# Every copy of the last day, one a day for a week more, one a week for a quarter, and the newest three whatever.
_EVERY_COPY_FOR = timedelta(days=1)
_DAILY_FOR = timedelta(days=8)
_WEEKLY_FOR = timedelta(days=91)
_ALWAYS = 3


def backup(path: str | Path, target: str | Path) -> Path:
    """Copy the database at `path` to the new file `target`, durably. Turns may go on meanwhile.

    Raises StoreError when `target` exists, or when either cannot be read or written.
    """
    target = Path(target)
    if target.exists():
        raise StoreError(f"{target} exists already. Name a new file for the backup.")
    if not Path(path).exists():
        raise StoreError(f"There is no database at {path}.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        unfinished.unlink(missing_ok=True)
        raise (sqlite_condition(error) or error) from error
    _sync(unfinished)
    unfinished.rename(target)
    _sync(target.parent)
    return target


def restore(source: str | Path, path: str | Path, *, verify: bool) -> None:
    """Put the copy `source` in place of the database at `path`; no process may have it open.

    What was there is kept beside it, named as a backup. With `verify` the copy is checked before, and refused with
    StoreDamaged when `storage.check` finds a problem in it.
    """
    source, path = Path(source), Path(path)
    fresh = path.with_name(path.name + ".restored")
    fresh.unlink(missing_ok=True)
    backup(source, fresh)
    if verify:
        _verify(source, fresh)
    if path.exists():
        backup_before(path, "before-restore", datetime.now(UTC))
    for left_over in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        left_over.unlink(missing_ok=True)  # the log of what is being replaced would be applied to the copy
    fresh.rename(path)
    _sync(path.parent)


def _verify(source: Path, fresh: Path) -> None:
    """Bring the copy to this version's schema, which also proves that that works, and check it."""
    from storage.check import check  # imports this module
    from storage.migrate import migrate

    try:
        migrate(fresh)
        problems = check(fresh)
    except StoreError:
        fresh.unlink(missing_ok=True)
        raise
    if problems:
        fresh.unlink(missing_ok=True)
        raise StoreDamaged(f"{source} was not restored: {problems[0].text} Problems in all: {len(problems)}.")


def backup_before(path: Path, reason: str, at: datetime) -> Path:
    """An automatic copy in `backups/` beside the database; older ones are thinned."""
    folder = path.parent / "backups"
    target = folder / f"{path.stem}.{at.strftime(STAMP)}.{reason}.db"
    copy = backup(path, target)
    for outlived in thin(automatic(path), at):
        outlived.unlink(missing_ok=True)
    return copy


def automatic(path: Path) -> dict[Path, datetime]:
    """The automatic copies of a database and when they were made."""
    found: dict[Path, datetime] = {}
    for copy in sorted((path.parent / "backups").glob(f"{path.stem}.*.db")):
        stamp = copy.name.removeprefix(path.stem + ".").split(".")[0]
        try:
            found[copy] = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody else's file
    return found


def thin(copies: dict[Path, datetime], now: datetime) -> list[Path]:
    """Which copies have outlived their use. Of a day, or a week, the latest copy is the one that stays."""
    newest_first = sorted(copies, key=lambda copy: copies[copy], reverse=True)
    kept = {_slot(copies[copy], now): copy for copy in reversed(newest_first)}
    kept.pop("", None)
    stay = {*newest_first[:_ALWAYS], *kept.values()}
    return [copy for copy in newest_first if copy not in stay]


def _slot(made: datetime, now: datetime) -> str:
    """Copies in the same slot stand for each other; the empty slot is for those too old to keep."""
    age = now - made
    if age <= _EVERY_COPY_FOR:
        return made.isoformat()
    if age <= _DAILY_FOR:
        return made.strftime("%Y-%m-%d")
    return made.strftime("%G-W%V") if age <= _WEEKLY_FOR else ""


def _sync(path: Path) -> None:
    """Make a file, or the entries of a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
