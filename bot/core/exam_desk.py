"""What a step about an exam looks at: the track, what is known of its cards, the rehearsal under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from bot.core.actions import (
    DATING,
    Action,
    Ask,
    Book,
    DrillMisses,
    HandIn,
    Mark,
    Rehearse,
    ShowExam,
    ShowMiss,
    ShowRehearsal,
    Type,
)
from bot.core.habit_model import Habit, fold_habit
from bot.core.model import HoldKind, Learner
from bot.core.ports import Turn
from bot.core.rehearsal_model import Rehearsal
from decks.model import Card, Catalogue, Track
from scheduler.model import Progress

InRehearsal = ShowRehearsal | Rehearse | Ask | Mark | HandIn | ShowMiss | DrillMisses
MOST_CARDS = 20_000  # of a track that are looked through
MOST_ASIDE = 2000  # cards set aside that are looked through


class ExamDesk(Struct, frozen=True, kw_only=True):
    """An exam's track with its cards in order, and the latest rehearsal with its cards by revision."""

    track: Track | None  # None: no track with an exam is meant
    cards: tuple[Card, ...] = ()
    known: Mapping[str, Progress] = {}  # of these cards
    aside: int = 0  # of these cards were set aside for good before they were met
    habit: Habit = Habit()
    rehearsal: Rehearsal | None = None
    shown: Mapping[str, Card] = {}


def lay_exam(turn: Turn, catalogue: Catalogue, learner: Learner, action: Action) -> ExamDesk:
    """Everything about the exam that an action means, or that the learner prepares for."""
    rehearsal = turn.rehearsal()
    looked_at = rehearsal is not None and (rehearsal.is_open or isinstance(action, InRehearsal))
    track = _meant(catalogue, learner, action, rehearsal)
    cards = cards_of(catalogue, track.decks) if track else ()
    known = turn.progress([card.id for card in cards])
    return ExamDesk(
        track=track,
        cards=cards,
        known=known,
        aside=_set_aside(turn, cards, known),
        habit=fold_habit(turn.habit()) if track else Habit(),
        rehearsal=rehearsal,
        shown=turn.shown([asked.revision for asked in rehearsal.asked]) if rehearsal and looked_at else {},
    )


def _set_aside(turn: Turn, cards: Iterable[Card], known: Mapping[str, Progress]) -> int:
    """How many cards nobody waits for: never met, and never to be shown."""
    held = {card for card, hold in turn.held(MOST_ASIDE) if hold.kind is HoldKind.SUSPENDED}
    return sum(card.id in held and card.id not in known for card in cards) if held else 0


def rehearsed(catalogue: Catalogue, rehearsal: Rehearsal) -> list[str]:
    """The cards a rehearsal asked, by the ids they have now, and by earlier ones."""
    now = dict.fromkeys(catalogue.renamed.get(asked.card, asked.card) for asked in rehearsal.asked)
    return [*now, *(before for before, card in catalogue.renamed.items() if card in now)]


def exam_tracks(catalogue: Catalogue) -> tuple[Track, ...]:
    """The tracks that end with an exam."""
    return tuple(track for track in catalogue.tracks.values() if track.exam)


def prepared(catalogue: Catalogue, learner: Learner) -> Track | None:
    """The track with an exam that a learner prepares for: the booked one, or the goal."""
    booked = learner.booking.track if learner.booking else ""
    found = (catalogue.tracks.get(slug) for slug in (booked, learner.goal))
    return next((track for track in found if track and track.exam), None)


def cards_of(catalogue: Catalogue, decks: Iterable[str]) -> tuple[Card, ...]:
    """The cards of some decks, each once."""
    found = {card.id: card for slug in decks for card in catalogue.cards_by_deck.get(slug, ())}
    return tuple(found.values())[:MOST_CARDS]


def _meant(catalogue: Catalogue, learner: Learner, action: Action, rehearsal: Rehearsal | None) -> Track | None:
    """The track an action speaks of; without a name the prepared one, or the only one there is."""
    match action:
        case Ask() | Mark() | HandIn() | ShowMiss() | DrillMisses():
            slug = rehearsal.track if rehearsal else ""
        case ShowExam(slug=slug) | Book(slug=slug) | ShowRehearsal(slug=slug) | Rehearse(slug=slug):
            pass
        case _:
            slug = ""
    if slug:
        return next((track for track in exam_tracks(catalogue) if track.slug == slug), None)
    only = exam_tracks(catalogue) if isinstance(action, ShowExam | Book | Type | InRehearsal) else ()
    return prepared(catalogue, learner) or (only[0] if len(only) == 1 else None)


def always_looks(action: Action) -> bool:
    """Whether an action looks at the exam whatever is open."""
    return isinstance(action, InRehearsal | ShowExam | Book) or (isinstance(action, Type) and action.attempt == DATING)
