"""What the core needs from outside: a store that runs one learner's turn as one transaction, and a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.core.link_model import LinkChange, Merge, Offer, Tally
from bot.core.model import Account, Attempt, Change, Day, Flagged, Hold, Learner, LogEntry, Session, Thanked
from bot.core.quiz.ports import Quizzes
from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Letter, Reminders, State
from bot.core.reply import Reply
from bot.core.servers import Server
from decks.model import Card
from scheduler.model import Policy, Progress

Clock = Callable[[], int]
"""The time now, in milliseconds since the epoch."""


class StoreError(Exception):
    """The database could not keep what happened; the message is a sentence for a person. Never acknowledged."""

    def __init__(self, sentence: str = "") -> None:
        """Without a sentence the docstring of the exception's class is what the person reads."""
        super().__init__(sentence or " ".join((type(self).__doc__ or "").split()))


class Turn(Protocol):
    """One transaction of one learner, synchronous. Every query is bounded however much has been learnt.

    `learner` or `enrol` comes first; everything after speaks of that learner and sees nobody else's rows.
    """

    def learner(self, account: Account) -> Learner | None:
        """Who this account belongs to; None for a stranger. Locks the learner until the turn ends."""

    def enrol(self, account: Account, learner: Learner) -> None:
        """Attach an account to a learner, who is created if new."""

    def session(self) -> Session | None:
        """The latest session, open or closed."""

    def attempt(self, attempt: str) -> tuple[Attempt, Card] | None:
        """An attempt of this learner's with the card as it was shown; None for unknown and foreign ids alike."""

    def progress(self, cards: Sequence[str]) -> Mapping[str, Progress]:
        """Progress of those of the cards that have been met."""

    def ready(self, until: int, limit: int) -> Sequence[tuple[str, Progress]]:
        """Cards waiting on a (re)learning step due at or before `until` (ms), earliest first."""

    def due(self, day: int, limit: int) -> Sequence[tuple[str, Progress]]:
        """Cards due on or before the study day, longest overdue first."""

    def forecast(self, first: int, last: int) -> Mapping[int, int]:
        """Study day -> cards falling due on it, for due days `first` to `last` inclusive."""

    def entries(self, card: str) -> Sequence[LogEntry]:
        """The log of one card in order, whole."""

    def policies(self, hashes: Sequence[str]) -> Mapping[str, Policy]:
        """The policies that Reviewed entries name by content hash."""

    def holds(self, cards: Sequence[str]) -> Mapping[str, Hold]:
        """Holds on those of the cards that have one, lapsed burials included."""

    def held(self, limit: int) -> Sequence[tuple[str, Hold]]:
        """The learner's held cards, latest first."""

    def days(self, first: int, last: int) -> Sequence[Day]:
        """Counters of the study days from `first` to `last` that have any, in order."""

    def studied(self, limit: int) -> Sequence[int]:
        """The latest study days on which a rating stands, ascending."""

    def instants(self, days: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        """Study day -> instants (ms) of the first and the last rating that stand on it."""

    def habit(self) -> Sequence[LogEntry]:
        """The entries about no card that settle the habit (rest days, breaks, plans), and what took some back."""

    def hardest(self, limit: int) -> Sequence[tuple[str, Progress]]:
        """The cards that have lapsed most, most lapses first."""

    def recall(self, first: int, last: int) -> Sequence[tuple[str, int, int]]:
        """(card, ratings, ratings other than Again) of cards rated in review between two study days."""

    def reminders(self) -> Reminders | None:
        """What is settled about reminders; None for a learner who was never asked."""

    def rehearsal(self) -> Rehearsal | None:
        """The latest rehearsal, under way or handed in."""

    def save(self, change: Change, cards: Sequence[Card]) -> None:
        """Write everything one step changed. `cards` are the cards shown by its new attempts, or in its rehearsal."""

    def shown(self, revisions: Sequence[str]) -> Mapping[str, Card]:
        """Cards as they were shown, by revision; those never shown are left out."""

    def reports(self, limit: int) -> Sequence[Flagged | Thanked]:
        """What the learner reported, and what they were thanked for, latest first."""

    def arrivals(self) -> Arrivals:
        """When cards came into the decks, which belongs to no learner."""

    def links(self) -> Links:
        """What linking accounts needs beyond one learner's rows."""

    def erasures(self) -> Erasures:
        """Learners who are being deleted."""

    def servers(self) -> Servers:
        """The settings of servers, which belong to no learner."""

    def quizzes(self) -> Quizzes:
        """Group quizzes, which belong to no learner."""

    def outbox(self) -> Outbox:
        """Letters on their way, whoever's they are."""


class Links(Protocol):
    """The one place where a transaction reaches two learners; part of the same transaction as its turn."""

    def owner(self, account: Account) -> Learner | None:
        """Who an account belongs to; locks nobody."""

    def lock(self, learner: str) -> Learner:
        """Another learner, locked until the turn ends. Raises LookupError for an unknown id."""

    def beside(self, learner: Learner) -> Turn:
        """Another learner's turn in this transaction. What is to be changed there must be locked first."""

    def accounts(self, learner: str) -> Sequence[Account]:
        """Every account of a learner."""

    def tally(self, learner: str) -> Tally:
        """What a learner has done."""

    def offer(self, offer: str) -> Offer | None:
        """An offer by its id."""

    def offer_by(self, fingerprint: str) -> Offer | None:
        """An offer by the fingerprint of its code or token, locked until the turn ends."""

    def offered(self, maker: Account) -> Offer | None:
        """The latest offer an account made."""

    def misses(self, since: int, limit: int) -> Sequence[Account]:
        """Who used wrong codes since an instant (ms), once for each time, latest first."""

    def merge(self, learner: str) -> Merge | None:
        """The latest merge into a learner."""

    def save(self, change: LinkChange) -> None:
        """Write everything one step of linking changed. The turn's own learner is looked up afresh afterwards."""

    def unite(self, merge: Merge) -> Merge:
        """Bring some more cards of a merge over, or back: a bounded piece, after which log and progress agree."""


class Erasures(Protocol):
    """Deleting learners: at once out of reach, then piece by piece."""

    def begin(self, learner: str, at: int) -> None:
        """Take away a locked learner's accounts and settings; afterwards the turn's account is a stranger's."""

    def further(self) -> bool:
        """Delete a bounded piece of whoever is on the way out; False when nobody is."""


class Arrivals(Protocol):
    """When each card first stood in the decks. Writing a card down again changes nothing."""

    def is_begun(self) -> bool:
        """Whether a whole catalogue has been written down before."""

    def begin(self) -> None:
        """A whole catalogue is written down now."""

    def note(self, cards: Sequence[str], at: int) -> None:
        """The cards are in the decks since an instant (ms), unless they have been before."""

    def since(self, at: int, limit: int) -> Sequence[str]:
        """Cards that came after an instant (ms), latest first."""


class Servers(Protocol):
    """The settings of servers."""

    def find(self, platform: str, external: str) -> Server | None:
        """A server's settings; None for one that was never set up."""

    def save(self, server: Server) -> None:
        """Keep a server's settings."""


class Outbox(Protocol):
    """Letters on their way, across learners: only what sends them looks in here. Instants are ms."""

    def come(self, now: int, limit: int) -> Sequence[str]:
        """Learners about whom something is to be thought, longest waiting first."""

    def beyond(self, horizon: int, limit: int) -> Sequence[str]:
        """Learners whose next thought lies beyond an instant, as only a clock that was wrong plans it."""

    def soonest(self, platforms: Sequence[str]) -> int | None:
        """The next instant at which something is to be thought, or sent on these platforms; None if nothing is."""

    def put_off(self, learner: str, at: int) -> None:
        """Think about a learner at an instant, whatever is settled, even if that cannot be read."""

    def letter(self, learner: str, key: str) -> Letter | None:
        """One letter as it stands."""

    def is_sending(self, learner: str) -> bool:
        """Whether a letter to a learner may be leaving right now."""

    def claim(self, worker: str, platforms: Sequence[str], *, now: int, until: int, limit: int) -> Sequence[Letter]:
        """Letters that are due on these platforms, oldest first; they are this worker's until the lease ends. Those
        that only a newer version can read are left out, here and in `claim_late`."""

    def claim_late(self, worker: str, *, now: int, until: int, limit: int) -> Sequence[Letter]:
        """Letters that have waited beyond their time, on whatever platform."""

    def take(self, letter: Letter, *, now: int, until: int) -> bool:
        """From claimed to sending; False when its worker no longer has it."""

    def settle(self, letter: Letter, state: State, reason: str, at: int) -> bool:
        """What became of a letter, or due again at an instant; False when its worker no longer has it. Its `left_at`
        is kept as given."""

    def release(self, worker: str) -> None:
        """Give back what a worker has claimed and not taken."""

    def lapse(self, now: int, repeating: Sequence[str], since: int, reason: str) -> Sequence[Letter]:
        """End leases that are over. Claimed letters are due again, and so are those being sent on a platform that
        shows no letter twice, if they left after `since`; all others being sent are uncertain, and returned."""

    def prune(self, before: int, limit: int) -> None:
        """Delete some letters settled before an instant."""


class Store(Protocol):
    """Where progress lives."""

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        """Run `decide` in one transaction and return its reply after the commit.

        `key` is the platform's id of this update: a key seen before returns the first reply again and changes
        nothing. A `TutorError` raised by `decide` rolls back and is raised here. Learners' turns are serialised.
        """

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
