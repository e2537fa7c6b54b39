"""Posts the week's boards: one task per platform that sleeps until the next is due.

A board is planned in the transaction that counts a channel's first quiz of the week, so its row is there before
anything is drawn; it is marked as posted after. A process that ends in between draws again: the drawing has the same
channel and slot, by which a platform that can tells that it has shown it.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from bot.core.ports import Clock, Turn
from bot.core.quiz.board import posted
from bot.core.quiz.keep import Due
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.show import NotNow, PlaceGone, Show
from bot.quiz.book import Book
from bot.quiz.running import Draw, Wait

LATE = 12 * 3600_000  # ms: a board that should have been posted longer ago is left out
AGAIN = 60.0  # seconds until a drawing that failed is made again
ASLEEP = 6 * 3600.0  # seconds at most: meanwhile the clock may be set, and the machine sleep
TRIES = 5  # drawings of a board that may fail; pauses that the platform wants are none

_log = structlog.get_logger(__name__)


class Boards:
    """The boards of one platform."""

    def __init__(self, platform: str, book: Book, draw: Draw, clock: Clock, wait: Wait) -> None:
        self._platform = platform
        self._book = book
        self._draw = draw
        self._clock = clock
        self._wait = wait
        self._failed: Counter[Due] = Counter()
        self._posted: set[Due] = set()  # but not marked so yet
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def stir(self) -> None:
        """A quiz was settled: there may be a board to come."""
        self._changed.set()

    async def stop(self) -> None:
        """Post no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                due = await self._book.read(lambda _turn, quizzes: quizzes.due_boards(self._platform, self._clock()))
                waiting = [one for one in due if not await self._post(one)]
                following = await self._book.read(lambda _turn, quizzes: quizzes.next_board(self._platform))
            except Exception as error:  # noqa: BLE001 - the store, or a bug: the boards are posted when they can
                _log.error("quiz.boards_not_read", exc_info=error)
                waiting, following = [], self._clock()
            if waiting or 0 < following <= self._clock():
                await self._wait(asyncio.Event(), AGAIN)
            else:
                left = (following - self._clock()) / 1000 if following else None
                await self._wait(self._changed, left and min(ASLEEP, left))

    async def _post(self, due: Due) -> bool:
        """Whether this board needs no more."""
        if due not in self._posted:
            show = await self._show(due)
            if show is not None and not await self._shown(due, show):
                return False
            self._posted.add(due)
        await self._book.read(lambda _turn, quizzes: quizzes.done_board(due))
        self._posted.discard(due)
        self._failed.pop(due, None)
        return True

    async def _show(self, due: Due) -> Show | None:
        """What is to be posted; None: nothing is, for it is not wanted, too late, or there is nobody to show."""

        def wanted(_turn: Turn, quizzes: Quizzes) -> bool:
            return quizzes.posts_board(due.place)

        if self._clock() - due.due_at > LATE or not await self._book.read(wanted):
            return None
        found, weak = await self._book.week(due.place, due.week, due.zone)
        return posted(due, found, weak)

    async def _shown(self, due: Due, show: Show) -> bool:
        """Whether it was shown, or will never be."""
        try:
            return bool(await self._draw(show))
        except PlaceGone:
            return True
        except NotNow:
            return False
        except Exception as error:  # noqa: BLE001 - whatever the platform did, other channels have their boards
            _log.error("quiz.board_not_drawn", channel=due.place.channel, week=due.week, exc_info=error)
            self._failed[due] += 1
            return self._failed[due] >= TRIES
