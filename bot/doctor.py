"""`backfill doctor`: looks at the settings, the decks and the database, and says what to mend."""

from __future__ import annotations

import asyncio
import difflib
import http.client
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from msgspec import Struct

from bot.core.ports import StoreError
from bot.settings import NAMES, PREFIX, Settings
from decks.library import Library, folders

PATIENCE = 1.0  # seconds in which whatever has the page's port may say what it is
ROOM = 200 * 1024 * 1024  # bytes of free disk below which a warning is due
OLDEST_SQLITE = (3, 35, 0)  # RETURNING and upserts as the store writes them


class Finding(Struct, frozen=True):
    """One thing looked at, and whether it is well."""

    well: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.well else 'MEND'}  {self.sentence}"


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Everything worth knowing before asking for help, in the order it matters."""
    looks = (_data, _database, _decks, _port, _telegram, _discord)
    strangers = (Finding(False, f"{name} is no setting: {_meant(name)}") for name in settings.strangers)
    return (*_machine(), *strangers, *chain.from_iterable(look(settings) for look in looks))


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name[len(PREFIX) :], (known[len(PREFIX) :] for known in NAMES), n=1)
    return f"did you mean {PREFIX}{near[0]}?" if near else "the README lists them."


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= (3, 11), f"Python {version}; 3.11 or newer is needed.")
    recent = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    yield Finding(recent, f"SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed.")


def _data(settings: Settings) -> Iterator[Finding]:
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    writable = folder.is_dir() and os.access(folder, os.W_OK)
    yield Finding(
        writable, f"Data folder {settings.data}{'' if writable else ' cannot be written: set BACKFILL_DATA'}."
    )
    free = shutil.disk_usage(folder).free
    yield Finding(free > ROOM, f"{free // 2**20:,} MiB free there{'' if free > ROOM else ': make room'}.")


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.sqlite_path
    if path is None:
        yield _server(settings.database)
        return
    if not path.exists():
        yield Finding(True, "No database yet: the first start makes one.")
        return
    looked = _quick_check(path)
    yield looked
    wrong = _schema(str(path)) if looked.well else ""
    if wrong:
        yield Finding(False, wrong)


def _server(address: str) -> Finding:
    wrong = _schema(address)
    return Finding(not wrong, wrong or "Progress is kept by a PostgreSQL server, which answers.")


def _schema(database: str) -> str:
    """What is wrong with the database as a whole: no answer, a newer version, somebody else's tables."""
    from storage.migrate import pending  # loads Alembic

    try:
        pending(database)
    except StoreError as error:
        return str(error)
    return ""


def _quick_check(path: Path) -> Finding:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        said = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.OperationalError as error:  # unlike damage, which is another DatabaseError
        return Finding(False, f"Database {path} cannot be opened ({error}): check the permissions of file and folder.")
    except sqlite3.DatabaseError as error:
        said = str(error)
    finally:
        connection.close()
    well = said == "ok"
    remedy = "" if well else f" is damaged ({said}): `backfill restore --verify` a backup"
    return Finding(well, f"Database {path}{remedy}.")


def _decks(settings: Settings) -> Iterator[Finding]:
    try:
        library = Library(folders(settings.decks))
    except ValueError as error:
        yield Finding(False, str(error))
        return
    catalogue = library.current
    yield Finding(bool(catalogue.cards), f"{len(catalogue.decks)} decks, {len(catalogue.cards):,} cards.")
    for wrong in library.errors:
        yield Finding(False, str(wrong))


def _port(settings: Settings) -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.port))
        except OSError:
            yield _taken(settings.port)
            return
    yield Finding(True, f"Port {settings.port} is free for the page.")


def _taken(port: int) -> Finding:
    if _says_backfill(port):
        return Finding(True, f"Port {port} is where Backfill is running now.")
    return Finding(False, f"Port {port} is taken: end the other program or set BACKFILL_PORT.")


def _says_backfill(port: int) -> bool:
    """Whether a page of ours answers; it lets nobody in, but has its title."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return b"<title>Backfill</title>" in connection.getresponse().read(4096)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _telegram(settings: Settings) -> Iterator[Finding]:
    if not settings.telegram_token:
        yield Finding(True, "Telegram is not served: there is no BACKFILL_TELEGRAM_TOKEN.")
        return
    from telegram.error import TelegramError  # the library takes a fifth of a second to load

    from bot.telegram.app import TokenRefused, look

    try:
        link = asyncio.run(look(settings.telegram_token, settings.telegram_api))
    except TokenRefused as refused:
        yield Finding(False, str(refused))
    except TelegramError as error:
        yield Finding(False, f"Telegram cannot be reached at {settings.telegram_api} ({error}).")
    else:
        yield Finding(True, f"Telegram knows the token: {link}.")


def _discord(settings: Settings) -> Iterator[Finding]:
    if not settings.discord_token:
        yield Finding(True, "Discord is not served: there is no BACKFILL_DISCORD_TOKEN.")
        return
    from bot.discord.app import TokenRefused, Unreachable, look  # the library takes a fifth of a second to load

    try:
        seen = asyncio.run(look(settings.discord_token))
    except (TokenRefused, Unreachable) as error:
        yield Finding(False, str(error))
    else:
        yield Finding(True, f"Discord knows the token; install it with {seen.link}.")
        yield from (Finding(False, problem) for problem in seen.problems)
