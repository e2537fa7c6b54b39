"""Goes the rounds: thinks about those whose next message has come, and sends what is due, until the process ends.

The database is the schedule. A round ends leases that are over, thinks about a batch of learners, and claims letters;
then it sleeps until the next row comes, at most half a minute, since a press or another worker may have added one.
Several workers may go the rounds at once. What is under way at the end is finished within five seconds; what is not is
found by its lease and recorded. Every letter's end is a line in the log: `reminder.sent`, `.uncertain` or `.failed`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Protocol

import structlog

from bot.core.ports import Clock, StoreError
from bot.core.post import Post, Written
from bot.core.reminder_model import Delivery, Letter, Refused, State, Unsure
from bot.core.reply import Reply

BATCH = 50  # learners found at once
SIDE_BY_SIDE = 4  # thought about together: most of a database's connections are left to those who wait for answers
IDLE = 30.0  # seconds between looks at most
BRIEF = 0.2  # seconds between looks while what is due cannot leave yet
TROUBLE = 5.0  # seconds after which a database that failed is asked again
DELIVER = 45.0  # seconds a delivery may take: half a lease
SAVE_AGAIN = (0.5, 2.0, 5.0)  # seconds between attempts to keep what became of a letter
FINISH = 5.0  # seconds that what is under way may take at the end

_log = structlog.get_logger(__name__)


class Carrier(Protocol):
    """Takes letters to the people of one platform."""

    @property
    def repeats(self) -> bool:
        """Whether the platform shows a letter once however often it is sent within two minutes."""

    @property
    def at_once(self) -> int:
        """Letters that may be under way together."""

    async def deliver(self, letter: Letter, channel: str, reply: Reply) -> Delivery:
        """Send a letter once, in the order and at the pace the platform takes; what came of it."""


class Rounds:
    """One worker. `carriers` by platform; only their letters are claimed."""

    def __init__(self, post: Post, carriers: Mapping[str, Carrier], clock: Clock, *, worker: str = "") -> None:
        self._post = post
        self._carriers = carriers
        self._clock = clock
        self._worker = worker or secrets.token_hex(8)
        self._running: dict[asyncio.Task[None], str] = {}  # letter under way -> its platform
        self._going: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go the rounds in the background until closed."""
        self._going = asyncio.create_task(self._go())

    async def close(self) -> None:
        """Claim nothing new, finish what is under way (at most five seconds), give back the rest."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)
        if self._running:
            _, left = await asyncio.wait(self._running, timeout=FINISH)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            if left:
                _log.warning("reminder.unfinished", count=len(left))
        try:
            await self._post.release(self._worker)
        except StoreError as error:
            _log.warning("reminder.not_released", error=str(error))

    async def once(self) -> None:
        """Everything that is due now, to its end. Raises StoreError."""
        while await self._round() or self._running:
            if self._running:
                await asyncio.gather(*self._running)

    async def _go(self) -> None:
        while True:
            try:
                pause = 0.0 if await self._round() else await self._pause()
            except StoreError as error:
                _log.warning("reminder.trouble", error=str(error))
                pause = TROUBLE
            except Exception as error:  # noqa: BLE001 - likewise: a bug here must not end the rounds
                _log.error("reminder.bug", error_id=secrets.token_hex(4), exc_info=error)
                pause = TROUBLE
            if self._running:
                await asyncio.wait(self._running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(pause)

    # --- one round -----------------------------------------------------------------------------------------------

    async def _round(self) -> bool:
        """Whether there may be more to do at once."""
        repeating = [platform for platform, carrier in self._carriers.items() if carrier.repeats]
        for letter in await self._post.lapse(repeating):
            self._report(letter, State.UNCERTAIN, letter.reason)
        learners = await self._post.come(BATCH)
        for first in range(0, len(learners), SIDE_BY_SIDE):
            await asyncio.gather(*map(self._think, learners[first : first + SIDE_BY_SIDE]))
        claimed = await self._claim()
        return len(learners) == BATCH or claimed

    async def _pause(self) -> float:
        """Seconds until there is something to do."""
        soonest = await self._post.soonest(list(self._carriers))
        if soonest is None:
            return IDLE
        return min(max((soonest - self._clock()) / 1000, BRIEF), IDLE)

    async def _think(self, learner: str) -> None:
        try:
            plan = await self._post.think(learner)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - the one handler of bugs here: one learner's must stop nobody else's
            _log.error("reminder.bug", error_id=secrets.token_hex(4), exc_info=error)
            await self._post.skip(learner)
            return
        if plan is not None:
            _log.debug("reminder.thought", why=plan.why, letter=plan.letter is not None)

    async def _claim(self) -> bool:
        """Take letters while there is room for them; whether any came."""
        letters: list[Letter] = []
        for platform, carrier in self._carriers.items():
            room = carrier.at_once - sum(busy == platform for busy in self._running.values())
            if room > 0:
                letters += await self._post.claim(self._worker, [platform], room)
        letters += await self._post.claim_late(self._worker, BATCH)
        for letter in letters:
            task = asyncio.create_task(self._send(letter))
            self._running[task] = letter.platform
            task.add_done_callback(self._running.pop)
        return bool(letters)

    # --- one letter ----------------------------------------------------------------------------------------------

    async def _send(self, letter: Letter) -> None:
        """From claimed to settled. Whatever fails here leaves the letter to its lease."""
        try:
            written = await self._post.take(letter)
        except StoreError as error:
            _log.warning("reminder.not_taken", key=letter.key, error=str(error))
        except Exception as error:  # noqa: BLE001 - likewise: it could not be written
            reference = secrets.token_hex(4)
            _log.error("reminder.bug", key=letter.key, error_id=reference, exc_info=error)
            await self._settle(letter, Refused(f"could not be written, reference {reference}"))
        else:
            if isinstance(written, Written):
                await self._settle(written.letter, await self._deliver(written))
            else:
                _log.info("reminder.kept", key=letter.key, kind=letter.kind.value, reason=written)

    async def _deliver(self, written: Written) -> Delivery:
        carrier = self._carriers[written.letter.platform]
        try:
            async with asyncio.timeout(DELIVER):
                return await carrier.deliver(written.letter, written.channel, written.reply)
        except TimeoutError:
            return Unsure("no answer in time")
        except Exception as error:  # noqa: BLE001 - likewise: nobody knows how far it came
            reference = secrets.token_hex(4)
            _log.error("reminder.bug", key=written.letter.key, error_id=reference, exc_info=error)
            return Unsure(f"reference {reference}")

    async def _settle(self, letter: Letter, delivery: Delivery) -> None:
        carrier = self._carriers.get(letter.platform)
        for pause in (*SAVE_AGAIN, None):
            try:
                settled = await self._post.settle(letter, delivery, repeats=carrier is not None and carrier.repeats)
            except StoreError as error:
                _log.warning("reminder.not_saved", key=letter.key, outcome=type(delivery).__name__, error=str(error))
                if pause is None:
                    return  # its lease ends, and it is uncertain
                await asyncio.sleep(pause)
            else:
                if settled is not None:
                    self._report(letter, settled.state, settled.reason)
                return

    def _report(self, letter: Letter, state: State, reason: str) -> None:
        """One line for each outcome; nothing in it says who the learner is."""
        late = round((self._clock() - letter.at) / 1000, 1)
        name = "reminder.put_off" if state is State.DUE else f"reminder.{state.value}"
        _log.info(name, key=letter.key, kind=letter.kind.value, platform=letter.platform, seconds=late, reason=reason)
