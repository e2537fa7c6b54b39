"""The one door: an account's action in, a reply out, one transaction around one step."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable

from bot.core import drill, my_data
from bot.core.actions import Action, Erase, Export, ShowPrivacy
from bot.core.lay import lay
from bot.core.link_desk import unite
from bot.core.link_model import Merge, Unsettled
from bot.core.model import Account, Learner
from bot.core.news import note
from bot.core.ports import Clock, Store, Turn
from bot.core.post import Post
from bot.core.reply import Reply, Screen
from bot.core.server_book import ServerBook
from decks.model import Catalogue

LOCAL = (Account("web", "local"), Account("terminal", "local"))
"""The accounts of the person at this machine: one learner."""
NOTHING = Reply(screen=Screen.NOTICE, body=())


class Tutor:
    """Handles every action of every surface.

    `catalogue` is asked once per action, so that an edited deck is picked up between two presses; `clock` gives
    milliseconds since the epoch; `chance` gives 32 fresh hexadecimal digits; `zone` is what a new learner starts with.
    `servers` is the door to what the managers of servers settle, `post` the one to messages nobody is waiting for.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Callable[[], Catalogue],
        clock: Clock,
        *,
        chance: Callable[[], str] = lambda: secrets.token_hex(16),
        zone: str = "UTC",
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._chance = chance
        self._zone = zone
        self.store = store  # what other doors are built on as well
        self._noted: Catalogue | None = None  # whose cards are written down
        self.servers = ServerBook(store)
        self.post = Post(store, catalogue, clock, chance)

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        """Do what the account asks and return the next screen, after the commit.

        `key` is the platform's own id of this update: handled again, it changes nothing and gets the first reply.
        Raises TutorError with a sentence for the learner, and the store's own errors when nothing could be saved.
        """
        now, chance, catalogue = self._clock(), self._chance(), self._catalogue()
        begun: list[Merge] = []
        erased: list[str] = []
        await self._note(account, catalogue, now)

        def decide(turn: Turn) -> Reply:
            begun.clear()
            erased.clear()
            if isinstance(action, ShowPrivacy | Export | Erase) and _is_stranger(turn, account):
                return my_data.stranger(action)
            learner = self._learner(turn, account, now, chance)
            if learner.merging:
                raise Unsettled(learner.id)
            desk = lay(turn, account, learner, action, now, chance, catalogue)
            outcome = drill.step(desk, action)
            turn.save(outcome.change, outcome.cards)
            if outcome.link is not None:
                turn.links().save(outcome.link)
                begun.extend(merge for merge in (outcome.link.merge,) if merge is not None)
            if outcome.erases:
                turn.erasures().begin(learner.id, now)
                erased.append(learner.id)
            return outcome.reply

        while True:
            try:
                reply = await self._store.run(account, key, decide)
            except Unsettled as before:  # a process ended before it had brought the cards of a merge together
                await self._settle(account, before.learner)
            else:
                break
        for merge in begun:
            await self._settle(account, merge.kept)
        if erased:
            await self.finish()
        return reply

    async def finish(self) -> None:
        """Finish the deletions that are under way, in pieces as `_settle` does: also those of a process that ended."""
        left = True

        def piece(turn: Turn) -> Reply:
            nonlocal left
            left = turn.erasures().further()
            return NOTHING

        while left:
            await self._store.run(Account("", ""), "", piece)

    async def _note(self, account: Account, catalogue: Catalogue, now: int) -> None:
        """Write down which cards have come, once after decks have changed, in pieces as `_settle` does."""
        if catalogue is self._noted:
            return
        before, self._noted = self._noted, catalogue  # whoever else comes now need not wait for it
        place, left = 0, True
        try:
            while left:
                place = await self._piece(account, catalogue, now, place)
                left = place > 0
        except BaseException:
            self._noted = before
            raise

    async def _piece(self, account: Account, catalogue: Catalogue, now: int, start: int) -> int:
        end = 0

        def piece(turn: Turn) -> Reply:
            nonlocal end
            end = note(turn, catalogue, now, start)
            return NOTHING

        await self._store.run(account, "", piece)
        return end

    async def _settle(self, account: Account, learner: str) -> None:
        """Carry out a merge, or the taking back of one, in pieces between which everybody else's turns are taken."""
        left = True

        def piece(turn: Turn) -> Reply:
            nonlocal left
            left = unite(turn, learner)
            return NOTHING

        while left:
            await self._store.run(account, "", piece)

    def _learner(self, turn: Turn, account: Account, now: int, chance: str) -> Learner:
        """Whoever the account belongs to; a stranger becomes a new learner, a local account the local learner."""
        known = turn.learner(account)
        if known is not None:
            return known
        household = (other for other in LOCAL if account in LOCAL and other != account)
        found = next((learner for other in household if (learner := turn.learner(other))), None)
        learner = found or Learner(id=str(uuid.UUID(hex=chance, version=4)), created_at=now, zone=self._zone)
        turn.enrol(account, learner)
        return learner


def _is_stranger(turn: Turn, account: Account) -> bool:
    """Whether nothing is kept about whoever has the account: not even as the other local one's learner."""
    household = LOCAL if account in LOCAL else (account,)
    return all(turn.learner(one) is None for one in household)
