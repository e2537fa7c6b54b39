"""Who knows which card, and how it goes when a card is first met: counts across learners, naming none of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Subquery, and_, exists, func, or_, select
from sqlalchemy.engine import URL

from bot.core.model import Reviewed, Step
from decks.model import Card
from scheduler.model import Rating
from storage import rows
from storage.author import ENOUGH, reading, stands
from storage.findings import readable
from storage.tables import accounts, attempts, log, progress, revisions

AGREED = 2  # learners who gave a wrong answer before it is told: one's own words stay one's own
AT_ONCE = 10_000  # ids in one statement; SQLite binds 32,766 parameters, PostgreSQL 65,535


class Health(Struct, frozen=True, kw_only=True):
    """How a card does. `first` is the share (0-1) of its learners whose first rating of it was not Again.

    `wrong` is what most of those who erred took for the answer, words or the id of the card it belongs to, and
    `share` how many of them (0-1); empty where no two agree.
    """

    card: str
    learners: int
    first: float
    wrong: str
    share: float
    reports: int  # reports and contested answers


class Audience:
    """What the learners of one database have, in one state of it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def counts(self) -> dict[str, int]:
        """Card -> how many learners know something of it."""
        counted = select(progress.c.card, func.count()).where(_somebody()).group_by(progress.c.card)
        return dict(map(tuple, self._db.execute(counted)))

    def learners(self, cards: Collection[str]) -> int:
        """How many learners know something of any of the cards."""
        if not cards:
            return 0
        people: set[str] = set()
        for some in _some(cards):
            known = select(progress.c.learner).distinct().where(progress.c.card.in_(some), _somebody())
            people |= set(self._db.scalars(known))
        return len(people)

    def shown(self) -> dict[str, tuple[tuple[Card, int], ...]]:
        """Card -> the revisions its learners last answered or were told of, with their number, most first."""
        last = _last_shown()
        same = and_(last.c.learner == progress.c.learner, last.c.card == progress.c.card, last.c.place == 1)
        counted = (
            select(last.c.card, last.c.revision, func.count().label("learners"))
            .select_from(progress.join(last, same))
            .group_by(last.c.card, last.c.revision)
            .subquery()
        )
        told = select(counted.c.card, counted.c.learners, revisions.c.data).join(
            revisions, revisions.c.revision == counted.c.revision
        )
        found: dict[str, list[tuple[Card, int]]] = defaultdict(list)
        for card, learners, data in self._db.execute(told.order_by(counted.c.learners.desc(), counted.c.revision)):
            if (shown := readable(rows.card_of, data)) is not None:
                found[card].append((shown, learners))
        return {card: tuple(versions) for card, versions in found.items()}

    def health(self, cards: Collection[str]) -> tuple[Health, ...]:
        """Of the cards that ENOUGH learners have answered, the worst first."""
        found = [one for some in _some(cards) for one in self._health(some)]
        return tuple(sorted(found, key=lambda one: (one.first, -one.reports, one.card)))

    def _health(self, cards: list[str]) -> Iterator[Health]:
        tries = _first_tries(cards)
        right = func.count().filter(tries.c.rating > int(Rating.AGAIN))
        counted = select(tries.c.card, func.count(), right).where(tries.c.place == 1).group_by(tries.c.card)
        enough = {card: (learners, right) for card, learners, right in self._db.execute(counted) if learners >= ENOUGH}
        wrong, reports = self._wrong(list(enough)), self._reports(list(enough))
        for card, (learners, first) in enough.items():
            answers, erring = wrong.get(card, (Counter(), 0))
            commonest, times = next(iter(answers.most_common(1)), ("", 0))
            agreed = times >= AGREED
            yield Health(
                card=card,
                learners=learners,
                first=first / learners,
                wrong=commonest if agreed else "",
                share=times / erring if agreed else 0.0,
                reports=reports.get(card, 0),
            )

    def _wrong(self, cards: list[str]) -> Mapping[str, tuple[Counter[str], int]]:
        """Card -> wrong answers by how many learners gave them, and how many learners gave any."""
        given: dict[str, set[tuple[str, str]]] = defaultdict(set)
        reviewed = select(log.c.learner, log.c.data).where(log.c.kind == "Reviewed", log.c.card.in_(cards), stands())
        for learner, data in self._db.execute(reviewed.execution_options(yield_per=1_000)):
            entry = readable(rows.entry_of, data)
            if isinstance(entry, Reviewed) and entry.wrong:
                given[entry.card].add((learner, entry.wrong))
        return {
            card: (Counter(wrong for _, wrong in sorted(pairs)), len({learner for learner, _ in pairs}))
            for card, pairs in given.items()
        }

    def _reports(self, cards: list[str]) -> Mapping[str, int]:
        flagged = select(log.c.card, func.count()).where(log.c.kind == "Flagged", log.c.card.in_(cards), stands())
        return dict(map(tuple, self._db.execute(flagged.group_by(log.c.card))))


@contextmanager
def audience(where: str | Path | URL) -> Iterator[Audience]:
    """The learners of a database. Raises StoreError when it cannot be opened."""
    with reading(where) as connection:
        yield Audience(connection)


def _somebody() -> ColumnElement[bool]:
    """Who was merged into another keeps the rows, but has no account left."""
    return progress.c.learner.in_(select(accounts.c.learner))


def _last_shown() -> Subquery:
    latest = (attempts.c.asked_at.desc(), attempts.c.attempt.desc())
    place = func.row_number().over(partition_by=(attempts.c.learner, attempts.c.card), order_by=latest)
    told = exists().where(  # that the answer has changed, on the attempt then on screen
        log.c.learner == attempts.c.learner,
        log.c.card == attempts.c.card,
        log.c.kind == "Corrected",
        log.c.at >= attempts.c.asked_at,
    )
    answered = or_(attempts.c.step == Step.RATED.value, and_(attempts.c.step == Step.DROPPED.value, told))
    return (
        select(attempts.c.learner, attempts.c.card, attempts.c.revision, place.label("place"))
        .where(answered)
        .subquery()
    )


def _first_tries(cards: list[str]) -> Subquery:
    place = func.row_number().over(partition_by=(log.c.learner, log.c.card), order_by=(log.c.at, log.c.entry))
    reviewed = and_(log.c.kind == "Reviewed", log.c.card.in_(cards), stands())
    return select(log.c.card, log.c.rating, place.label("place")).where(reviewed).subquery()


def _some(cards: Collection[str]) -> Iterator[list[str]]:
    every = sorted(cards)
    yield from (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
