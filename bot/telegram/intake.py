"""Fetches updates and lets Telegram forget one only when it is settled.

python-telegram-bot's own loop confirms up to a hundred updates before any of them is handled, and loses them in a
crash. Here the offset passes the longest settled prefix. A receipt is set by a handler after its commit; that
`process` returned proves nothing. Whatever is fetched again is harmless: the tutor knows every update by its number.

Updates of one chat are begun in their order, each when the one before is settled; chats do not wait for each other,
nor in a group one person for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, Protocol

import structlog
from telegram import Chat, Update
from telegram.error import Conflict, RetryAfter, TelegramError

POLL = 50  # seconds of long polling: Client.h LONG_POLL_MAX_TIMEOUT
FETCH = 100  # updates an answer holds at most
UNDER_WAY = 1_000  # updates being handled or spoken about; beyond it nothing is fetched
CONFLICT_PAUSE = 5.0  # seconds before fetching is tried beside another process
SETTLING = 1.0  # seconds until updates are fetched although earlier ones are still open
FINISHING = 10.0  # seconds that updates under way get at the end
ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.POLL_ANSWER)

_log = structlog.get_logger(__name__)


class Fetch(Protocol):
    """`Bot.get_updates`."""

    async def __call__(
        self,
        *,
        offset: int | None,
        limit: int,
        timeout: int,  # noqa: ASYNC109 - Telegram's own
        allowed_updates: Sequence[str],
    ) -> Sequence[Update]: ...


class Ledger:
    """Which updates are open, and how far Telegram may forget."""

    def __init__(self) -> None:
        self.offset = 0  # every update below may be forgotten; 0 before the first
        self._open: dict[int, asyncio.Event] = {}
        self._settled: set[int] = set()  # those the offset has not passed
        self._moved = asyncio.Event()

    @property
    def open(self) -> int:
        """How many updates are not settled."""
        return len(self._open)

    def begin(self, update_id: int) -> asyncio.Event | None:
        """The receipt of a new update; None for one that is open, or settled and not yet passed."""
        if update_id in self._open or update_id in self._settled:
            return None
        receipt = self._open[update_id] = asyncio.Event()
        return receipt

    def settle(self, update_id: int) -> None:
        """The update's effect is committed, or it has none. Settling again does nothing."""
        receipt = self._open.pop(update_id, None)
        if receipt is None:
            return
        receipt.set()
        self._settled.add(update_id)
        self._pass()
        self._moved.set()

    async def all_settled(self, within: float) -> bool:
        """Wait until no update is open; False when that takes longer than so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self._open:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def restart(self) -> None:
        """Numbers begin anew: forget how far the old ones went, or no offset of ours would pass the new ones."""
        self.offset = 0
        self._settled.clear()

    def _pass(self) -> None:
        """Move the offset up to the first open update. Earlier ones that came again do not take it back."""
        end = min(self._open, default=max(self._settled) + 1)
        self.offset = max(self.offset, end)
        self._settled = {update_id for update_id in self._settled if update_id >= self.offset}


class Intake:
    """The loop from `fetch` to `process`. `caught_up` is called whenever nothing waits at Telegram any more."""

    def __init__(
        self,
        fetch: Fetch,
        process: Callable[[Update], Awaitable[None]],
        ledger: Ledger,
        caught_up: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._fetch = fetch
        self._process = process
        self._ledger = ledger
        self._caught_up = caught_up
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[tuple[int, int], asyncio.Event] = {}  # line -> the receipt of its latest update
        self._confirmed = 0
        self._aside: set[asyncio.Task[None]] = set()  # catching up
        self._behind = False  # the last answer was full: more waits

    @property
    def busy(self) -> bool:
        """Whether an update is being handled or spoken about, or more are known to wait."""
        return bool(self._tasks or self._aside) or self._behind

    async def run(self) -> None:
        """Fetch until cancelled; whatever Telegram or the network does is waited out."""
        pauses = _pauses()
        while True:
            try:
                await self._round()
            except Conflict as conflict:
                # Another process fetches with this token. It takes over by itself once the other has ended.
                _log.warning("intake.conflict", problem=conflict.message)
                await asyncio.sleep(CONFLICT_PAUSE)
            except RetryAfter as flood:
                wait = flood.retry_after
                await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())
            except TelegramError as error:
                _log.warning("intake.unreachable", error=str(error))
                await asyncio.sleep(next(pauses))
            except Exception:  # noqa: BLE001 - a bug here must not end the intake for everybody
                _log.exception("intake.failed")
                await asyncio.sleep(next(pauses))
            else:
                pauses = _pauses()

    async def finish(self) -> None:
        """After `run` was cancelled: let what is under way end, then tell Telegram what is settled."""
        end = asyncio.get_running_loop().time() + FINISHING
        await _end(self._tasks, end)
        self._catch_up()
        await _end(self._aside, end)
        await self._confirm(end)

    async def _confirm(self, end: float) -> None:
        """Tell Telegram what is settled, until it hears; past that time of the loop's clock, once."""
        pauses = _pauses()
        while self._ledger.offset != self._confirmed:
            try:
                await self._ask(limit=1, timeout=0)
            except TelegramError as error:
                pause = next(pauses)
                if asyncio.get_running_loop().time() + pause > end:
                    _log.warning("intake.unconfirmed", error=str(error))  # they come again, and are known then
                    return
                await asyncio.sleep(pause)

    async def _round(self) -> None:
        updates = await self._ask(limit=FETCH, timeout=0 if self._behind else POLL)
        if updates and all(update.update_id < self._ledger.offset for update in updates):
            # After a week without updates their numbers begin anywhere (https://core.telegram.org/bots/api#update), and
            # an offset far above them confirms nothing: the server answers from its first update (Client.cpp
            # do_get_updates, TQueue.cpp get).
            self._ledger.restart()
        for update in updates:
            self._begin(update)
        # Polling again while updates are open would bring the same ones at once: first let them settle.
        settled = not updates or await self._ledger.all_settled(SETTLING)
        self._behind = len(updates) == FETCH
        if settled and not self._behind:
            self._catch_up()
        while len(self._tasks) >= UNDER_WAY:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def _catch_up(self) -> None:
        """Beside the loop: a chat that has to wait before it may be written to holds up nobody's updates."""
        task = asyncio.create_task(self._caught_up())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _ask(self, *, limit: int, timeout: int) -> Sequence[Update]:  # noqa: ASYNC109 - Telegram's own wait
        offset = self._ledger.offset
        found = await self._fetch(offset=offset or None, limit=limit, timeout=timeout, allowed_updates=ALLOWED)
        self._confirmed = offset
        return found

    def _begin(self, update: Update) -> None:
        receipt = self._ledger.begin(update.update_id)
        if receipt is None:
            return
        line = _line_of(update)
        before, self._last[line] = self._last.get(line), receipt
        task = asyncio.create_task(self._carry(update, receipt, before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, update: Update, receipt: asyncio.Event, before: asyncio.Event | None) -> None:
        """Handle one update until it is settled."""
        if before is not None:
            await before.wait()
        for pause in _pauses():
            await self._process(update)
            if receipt.is_set():
                break
            await asyncio.sleep(pause)
        line = _line_of(update)
        if self._last.get(line) is receipt:
            del self._last[line]


async def _end(tasks: set[asyncio.Task[None]], at: float) -> None:
    """Let tasks end by themselves until that time of the loop's clock, if only for a moment; then cancel them."""
    if tasks:
        await asyncio.wait(tasks, timeout=max(0.1, at - asyncio.get_running_loop().time()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _line_of(update: Update) -> tuple[int, int]:
    """Updates of one chat keep their order, in groups those of one person: a crowd's presses wait for no other's."""
    chat, user = update.effective_chat, update.effective_user
    person = user.id if user is not None and (chat is None or chat.type != Chat.PRIVATE) else 0
    return chat.id if chat is not None else 0, person


def _pauses() -> Iterator[float]:
    """0.5, 1, 2 ... seconds, at most 30."""
    pause = 0.5
    while True:
        yield pause
        pause = min(30.0, pause * 2)
