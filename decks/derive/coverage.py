"""Which parts of a curriculum the cards that exist cover, and what they lack. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from decks.derive.assemble import Homes, extract
from decks.derive.candidates import Verdict, folded
from decks.derive.extract.spots import spots
from decks.derive.model import Document, Listing, walk
from decks.model import Card
from decks.text import plain
from decks.wording import answer_text, stems

MOST = 0.7  # share of a subject's words that one card must hold; all of them where there are fewer than three
LONGEST_TOPIC = 10  # words of a list entry that can name a topic
_GLOSS = re.compile(r"[(:]| [-\u2013\u2014] ")


class Covered(Struct, frozen=True):
    """One part of a document: what it speaks of that a card asks for, and what none does."""

    document: str
    section: str
    covered: tuple[str, ...]
    missing: tuple[str, ...]


def coverage(documents: Sequence[Document], cards: Iterable[Card]) -> tuple[Covered, ...]:
    """Every top section of some documents that speaks of something, in order."""
    index = _Index(cards)
    return tuple(part for document in documents for part in _document(document, index))


def _document(document: Document, index: _Index) -> Iterator[Covered]:
    sections: dict[str, dict[str, str]] = defaultdict(dict)
    for section, subject in (*_facts(document), *_topics(document)):
        sections[section].setdefault(folded(subject), plain(subject))
    order = {section.title: place for place, section in reversed(list(enumerate(walk(document.root))))}
    for section, subjects in sorted(sections.items(), key=lambda one: order.get(one[0], -1)):
        found = {subject: index.holds(subject) for subject in subjects.values()}
        yield Covered(
            document.title,
            section,
            tuple(subject for subject, is_there in found.items() if is_there),
            tuple(subject for subject, is_there in found.items() if not is_there),
        )


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    homes = Homes(document)
    for one in extract(document):
        if one.verdict is not Verdict.DROP and one.kind in ("term", "matrix", "scenario", "question", "project"):
            section = homes.of(one)
            yield from ((section, fact.subject) for fact in one.facts)


def _topics(document: Document) -> Iterator[tuple[str, str]]:
    """Entries of documents that only name topics: outlines, and lists without a gloss."""
    if document.kind != "outline":
        return
    tops = {section.path: section.title for section in document.root.sections}
    for spot in spots(document):
        if isinstance(spot.block, Listing):
            for item in spot.block.items:
                topic = _GLOSS.split(plain(item.text))[0].strip()
                if 0 < len(topic.split()) <= LONGEST_TOPIC and not topic.endswith("?"):
                    yield tops.get(spot.path[:1], document.title), topic


class _Index:
    """The cards that hold a word."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards: dict[str, list[int]] = defaultdict(list)
        for number, card in enumerate(cards):
            for word in stems(f"{card.front}\n\n{answer_text(card.answer)}"):
                self._cards[word].append(number)

    def holds(self, subject: str) -> bool:
        """Whether some card has nearly all words of a subject."""
        words = stems(subject)
        if not words:
            return True
        counted = Counter(card for word in words for card in self._cards.get(word, ()))
        most = max(counted.values(), default=0)
        return most == len(words) or (len(words) > 2 and most >= MOST * len(words))
