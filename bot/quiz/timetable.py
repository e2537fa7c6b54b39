"""Starts scheduled quizzes: one task per platform that sleeps until the next of its timetables.

A timetable is moved on to its next time after it has rung: whatever ends or fails in between, it rings again, by a key
made from its time, which opens one quiz.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from msgspec.structs import replace

from bot.core.model import Account, TutorError
from bot.core.ports import Clock, StoreError, Turn
from bot.core.quiz.keep import Timetable, next_due, unstarted
from bot.core.quiz.model import Person, Place
from bot.core.quiz.ports import Quizzes
from bot.quiz.book import Book
from bot.quiz.running import Draw, Wait

LATE = 30 * 60_000  # ms: a quiz that should have started longer ago is left out
AGAIN = 5.0  # seconds until a look that failed is made again
ASLEEP = 900.0  # seconds at most: meanwhile the clock may be set, and the machine sleep

Ring = Callable[[Place, Person, str, str], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Bell:
    """Rings for one platform."""

    def __init__(self, platform: str, book: Book, ring: Ring, draw: Draw, clock: Clock, wait: Wait) -> None:
        self._platform = platform
        self._book = book
        self._ring = ring
        self._draw = draw
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
                    await self._book.read(lambda turn, quizzes, rung=timetable: self._move_on(quizzes, rung))  # type: ignore[misc]
                due = await self._book.read(lambda _turn, quizzes: quizzes.next_timetable(self._platform))
            except StoreError as error:
                _log.error("quiz.timetable_not_read", error=str(error))
                await self._wait(asyncio.Event(), AGAIN)
                continue
            await self._wait(self._changed, min(ASLEEP, max(0.0, (due - self._clock()) / 1000)) if due else None)

    def _due(self, _turn: Turn, quizzes: Quizzes) -> Sequence[Timetable]:
        return quizzes.due_timetables(self._platform, self._clock())

    def _move_on(self, quizzes: Quizzes, rung: Timetable) -> None:
        """To its next time, unless it was taken away or changed meanwhile."""
        now = self._clock()
        if rung in quizzes.due_timetables(self._platform, now):
            following = next_due(rung.days, rung.minute, rung.zone, now)
            quizzes.set_timetable(replace(rung, due_at=following))

    async def _start(self, timetable: Timetable) -> None:
        """Ring, unless it is too late for it. Raises StoreError: ring again."""
        if self._clock() - timetable.due_at >= LATE:
            return
        person = Person(account=Account(*timetable.account), name=timetable.host, manages=True)
        key = f"{timetable.id}{timetable.due_at}"
        try:
            await self._ring(timetable.place, person, timetable.text, key)
        except TutorError as told:  # a quiz is being played there, or its decks are gone
            _log.info("quiz.not_started", timetable=timetable.id, why=str(told))
            await self._tell(timetable, str(told))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug: the others ring all the same
            _log.error("quiz.not_started", timetable=timetable.id, exc_info=error)

    async def _tell(self, timetable: Timetable, why: str) -> None:
        """Say in the channel what came instead of its quiz; once, since the next may be days away."""
        try:
            await self._draw(unstarted(timetable, why))
        except Exception as error:  # noqa: BLE001 - whatever the platform did, the others ring all the same
            _log.warning("quiz.not_told", timetable=timetable.id, exc_info=error)
