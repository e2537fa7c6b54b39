"""Who asks for something in a group: their account, their name, and whether they may moderate there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, User
from telegram.ext import ExtBot

from bot.core.model import Account
from bot.core.quiz.actions import (
    Board,
    LetHost,
    Next,
    Open,
    Pause,
    PostBoard,
    Preview,
    QuizAction,
    QuizIt,
    ReplayMisses,
    SameAgain,
    Save,
    Schedule,
    SetDecks,
    SetOption,
    ShowDisputes,
    ShowOptions,
    ShowSaved,
    ShowSetup,
    Skip,
    StartNow,
    Stop,
    Swap,
    Unpause,
    Unschedule,
    Uphold,
    Void,
)
from bot.core.quiz.model import Person, Place
from bot.telegram.quiz_admins import Admins
from bot.telegram.quiz_draw import address
from bot.telegram.quiz_words import AN_ADMIN

PLATFORM = "telegram"

RIGHTS = (
    ShowSetup,
    LetHost,
    SetDecks,
    StartNow,
    Next,
    Pause,
    Unpause,
    Stop,
    ShowOptions,
    SetOption,
    Preview,
    Swap,
    ShowDisputes,
    Void,
    Uphold,
    Skip,
    Save,
    Schedule,
    Unschedule,
    PostBoard,
)
"""Actions for which it matters whether somebody is an admin: only then Telegram is asked."""
STARTS = (Open, SameAgain, ReplayMisses, QuizIt)
"""Likewise, where not everybody may start a quiz."""
NAMELESS = (Open, Next, Pause, Unpause, Stop, Skip, Save, Schedule, ShowSaved, Board, ShowSetup, SetDecks)
"""What a group's admin may ask for in the group's own name: answered there, and nobody's own affair."""


class People:
    """The people of groups. `now` gives Unix seconds, `closed` whether only admins may start quizzes in a place."""

    def __init__(self, bot: ExtBot[Any], now: Callable[[], float], closed: Callable[[Place], Awaitable[bool]]) -> None:
        self._admins = Admins(bot, now)
        self._closed = closed

    async def pressing(self, place: Place, user: User, action: QuizAction) -> Person:
        """Whoever pressed or voted: Telegram names them, also where they write under another name."""
        asks = isinstance(action, RIGHTS) or (isinstance(action, STARTS) and await self._closed(place))
        manages = asks and await self._admins.has(address(place)[0], user.id)
        return Person(account=_account(user), name=user.full_name, manages=manages)

    async def writing(self, place: Place, message: Message, action: QuizAction) -> Person | None:
        """Whoever wrote; None where that cannot be known and matters.

        A message in a chat's name comes from one account of Telegram's that all such messages share
        (https://core.telegram.org/bots/api#message, `sender_chat`): it must not play, or be told anything.
        """
        user, chat = message.from_user, message.sender_chat
        if user is None:
            return None
        if chat is None:
            return await self.pressing(place, user, action)
        if chat.id != message.chat_id or not isinstance(action, NAMELESS):
            return None
        return Person(account=_account(user), name=AN_ADMIN, manages=True)


def _account(user: User) -> Account:
    return Account(PLATFORM, str(user.id))
