"""Summaries for a learner's figures: retention, weakest topics, leeches, phases, one card's history. Pure.

Days are study-day ordinals. The grids of days are drawn in `bot.core.heatmap`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from bot.core import spoken, words
from bot.core.evidence import event as weighed
from bot.core.fold import fold_progress, standing
from bot.core.heatmap import forecast, heatmap
from bot.core.model import Carried, Day, Evidence, LogEntry, Reset, Reviewed, Wanted
from decks.model import Catalogue
from scheduler import schedule
from scheduler.model import Phase, Policy, Progress, Rating
from scheduler.schedule import Moment

__all__ = [
    "Leech",
    "Phases",
    "Retention",
    "Topic",
    "confusion",
    "forecast",
    "heatmap",
    "history",
    "leeches",
    "phases",
    "retention",
    "weakest",
]

MATURE = 21  # days of interval from which a card counts as mature, as Anki counts
HISTORY_ROWS = 20
HISTORY_HEADER = ("date", "rating", "wait", "lasts", "recall")


class Retention(Struct, frozen=True, kw_only=True):
    """What happened on some study days. True retention is the share of cards due for review that came."""

    due: int = 0
    kept: int = 0
    reviews: int = 0
    new: int = 0
    studied: int = 0  # days with a rating
    took: int = 0  # ms

    @property
    def share(self) -> float | None:
        """Kept of due, 0-1; None when nothing was due."""
        return self.kept / self.due if self.due else None

    @property
    def minutes(self) -> int:
        """Time spent answering, to the nearest minute; at least one once anything was rated."""
        return max(round(self.took / 60_000), 1 if self.reviews else 0)


class Topic(Struct, frozen=True):
    """How the cards of one deck came, as rated in review."""

    title: str
    ratings: int
    recalled: int

    @property
    def share(self) -> float:
        """Recalled of rated, 0-1."""
        return self.recalled / self.ratings


class Leech(Struct, frozen=True):
    """A card that keeps slipping."""

    card: str
    lapses: int


class Phases(Struct, frozen=True):
    """How many cards stand where. Young and mature cards are in review, parted at an interval of `MATURE` days."""

    new: int = 0
    learning: int = 0  # relearning included
    young: int = 0
    mature: int = 0


def retention(days: Iterable[Day], today: int, span: int | None = None) -> Retention:
    """The sum over the last `span` study days, today included; over all of the days given when None."""
    shown = [day for day in days if day.study_day <= today and (span is None or day.study_day > today - span)]
    return Retention(
        due=sum(day.due for day in shown),
        kept=sum(day.kept for day in shown),
        reviews=sum(day.reviews for day in shown),
        new=sum(day.new for day in shown),
        studied=sum(day.reviews > 0 for day in shown),
        took=sum(day.took for day in shown),
    )


def weakest(recall: Iterable[tuple[str, int, int]], catalogue: Catalogue, at_least: int = 10) -> tuple[Topic, ...]:
    """Decks by the share of their cards' ratings that were not Again, lowest first; fewer ratings say too little.

    `recall` holds (card, ratings, ratings other than Again). Renamed cards count where they are now; cards that are
    gone count nowhere.
    """
    rated: Counter[str] = Counter()
    recalled: Counter[str] = Counter()
    for named, ratings, came in recall:
        card = catalogue.cards.get(catalogue.renamed.get(named, named))
        if card is None:
            continue
        deck = catalogue.decks.get(card.deck)
        title = deck.title if deck else card.topic
        rated[title] += ratings
        recalled[title] += came
    topics = (Topic(title, count, recalled[title]) for title, count in rated.items() if count >= max(1, at_least))
    return tuple(sorted(topics, key=lambda topic: (topic.share, -topic.ratings, topic.title)))


def leeches(hardest: Iterable[tuple[str, Progress]], policy: Policy) -> tuple[Leech, ...]:
    """The cards that lapsed `leech_after` times or more, worst first; none when leeches are switched off (0)."""
    slipping = [
        Leech(card, progress.lapses)
        for card, progress in hardest
        if policy.leech_after > 0 and progress.lapses >= policy.leech_after
    ]
    return tuple(sorted(slipping, key=lambda leech: (-leech.lapses, leech.card)))


def phases(cards: Iterable[str], progress: Mapping[str, Progress]) -> Phases:
    """How many of the cards are new, being learnt, young and mature."""
    found = Counter(_phase(progress.get(card)) for card in cards)
    return Phases(found["new"], found["learning"], found["young"], found["mature"])


def confusion(entries: Iterable[LogEntry]) -> tuple[str, int] | None:
    """What the learner takes a card for, and how often: the commonest `wrong` of its Again ratings.

    The card whose answer was chosen, or the wrong text typed; of equals the latest. Ratings taken back do not count.
    """
    wrongs = [
        entry.wrong
        for entry in standing(entries)
        if isinstance(entry, Reviewed) and entry.rating is Rating.AGAIN and entry.wrong
    ]
    counted = Counter(reversed(wrongs)).most_common(1)  # equals stand in the order of their first count
    return counted[0] if counted else None


def history(
    entries: Sequence[LogEntry], policies: Mapping[str, Policy], card: str, rows: int = HISTORY_ROWS
) -> tuple[tuple[str, ...], ...]:
    """A table of one card's latest reviews under a header, oldest first, at most 40 columns wide in all.

    Date; rating; the wait it granted; how long the memory then lasts (stability); the recall that was expected just
    before. A policy that is not given is a KeyError.
    """
    progress: Progress | None = None
    lines: list[tuple[str, ...]] = []
    counting = standing(entries)
    for place, entry in enumerate(counting):
        match entry:
            case Reviewed() if entry.card == card:
                policy = policies[entry.policy]
                expected = schedule.retrievability(progress, entry.study_day, policy) if progress else None
                moment = Moment(entry.at, entry.study_day)
                progress = schedule.review(progress, card, entry.rating, moment, policy)
                lines.append(_line(entry, progress, moment, expected))
            case Reset() if entry.card == card:
                progress = fold_progress(counting[: place + 1], policies, card)
            case Carried() if entry.card == card:
                progress = entry.progress
            case Evidence() | Wanted() if entry.card == card:
                event = weighed(entry, progress, policies)
                progress = schedule.advance(progress, event, card) if event is not None else progress
            case _:
                pass
    return (HISTORY_HEADER, *lines[-rows:])


def _line(entry: Reviewed, progress: Progress, moment: Moment, expected: float | None) -> tuple[str, ...]:
    when = date.fromordinal(entry.study_day)
    return (
        f"{when.day} {spoken.MONTHS[when.month - 1]} {when.year % 100:02}",
        words.RATINGS[entry.rating],
        spoken.short_wait(schedule.wait(progress, moment)),
        _days(progress.memory.stability),
        "new" if expected is None else f"{expected:.0%}",
    )


def _days(stability: float) -> str:
    """ "0.4d", "12d", "1.5y"."""
    if stability < 1:
        return f"{stability:.1f}d"
    return f"{round(stability)}d" if stability < 730 else f"{stability / 365.25:.1f}y"


def _phase(progress: Progress | None) -> str:
    if progress is None:
        return "new"
    if progress.phase is not Phase.REVIEW:
        return "learning"
    return "mature" if progress.interval >= MATURE else "young"
