"""The cards of a packaged deck by its slug, be it listed or still a draft."""

from __future__ import annotations

from decks.cards import cards
from decks.library import BUILTIN, builtin
from decks.model import Card, Deck
from decks.parse import parse
from decks.sources import read_sources


def cards_of_deck(slug: str) -> dict[str, Card]:
    """Card id without its namespace -> card."""
    folder = builtin().path
    deck = parse((folder / f"{slug}.md").read_text(), file=f"{slug}.md").deck
    assert isinstance(deck, Deck)
    sources = read_sources((folder / "sources.toml").read_text())
    return {card.id.removeprefix(f"{BUILTIN}:"): card for card in cards(deck, BUILTIN, sources)}
