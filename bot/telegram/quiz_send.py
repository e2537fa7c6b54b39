"""Writes quizzes into groups: draws their messages, answers presses, and keeps to what a group takes.

Rules kept here:
- Sends and edits of a group are counted together (`quiz_pace`). What has no room now is drawn later, as it is then.
- A question is sent at most twice: a second time only where nobody knows whether the first arrived, since a question
  nobody sees is worse than one seen twice. Edits may be repeated.
- A message that is gone is sent anew; a group or topic that cannot be written to is `PlaceGone`.
- A poll shows no names and no reason, and can only be closed once: what came of it is said in one message below.
- A group's new id is believed whoever says it first, a refusal of ours included.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from msgspec.structs import replace
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.core.quiz.model import Place
from bot.core.quiz.show import NotNow, PlaceGone, Show
from bot.core.reply import Reply
from bot.telegram import quiz_draw, render
from bot.telegram.quiz_asks import Asks, keep
from bot.telegram.quiz_draw import Content, Post, address, place_in, post_of
from bot.telegram.quiz_pace import BESIDE, CAN_WAIT, Pace
from bot.telegram.send import QUERY_GONE, UNCHANGED, UNEDITABLE
from bot.telegram.transport import was_not_sent

SENDS = 2  # of one message whose fate is unknown
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
    "channel_private",
    "user_banned_in_channel",
)
NO_POLLS = ("rights to send polls", "chat_send_poll")  # ..._forbidden or s_forbidden
NO_TIMES = ("unsupported start tag", "can't parse entities")
CLOSED = "poll has already been closed"
POLL_GONE = "message with poll to stop not found"

Moved = Callable[[int, int], Awaitable[None]]
_log = structlog.get_logger(__name__)


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
        self._closed: OrderedDict[str, bool] = OrderedDict()  # polls
        self.asks = Asks()

    # --- the quiz's messages -------------------------------------------------------------------------------------

    async def draw(self, show: Show) -> str:
        """Show one message of a quiz; what `bot.core.quiz.show` says of drawing. Raises NotNow and PlaceGone."""
        chat, _ = address(show.place)
        post = post_of(show.message)
        if post is not None and post.chat != chat:
            post = None  # of before the group became a supergroup
        key = show.quiz, show.slot
        if post is not None and self._shown.get(key) == self._content(show, post):
            return show.message
        self._take(chat, leaving=CAN_WAIT if post and show.live else 0)
        try:
            post = await self._put(show, post)
        except ChatMigrated as migrated:
            new = migrated.new_chat_id
            await self._moved(chat, new)
            return await self.draw(replace(show, place=place_in(new, None), message=""))
        if post is None:
            return ""
        keep(self._shown, key, self._content(show, post))
        self.asks.remember(show.place, show.quiz, {show.slot: str(post)})
        return str(post)

    async def _put(self, show: Show, post: Post | None) -> Post | None:
        """Edit, or send where there is nothing to edit. What Telegram refuses for good is PlaceGone."""
        chat, _ = address(show.place)
        try:
            if post is not None and ((edited := await self._edit(show, post)) or show.passed):
                return edited or post
            return await self._send(show, self._content(show, None))
        except RetryAfter as flood:
            self._flooded(chat, flood)
            raise NotNow from None
        except (Forbidden, BadRequest) as refused:
            return await self._refused(show, post, refused)
        except NetworkError as error:
            _log.warning("quiz.uncertain", chat=chat, slot=show.slot, error=str(error))
            raise NotNow from None

    async def _refused(self, show: Show, post: Post | None, refused: Forbidden | BadRequest) -> Post | None:
        problem, (chat, _) = refused.message.lower(), address(show.place)
        if any(known in problem for known in NO_POLLS) and chat not in self._without_polls:
            self._without_polls.add(chat)
        elif any(known in problem for known in NO_TIMES) and self._timed:
            self._timed = False
        elif isinstance(refused, Forbidden) or any(known in problem for known in GONE):
            _log.info("quiz.gone", chat=chat, reason=refused.message)
            raise PlaceGone from None
        else:
            raise refused
        return await self._put(show, post)

    async def _edit(self, show: Show, post: Post) -> Post | None:
        """The post as it shows it now; None when there is nothing left to edit."""
        content = self._content(show, post)
        if not post.poll:
            return post if await self._change("editMessageText", post.chat, post.message, content) else None
        if show.live:
            return post if await self._change("editMessageReplyMarkup", post.chat, post.message, content) else None
        if not await self._close(post) and not post.below:
            return None
        return await self._conclude(show, post, content)

    async def _change(self, method: str, chat: int, message: int, content: Content) -> bool:
        """False when there is nothing left to edit."""
        try:
            await self._request(method, content | {"chat_id": chat, "message_id": message})
        except BadRequest as refused:
            problem = refused.message.lower()
            if any(known in problem for known in UNEDITABLE):
                return False
            if UNCHANGED not in problem:
                raise
        return True

    async def _close(self, post: Post) -> bool:
        """Nobody votes in this poll any more, and its buttons are gone. False when the poll is gone itself."""
        if post.poll in self._closed:
            return True
        try:
            await self._request("stopPoll", {"chat_id": post.chat, "message_id": post.message})
        except BadRequest as refused:
            problem = refused.message.lower()
            if POLL_GONE in problem:
                return False
            if CLOSED not in problem:
                raise
        keep(self._closed, post.poll, True)
        return True

    async def _conclude(self, show: Show, post: Post, content: Content) -> Post:
        """What came of a poll, said below it: one more message, and from then on an edit of that."""
        if post.below:
            if await self._change("editMessageText", post.chat, post.below, content):
                return post
        else:
            self._take(post.chat)  # the second call of this drawing
        answering = {"message_id": post.message, "allow_sending_without_reply": True}
        sent = await self._send(show, content | {"reply_parameters": answering})
        return post._replace(below=sent.message) if sent else post

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
        """What the message is to show; of an open poll only its buttons can change, of a closed one what is below."""
        if post is not None and post.poll:
            if show.live:
                return {"reply_markup": quiz_draw.beside_poll(show)}
            return quiz_draw.below_poll(show, self._now(), timed=self._timed)
        chat, _ = address(show.place)
        poll = None if post or chat in self._without_polls else quiz_draw.poll(show)
        return poll or quiz_draw.message(show, self._now(), timed=self._timed)

    def _take(self, chat: int, *, leaving: int = 0) -> None:
        """Count a call. Raises NotNow where it has to wait."""
        if not self._pace.take(chat, self._now(), leaving=leaving):
            raise NotNow

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

    async def redraw(self, chat: int, message: int, reply: Reply) -> None:
        """Something said in a group says something else. Where it cannot, the press was answered all the same."""
        if not self._pace.take(chat, self._now(), leaving=BESIDE):
            return
        drawn = render.draw(reply)
        content: Content = {"text": drawn.texts[0], "parse_mode": "HTML", "reply_markup": drawn.keyboard}
        try:
            await self._change("editMessageText", chat, message, content)
        except RetryAfter as flood:
            self._flooded(chat, flood)
        except TelegramError as error:
            _log.warning("quiz.not_redrawn", chat=chat, error=str(error))

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
        document = InputFile(text.encode("utf-8-sig"), filename=name)
        try:
            await self._bot.send_document(person, document)
        except TelegramError as error:
            _log.info("quiz.not_handed", reason=error.message)
            return False
        return True

    def _flooded(self, chat: int, flood: RetryAfter) -> None:
        _log.warning("telegram.flood", chat=chat, seconds=_seconds(flood))
        self._pace.silence(chat, self._now() + _seconds(flood))

    async def _request(self, method: str, content: Content) -> Any:
        """See `bot.telegram.send.Speaker`: in lower case, and not by the library's own methods."""
        return await self._bot.do_api_request(method.lower(), content)


def _seconds(flood: RetryAfter) -> float:
    wait = flood.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
