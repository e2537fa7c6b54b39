"""Which cards come next: those of the source that can be asked, best for these players first. Pure.

Rules kept here:
- A card is asked once in a quiz, and of siblings (two directions of one term) only one; related cards stand apart.
- About to forget: lowest mean retrievability first over the players who met the card. What fewer than half of them
  have met is new to the group: every `NEW_EVERY`th question at most, while there is anything else.
- Shares of a mixed source are kept to the question.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from bot.core.ask import has_choice, typeable
from bot.core.quiz.desk import Upcoming
from bot.core.quiz.model import Quiz
from bot.core.quiz.options import Answers, Options, Order
from bot.core.quiz.source import Part
from decks.model import Card, Catalogue, SetAnswer, StepsAnswer
from decks.text import plain

NEW_EVERY = 5
APART = 5  # questions from one related card to the next
SPARE = 10  # more cards than are needed, for the host to swap
OPTION = 200  # characters of an option that still reads as one

Recalls = Mapping[str, Mapping[str, float]]
"""Seat -> card -> the probability (0-1) that this player recalls it; cards never met are absent."""


class Supply(Struct, frozen=True, kw_only=True):
    """What cards are chosen from and by."""

    catalogue: Catalogue
    parts: tuple[Part, ...]
    recalls: Recalls = {}
    missed: frozenset[str] = frozenset()  # for the orders that replay misses


def choose(quiz: Quiz, supply: Supply) -> tuple[Upcoming, ...]:
    """The cards to ask next, in order: as many as are left and some to spare."""
    catalogue, options = supply.catalogue, quiz.options
    now = catalogue.renamed  # a deck may have been edited since the cards before were asked
    asked = [now.get(card, card) for card in quiz.asked]
    wanted = options.questions - len(asked) + SPARE
    taken = _Taken(catalogue, asked, {now.get(card, card) for card in quiz.barred})
    planned = [now.get(card, card) for card in quiz.plan]
    there = [card for card in planned if card in catalogue.cards and can_be_asked(catalogue.cards[card], options)]
    chosen = [card for card in there if taken.take(card)]
    lines = [_ranked(quiz, part, supply) for part in supply.parts]
    counts = _counted(supply.parts, [*asked, *chosen])
    while len(chosen) < wanted:
        found = _next(lines, counts, supply.parts, taken, [*asked, *chosen])
        if not found:
            break
        chosen.append(found)
    return tuple(_upcoming(catalogue.cards[card], supply.recalls) for card in chosen)


def can_be_asked(card: Card, options: Options) -> bool:
    """Whether a card can be a question: by choice with one right option, or by a short text."""
    if options.answers is Answers.TYPED:
        return typeable(card) and not isinstance(card.answer, StepsAnswer)
    if not has_choice(card) or (isinstance(card.answer, SetAnswer) and len(card.answer.items) != 1):
        return False
    return all(len(plain(distractor.text)) <= OPTION for distractor in card.distractors)


class _Taken:
    """Which cards may still be chosen."""

    def __init__(self, catalogue: Catalogue, asked: Iterable[str], barred: set[str]) -> None:
        self.catalogue = catalogue
        self._gone = set(barred)
        for card in asked:
            self._bar(card)

    def take(self, card: str) -> bool:
        """Choose a card, unless it or a sibling was."""
        if card in self._gone:
            return False
        self._bar(card)
        return True

    def may(self, card: str) -> bool:
        """Whether a card can still be chosen."""
        return card not in self._gone

    def _bar(self, card: str) -> None:
        self._gone.add(card)
        group = self.catalogue.sibling_of.get(card, "")
        self._gone.update(self.catalogue.siblings.get(group, ()))


def _next(
    lines: list[list[str]], counts: list[int], parts: Sequence[Part], taken: _Taken, before: Sequence[str]
) -> str:
    """The next card of the part that is furthest behind its share."""
    related = taken.catalogue.related_to
    for place in _furthest_behind(parts, counts):
        line = lines[place] = [card for card in lines[place] if taken.may(card)]
        if line:
            near = set(chain.from_iterable(related.get(card, ()) for card in before[-(APART - 1) :]))
            card = next((card for card in line if near.isdisjoint(related.get(card, ()))), line[0])
            taken.take(card)
            counts[place] += 1
            return card
    return ""


def _furthest_behind(parts: Sequence[Part], counts: Sequence[int]) -> list[int]:
    """The positions of the parts, the one that is furthest behind its share first."""
    total = sum(counts) + 1
    return sorted(range(len(parts)), key=lambda one: counts[one] - parts[one].share * total)


def _counted(parts: Sequence[Part], asked: Iterable[str]) -> list[int]:
    """How many cards were asked of each part. One that several parts hold counts for that which was furthest behind."""
    counts = [0] * len(parts)
    held = [frozenset(part.cards) for part in parts]
    for card in asked:
        place = next((one for one in _furthest_behind(parts, counts) if card in held[one]), None)
        if place is not None:
            counts[place] += 1
    return counts


def _ranked(quiz: Quiz, part: Part, supply: Supply) -> list[str]:
    """The part's cards that can be asked, best first."""
    options, catalogue = quiz.options, supply.catalogue
    cards = [card for card in part.cards if card in catalogue.cards and can_be_asked(catalogue.cards[card], options)]
    match options.order:
        case Order.CURRICULUM | Order.FIXED:
            return cards
        case Order.MISSED_HERE | Order.MISSED_BY_ME:
            return [card for card in _shuffled(quiz, cards) if card in supply.missed]
        case Order.RANDOM:
            return _shuffled(quiz, cards)
        case Order.FORGETTING:
            return _by_forgetting(_shuffled(quiz, cards), supply.recalls)


def _by_forgetting(cards: Sequence[str], recalls: Recalls) -> list[str]:
    players = len(recalls)
    found = {card: [known[card] for known in recalls.values() if card in known] for card in cards}
    familiar = [card for card in cards if found[card] and 2 * len(found[card]) >= players]
    familiar.sort(key=lambda card: sum(found[card]) / len(found[card]))
    new = sorted((card for card in cards if card not in set(familiar)), key=lambda card: -len(found[card]))
    ranked: list[str] = []
    while familiar and new:
        ranked += familiar[: NEW_EVERY - 1]
        familiar = familiar[NEW_EVERY - 1 :]
        ranked.append(new.pop(0))
    return [*ranked, *familiar, *new]


def _shuffled(quiz: Quiz, cards: Sequence[str]) -> list[str]:
    return random.Random(quiz.id).sample(list(cards), len(cards))


def _upcoming(card: Card, recalls: Recalls) -> Upcoming:
    known = [of[card.id] for of in recalls.values() if card.id in of]
    return Upcoming(card, met=len(known), expected=round(sum(known), 3))
