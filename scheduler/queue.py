"""What to show next: a sitting's plan of due and new cards, and the choice between it and learning cards. Pure.

Rules kept here:
- Due reviews come most likely forgotten first, unless ranked otherwise; new cards keep deck order, spread
  evenly among the reviews.
- Of siblings (cards of one note) only one is shown in a study day; a due one goes before a new one.
- Daily limits hold; a sibling left out takes no place.
- Learning cards that are ready go before the plan, and come up to 20 minutes early once nothing else is left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from scheduler.model import Policy, Progress
from scheduler.schedule import retrievability
from scheduler.spacing import keep_apart

LEARN_AHEAD = 20 * 60 * 1000  # milliseconds; Anki's default learn-ahead limit


class Limits(Struct, frozen=True):
    """How many more cards today allows."""

    new: int
    reviews: int


class Pool(Struct, frozen=True, kw_only=True):
    """Everything a plan is chosen from.

    `due` are cards that fall due with a study day, today or earlier; `new` are card ids in deck order. `siblings`
    gives the group (note) of a card, `related` the keys it shares with cards it is easily confused with; a card
    missing from either stands alone. `seen` are the cards already shown this study day.
    """

    day: int  # study day, a proleptic Gregorian ordinal
    policy: Policy
    limits: Limits
    due: Sequence[tuple[str, Progress]] = ()
    new: Sequence[str] = ()
    siblings: Mapping[str, str] = {}
    related: Mapping[str, tuple[str, ...]] = {}
    seen: Collection[str] = ()
    rank: Callable[[Progress, int, Policy], float] = retrievability  # of a due card on a study day; lowest goes first


class Learning(Struct, frozen=True):
    """A card on a (re)learning step and when it is ready, in milliseconds since the epoch."""

    card: str
    due_at: int


class Show(Struct, frozen=True):
    """The card to show now."""

    card: str


class Nothing(Struct, frozen=True):
    """Nothing to show: before `until` (milliseconds since the epoch), or at all today when that is None."""

    until: int | None


Next = Show | Nothing


def plan(pool: Pool) -> tuple[str, ...]:
    """The cards of a sitting in the order to show them, each once."""
    notes = _Notes(pool)
    ranked = sorted(pool.due, key=lambda due: (pool.rank(due[1], pool.day, pool.policy), due[0]))
    reviews = notes.admit((card for card, _ in ranked), pool.limits.reviews)
    new = notes.admit(pool.new, pool.limits.new)
    return keep_apart(_interleave(reviews, new), pool.related)


def due_next(learning: Iterable[Learning], planned: Sequence[str], now: int, last: str | None = None) -> Next:
    """The card to show at `now` (milliseconds since the epoch), or until when there is none.

    Learning cards that are ready, earliest first, then the plan, then learning cards at most `LEARN_AHEAD`
    early. The card just answered, `last`, is shown again only when it is the only choice.
    """
    waiting = sorted(learning, key=lambda step: (step.due_at, step.card))
    choices = [step.card for step in waiting if step.due_at <= now]
    choices += planned[:2]  # two, because the head may be the card just answered
    choices += [step.card for step in waiting if now < step.due_at <= now + LEARN_AHEAD]
    if choices:
        return Show(next((card for card in choices if card != last), choices[0]))
    return Nothing(until=waiting[0].due_at - LEARN_AHEAD if waiting else None)


class _Notes:
    """Which notes are spoken for today: by a card already seen, or by one already in the plan."""

    def __init__(self, pool: Pool) -> None:
        self._siblings = pool.siblings
        self._shown_as: dict[str, str] = {}
        for card in pool.seen:
            self._shown_as.setdefault(self._note(card), card)

    def admit(self, cards: Iterable[str], most: int) -> list[str]:
        """The first `most` cards that no sibling forestalls."""
        admitted: list[str] = []
        for card in cards:
            if len(admitted) >= most:
                break
            # A card is not its own sibling: seen today and due again (after a lost quiz), it may return.
            if self._shown_as.setdefault(self._note(card), card) == card:
                admitted.append(card)
        return admitted

    def _note(self, card: str) -> str:
        return self._siblings.get(card, card)


def _interleave(reviews: list[str], new: list[str]) -> list[str]:
    """Spread the new cards evenly: the middle of each of `len(new)` equal stretches of reviews."""
    placed = [((at + 0.5) / len(reviews), 0, card) for at, card in enumerate(reviews)]
    placed += [((at + 0.5) / len(new), 1, card) for at, card in enumerate(new)]
    placed.sort(key=lambda place: place[:2])
    return [card for _, _, card in placed]
