"""What one person alone is told of a quiz: over the group, in their private chat, or by the way there.

A short sentence is an alert over the group. What is longer or has buttons of its own is a message in the private chat;
whoever never wrote to the bot is led there by the press itself, which the link carries.
"""

from __future__ import annotations

import re
from typing import Any

from telegram import CallbackQuery, Message
from telegram.ext import ExtBot

from bot.core.actions import InQuiz
from bot.core.quiz.actions import Board, KeepSeparate, QuizAction, ShowSaved, ShowSetup
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Place
from bot.core.reply import Reply
from bot.telegram import quiz_words, render
from bot.telegram.quiz_draw import alert
from bot.telegram.quiz_send import Stage
from bot.telegram.send import Speaker, Spot

_LINK = re.compile(r"q_([A-Za-z])_([\w-]{1,58})")


class Whisper:
    """Speaks to one person beside the game."""

    def __init__(self, bot: ExtBot[Any], stage: Stage, speaker: Speaker) -> None:
        self._bot = bot
        self._stage = stage
        self._speaker = speaker

    async def pressed(self, query: CallbackQuery, pressed: InQuiz, action: QuizAction, reply: Reply) -> None:
        """To whoever pressed a button in a group."""
        if not reply.body and not reply.toast:
            await self._stage.answer(query.id)
        elif said := alert(reply):
            await self._stage.answer(query.id, said, alert=True)
        elif await self._speaker.deliver(query.from_user.id, own(action, reply)):
            await self._stage.answer(query.id, render.toast(reply) or quiz_words.IN_PRIVATE)
        elif _is_first_answer(reply):
            await self._stage.answer(query.id, f"{render.toast(reply)} {quiz_words.KEEP_APART}", alert=True)
        else:
            await self._stage.answer(query.id, url=f"{self._bot.link}?start={link_of(pressed)}")

    async def redraw(self, query: CallbackQuery, reply: Reply) -> None:
        """To whoever pressed a button of a private answer: the answer becomes another."""
        message = query.message
        spot = Spot(query.from_user.id, query.id, message.message_id if isinstance(message, Message) else 0)
        if reply.body:
            await self._speaker.show(spot, reply)
        else:
            await self._stage.answer(query.id, render.toast(reply))

    async def wrote(self, place: Place, message: Message, reply: Reply) -> None:
        """To whoever wrote an answer: every player's would fill the group, so there only where it must be."""
        person, short = _sender(message), alert(reply)
        if not await self._speaker.deliver(person, reply) and short:
            await self._stage.say(place, render.sentence(short), answering=message.message_id)

    async def commanded(self, place: Place, message: Message, reply: Reply) -> None:
        """To whoever sent a command that only they may read the answer to."""
        if not await self._speaker.deliver(_sender(message), reply):
            await self.lead_away(place, message)

    async def lead_away(self, place: Place, message: Message) -> None:
        """The way to the private chat."""
        link = quiz_words.TO_PRIVATE, f"{self._bot.link}?start=group"
        await self._stage.say(place, render.sentence(quiz_words.OPEN_PRIVATE), answering=message.message_id, link=link)


def link_of(pressed: InQuiz) -> str:
    """A press as a deep link's payload (https://core.telegram.org/bots/features#deep-linking), or just the way."""
    made = f"q_{pressed.press.replace('.', '_')}"
    return made if _LINK.fullmatch(made) else "group"


def asked_by_link(made: str) -> QuizAction | None:
    """What such a payload asks for; None for other deep links."""
    found = _LINK.fullmatch(made)
    return unfold(InQuiz(f"{found[1]}.{found[2].replace('_', '.')}")) if found else None


def own(action: QuizAction, reply: Reply) -> Reply:
    """A reply as it stands in a private chat, without buttons that speak of their group."""
    return Reply(screen=reply.screen, body=reply.body) if isinstance(action, Board | ShowSaved | ShowSetup) else reply


def _sender(message: Message) -> int:
    assert message.from_user is not None  # noqa: S101 - whoever cannot be known was let go
    return message.from_user.id


def _is_first_answer(reply: Reply) -> bool:
    actions = [button.action for row in reply.rows for button in row]
    return any(isinstance(action, InQuiz) and isinstance(unfold(action), KeepSeparate) for action in actions)
