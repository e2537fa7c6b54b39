"""Which decks teach each section of each document: the cards' citations turned round. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from decks.model import Card
from decks.sources import GENERAL, Sources

Sections = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Title of a document -> section -> deck -> its cards. Cards that name no section stand under ""."""


def by_section(cards: Iterable[Card], sources: Sources) -> Sections:
    """Every document with all its sections, also those without a card."""
    counts: dict[str, dict[str, Counter[str]]] = {
        source.title: {section: Counter() for section in source.sections}
        for slug, source in sources.items()
        if slug != GENERAL
    }
    for card in cards:
        if card.source is not None and card.source.title in counts:
            counts[card.source.title].setdefault(card.source.section, Counter())[card.deck] += 1
    return {
        title: {section: dict(decks.most_common()) for section, decks in sections.items()}
        for title, sections in counts.items()
    }


def told(found: Sections) -> list[str]:
    """The table as lines of text."""
    lines: list[str] = []
    for title, sections in found.items():
        without = sum(not decks for decks in sections.values())
        rest = f", {without} without a card" if without else ""
        lines += [*([""] if lines else []), f"{title}: {len(sections)} sections{rest}"]
        width = max((len(section or _WHOLE) for section in sections), default=0)
        for section, decks in sections.items():
            named = ", ".join(f"{deck} {count}" for deck, count in decks.items()) or "no card"
            lines.append(f"    {section or _WHOLE:<{width}}  {named}")
    return lines


_WHOLE = "(no section named)"
