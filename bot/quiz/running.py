"""One quiz while it is played: its clock, and what its channel shows. One task each, and nothing kept but drawings.

The clock sleeps until the next deadline or until somebody pressed, then makes the moves that are due. The painter draws
the latest state of each message, at most once in `every` seconds: what changed in between is never drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from msgspec.structs import replace

from bot.core.ports import Clock, StoreError
from bot.core.quiz.clock import due_at
from bot.core.quiz.model import Quiz
from bot.core.quiz.screens import Scene, shows
from bot.core.quiz.show import NotNow, PlaceGone, Show

GATHER = 0.2  # seconds in which presses that come together are looked at together
AGAIN = 1.0  # seconds until a failed look is made again, twice as long each time
SLOWEST = 60.0  # seconds at most
LAST_DRAWINGS = 300.0  # seconds that a finished quiz's messages may take to be drawn: platforms ask for long pauses
TRIES = 3  # drawings of one state of a message that may fail; pauses that the platform wants are none

Draw = Callable[[Show], Awaitable[str]]
"""Shows one message and returns the platform's id of it; raises PlaceGone when the channel is gone for good."""

Wait = Callable[[asyncio.Event, float | None], Awaitable[None]]
"""Waits for an event, at most so many seconds."""

_log = structlog.get_logger(__name__)


class Keeper(Protocol):
    """What a running quiz asks of its master."""

    async def look(self, quiz: str) -> Scene:
        """Make the moves that are due; how the quiz stands now."""

    async def drawn(self, quiz: str, slot: str, message: str) -> None:
        """Keep which message shows a slot."""

    async def gone(self, quiz: str) -> None:
        """The channel is gone: end the quiz."""

    async def over(self, quiz: str) -> None:
        """The quiz is over and shown: carry over what it leaves behind."""

    def finished(self, quiz: str) -> None:
        """Nothing of it is left to do."""


class Surface:
    """How one platform draws. `closed` is set when it does not any more."""

    def __init__(self, draw: Draw, every: float) -> None:
        self.draw = draw
        self.every = every
        self.closed = asyncio.Event()


class Running:
    """One quiz that is open, or whose end is not shown and settled yet."""

    def __init__(self, quiz: Quiz, surface: Surface, keeper: Keeper, clock: Clock, wait: Wait) -> None:
        self.quiz = quiz
        self._keeper = keeper
        self._clock = clock
        self._wait = wait
        self._stirred = asyncio.Event()
        self.painter = Painter(quiz.id, surface, keeper, self.stir, clock, wait)
        self.task = asyncio.create_task(self._run())

    def stir(self) -> None:
        """Somebody pressed: look soon."""
        self._stirred.set()

    async def stop(self) -> None:
        """Let go of it; the quiz stays as the store has it."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.painter.stop()

    async def _run(self) -> None:
        """What changes after the end, a question made void say, is drawn and carried over like the end itself."""
        while True:
            await self._look()
            if self.quiz.is_open:
                await self._sleep()
                continue
            await self.painter.rest(LAST_DRAWINGS)
            await self._keeper.over(self.quiz.id)
            if not self._stirred.is_set():
                break  # and nobody runs before it is said: whoever presses later begins anew
        self._keeper.finished(self.quiz.id)
        await self.painter.stop()

    async def _look(self) -> None:
        """Make the moves that are due and have the latest drawn; what fails is tried until it works."""
        pause = AGAIN
        while True:
            self._stirred.clear()
            try:
                if self.painter.shut and self.quiz.is_open:
                    await self._keeper.gone(self.quiz.id)
                scene = await self._keeper.look(self.quiz.id)
                self.painter.show(shows(scene))
            except Exception as error:  # noqa: BLE001 - the store, or a bug: the quiz goes on when it can
                _log.error("quiz.not_moved", quiz=self.quiz.id, exc_info=error)
                await self._wait(asyncio.Event(), pause)
                pause = min(SLOWEST, pause * 2)
            else:
                self.quiz = scene.quiz
                return

    async def _sleep(self) -> None:
        due = due_at(self.quiz)
        await self._wait(self._stirred, max(0.0, (due - self._clock()) / 1000) if due else None)
        if self._stirred.is_set():
            await self._wait(asyncio.Event(), GATHER)


class Painter:
    """Draws what a quiz's channel shows. It is `shut`, and tells `changed`, once the channel is gone."""

    def __init__(
        self, quiz: str, surface: Surface, keeper: Keeper, changed: Callable[[], None], clock: Clock, wait: Wait
    ) -> None:
        self.shut = False
        self._quiz = quiz
        self._surface = surface
        self._keeper = keeper
        self._tell = changed
        self._clock = clock
        self._wait = wait
        self._wanted: dict[str, Show] = {}
        self._drawn: dict[str, Show] = {}
        self._drawn_at: dict[str, int] = {}
        self._failed: Counter[str] = Counter()
        self._messages: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.task = asyncio.create_task(self._run())

    def show(self, wanted: tuple[Show, ...]) -> None:
        """These are the latest; a message that a newer one follows loses its countdown."""
        if self.shut:
            return
        slots = {show.slot for show in wanted}
        for slot, before in self._wanted.items():
            if slot not in slots and before.timing is not None:
                self._wanted[slot] = replace(before, timing=None, live=False, passed=True)
        self._wanted |= {show.slot: show for show in wanted}
        self._idle.clear()
        self._changed.set()

    async def rest(self, seconds: float) -> None:
        """Wait until everything is drawn, at most so long."""
        await self._wait(self._idle, seconds)

    async def stop(self) -> None:
        """Draw no more."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _run(self) -> None:
        while not self.shut:
            slot, delay = self._next()
            if slot:
                await self._draw(slot)
                continue
            if delay is None:
                self._idle.set()
            self._changed.clear()
            await self._wait(self._changed, delay)
        self._idle.set()
        self._tell()

    def _next(self) -> tuple[str, float | None]:
        """The slot to be drawn now, else how long until one is (None: nothing is)."""
        delay: float | None = None
        for slot, wanted in self._wanted.items():
            if _looks(self._drawn.get(slot)) == _looks(wanted):
                continue
            left = self._surface.every - (self._clock() - self._drawn_at.get(slot, 0)) / 1000
            if slot not in self._drawn_at or left <= 0:
                return slot, None
            delay = left if delay is None else min(delay, left)
        return "", delay

    async def _draw(self, slot: str) -> None:
        wanted = self._wanted[slot]
        message = self._messages.get(slot) or wanted.message
        show = replace(wanted, message=message, mention="" if message else wanted.mention)
        self._drawn_at[slot] = self._clock()
        try:
            message = await self._surface.draw(show)
        except PlaceGone:
            self.shut = True
        except NotNow:
            pass
        except Exception as error:  # noqa: BLE001 - whatever the platform did, the quiz goes on
            _log.error("quiz.not_drawn", quiz=self._quiz, slot=slot, exc_info=error)
            self._failed[slot] += 1
            if self._failed[slot] % TRIES == 0:
                self._drawn[slot] = show  # until there is something else to show
        else:
            self._failed.pop(slot, None)
            self._drawn[slot] = show
            await self._keep(slot, message, known=wanted.message)

    async def _keep(self, slot: str, message: str, *, known: str) -> None:
        """Have the store know which message shows a slot; where it could not, the next drawing brings it again."""
        if not message or message == known:
            return
        self._messages[slot] = message
        try:
            await self._keeper.drawn(self._quiz, slot, message)
        except StoreError as error:
            _log.error("quiz.message_not_kept", quiz=self._quiz, slot=slot, error=str(error))


def _looks(show: Show | None) -> Show | None:
    """What of a show can be seen."""
    return replace(show, message="", mention="") if show else None


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, at most so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
