"""One process: the store, the library and the surfaces, started in order and ended without losing anything."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import time
from collections.abc import AsyncIterator, Callable

import structlog

from bot.core.actions import Action, Begin, Start
from bot.core.model import Scope, ScopeKind
from bot.core.tutor import Tutor
from bot.settings import Settings, SettingsError
from decks.library import Library, folders
from storage.open import open_store

RELOAD_EVERY = 2.0  # seconds between looks at the deck files

_log = structlog.get_logger(__name__)


def clock() -> int:
    """The time now in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@contextlib.asynccontextmanager
async def tutor(settings: Settings) -> AsyncIterator[tuple[Tutor, Library]]:
    """A tutor on the configured store and decks; both are let go of at the end. Deck files are watched meanwhile."""
    library = await asyncio.to_thread(Library, folders(settings.decks))
    for error in library.errors:
        _log.warning("decks.error", where=f"{error.file}:{error.line}", problem=error.problem, remedy=error.remedy)
    settings.data.mkdir(parents=True, exist_ok=True)
    store = await open_store(settings.database)
    watching = asyncio.create_task(_watch(library))
    try:
        yield Tutor(store, lambda: library.current, clock, zone=settings.zone), library
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await store.close()


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve the page until SIGTERM or SIGINT; what is in flight then is finished first."""
    from bot.web.app import serve as serve_page  # loaded where it is used: the terminal starts without it

    stopping = _stop_signals()
    async with tutor(settings) as (door, _):
        try:
            page = await serve_page(door.handle, port=settings.port, announce=announce)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            sentence = (
                f"Port {settings.port} is taken. End the other program, or set BACKFILL_PORT (0 takes a free one)."
            )
            raise SettingsError(sentence) from None
        _log.info("process.started", port=page.port)
        await stopping.wait()
        await page.close()
    _log.info("process.stopped")


async def drill_here(settings: Settings, slug: str) -> None:
    """Drill in this terminal until the learner leaves; `slug` names a deck or a track, empty is everything due."""
    from bot.terminal.app import run

    async with tutor(settings) as (door, library):
        await run(door.handle, first=_first(library, slug))


def _first(library: Library, slug: str) -> Action:
    if not slug:
        return Begin()
    if slug in library.current.tracks:
        return Start(Scope(ScopeKind.TRACK, slug))
    if slug in library.current.decks:
        return Start(Scope(ScopeKind.DECK, slug))
    raise ValueError(f"There is no deck or track “{slug}”. `backfill decks list` shows what there is.")


def _stop_signals() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second ends the process at once."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(signum: int) -> None:
        stopping.set()
        loop.remove_signal_handler(signum)

    for signum in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C still raises KeyboardInterrupt
            loop.add_signal_handler(signum, stop, signum)
    return stopping


async def _watch(library: Library) -> None:
    """Pick up edited decks; what is wrong in them is logged once per edit."""
    while True:
        await asyncio.sleep(RELOAD_EVERY)
        if await asyncio.to_thread(library.refresh):
            _log.info("decks.reloaded", decks=len(library.current.decks), errors=len(library.errors))
            for error in library.errors:
                _log.warning("decks.error", where=f"{error.file}:{error.line}", problem=error.problem)
