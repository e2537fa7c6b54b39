"""Duplicates and near-duplicates among cards, also across decks. Pure.

Near means that the content words of front and answer overlap by `NEAR` (Jaccard). Candidate pairs come from prefix
filtering (Chaudhuri, Ganti, Kaushik 2006): with words ordered rarest first, two sets that overlap by t share one of
their first n - ceil(t * n) + 1 words, so thousands of cards need thousands of comparisons, not millions.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from decks.meaning import same
from decks.model import Card
from decks.rules import Problem, Severity
from decks.wording import answer_text, stems

NEAR = 0.8
_NEGATION = re.compile(r"(?:not|no|never|non|semi|without)(?:-|$)")


def judge(cards: Sequence[Card], place: Callable[[Card], str]) -> Iterator[tuple[Card, Problem]]:
    """Each card that repeats an earlier one; `place` says where a card stands, for the author."""
    texts: dict[str, Card] = {}
    fronts: dict[str, Card] = {}
    repeated: set[int] = set()
    for card in cards:
        front, answer = same(card.front), same(answer_text(card.answer))
        first = texts.setdefault(f"{front}\n{answer}", card)
        asked = fronts.setdefault(front, card)
        if first is not card:
            yield card, _problem(Severity.ERROR, f"The same card stands at {place(first)}.", "Remove one of them.")
        elif asked is not card:
            remedy = "Say in each front what sets it apart."
            yield card, _problem(Severity.ERROR, f"{place(asked)} asks the same and answers otherwise.", remedy)
        if first is not card or asked is not card:
            repeated.add(id(card))
    for first, card in _near([card for card in cards if id(card) not in repeated]):
        remedy = "One fact, one card: merge them, or say what sets them apart."
        yield card, _problem(Severity.WARNING, f"Nearly the same card stands at {place(first)}.", remedy)


def _near(cards: Sequence[Card]) -> Iterator[tuple[Card, Card]]:
    """(earlier, later) pairs of different notes that say nearly the same; one pair per later card."""
    words = [stems(f"{card.front}\n\n{answer_text(card.answer)}") for card in cards]
    frequency = Counter(word for group in words for word in group)
    index: dict[str, list[int]] = defaultdict(list)
    for here, group in enumerate(words):
        ordered = sorted(group, key=lambda word: (frequency[word], word))
        prefix = ordered[: len(group) - math.ceil(NEAR * len(group)) + 1] if len(group) > 2 else []
        candidates = {there for word in prefix for there in index[word]}
        close = (there for there in sorted(candidates) if _alike(cards[there], cards[here], words[there], group))
        if (first := next(close, None)) is not None:
            yield cards[first], cards[here]
        for word in prefix:
            index[word].append(here)


def _alike(one: Card, other: Card, words: frozenset[str], others: frozenset[str]) -> bool:
    """Cards that differ in a number ("Type 1", "Type 2") or a negation are different cards."""
    if one.note == other.note or len(words & others) < NEAR * len(words | others):
        return False
    return not any(word[0].isdigit() or _NEGATION.match(word) for word in words ^ others)


def _problem(severity: Severity, problem: str, remedy: str) -> Problem:
    return Problem(severity, "duplicate", problem, remedy)
