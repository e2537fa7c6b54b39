"""Copies of an SQLite database: made while it is in use, thinned with age, verified when restored.

Copies are made by SQLite's online backup, never by copying files: a file copy misses what is in the log.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.errors import StoreDamaged, StoreError, StoreLocked, sqlite_condition

STAMP = "%Y%m%d-%H%M%S-%f"  # of UTC

# Every copy of the last day, one a day for a week more, one a week for a quarter, and the newest three whatever.
_EVERY_COPY_FOR = timedelta(days=1)
_DAILY_FOR = timedelta(days=8)
_WEEKLY_FOR = timedelta(days=91)
_ALWAYS = 3

_ENDINGS = ("", "-wal", "-shm")  # of the files of a database in use: itself, its log, the index of that


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
    """Put the copy `source` in place of the database at `path`.

    What was there is kept beside it, named as a backup. Raises StoreLocked while another process has the database
    open: it would go on with the file that was taken away, and lose what it says it saved. With `verify` the copy is
    checked before, and refused with StoreDamaged when `storage.check` finds a problem in it.
    """
    source, path = Path(source), Path(path)
    fresh = path.with_name(path.name + ".restored")
    fresh.unlink(missing_ok=True)
    try:
        _take(source, fresh, verify=verify)
        if path.exists():
            _set_aside(path, datetime.now(UTC))
    except StoreError:
        fresh.unlink(missing_ok=True)
        raise
    fresh.rename(path)
    _sync(path.parent)


def _set_aside(path: Path, at: datetime) -> None:
    """Keep what is replaced: a copy of it or, where it is too damaged to be copied, its files as they are."""
    try:
        _require_alone(path)
        backup_before(path, "before-restore", at)
    except StoreDamaged:
        kept = _automatic_name(path, "damaged", at)
        kept.parent.mkdir(exist_ok=True)
        for ending in _ENDINGS:
            if (file := path.with_name(path.name + ending)).exists():
                file.rename(kept.with_name(kept.name + ending))


def _require_alone(path: Path) -> None:
    """Raises StoreLocked while another process has the database open. Its log is folded in, so none is left over.

    SQLite leaves the write-ahead log only for the last connection: https://www.sqlite.org/wal.html#persistence_of_wal_mode
    """
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        known = sqlite_condition(error) or error
        if isinstance(known, StoreLocked):
            known = StoreLocked(f"Another program, perhaps Backfill, has {path} open. End it, then restore.")
        raise known from error


def _take(source: Path, fresh: Path, *, verify: bool) -> None:
    """Copy `source` to `fresh`. With `verify` the copy is brought to this version's schema, which also proves that
    that works, and checked."""
    from storage.check import check  # imports this module
    from storage.migrate import migrate

    try:
        backup(source, fresh)
        if verify:
            migrate(fresh)
        problems = check(fresh) if verify else []
    except StoreDamaged as error:
        raise StoreDamaged(f"{source} is damaged, so nothing was restored. Try an older backup.") from error
    if problems:
        raise StoreDamaged(f"{source} was not restored: {problems[0].text} Problems in all: {len(problems)}.")


def backup_before(path: Path, reason: str, at: datetime) -> Path:
    """An automatic copy in `backups/` beside the database; older ones are thinned."""
    copy = backup(path, _automatic_name(path, reason, at))
    for outlived in thin(automatic(path), at):
        outlived.unlink(missing_ok=True)
    return copy


def _automatic_name(path: Path, reason: str, at: datetime) -> Path:
    return path.parent / "backups" / f"{path.stem}.{at.strftime(STAMP)}.{reason}.db"


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
