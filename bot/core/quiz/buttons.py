"""Quiz actions as button payloads, and back. Pure.

On a button a quiz action is the drill action `InQuiz`, whose payload (`Q.a.<quiz>.3.1`) `bot.core.buttons` writes and
reads with the others; this module fills and opens it. At most 64 bytes in all. A payload carries no authority.
"""

from __future__ import annotations

from typing import get_args

import msgspec

from bot.core.actions import InQuiz
from bot.core.buttons import LIMIT
from bot.core.quiz.actions import TYPED, QuizAction, Unread
from bot.core.reply import Button, Weight


def button(label: str, action: QuizAction, weight: Weight = Weight.PLAIN) -> Button:
    """A button for a quiz action."""
    return Button(label, fold_in(action), weight=weight)


def fold_in(action: QuizAction) -> InQuiz:
    """The action for a button. ValueError for typed text and for over-length."""
    if isinstance(action, TYPED):
        raise ValueError("typed text is not a button")
    values = msgspec.structs.astuple(action)
    words = (str(int(value)) if isinstance(value, bool) else str(value) for value in values)
    press = ".".join((_tag(type(action)), *words))
    if len(press.encode()) > LIMIT - len("Q."):
        raise ValueError(f"payload of {type(action).__name__} is longer than {LIMIT} bytes: {press}")
    return InQuiz(press)


def unfold(pressed: InQuiz) -> QuizAction:
    """What was pressed; garbage of any kind is `Unread`."""
    tag, *words = pressed.press.split(".")
    kind = _KINDS.get(tag)
    if kind is None or issubclass(kind, TYPED):
        return Unread()
    fields = _FIELDS[tag]
    if len(words) > len(fields) > 0:  # a last field may hold dots
        words[len(fields) - 1 :] = [".".join(words[len(fields) - 1 :])]
    if len(words) != len(fields):
        return Unread()
    try:
        action: QuizAction = msgspec.convert(dict(zip(fields, words, strict=True)), kind, strict=False)
    except (msgspec.ValidationError, ValueError):
        return Unread()
    return action


def _tag(kind: type[QuizAction]) -> str:
    return str(kind.__struct_config__.tag)


_KINDS: dict[str, type[QuizAction]] = {_tag(kind): kind for kind in get_args(QuizAction)}
_FIELDS = {tag: [field.name for field in msgspec.structs.fields(kind)] for tag, kind in _KINDS.items()}
