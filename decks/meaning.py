"""What a card says, however it is put: whether two versions of it ask the same and take the same as right. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import assert_never

from decks.model import Answer, Card, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.text import READ, plain


@lru_cache(maxsize=READ)
def same(text: str) -> str:
    """A text as options are compared: markup, case, spacing and final punctuation gone."""
    return re.sub(r"\s+", " ", plain(text)).strip(" .;,").casefold()


def accepted(answer: Answer) -> tuple[str, ...]:
    """Every wording an answer takes as right, in `same` form; the items of a set count singly."""
    match answer:
        case TextAnswer() | NumberAnswer():
            return tuple(same(text) for text in (answer.text, *answer.also))
        case SetAnswer():
            return tuple(same(item) for item in answer.items)
        case StepsAnswer() | PointsAnswer():
            return ()
        case _:
            assert_never(answer)


def right(card: Card) -> object:
    """What a right answer to a card says: of two versions with the same, the answer has not changed."""
    answer: Answer = card.answer
    match answer:
        case TextAnswer():
            return same(answer.text)
        case NumberAnswer():
            return answer.value, answer.unit
        case SetAnswer():
            return frozenset(accepted(answer))
        case StepsAnswer(steps=steps):
            return tuple(map(same, steps))
        case PointsAnswer(points=points):
            return frozenset(same(point.text) for point in points)
        case _:
            assert_never(answer)


def is_corrected(before: Card, now: Card) -> bool:
    """Whether what was the answer is not one any more. Another name for it that leaves the old one right is none, nor
    is another order of key points, nor another idea of what is close enough."""
    old, new = before.answer, now.answer
    if isinstance(old, TextAnswer | NumberAnswer) and isinstance(new, TextAnswer | NumberAnswer):
        return right(before) != right(now) and same(old.text) not in accepted(new)
    return right(before) != right(now)


def wording(card: Card) -> object:
    """What a learner reads of a card, its source aside. Options that are other cards' answers follow from those."""
    options = tuple(option.text for option in card.distractors if not option.card)
    return card.front, card.answer, card.why, card.hint, card.foreseen, options
