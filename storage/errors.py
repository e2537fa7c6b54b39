"""What can go wrong with the database, each as one sentence a person can act on.

StoreError (bot.core.ports)
├── StoreBusy          more turns wait than the queue holds
├── StoreLocked        another process kept the database locked
├── StoreFull          the disk is full
├── StoreReadOnly      the file or its folder may not be written
├── StoreDamaged       the file is not a database, or a damaged one
├── StoreUnreachable   the server does not answer, or kept refusing
├── StoreClosed        the store was closed
├── StoreNewer         the database was written by a newer version
└── StoreForeign       the database holds somebody else's tables
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from bot.core.ports import StoreError as StoreError


class StoreBusy(StoreError):
    """Too many answers are waiting to be saved. Nothing was recorded; please press again in a moment."""


class StoreLocked(StoreError):
    """Another program is keeping the database locked. Nothing was recorded; please press again in a moment."""


class StoreFull(StoreError):
    """The disk is full, so this was not recorded. Free some space and press again; earlier answers are safe."""


class StoreReadOnly(StoreError):
    """The database may not be written to, so this was not recorded. Check the permissions of its file and folder."""


class StoreDamaged(StoreError):
    """The database cannot be read, so nothing was recorded. Put a backup back: `backfill restore --verify`."""


class StoreUnreachable(StoreError):
    """The database does not answer, so it is uncertain whether this was recorded. Please press again in a moment."""


class StoreClosed(StoreError):
    """Backfill is shutting down, so this was not recorded. Earlier answers are safe."""


class StoreNewer(StoreError):
    """The database was written by a newer version of Backfill. Upgrade Backfill, or restore an older backup."""


class StoreForeign(StoreError):
    """The database holds tables that are not Backfill's. Name another file or database."""


# Primary result codes of https://www.sqlite.org/rescode.html; extended codes carry them in the low byte. An I/O
# error is how a write beyond a quota or file-size limit shows.
_SQLITE_CONDITIONS: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_IOERR: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CANTOPEN: StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: StoreDamaged,
    sqlite3.SQLITE_NOTADB: StoreDamaged,
}


def sqlite_condition(error: BaseException) -> StoreError | None:
    """The condition of the database behind an SQLite error; None where the statement itself was at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = _SQLITE_CONDITIONS.get(code & 0xFF) if code is not None else None
    return kind() if kind else None


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_CONDITIONS: dict[str, type[StoreError]] = {
    "53100": StoreFull,  # disk_full
    "25006": StoreReadOnly,  # read_only_sql_transaction: a standby
    "42501": StoreReadOnly,  # insufficient_privilege
    "53300": StoreUnreachable,  # too_many_connections
    "55P03": StoreLocked,  # lock_not_available: waited for lock_timeout
    "57P01": StoreUnreachable,  # admin_shutdown
    "57P02": StoreUnreachable,  # crash_shutdown
    "57P03": StoreUnreachable,  # cannot_connect_now
}


def postgres_condition(error: BaseException) -> StoreError | None:
    """The condition of the server behind a driver's error; None where the statement itself was at fault."""
    import psycopg  # loaded only where it is used

    if isinstance(error, OSError):  # SQLAlchemy lets some through as they are
        return StoreUnreachable()
    state = getattr(error, "sqlstate", None)
    if state is None:
        lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return StoreUnreachable() if lost else None
    kind = _POSTGRES_CONDITIONS.get(state) or (StoreUnreachable if state.startswith("08") else None)
    return kind() if kind else None


def told(error: DBAPIError) -> Exception:
    """What a command that is no turn raises for a driver's error: a StoreError that says why, or the error itself."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return sqlite_condition(cause) or error
    known = postgres_condition(cause) if cause is not None else None
    if not isinstance(known, StoreUnreachable):
        return known or error
    reasons = [line for line in str(cause).splitlines() if not line.startswith("\t")]  # libpq indents its advice
    return StoreUnreachable(f"The database does not answer: {reasons[-1].strip()}. Is the address right?")
