"""The desk: all that one step may look at, and all that it changed. Pure values; `lay` asks the store for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from bot.core.backlog import Backlog
from bot.core.exam_desk import ExamDesk
from bot.core.last_answer import LastAnswer
from bot.core.link_model import LinkChange, LinkDesk, Tally
from bot.core.model import Account, Attempt, Change, Day, Hold, HoldKind, Learner, LogEntry, Session, Step
from bot.core.news import News
from bot.core.reminder_model import Reminders
from bot.core.reply import Reply
from bot.core.streak import Record
from decks.model import Card, Catalogue
from scheduler.model import Policy, Progress


class Showing(Struct, frozen=True):
    """An attempt and its card as it was shown."""

    attempt: Attempt
    card: Card


class Supply(Struct, frozen=True, kw_only=True):
    """What a sitting may be planned from."""

    due: tuple[tuple[str, Progress], ...] = ()
    new: tuple[str, ...] = ()
    afresh: tuple[tuple[str, Progress], ...] = ()  # what is known of those among the new that are taught afresh
    met: tuple[tuple[str, Progress], ...] = ()  # for cramming: whatever has been met in the scope
    seen: frozenset[str] = frozenset()  # siblings of these already shown today
    carried: tuple[tuple[str, str, Progress], ...] = ()  # (id now, id before, progress)


class Figures(Struct, frozen=True, kw_only=True):
    """What the statistics are made of."""

    days: tuple[Day, ...] = ()
    forecast: Mapping[int, int] = {}
    recall: tuple[tuple[str, int, int], ...] = ()
    hardest: tuple[tuple[str, Progress], ...] = ()
    progress: Mapping[str, Progress] = {}


class Desk(Struct, frozen=True, kw_only=True):
    """All one step may look at. Instants are ms, days are study-day ordinals."""

    account: Account
    learner: Learner
    now: int
    today: int
    chance: str  # 32 hexadecimal digits of fresh randomness
    catalogue: Catalogue
    session: Session | None = None  # the latest, open or closed
    open: Showing | None = None  # the card on screen
    named: Showing | None = None  # the card the action speaks of
    progress: Mapping[str, Progress] = {}
    ready: tuple[tuple[str, Progress], ...] = ()  # learning cards, earliest first
    day: Day | None = None  # today's counters so far
    pace: tuple[Day, ...] = ()
    due_today: int = 0
    due_tomorrow: int = 0  # today's included
    entries: tuple[LogEntry, ...] = ()  # the log of the card in question
    policies: Mapping[str, Policy] = {}
    holds: Mapping[str, Hold] = {}
    supply: Supply | None = None
    figures: Figures | None = None
    linking: LinkDesk | None = None
    reminders: Reminders | None = None
    accounts: tuple[Account, ...] = ()  # the learner's, where reminders or a deletion are the matter
    tally: Tally = Tally(used=False)  # likewise for a deletion
    starts: tuple[int, ...] = ()  # minutes after midnight at which recent study days began
    last_answer: LastAnswer | None = None  # of the card being answered, where it read otherwise then
    news: News | None = None  # where the sitting may end
    record: Record = Record()
    backlog: Backlog | None = None  # where a plan to catch up is in force, or may be offered
    exam: ExamDesk | None = None

    @property
    def counters(self) -> Day:
        """Today's counters, zero if nothing happened yet."""
        return self.day or Day(study_day=self.today)

    @property
    def is_retired(self) -> bool:
        """Whether the card on screen left the decks before it was answered."""
        return self.open is not None and self.open.attempt.step is Step.ASKED and not self.is_there(self.open.card.id)

    def is_there(self, card: str) -> bool:
        """Whether a card is in the decks, under whatever id."""
        return card in self.catalogue.cards or card in self.catalogue.renamed


class Outcome(Struct, frozen=True, kw_only=True):
    """What one step answered and changed; `cards` are those its new attempts show."""

    reply: Reply
    change: Change = Change()
    cards: tuple[Card, ...] = ()
    link: LinkChange | None = None
    erases: bool = False  # the learner, with everything that is kept of them


def last_card(desk: Desk) -> str:
    """The card on screen, or the last one rated in the latest sitting; empty if there is neither."""
    if desk.named is not None:
        return desk.named.card.id
    return desk.session.seen[-1] if desk.session and desk.session.seen else ""


def starts_afresh(desk: Desk, card: str, progress: Progress) -> bool:
    """Whether an author wants a card taught anew (`relearn:`) that was last reviewed before that study day."""
    found = desk.catalogue.cards.get(card)
    if found is None or not found.relearn:
        return False
    return progress.reviewed_day < date.fromisoformat(found.relearn).toordinal() <= desk.today


def is_held(hold: Hold, today: int) -> bool:
    """Whether a hold still keeps its card back on a study day."""
    return hold.kind is HoldKind.SUSPENDED or today < hold.until


def is_due(progress: Progress, today: int) -> bool:
    """Whether a card in review is due on a study day."""
    return progress.due_day is not None and progress.due_day <= today
