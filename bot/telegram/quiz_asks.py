"""Which message and which poll asks which question, for replies and votes.

A start reads it from the open quizzes; of a message of an older one its buttons tell.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from telegram import Message

from bot.core.actions import InQuiz
from bot.core.buttons import decode
from bot.core.quiz.actions import Next, Pick, ShowHint, ShowSource, Skip
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Place
from bot.core.quiz.show import Posted
from bot.telegram.quiz_draw import post_of

REMEMBERED = 5_000  # messages; those not used longest are forgotten
ON_QUESTIONS = (Pick, Skip, Next, ShowHint, ShowSource)
"""One of these stands below every question, open or closed, and names it."""

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

    def by_message(self, message: Message) -> tuple[str, int] | None:
        """The quiz and question that a message asks, or says the outcome of."""
        return self._messages.get((message.chat_id, message.message_id)) or _on_buttons(message)

    def by_poll(self, poll: str) -> tuple[Place, str, int] | None:
        """The place, quiz and question of a poll."""
        return self._polls.get(poll)


def _on_buttons(message: Message) -> tuple[str, int] | None:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    for button in (button for row in rows for button in row):
        pressed = decode(str(button.callback_data or ""))
        action = unfold(pressed) if isinstance(pressed, InQuiz) else None
        if isinstance(action, ON_QUESTIONS):
            return action.quiz, action.question
    return None


def keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Remember one more, and not more than is worth it."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
