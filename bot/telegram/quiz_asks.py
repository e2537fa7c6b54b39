"""Which message and which poll asks which question, for replies and votes. A start reads it from the open quizzes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.core.quiz.model import Place
from bot.core.quiz.show import Posted
from bot.telegram.quiz_draw import post_of

REMEMBERED = 5_000  # messages; those not used longest are forgotten

K = TypeVar("K")
V = TypeVar("V")


class Asks:
    """The questions that groups see."""

    def __init__(self) -> None:
        self._messages: OrderedDict[tuple[int, int], tuple[str, int]] = OrderedDict()
        self._polls: OrderedDict[str, tuple[Place, str, int]] = OrderedDict()

    def know(self, posted: Iterable[Posted]) -> None:
        """After a start: the open quizzes."""
        for quiz in posted:
            self.remember(quiz.place, quiz.quiz, quiz.messages)

    def remember(self, place: Place, quiz: str, messages: Mapping[str, str]) -> None:
        """These messages show these slots."""
        for slot, shown in messages.items():
            post = post_of(shown)
            if post is None or not slot.startswith("q"):
                continue
            asked = quiz, int(slot[1:])
            for message in filter(None, (post.message, post.below)):
                keep(self._messages, (post.chat, message), asked)
            if post.poll:
                keep(self._polls, post.poll, (place, *asked))

    def by_message(self, chat: int, message: int) -> tuple[str, int] | None:
        """The quiz and question that a message asks, or says the outcome of."""
        return self._messages.get((chat, message))

    def by_poll(self, poll: str) -> tuple[Place, str, int] | None:
        """The place, quiz and question of a poll."""
        return self._polls.get(poll)


def keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Remember one more, and not more than is worth it."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
