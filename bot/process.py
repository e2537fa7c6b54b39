"""One process: the store, the library and the surfaces, started in order and ended without losing anything."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Protocol

import structlog

from bot.core.actions import Action, Begin, Start
from bot.core.model import Account, Scope, ScopeKind
from bot.core.my_data_model import Pack
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.parcel import packer
from bot.quiz.master import QuizMaster
from bot.rounds import Carrier, Rounds
from bot.settings import Settings, SettingsError
from decks.errors import DeckError
from decks.library import Library, folders
from decks.model import Catalogue
from decks.published import FOLDER as PUBLICATIONS
from storage.open import open_store

RELOAD_EVERY = 2.0  # seconds between looks at the deck files
LAG_EVERY = 0.5  # seconds between looks at how late the event loop is
LAG_ALARM = 1.0  # seconds late that are worth a warning: Discord waits three for an answer

Handle = Callable[[Account, Action, str], Awaitable[Reply]]  # Tutor.handle
Shelf = Callable[[], Catalogue]  # the catalogue of the moment
Announce = Callable[[str], None]  # prints a sentence to whoever started the process
Ending = asyncio.Future[None]  # done when the process is to end; with an exception when a surface cannot go on

_log = structlog.get_logger(__name__)


class Surface(Protocol):
    """What the learners of one platform are served by."""

    async def close(self) -> None:
        """Take nothing new, finish what is under way within a bounded time, let go."""


def clock() -> int:
    """The time now in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@contextlib.asynccontextmanager
async def tutor(settings: Settings) -> AsyncIterator[tuple[Tutor, Library]]:
    """A tutor on the configured store and decks; both are let go of at the end. Deck files are watched meanwhile."""
    settings.make_data()
    library = await asyncio.to_thread(Library, folders(settings.decks), settings.data / PUBLICATIONS)
    _tell(library.errors)
    store = await open_store(settings.database)
    watching = asyncio.create_task(_watch(library))
    try:
        door = Tutor(store, lambda: library.current, clock, zone=settings.zone)
        await door.finish()  # what an earlier process had begun to delete
        yield door, library
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await store.close()


async def serve(settings: Settings, announce: Announce) -> None:
    """Serve every surface until SIGTERM or SIGINT; what is in flight then is finished first.

    Raises SettingsError or ValueError, with a sentence for the operator, when a surface cannot be served.
    """
    ending = _told_to_end()
    surfaces: list[Surface] = []
    carriers: dict[str, Carrier] = {}
    async with tutor(settings) as (door, library):
        quizzes = QuizMaster(door.store, lambda: library.current, clock, zone=settings.zone)
        lagging = asyncio.create_task(watch_lag())
        rounds = Rounds(door.post, carriers, clock)
        try:
            for opening in _surfaces(settings, door, quizzes, lambda: library.current, announce, ending, carriers):
                surfaces.append(await opening)
            if carriers:
                rounds.start()
            _log.info("process.started", surfaces=len(surfaces))
            await ending
        finally:
            lagging.cancel()
            await rounds.close()
            await asyncio.gather(*(surface.close() for surface in surfaces))
            await quizzes.close()
    _log.info("process.stopped")


def _surfaces(
    settings: Settings,
    door: Tutor,
    quizzes: QuizMaster,
    shelf: Shelf,
    announce: Announce,
    ending: Ending,
    carriers: dict[str, Carrier],
) -> Iterator[Coroutine[None, None, Surface]]:
    """What opens each surface that the settings ask for, to be awaited in turn. What is not asked for is not loaded.

    Those that can be written to unasked put their carrier into `carriers`. Platforms come first: when one refuses its
    token, no address of the page has been announced yet.
    """
    pack = packer(settings.database, clock)
    links: list[Callable[[], str]] = []  # addresses behind which a deep link opens another surface; "" until known

    def elsewhere() -> str:
        return next((f"{found}?start=" for link in links if (found := link())), "")

    if settings.telegram_token:
        yield _telegram(settings, door.handle, quizzes, announce, ending, links, carriers, pack)
    if settings.discord_token:
        yield _discord(settings, door, quizzes, shelf, announce, ending, elsewhere, carriers, pack)
    yield _page(settings, door.handle, announce, elsewhere, pack)


async def _telegram(
    settings: Settings,
    handle: Handle,
    quizzes: QuizMaster,
    announce: Announce,
    ending: Ending,
    links: list[Callable[[], str]],
    carriers: dict[str, Carrier],
    pack: Pack,
) -> Surface:
    from bot.telegram.app import serve as serve_telegram

    running = await serve_telegram(
        handle, quizzes, settings.telegram_token, announce=announce, ending=ending, api=settings.telegram_api, pack=pack
    )
    links.append(lambda: running.link)
    carriers["telegram"] = running.carrier
    return running


async def _discord(
    settings: Settings,
    door: Tutor,
    quizzes: QuizMaster,
    shelf: Shelf,
    announce: Announce,
    ending: Ending,
    elsewhere: Callable[[], str],
    carriers: dict[str, Carrier],
    pack: Pack,
) -> Surface:
    from bot.discord.app import serve as serve_discord

    running = await serve_discord(
        door.handle,
        shelf,
        door.servers,
        quizzes,
        settings.discord_token,
        announce=announce,
        ending=ending,
        elsewhere=elsewhere,
        pack=pack,
    )
    carriers["discord"] = running.carrier
    return running


async def _page(
    settings: Settings, handle: Handle, announce: Announce, elsewhere: Callable[[], str], pack: Pack
) -> Surface:
    from bot.web.app import serve as serve_page

    try:
        return await serve_page(handle, port=settings.port, announce=announce, elsewhere=elsewhere, pack=pack)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(
            f"Port {settings.port} is taken, perhaps by another Backfill. "
            "End it, or set BACKFILL_PORT (0 takes a free one)."
        ) from None


async def drill_here(settings: Settings, slug: str) -> None:
    """Drill in this terminal until the learner leaves; `slug` names a deck or a track, empty is everything due."""
    from bot.terminal.app import run

    async with tutor(settings) as (door, library):
        await run(door.handle, first=_first(library, slug), pack=packer(settings.database, clock))


def _first(library: Library, slug: str) -> Action:
    if not slug:
        return Begin()
    if slug in library.current.tracks:
        return Start(Scope(ScopeKind.TRACK, slug))
    if slug in library.current.decks:
        return Start(Scope(ScopeKind.DECK, slug))
    raise ValueError(f"There is no deck or track “{slug}”. `backfill decks list` shows what there is.")


def _told_to_end() -> Ending:
    """Done with the first SIGTERM or SIGINT; the second ends the process at once."""
    loop = asyncio.get_running_loop()
    ending: Ending = loop.create_future()

    def end(signum: int) -> None:
        loop.remove_signal_handler(signum)
        if not ending.done():
            ending.set_result(None)

    for signum in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C still raises KeyboardInterrupt
            loop.add_signal_handler(signum, end, signum)
    return ending


async def _watch(library: Library) -> None:
    """Pick up edited decks; what is wrong in them is logged once."""
    while True:
        await asyncio.sleep(RELOAD_EVERY)
        told = {str(error) for error in library.errors}
        if await asyncio.to_thread(library.refresh):
            _log.info("decks.reloaded", decks=len(library.current.decks), errors=len(library.errors))
            _tell(error for error in library.errors if str(error) not in told)


async def watch_lag(now: Callable[[], float] = time.monotonic) -> None:
    """Warn when something held up the event loop, and with it every learner. `now` gives seconds."""
    while True:
        due = now() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        if (lag := now() - due) >= LAG_ALARM:
            _log.warning("process.lagging", seconds=round(lag, 1))


def _tell(errors: Iterable[DeckError]) -> None:
    for error in errors:
        _log.warning("decks.error", where=f"{error.file}:{error.line}", problem=error.problem, remedy=error.remedy)
