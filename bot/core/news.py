"""What a summary tells once: cards that came into the learner's decks, and reported cards that have been corrected.

Cards that came are counted in decks of which the learner had met a card before: elsewhere every card is new anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from bot.core import news_words as words
from bot.core.model import Flagged, Learner, Thanked
from bot.core.ports import Turn
from decks.meaning import wording
from decks.model import Card, Catalogue
from decks.text import brief

ARRIVALS = 2_000  # cards looked at in one summary
REPORTS = 100  # of a learner's latest reports
NOTED = 2_000  # cards written down in one transaction
OTHERS = 20_000  # cards of a deck looked through for one that was met
FRONT = 80  # characters of a card's front
NAMED = 3  # decks, and reported cards, told by name: a summary fits a phone


class News(Struct, frozen=True, kw_only=True):
    """What there is to tell: (title of a deck, its new cards), and the reported cards that read otherwise now."""

    new: tuple[tuple[str, int], ...] = ()
    mended: tuple[tuple[str, str], ...] = ()  # the card's id in the report, its front now
    arrived: bool = False  # whether cards of these decks have come since the learner was last told

    def lines(self) -> tuple[str, ...]:
        """The news as sentences, the first of each kind by name."""
        decks, rest = self.new[:NAMED], self.new[NAMED:]
        fronts = list(dict.fromkeys(front for _, front in self.mended))
        return (
            *(words.new_cards(title, cards) for title, cards in decks),
            *([words.new_elsewhere(len(rest), sum(cards for _, cards in rest))] if rest else []),
            *(words.mended(front) for front in fronts[:NAMED]),
            *([words.more_mended(len(fronts) - NAMED)] if len(fronts) > NAMED else []),
        )

    def thanks(self, now: int, study_day: int, chance: str) -> tuple[Thanked, ...]:
        """The entries that keep a report from being answered twice; they come behind those of the turn."""
        return tuple(
            Thanked(id=f"{now:012x}zy{number:02x}{chance[:16]}", at=now, study_day=study_day, card=card)
            for number, (card, _) in enumerate(self.mended)
        )


def lay_news(turn: Turn, learner: Learner, catalogue: Catalogue, rated: str = "") -> News:
    """Ask what there is to tell. `rated` is the card that this turn rates.

    Cards that only another process on this database has read are left for a summary that knows them.
    """
    found = turn.arrivals().since(max(learner.told_at, learner.created_at), ARRIVALS)
    arrived = frozenset(card for card in found if card in catalogue.cards)
    new = _new(turn, catalogue, arrived, rated) if arrived else ()
    return News(new=new, mended=_mended(turn, catalogue), arrived=bool(arrived))


def note(turn: Turn, catalogue: Catalogue, at: int, start: int) -> int:
    """Write down which cards have come, a bounded piece of them from place `start`; the place to go on from, or 0.

    Those of the first catalogue ever written down have always been there, and so has a card under another id.
    """
    arrivals, cards = turn.arrivals(), list(catalogue.cards)
    is_begun, renamed = arrivals.is_begun(), frozenset(catalogue.renamed.values())
    piece = cards[start : start + NOTED]
    arrivals.note([card for card in piece if is_begun and card not in renamed], at)
    arrivals.note([card for card in piece if not is_begun or card in renamed], 0)
    if start + NOTED < len(cards):
        return start + NOTED
    if not is_begun:
        arrivals.begin()
    return 0


def _new(turn: Turn, catalogue: Catalogue, arrived: frozenset[str], rated: str) -> tuple[tuple[str, int], ...]:
    """Deck titles with the number of cards that came, not met yet, in catalogue order."""
    met = {rated, *turn.progress(sorted(arrived))}
    counts = Counter(catalogue.cards[card].deck for card in arrived - met)
    return tuple(
        (deck.title, counts[slug])
        for slug, deck in catalogue.decks.items()
        if slug in counts and _is_known(turn, catalogue.cards_by_deck[slug], arrived)
    )


def _is_known(turn: Turn, cards: Sequence[Card], arrived: frozenset[str]) -> bool:
    return bool(turn.progress([card.id for card in cards[:OTHERS] if card.id not in arrived]))


def _mended(turn: Turn, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """The reported cards that read otherwise than in their latest report, once each."""
    settled: set[str] = set()
    reports: list[tuple[Flagged, Card]] = []
    for entry in turn.reports(REPORTS):
        now = catalogue.cards.get(catalogue.renamed.get(entry.card, entry.card))
        if isinstance(entry, Flagged) and entry.card not in settled and now and now.revision != entry.revision:
            reports.append((entry, now))
        settled.add(entry.card)
    shown = turn.shown(sorted({report.revision for report, _ in reports})) if reports else {}
    return tuple(
        (report.card, brief(now.front, FRONT))
        for report, now in reports
        if report.revision in shown and wording(shown[report.revision]) != wording(now)
    )
