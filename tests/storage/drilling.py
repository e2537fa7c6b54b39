"""A learner who drills through the real tutor, press by press."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from bot.core.actions import Action, Begin, Rate, Reveal, Start
from bot.core.model import Account, Stage
from bot.core.ports import Store, Turn
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from decks.model import Catalogue
from scheduler.model import Rating

from .made import said

PLENTY = 25  # new cards in one go, beyond the learner's daily limit


class Driller:
    """Presses reveal, then a rating, and starts again whenever a sitting ends."""

    def __init__(self, store: Store, account: Account, cards: Catalogue, clock: Callable[[], int], name: str) -> None:
        self.tutor = Tutor(store, lambda: cards, clock)
        self.account = account
        self.store = store
        self.reply: Reply | None = None
        self._name = name
        self._presses = 0

    async def arrive(self) -> None:
        """Be known, past the introduction and in a sitting."""
        await self._press(Begin())

        def settle(turn: Turn) -> Reply:
            learner = turn.learner(self.account)
            assert learner is not None
            from bot.core.model import Change

            turn.save(Change(learner=replace(learner, stage=Stage.DONE, minutes=60)), ())
            return said("settled")

        await self.store.run(self.account, "", settle)
        await self._press(Start(extra=PLENTY))

    async def reveal(self) -> Reply:
        """Show the answer of the card on screen, starting a sitting where none is open."""
        if self.reply is None or not self.reply.attempt:
            await self._press(Start(extra=PLENTY))
        assert self.reply is not None
        assert self.reply.attempt, self.reply
        return await self._press(Reveal(self.reply.attempt))

    async def rate(self, rating: Rating) -> Reply:
        assert self.reply is not None
        return await self._press(Rate(self.reply.attempt, rating))

    def key(self) -> str:
        self._presses += 1
        return f"{self._name}-{self._presses}"

    async def _press(self, action: Action) -> Reply:
        self.reply = await self.tutor.handle(self.account, action, self.key())
        return self.reply
