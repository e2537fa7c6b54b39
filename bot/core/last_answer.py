"""What a card said when its learner last answered it, so that a changed answer can be told. Asked of the log alone.

Every rating names the revision it judged, and revisions that were shown are kept: it makes no difference whether the
deck was published or edited in place, on which surface the card was answered, or whose log it was before linking.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from bot.core.ask import answer_of
from bot.core.fold import standing
from bot.core.model import Attempt, Carried, Corrected, Correction, LogEntry, Practised, Reset, Reviewed
from bot.core.ports import Turn
from decks.meaning import is_corrected
from decks.model import Card
from decks.text import brief

LONGEST = 200  # characters of an old answer that are shown
MOST_NAMES = 8  # earlier ids of a card that are followed


class LastAnswer(Struct, frozen=True):
    """A card as it was when its learner last answered it, or was told of its new answer; and that study day."""

    card: Card
    day: int


def last_answer(turn: Turn, attempt: Attempt) -> LastAnswer | None:
    """What the learner knows of the card of an attempt; None where that is what it shows, or nothing."""
    entry = _latest(turn.entries(attempt.card))
    for _ in range(MOST_NAMES):
        if not isinstance(entry, Carried):
            break
        before = entry
        entry = _latest(older for older in turn.entries(before.was) if older.at < before.at)
    if not isinstance(entry, Reviewed | Practised | Corrected) or entry.revision in ("", attempt.revision):
        return None
    card = turn.shown([entry.revision]).get(entry.revision)
    return LastAnswer(card, entry.study_day) if card is not None else None


def correction(last: LastAnswer | None, card: Card) -> Correction | None:
    """What to tell of a card whose right answer has become another."""
    if last is None or not is_corrected(last.card, card):
        return None
    return Correction(brief(answer_of(last.card), LONGEST), last.day)


def _latest(entries: Iterable[LogEntry]) -> LogEntry | None:
    """The last entry that says what the learner knows; taught afresh, they know nothing that could be wrong."""
    found: LogEntry | None = None
    for entry in standing(entries):
        match entry:
            case Reviewed() | Practised() | Corrected() | Carried():
                found = entry
            case Reset():
                found = None
            case _:
                pass
    return found
