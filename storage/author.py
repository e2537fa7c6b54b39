"""What learners tell the author of a deck: reports, contested answers, how often a card fails and on what.

Reads across learners and names none of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.core.model import Flagged, Reviewed
from decks.model import Card
from scheduler.model import Rating
from storage import rows
from storage.engine import address, reading_engine
from storage.errors import StoreError, told
from storage.findings import readable
from storage.migrate import require_head
from storage.tables import accounts, log, revisions

ENOUGH = 5  # learners before a fail rate says something about the card
COMMONEST = 3  # wrong answers named per card


class Report(Struct, frozen=True):
    """One learner's remark on a card. `reason` is "wrong", "unclear", "outdated", "typo" or "contested"."""

    reason: str
    given: str  # what they had answered, or empty
    at: int  # ms
    revision: str  # of the card they saw


class CardReport(Struct, frozen=True, kw_only=True):
    """All there is to say about one card. `rate` is the share (0-1) of its ratings that were Again."""

    card: str
    front: str  # as it was last shown
    flags: tuple[Report, ...]  # latest first, contested answers not among them
    contested: tuple[Report, ...]
    learners: int
    reviews: int
    again: int
    rate: float | None  # None while too few learners have seen the card
    wrong: tuple[tuple[str, int], ...]  # commonest wrong answers, or cards confused with it, and how often


def report(where: str | Path | URL, *, limit: int = 50) -> tuple[CardReport, ...]:
    """The cards most worth an author's look: most flagged and contested first, then those that fail most.

    Where fewer than ENOUGH learners use the database at all (one at home), rates are given for every card.
    Raises StoreError when the database cannot be opened.
    """
    with reading(where) as connection:
        return _report(connection, limit)


@contextmanager
def reading(where: str | Path | URL) -> Iterator[Connection]:
    """One state of a database of this version, across its learners. Raises StoreError when it cannot be opened."""
    url = address(where)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not Path(url.database or "").exists():
        raise StoreError(f"There is no database at {url.database}.")
    engine = reading_engine(url)
    try:
        with engine.begin() as connection:
            require_head(connection)
            yield connection
    except DBAPIError as error:
        raise told(error) from error
    finally:
        engine.dispose()


def _report(connection: Connection, limit: int) -> tuple[CardReport, ...]:
    flags = _flags(connection)
    counts = {row.card: row for row in connection.execute(_counts())}
    few = (connection.scalar(select(func.count(accounts.c.learner.distinct()))) or 0) < ENOUGH
    rates = {card: row.again / row.reviews for card, row in counts.items() if few or row.learners >= ENOUGH}
    worth = {card for card, rate in rates.items() if rate > 0} | flags.keys()
    worst = sorted(worth, key=lambda card: (-len(flags.get(card, ())), -rates.get(card, 0.0), card))[:limit]
    wrong = _wrong(connection, worst)
    fronts = _fronts(connection, worst)
    return tuple(
        CardReport(
            card=card,
            front=fronts.get(card, ""),
            flags=tuple(flag for flag in flags.get(card, ()) if flag.reason != "contested"),
            contested=tuple(flag for flag in flags.get(card, ()) if flag.reason == "contested"),
            learners=counts[card].learners if card in counts else 0,
            reviews=counts[card].reviews if card in counts else 0,
            again=counts[card].again if card in counts else 0,
            rate=rates.get(card),
            wrong=tuple(wrong[card].most_common(COMMONEST)),
        )
        for card in worst
    )


def _flags(connection: Connection) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = defaultdict(list)
    mine = select(log.c.data).where(log.c.kind == "Flagged", stands()).order_by(log.c.at.desc())
    for data in connection.scalars(mine):
        entry = readable(rows.entry_of, data)
        if isinstance(entry, Flagged):
            found[entry.card].append(Report(entry.reason, entry.given, entry.at, entry.revision))
    return found


def _counts() -> Select[Any]:
    again = func.count().filter(log.c.rating == int(Rating.AGAIN)).label("again")
    people = func.count(log.c.learner.distinct()).label("learners")
    reviewed = select(log.c.card, func.count().label("reviews"), again, people)
    return reviewed.where(log.c.kind == "Reviewed", stands()).group_by(log.c.card)


def _wrong(connection: Connection, cards: Sequence[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for data in connection.scalars(select(log.c.data).where(log.c.kind == "Reviewed", log.c.card.in_(cards), stands())):
        entry = readable(rows.entry_of, data)
        if isinstance(entry, Reviewed) and entry.wrong:
            found[entry.card][entry.wrong] += 1
    return found


def _fronts(connection: Connection, cards: Sequence[str]) -> dict[str, str]:
    fronts: dict[str, str] = {}
    for data in connection.scalars(select(revisions.c.data).where(revisions.c.card.in_(cards))):
        card: Card | None = readable(rows.card_of, data)
        if card is not None:
            fronts[card.id] = card.front
    return fronts


def stands() -> ColumnElement[bool]:
    """Not taken back, and somebody's: who was merged into another has no account left, and the other has the log."""
    undone = log.alias("undone")
    taken_back = select(undone.c.entry).where(undone.c.learner == log.c.learner, undone.c.undoes == log.c.entry)
    return and_(not_(taken_back.exists()), log.c.learner.in_(select(accounts.c.learner)))
