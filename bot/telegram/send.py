"""Speaks to Telegram: one live card per chat, every press answered, every failure met as its kind deserves.

Rules kept here:
- A press redraws its own message; after typed text the result is a new message and the old card loses its buttons.
- A chat's messages leave in the order of its updates. A redraw that a later one has overtaken is left out.
- An edit may be repeated, a new message only if it certainly never left: Telegram has no key for sends, and a card
  that may be there is found again by the next press or command.
- After 429 nothing is sent to that chat until its wait is over; other chats go on.

The live card of a chat is remembered in this process only (docs/decisions/0006-the-live-card-is-remembered-here.md).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from msgspec import Struct
from telegram.error import BadRequest, EndPointNotFound, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.core.actions import DATING, FINDING, PAUSING
from bot.core.link_model import TYPED
from bot.core.my_data_model import Document
from bot.core.my_data_words import NOT_SENT
from bot.core.reply import Reply, Screen
from bot.telegram import render
from bot.telegram.pace import CHAT_EVERY, Pace
from bot.telegram.transport import was_not_sent

if TYPE_CHECKING:
    from datetime import timedelta

    from telegram.ext import ExtBot

CHATS = 20_000  # remembered; the ones idle longest are forgotten
PAUSES = (0.5, 2.0, 5.0)  # seconds before a call is repeated
FLOODS = 6  # waits on 429 before a call is given up: by then minutes have passed

# Client.cpp of tdlib/telegram-bot-api and MessagesManager.cpp of tdlib/td, lower case.
UNCHANGED = "message is not modified"
UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message")
QUERY_GONE = "query is too old"
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid")
ENDS = (Screen.SUMMARY, Screen.SETUP)  # screens after which no earlier card or question is open
# What takes a text on surfaces with a field beside it; here text goes to the card.
ELSEWHERE = (DATING, FINDING, PAUSING, TYPED)

_log = structlog.get_logger(__name__)
T = TypeVar("T")
Content = dict[str, Any]
"""Parameters of a method as the Bot API names them."""


class Spot(Struct, frozen=True):
    """Where an answer belongs: a chat; for a press its query and the message it was on (0: none that can be edited)."""

    chat: int
    query: str = ""
    message: int = 0


class _Live(Struct, frozen=True):
    """The message that holds a chat's card, or its question that takes a text, and the showing on it."""

    message: int
    attempt: str


class _Chat:
    """What this process knows of one chat."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()  # first come, first served
        self.live: _Live | None = None
        self.redraws: dict[int, object] = {}  # message -> the latest redraw asked for
        self.quiet_until = 0.0  # time.monotonic()
        self.said_at = 0.0  # time.monotonic() of the last new message
        self.blocked = False


class Speaker:
    """Shows replies. Raises TelegramError only for what is a fault of ours."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot
        self._rich = True  # until the server refuses a rich message
        self.pace = Pace()
        self._chats: OrderedDict[int, _Chat] = OrderedDict()

    async def show(self, spot: Spot, reply: Reply, notice: str = "") -> None:
        """Draw a reply where it belongs, and answer the press. `notice` is a quiet line above (in the dialect)."""
        said = "" if spot.query else reply.toast
        drawn = render.draw(reply, notice or said)
        if not spot.query:
            async with self._turn(spot) as (chat, _):
                await self._post(chat, spot.chat, drawn, reply)
            return
        async with self._turn(spot) as (chat, latest):
            answer = self._answer(chat, spot, render.toast(reply), alert=False)
            if latest():
                await _together(answer, self._redraw(chat, spot, drawn, reply))
            else:
                await answer

    async def tell(self, spot: Spot, sentence: str) -> None:
        """Say one plain sentence and change nothing: over the screen for a press, else as a message."""
        async with self._turn(spot) as (chat, _):
            if spot.query:
                await self._answer(chat, spot, render.brief(sentence), alert=True)
            else:
                await self._send(chat, spot.chat, _plain(render.draw(render.sentence(sentence)).texts[0]))

    async def deliver(self, chat_id: int, reply: Reply) -> bool:
        """Post a reply in a private chat that may not be open to us, or not exist; whether it arrived."""
        async with self._turn(Spot(chat_id)) as (chat, _):
            try:
                return bool(await self._post(chat, chat_id, render.draw(reply), reply))
            except BadRequest as refused:
                if not any(known in refused.message.lower() for known in NO_CHAT):
                    raise
                return False

    async def hand(self, chat_id: int, documents: Sequence[Document]) -> None:
        """Send files to a private chat; says so where one did not arrive."""
        async with self._turn(Spot(chat_id)) as (chat, _):
            for document in documents:
                self.pace.spend()
                sent = await self._call(
                    chat,
                    chat_id,
                    lambda: self._bot.send_document(chat_id, document.content, filename=document.name),  # noqa: B023
                    repeatable=False,
                )
                if sent is None:
                    await self._send(chat, chat_id, _plain(render.draw(render.sentence(NOT_SENT)).texts[0]))
                    return

    async def point(self, chat_id: int, sentence: str, label: str, url: str) -> None:
        """One sentence with a button that leads elsewhere."""
        keyboard: render.Keyboard = {"inline_keyboard": [[{"text": label, "url": url}]]}
        async with self._turn(Spot(chat_id)) as (chat, _latest):
            content = _plain(render.draw(render.sentence(sentence)).texts[0])
            await self._send(chat, chat_id, content | {"reply_markup": keyboard})

    async def volunteer(self, chat_id: int, reply: Reply) -> None:
        """Send what nobody is waiting for, once. Raises TelegramError, whatever came of it."""
        async with self._turn(Spot(chat_id)) as (chat, _):
            if chat.blocked:
                raise Forbidden("blocked since this process began")
            if (quiet := chat.quiet_until - time.monotonic()) > 0:
                raise RetryAfter(ceil(quiet))
            await asyncio.sleep(chat.said_at + CHAT_EVERY - time.monotonic())
            message = 0
            drawn = render.draw(reply)
            for number, text in enumerate(drawn.texts, 1):
                keyboard = {"reply_markup": drawn.keyboard} if number == len(drawn.texts) else {}
                message = await self._once(chat, chat_id, _plain(text) | keyboard, first=number == 1)
            try:
                await self._settle_live(chat, chat_id, message, reply)
            except TelegramError as error:  # the letter is there; an older card keeps its buttons
                _log.warning("telegram.live", chat=chat_id, error=str(error))

    async def _once(self, chat: _Chat, chat_id: int, content: Content, *, first: bool) -> int:
        """One new message, tried once. Behind a first part that is there, nothing counts as not sent."""
        try:
            sent = await self._bot.do_api_request("sendmessage", content | {"chat_id": chat_id})
        except Forbidden:
            chat.blocked = True
            raise
        except TelegramError as error:
            if first:
                raise
            raise NetworkError(f"only a part was sent: {error.message}") from None
        chat.said_at = time.monotonic()
        return int(sent["message_id"])

    def heard_from(self, chat_id: int) -> None:
        """Somebody wrote or pressed there, so it can be written to."""
        if chat_id in self._chats:
            self._chats[chat_id].blocked = False

    def was_blocked(self, chat_id: int) -> None:
        """Nothing more is sent there until somebody writes again."""
        self._chat(chat_id).blocked = True

    # --- a chat's turn -------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _turn(self, spot: Spot) -> AsyncIterator[tuple[_Chat, Callable[[], bool]]]:
        """The chat, once everything before is said, and whether no later redraw of the message waits behind this."""
        chat, ticket = self._chat(spot.chat), object()
        if spot.message:
            chat.redraws[spot.message] = ticket
        try:
            async with chat.turn:
                yield chat, lambda: chat.redraws.get(spot.message, ticket) is ticket
        finally:
            if chat.redraws.get(spot.message) is ticket:
                del chat.redraws[spot.message]

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = _Chat()
            if len(self._chats) > CHATS:
                self._forget_one()
        self._chats.move_to_end(chat_id)
        return chat

    def _forget_one(self) -> None:
        idle = next((number for number, chat in self._chats.items() if not chat.turn.locked()), None)
        if idle is not None:
            del self._chats[idle]

    # --- drawing -------------------------------------------------------------------------------------------------

    async def _redraw(self, chat: _Chat, spot: Spot, drawn: render.Drawn, reply: Reply) -> None:
        """Put the reply into the pressed message; where the same card stands below, only take the buttons off."""
        live = chat.live
        if live and live.attempt and reply.attempt == live.attempt and live.message > spot.message > 0:
            await self._take_buttons(chat, spot.chat, spot.message)
            return
        if not spot.message or len(drawn.texts) > 1:
            await self._post(chat, spot.chat, drawn, reply)
            return
        if not await self._edit(chat, spot, drawn):
            await self._post(chat, spot.chat, drawn, reply)
            return
        await self._settle_live(chat, spot.chat, spot.message, reply)

    async def _post(self, chat: _Chat, chat_id: int, drawn: render.Drawn, reply: Reply) -> int:
        """New messages, the last with the buttons; its number, 0 when it was not sent, or may not have been."""
        message, keyboard = None, {"reply_markup": drawn.keyboard}
        if drawn.rich and self._rich:
            message = await self._unless_refused(self._send(chat, chat_id, _rich(drawn.rich) | keyboard))
        if message is None:
            *first, last = drawn.texts
            for text in first:
                await self._send(chat, chat_id, _plain(text))
            message = await self._send(chat, chat_id, _plain(last) | keyboard)
        if message:
            await self._settle_live(chat, chat_id, message, reply)
        return message

    async def _edit(self, chat: _Chat, spot: Spot, drawn: render.Drawn) -> bool:
        """False when there is nothing left to edit."""
        edited, keyboard = None, {"reply_markup": drawn.keyboard}
        if drawn.rich and self._rich:
            edited = await self._unless_refused(self._change(chat, spot, _rich(drawn.rich) | keyboard))
        if edited is None:
            edited = await self._change(chat, spot, _plain(drawn.texts[0]) | keyboard)
        return edited

    async def _unless_refused(self, call: Awaitable[T]) -> T | None:
        """What a call with a rich message returns; None from a server that is older, or reads the formatting otherwise.

        From then on everything is plain HTML.
        """
        try:
            return await call
        except (BadRequest, EndPointNotFound) as refused:
            self._rich = False
            _log.info("telegram.plain", reason=refused.message)
            return None

    async def _settle_live(self, chat: _Chat, chat_id: int, message: int, reply: Reply) -> None:
        """Remember where the card is now, and take the buttons off where it was."""
        before = chat.live
        asks = (reply.attempt or reply.answers) and reply.attempt not in ELSEWHERE
        if asks:
            chat.live = _Live(message, reply.attempt)
        elif reply.screen in ENDS or (before and before.message == message):
            chat.live = None
        if before and before.message != message and before != chat.live:
            await self._take_buttons(chat, chat_id, before.message)

    # --- calls ---------------------------------------------------------------------------------------------------

    async def _answer(self, chat: _Chat, spot: Spot, text: str, *, alert: bool) -> None:
        """Stop the button's spinner. Too late is no harm: what was pressed is saved and drawn."""
        try:
            await self._call(
                chat,
                spot.chat,
                lambda: self._bot.answer_callback_query(spot.query, text or None, show_alert=alert or None),
                repeatable=True,
            )
        except BadRequest as refused:
            if QUERY_GONE not in refused.message.lower():
                raise

    async def _send(self, chat: _Chat, chat_id: int, content: Content) -> int:
        """The new message's number; 0 when it was not sent, or may not have been."""
        method = "sendRichMessage" if "rich_message" in content else "sendMessage"
        self.pace.spend()
        chat.said_at = time.monotonic()
        sent = await self._request(chat, method, content | {"chat_id": chat_id}, repeatable=False)
        return int(sent["message_id"]) if sent else 0

    async def _change(self, chat: _Chat, spot: Spot, content: Content) -> bool:
        """False when there is nothing left to edit."""
        there = {"chat_id": spot.chat, "message_id": spot.message}
        try:
            await self._request(chat, "editMessageText", content | there, repeatable=True)
        except BadRequest as refused:
            problem = refused.message.lower()
            if UNCHANGED in problem:
                return True
            if any(known in problem for known in UNEDITABLE):
                return False
            raise
        return True

    async def _take_buttons(self, chat: _Chat, chat_id: int, message: int) -> None:
        try:
            there = {"chat_id": chat_id, "message_id": message}
            await self._request(chat, "editMessageReplyMarkup", there, repeatable=True)
        except BadRequest as refused:
            problem = refused.message.lower()
            if not any(known in problem for known in (UNCHANGED, *UNEDITABLE)):
                raise

    async def _request(self, chat: _Chat, method: str, content: Content, *, repeatable: bool) -> Any:
        """Call a method that shows something.

        Not by the library's own methods: they know no rich messages, and build and read objects that nobody looks at,
        a fifth of what a press costs. In lower case, since the library warns whoever asks so for a method that it
        has, and Telegram ignores case (https://core.telegram.org/bots/api#making-requests).
        """
        return await self._call(
            chat,
            content["chat_id"],
            lambda: self._bot.do_api_request(method.lower(), content),
            repeatable=repeatable,
        )

    async def _call(self, chat: _Chat, chat_id: int, call: Callable[[], Awaitable[T]], *, repeatable: bool) -> T | None:
        """What the call returns; None when it cannot be made, or nobody knows whether it was. Raises BadRequest."""
        pauses, floods = iter(PAUSES), 0
        while not chat.blocked:
            await _quiet(chat)
            try:
                return await call()
            except RetryAfter as flood:
                floods += 1
                chat.quiet_until = time.monotonic() + _seconds(flood.retry_after)
                _log.warning("telegram.flood", chat=chat_id, seconds=_seconds(flood.retry_after), times=floods)
                if floods == FLOODS:
                    return None
            except Forbidden as refused:
                chat.blocked = True
                _log.info("telegram.blocked", chat=chat_id, reason=refused.message)
            except BadRequest:
                raise  # a NetworkError to the library, but an answer
            except NetworkError as error:
                pause = next(pauses, None) if repeatable or was_not_sent(error) else None
                if pause is None:
                    _log.warning("telegram.uncertain", chat=chat_id, error=str(error), repeatable=repeatable)
                    return None
                await asyncio.sleep(pause)
        return None


def _plain(text: str) -> Content:
    """https://core.telegram.org/bots/api#sendmessage"""
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _rich(html: str) -> Content:
    """https://core.telegram.org/bots/api#inputrichmessage; nothing in a card is a link or a mention."""
    return {"rich_message": {"html": html, "skip_entity_detection": True}}


async def _together(first: Awaitable[None], second: Awaitable[None]) -> None:
    """Both to their end, side by side; then the first error of either."""
    for outcome in await asyncio.gather(first, second, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _quiet(chat: _Chat) -> None:
    while (left := chat.quiet_until - time.monotonic()) > 0:  # noqa: ASYNC110 - the wait may grow meanwhile
        await asyncio.sleep(left)


def _seconds(wait: timedelta | int) -> float:
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
