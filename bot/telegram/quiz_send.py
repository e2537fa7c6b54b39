"""Writes quizzes into groups: draws their messages, answers presses, and keeps to what a group takes.

Rules kept here:
- Sends and edits of a group are counted together (`quiz_pace`). What has no room now is drawn later, as it is then.
- A question is sent at most twice: a second time only where nobody knows whether the first arrived, since a question
  nobody sees is worse than one seen twice. Edits may be repeated.
- A message that is gone is sent anew; a group or topic that cannot be written to is `PlaceGone`.
- A group's new id is believed whoever says it first, a refusal of ours included.

Which message asks which question is remembered for replies and votes; a start reads it from the open quizzes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.core.quiz.model import Place
from bot.core.quiz.show import NotNow, PlaceGone, Posted, Show
from bot.core.reply import Reply
from bot.telegram import quiz_draw, render
from bot.telegram.quiz_draw import Content, Post, address, place_in, post_of
from bot.telegram.quiz_pace import BESIDE, CAN_WAIT, Pace
from bot.telegram.send import QUERY_GONE, UNCHANGED, UNEDITABLE
from bot.telegram.transport import was_not_sent

SENDS = 2  # of one message whose fate is unknown
REMEMBERED = 5_000  # messages
ANSWERS = 3  # tries to answer a press

# tdlib/telegram-bot-api Client.cpp and Telegram's own errors, lower case.
GONE = (
    "chat not found",
    "not enough rights to send text",
    "have no rights to send",
    "need administrator rights",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "chat_write_forbidden",
    "chat_restricted",
    "group chat was deactivated",
)
NO_POLLS = ("rights to send polls", "chat_send_polls_forbidden")
NO_TIMES = ("unsupported start tag", "can't parse entities")
CLOSED = "poll has already been closed"
POLL_GONE = "message with poll to stop not found"

Moved = Callable[[int, int], Awaitable[None]]
_log = structlog.get_logger(__name__)
K = TypeVar("K")
V = TypeVar("V")


class Stage:
    """What groups see. `moved` is told a group's new id; `now` gives Unix seconds."""

    def __init__(self, bot: ExtBot[Any], now: Callable[[], float], moved: Moved) -> None:
        self._bot = bot
        self._now = now
        self._moved = moved
        self._pace = Pace()
        self._timed = True  # until the server refuses a tg-time
        self._without_polls: set[int] = set()  # groups that allow none
        self._shown: OrderedDict[tuple[str, str], Content] = OrderedDict()  # (quiz, slot) -> as drawn last
        self._tries: dict[tuple[str, str], int] = {}  # sends nobody knows the fate of
        self._asks: OrderedDict[tuple[int, int], tuple[str, int]] = OrderedDict()  # message -> (quiz, question)
        self._polls: OrderedDict[str, tuple[Place, str, int]] = OrderedDict()

    # --- the quiz's messages -------------------------------------------------------------------------------------

    async def draw(self, show: Show) -> str:
        """Show one message of a quiz; what `bot.core.quiz.show` says of drawing. Raises NotNow and PlaceGone."""
        chat, _ = address(show.place)
        post = post_of(show.message)
        if post is not None and post.chat != chat:
            post = None  # of before the group became a supergroup
        content = self._content(show, post)
        key = show.quiz, show.slot
        if post is not None and self._shown.get(key) == content:
            return show.message
        if not self._pace.take(chat, self._now(), leaving=CAN_WAIT if post and show.live else 0):
            raise NotNow
        try:
            post = await self._put(show, post, content)
        except ChatMigrated as migrated:
            new = migrated.new_chat_id
            await self._moved(chat, new)
            return await self.draw(replace(show, place=place_in(new, None), message=""))
        if post is None:
            return ""
        self._keep(self._shown, key, self._content(show, post))
        self.remember(show.place, show.quiz, {show.slot: str(post)})
        return str(post)

    async def _put(self, show: Show, post: Post | None, content: Content) -> Post | None:
        """Edit, or send where there is nothing to edit. What Telegram refuses for good is PlaceGone."""
        chat, _ = address(show.place)
        try:
            if post is not None and await self._edit(show, post, content):
                return post
            return await self._send(show, self._content(show, None))
        except RetryAfter as flood:
            self._flooded(chat, flood)
            raise NotNow from None
        except Forbidden as refused:
            _log.info("quiz.forbidden", chat=chat, reason=refused.message)
            raise PlaceGone from None
        except BadRequest as refused:
            return await self._refused(show, post, refused)
        except NetworkError as error:
            _log.warning("quiz.uncertain", chat=chat, slot=show.slot, error=str(error))
            raise NotNow from None

    async def _refused(self, show: Show, post: Post | None, refused: BadRequest) -> Post | None:
        problem, (chat, _) = refused.message.lower(), address(show.place)
        if any(known in problem for known in GONE):
            _log.info("quiz.gone", chat=chat, reason=refused.message)
            raise PlaceGone
        if any(known in problem for known in NO_POLLS) and chat not in self._without_polls:
            self._without_polls.add(chat)
        elif any(known in problem for known in NO_TIMES) and self._timed:
            self._timed = False
        else:
            raise refused
        return await self._put(show, post, self._content(show, post))

    async def _edit(self, show: Show, post: Post, content: Content) -> bool:
        """False when there is nothing left to edit."""
        there = {"chat_id": post.chat, "message_id": post.message}
        try:
            if not post.poll:
                await self._request("editMessageText", content | there)
            elif show.live or not await self._close_poll(content, there):
                await self._request("editMessageReplyMarkup", {"reply_markup": content["reply_markup"]} | there)
        except BadRequest as refused:
            problem = refused.message.lower()
            if any(known in problem for known in (*UNEDITABLE, POLL_GONE)):
                return False
            if UNCHANGED not in problem:
                raise
        return True

    async def _close_poll(self, content: Content, there: Content) -> bool:
        """False where it was closed before."""
        try:
            await self._request("stopPoll", {"reply_markup": content["reply_markup"]} | there)
        except BadRequest as refused:
            if CLOSED not in refused.message.lower():
                raise
            return False
        return True

    async def _send(self, show: Show, content: Content) -> Post | None:
        """The new message; None where two of unknown fate were sent already."""
        key, (chat, thread) = (show.quiz, show.slot), address(show.place)
        if self._tries.get(key, 0) >= SENDS:
            return None
        method = "sendPoll" if "question" in content else "sendMessage"
        there: Content = {"chat_id": chat} | ({"message_thread_id": thread} if thread else {})
        try:
            sent = await self._request(method, content | there)
        except BadRequest:
            raise  # a NetworkError to the library, but an answer
        except NetworkError as error:
            if not was_not_sent(error):
                self._tries[key] = self._tries.get(key, 0) + 1
            raise
        self._tries.pop(key, None)
        return Post(chat, int(sent["message_id"]), sent.get("poll", {}).get("id", ""))

    def _content(self, show: Show, post: Post | None) -> Content:
        """What the message is to show; of a poll only its buttons, and whether it is over, can change."""
        if post is not None and post.poll:
            return {"reply_markup": quiz_draw.beside_poll(show), "closed": not show.live}
        chat, _ = address(show.place)
        poll = None if post or chat in self._without_polls else quiz_draw.poll(show)
        return poll or quiz_draw.message(show, self._now(), timed=self._timed)

    # --- what messages ask ---------------------------------------------------------------------------------------

    def know(self, posted: Iterable[Posted]) -> None:
        """After a start: the open quizzes."""
        for quiz in posted:
            self.remember(quiz.place, quiz.quiz, quiz.messages)

    def remember(self, place: Place, quiz: str, messages: Mapping[str, str]) -> None:
        """These messages show these slots."""
        for slot, kept in messages.items():
            post = post_of(kept)
            if post is None or not slot.startswith("q"):
                continue
            number = int(slot[1:])
            self._keep(self._asks, (post.chat, post.message), (quiz, number))
            if post.poll:
                self._keep(self._polls, post.poll, (place, quiz, number))

    def asked_by(self, chat: int, message: int) -> tuple[str, int] | None:
        """The quiz and question that a message asks."""
        return self._asks.get((chat, message))

    def polled_by(self, poll: str) -> tuple[Place, str, int] | None:
        """The place, quiz and question of a poll."""
        return self._polls.get(poll)

    # --- beside the quiz -----------------------------------------------------------------------------------------

    async def say(self, place: Place, reply: Reply, *, answering: int = 0, link: tuple[str, str] | None = None) -> bool:
        """Something said in a group, answering a message, above a button (label, address). False: it was not."""
        chat, thread = address(place)
        if not self._pace.take(chat, self._now(), leaving=BESIDE):
            return False
        drawn = render.draw(reply)
        markup = {"inline_keyboard": [[{"text": link[0], "url": link[1]}]]} if link else drawn.keyboard
        content: Content = {"chat_id": chat, "text": drawn.texts[0], "parse_mode": "HTML", "reply_markup": markup}
        content["link_preview_options"] = {"is_disabled": True}
        if thread:
            content["message_thread_id"] = thread
        if answering:
            content["reply_parameters"] = {"message_id": answering, "allow_sending_without_reply": True}
        try:
            await self._request("sendMessage", content)
        except RetryAfter as flood:
            self._flooded(chat, flood)
        except TelegramError as error:  # nothing depends on it
            _log.warning("quiz.not_said", chat=chat, error=str(error))
        else:
            return True
        return False

    async def answer(self, query: str, text: str = "", *, alert: bool = False, url: str = "") -> None:
        """Stop a button's spinner. Too late is no harm: what was pressed is saved."""
        for _ in range(ANSWERS):
            try:
                await self._bot.answer_callback_query(query, text or None, show_alert=alert or None, url=url or None)
            except BadRequest as refused:
                if QUERY_GONE not in refused.message.lower():
                    raise
            except RetryAfter as flood:
                _log.warning("quiz.unanswered", seconds=_seconds(flood))
            except Forbidden as refused:
                _log.info("quiz.unanswered", reason=refused.message)
            except NetworkError as error:
                _log.warning("quiz.unanswered", error=str(error))
                continue
            return

    async def hand(self, person: int, name: str, text: str) -> bool:
        """A file, in the private chat; False where that is not open."""
        document = InputFile(text.encode(), filename=name)
        try:
            await self._bot.send_document(person, document)
        except TelegramError as error:
            _log.info("quiz.not_handed", reason=error.message)
            return False
        return True

    @staticmethod
    def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > REMEMBERED:
            kept.popitem(last=False)

    def _flooded(self, chat: int, flood: RetryAfter) -> None:
        _log.warning("telegram.flood", chat=chat, seconds=_seconds(flood))
        self._pace.silence(chat, self._now() + _seconds(flood))

    async def _request(self, method: str, content: Content) -> Any:
        """See `bot.telegram.send.Speaker`: in lower case, and not by the library's own methods."""
        return await self._bot.do_api_request(method.lower(), content)


def _seconds(flood: RetryAfter) -> float:
    wait = flood.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
