"""The deck that no file holds: every scenario card of every deck, mixed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, zip_longest

from decks.model import Card, Deck, Kind

MIXED = "pick-the-right-one"
_DECK = Deck(
    slug=MIXED,
    title="Pick the right one",
    about="Which tool, type or decision fits: the scenarios of every deck, mixed.",
    level="intermediate",
    notes=(),
)


def mixed(cards_by_deck: Mapping[str, tuple[Card, ...]]) -> tuple[Deck, tuple[Card, ...]] | None:
    """The deck and its cards, each deck's first scenario before any deck's second; None where fewer than two decks
    have one, or an author has a deck of that name."""
    found = [own for cards in cards_by_deck.values() if (own := [card for card in cards if card.kind is Kind.SCENARIO])]
    if len(found) < 2 or MIXED in cards_by_deck:
        return None
    return _DECK, tuple(card for card in chain.from_iterable(zip_longest(*found)) if card is not None)
