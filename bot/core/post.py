"""The third door: messages that nobody is waiting for. Each call is one transaction; sending lies between two of them.

A letter is thought of (`think`), claimed by one worker (`claim`), written and from then on possibly on its way
(`take`), and settled by what became of it (`settle`). Whatever ends the process in between, its lease ends too, and
`lapse` gives back what cannot have left and records the rest as uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from bot.core.actions import Start
from bot.core.lay import lay
from bot.core.model import Account, Change, Learner
from bot.core.ports import Clock, Store, Turn
from bot.core.reminder_desk import look
from bot.core.reminder_letters import written
from bot.core.reminder_model import (
    Delivery,
    Kind,
    Later,
    Letter,
    Refused,
    Reminders,
    Sent,
    Shut,
    State,
    Unsure,
)
from bot.core.reminders import HOUR, MINUTE, SLOTS, Plan, decide, forgotten, planned
from bot.core.reply import Reply, Screen
from decks.model import Catalogue

LEASE = 90_000  # ms; longer than any delivery takes
REPEAT = 120_000  # ms for which Discord shows a message of the same nonce once ("the past few minutes")
REPEAT_EVERY = 20_000  # ms
PAUSE, LONGEST_PAUSE = 2_500, 10 * MINUTE  # ms between attempts that could not leave, doubled each time
KEPT = 60 * 24 * HOUR  # ms; settled letters, for whoever looks into what happened
PRUNED_AT_ONCE = 500
LOST = "the process ended while it was being sent"
AGAIN = 2_000  # ms: another letter to the same learner is leaving
BUSY = 10 * MINUTE  # ms: cards of a merge are being brought together

NOTHING = Reply(screen=Screen.NOTICE, body=())
Found = TypeVar("Found")


class Settled(NamedTuple):
    """What was made of a delivery: the letter's state from now on, and why."""

    state: State
    reason: str


class Written(NamedTuple):
    """A letter that is leaving: what it says, and the platform's place of delivery if that is known. Its `left_at`
    tells of earlier attempts only."""

    letter: Letter
    channel: str
    reply: Reply


class Post:
    """Letters of all learners. Raises the store's own errors."""

    def __init__(
        self, store: Store, catalogue: Callable[[], Catalogue], clock: Clock, chance: Callable[[], str]
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._chance = chance

    # --- whose turn it is ----------------------------------------------------------------------------------------

    async def come(self, limit: int) -> Sequence[str]:
        """Learners about whom something is to be thought now."""
        now = self._clock()

        def find(turn: Turn) -> Sequence[str]:
            outbox = turn.outbox()
            return outbox.come(now, limit) or outbox.beyond(now + SLOTS * 24 * HOUR, limit)

        return await self._run(find)

    async def think(self, learner: str) -> Plan | None:
        """Decide about one learner; None when there is nothing left to decide."""
        now = self._clock()
        return await self._run(lambda turn: _thought(turn, learner, now))

    async def skip(self, learner: str) -> None:
        """Come back to a learner in a day: thinking about this one has failed."""
        now = self._clock()

        await self._run(lambda turn: turn.outbox().put_off(learner, now + 24 * HOUR))

    async def soonest(self, platforms: Sequence[str]) -> int | None:
        """The next instant (ms) at which something is to be thought, or sent on these platforms; None if nothing is."""
        return await self._run(lambda turn: turn.outbox().soonest(platforms))

    # --- a letter's way ------------------------------------------------------------------------------------------

    async def claim(self, worker: str, platforms: Sequence[str], limit: int) -> Sequence[Letter]:
        """Letters for this worker to send, oldest first."""
        now = self._clock()

        def take_some(turn: Turn) -> Sequence[Letter]:
            return turn.outbox().claim(worker, platforms, now=now, until=now + LEASE, limit=limit)

        return await self._run(take_some)

    async def claim_late(self, worker: str, limit: int) -> Sequence[Letter]:
        """Letters that are no longer worth sending, whatever their platform: they are taken only to be settled."""
        now = self._clock()
        return await self._run(lambda turn: turn.outbox().claim_late(worker, now=now, until=now + LEASE, limit=limit))

    async def take(self, letter: Letter) -> Written | str:
        """The letter as it is written now and possibly on its way; or why it stays, in a word."""
        now, chance, catalogue = self._clock(), self._chance(), self._catalogue()
        return await self._run(lambda turn: _taken(turn, letter, now, chance, catalogue))

    async def settle(self, letter: Letter, delivery: Delivery, *, repeats: bool) -> Settled | None:
        """Keep what became of a letter; None when another worker has it by now. `repeats` says that its platform
        shows it once however often it is sent."""
        now = self._clock()
        return await self._run(lambda turn: _settled(turn, letter, delivery, now, repeats=repeats))

    async def release(self, worker: str) -> None:
        """Give back what was claimed and not taken."""
        await self._run(lambda turn: turn.outbox().release(worker))

    async def lapse(self, repeating: Sequence[str]) -> Sequence[Letter]:
        """End the leases of processes that have ended; the letters that may have left are uncertain, and returned."""
        now = self._clock()

        def end(turn: Turn) -> Sequence[Letter]:
            outbox = turn.outbox()
            outbox.prune(now - KEPT, PRUNED_AT_ONCE)
            return outbox.lapse(now, repeating, now - REPEAT, LOST)

        return await self._run(end)

    async def _run(self, work: Callable[[Turn], Found]) -> Found:
        found: list[Found] = []

        def decide_again(turn: Turn) -> Reply:
            found[:] = [work(turn)]  # a turn that lost a race is run again
            return NOTHING

        await self._store.run(Account("", ""), "", decide_again)
        return found[0]


# --- inside a transaction ------------------------------------------------------------------------------------------


def _learner(turn: Turn, learner: str) -> tuple[Turn, Learner | None]:
    """A learner, locked, and their turn; None for one who was deleted meanwhile."""
    links = turn.links()
    try:
        found = links.lock(learner)
    except LookupError:
        return turn, None
    return links.beside(found), found


def _thought(turn: Turn, learner: str, now: int) -> Plan | None:
    mine, found = _learner(turn, learner)
    reminders = mine.reminders() if found else None
    if found is None or reminders is None:
        return None
    if found.into:
        plan = Plan(reminders=replace(reminders, next_at=None), why="linked")
    elif found.merging:
        plan = Plan(reminders=replace(reminders, next_at=now + BUSY), why="merging")
    else:
        plan = decide(look(mine, found, reminders, now))
    mine.save(Change(reminders=plan.reminders, letters=(plan.letter,) if plan.letter else ()), ())
    return plan


def _taken(turn: Turn, letter: Letter, now: int, chance: str, catalogue: Catalogue) -> Written | str:
    """A worker may hold a letter since long ago: only what the outbox says of it now counts."""
    outbox = turn.outbox()
    mine, learner = _learner(turn, letter.learner)
    reminders = mine.reminders() if learner else None
    current = outbox.letter(letter.learner, letter.key)
    if learner is None or current is None or current.worker != letter.worker or current.state is not State.CLAIMED:
        return "overtaken"
    if reminders is None:
        outbox.settle(current, State.FAILED, "unwanted", now)
        return "unwanted"
    if outbox.is_sending(learner.id) or learner.merging:
        outbox.settle(current, State.DUE, "", now + (BUSY if learner.merging else AGAIN))
        return "waits"
    if current.left_at and now >= current.left_at + REPEAT:
        outbox.settle(current, State.UNCERTAIN, current.reason or LOST, now)
        return "uncertain"
    view = look(mine, learner, reminders, now)
    why = "linked" if learner.into else forgotten(current, view)
    account = Account(current.platform, current.external)
    outcome = None
    if not why:
        outcome = written(lay(mine, account, learner, Start(), now, chance, catalogue), current, view)
    if outcome is None:
        outbox.settle(current, State.FAILED, why or "nothing to ask", now)
        mine.save(Change(reminders=_unsent(reminders, current, learner, now)), ())
        return why or "nothing to ask"
    if not outbox.take(current, now=now, until=now + LEASE):
        return "overtaken"  # its lease was ended a moment ago
    mine.save(outcome.change, outcome.cards)
    return Written(replace(current, tries=current.tries + 1), reminders.channel, outcome.reply)


def _settled(turn: Turn, letter: Letter, delivery: Delivery, now: int, *, repeats: bool) -> Settled | None:
    outbox = turn.outbox()
    mine, learner = _learner(turn, letter.learner)
    if learner is None:
        return None
    current = outbox.letter(letter.learner, letter.key)
    if current is None:
        return None
    left = letter if isinstance(delivery, Later) else current  # this attempt certainly did not leave
    settled, at = _verdict(current, delivery, now, repeats=repeats)
    if not outbox.settle(replace(left, worker=letter.worker), settled.state, settled.reason, at):
        return None
    reminders = mine.reminders()
    if reminders is not None:
        after = _after(reminders, delivery)
        if settled.state is State.FAILED:
            after = _unsent(after, letter, learner, now)
        if after != reminders:
            mine.save(Change(reminders=after), ())
    return settled


def _verdict(letter: Letter, delivery: Delivery, now: int, *, repeats: bool) -> tuple[Settled, int]:
    """The state that a delivery leads to, and the instant that goes with it."""
    match delivery:
        case Sent():
            return Settled(State.SENT, ""), now
        case Unsure(reason=reason) if repeats and now + REPEAT_EVERY < letter.left_at + REPEAT:
            return Settled(State.DUE, reason), now + REPEAT_EVERY
        case Unsure(reason=reason):
            return Settled(State.UNCERTAIN, reason), now
        case Later(seconds=seconds, reason=reason):
            again = now + max(int(seconds * 1000), min(LONGEST_PAUSE, PAUSE * 2**letter.tries))
            given_up = again > letter.expires_at
            return (Settled(State.FAILED, reason), now) if given_up else (Settled(State.DUE, reason), again)
        case Shut(reason=reason) | Refused(reason=reason):
            return Settled(State.FAILED, reason), now


def _after(reminders: Reminders, delivery: Delivery) -> Reminders:
    match delivery:
        case Sent(channel=channel) if channel:
            return replace(reminders, channel=channel)
        case Shut(why=why):
            return replace(reminders, closed=why, next_at=None)
        case _:
            return reminders


def _unsent(reminders: Reminders, letter: Letter, learner: Learner, now: int) -> Reminders:
    """A message that never arrived has not been ignored."""
    if letter.kind not in (Kind.CARDS, Kind.CLOSING):
        return reminders
    ignored = max(0, reminders.ignored - 1)
    first = reminders.last_date + max(1, ignored) if ignored else 0
    stopped = reminders.stopped and letter.kind is not Kind.CLOSING
    return planned(replace(reminders, ignored=ignored, first_date=first, stopped=stopped), learner, now)
