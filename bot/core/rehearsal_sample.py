"""Which questions a rehearsal asks: drawn from a track by its exam's weights, each card at most once. Pure."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence

from bot.core import ask
from bot.core.model import Option
from decks.model import Card, Exam, SetAnswer


def sample(cards: Iterable[Card], exam: Exam, seed: str) -> tuple[tuple[Card, str], ...]:
    """(card, domain) of each question, in the order asked; fewer than the exam has when there are not enough cards.

    Of siblings at most one is asked: its question may answer the other.
    """
    chance = random.Random(seed)
    stock = _stock(cards, exam, chance)
    shares = _shares(exam, stock)
    wanted = apportion(shares, {domain: len(found) for domain, found in stock.items()}, exam.questions)
    drawn = [(card, domain) for domain, count in wanted.items() for card in stock[domain][:count]]
    chance.shuffle(drawn)
    return tuple(drawn)


def minutes_for(exam: Exam, questions: int) -> int:
    """The exam's minutes; in proportion when there are fewer questions."""
    return math.ceil(exam.minutes * questions / exam.questions)


def options_of(card: Card, rehearsal: str) -> tuple[Option, ...]:
    """The options of a question, the same whenever they are asked for."""
    return ask.options_of(card, random.Random(f"{rehearsal} {card.id}"))


def apportion(weights: Mapping[str, float], stock: Mapping[str, int], seats: int) -> dict[str, int]:
    """Seats by weight, largest remainders first (Hamilton's method). A domain that has no more than its share gives
    all it has, and the others share the rest."""
    given: dict[str, int] = {}
    quota = _quota(weights, seats := min(seats, sum(stock[domain] for domain in weights)))
    while short := [domain for domain in quota if quota[domain] >= stock[domain]]:
        given |= {domain: stock[domain] for domain in short}
        others = {domain: weights[domain] for domain in quota if domain not in given}
        quota = _quota(others, seats - sum(given.values()))
    given |= {domain: math.floor(share) for domain, share in quota.items()}
    by_remainder = sorted(quota, key=lambda domain: math.floor(quota[domain]) - quota[domain])
    for domain in by_remainder[: seats - sum(given.values())]:
        given[domain] += 1
    return {domain: given[domain] for domain in weights}


def may_ask(card: Card) -> bool:
    """Whether a card has one right answer among four."""
    return ask.has_choice(card) and not (isinstance(card.answer, SetAnswer) and len(card.answer.items) > 1)


def _stock(cards: Iterable[Card], exam: Exam, chance: random.Random) -> Mapping[str, Sequence[Card]]:
    """The cards that can be asked, by domain, in random order and without siblings."""
    askable = sorted((card for card in cards if may_ask(card)), key=lambda card: card.id)
    chance.shuffle(askable)
    stock: dict[str, list[Card]] = {domain: [] for domain, _ in exam.weights} or {"": []}
    taken: set[str] = set()
    for card in askable:
        domain = card.domain if exam.weights else ""
        if domain in stock and (not card.siblings or card.siblings not in taken):
            taken |= {card.siblings} if card.siblings else set()
            stock[domain].append(card)
    return stock


def _quota(weights: Mapping[str, float], seats: int) -> dict[str, float]:
    total = sum(weights.values())
    return {domain: seats * weight / total for domain, weight in weights.items()}


def _shares(exam: Exam, stock: Mapping[str, Sequence[Card]]) -> Mapping[str, float]:
    """The weight of each domain that has cards at all."""
    weights = dict(exam.weights) or {"": 1.0}
    return {domain: weight for domain, weight in weights.items() if stock[domain] and weight > 0}
