"""Starts scheduled quizzes: one task per platform that sleeps until the next of its timetables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from msgspec.structs import replace

from bot.core.model import Account, TutorError
from bot.core.ports import Clock, Turn
from bot.core.quiz.keep import Timetable, next_due
from bot.core.quiz.model import Person, Place
from bot.core.quiz.ports import Quizzes
from bot.quiz.book import Book
from bot.quiz.running import Wait

LATE = 30 * 60_000  # ms: a quiz that should have started longer ago is left out
AGAIN = 5.0  # seconds until a look that failed is made again

Ring = Callable[[Place, Person, str, str], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Bell:
    """Rings for one platform."""

    def __init__(self, platform: str, book: Book, ring: Ring, clock: Clock, wait: Wait) -> None:
        self._platform = platform
        self._book = book
        self._ring = ring
        self._clock = clock
        self._wait = wait
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def stir(self) -> None:
        """A timetable was made."""
        self._changed.set()

    async def stop(self) -> None:
        """Ring no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                for timetable in await self._book.read(self._due):
                    await self._start(timetable)
                due = await self._book.read(lambda _turn, quizzes: quizzes.next_timetable(self._platform))
            except Exception as error:  # noqa: BLE001 - the store, or a bug: the others ring all the same
                _log.error("quiz.timetable_not_read", exc_info=error)
                await self._wait(asyncio.Event(), AGAIN)
                continue
            await self._wait(self._changed, max(0.0, (due - self._clock()) / 1000) if due else None)

    def _due(self, _turn: Turn, quizzes: Quizzes) -> Sequence[Timetable]:
        """Those that are due, each moved on to its next time in the same transaction: it rings once."""
        now = self._clock()
        due = quizzes.due_timetables(self._platform, now)
        for timetable in due:
            following = next_due(timetable.days, timetable.minute, timetable.zone, now)
            quizzes.set_timetable(replace(timetable, due_at=following))
        return [timetable for timetable in due if now - timetable.due_at < LATE]

    async def _start(self, timetable: Timetable) -> None:
        person = Person(account=Account(*timetable.account), name=timetable.host, manages=True)
        key = f"{timetable.id}{timetable.due_at}"
        try:
            await self._ring(timetable.place, person, timetable.text, key)
        except TutorError as told:  # a quiz is being played there, or its decks are gone
            _log.info("quiz.not_started", timetable=timetable.id, why=str(told))
