"""What each kind of update means: read it, ask the tutor, show the reply. Thin.

An update is settled, so that Telegram may forget it, when the tutor has committed what it asked for or when it asks
for nothing; speaking comes after. When the database fails it is not settled, and the intake brings it again; it is let
go only when for ten minutes others could be saved and it could not, since in the end they would wait behind it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import CallbackQuery, Chat, ChatMember, Message, Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    PollAnswerHandler,
    TypeHandler,
)
from telegram.ext.filters import ChatType, UpdateType

from bot.core.actions import (
    Action,
    InQuiz,
    Link,
)
from bot.core.buttons import decode
from bot.core.model import Account, TutorError
from bot.core.my_data_model import Pack, no_files
from bot.core.ports import StoreError
from bot.core.reply import Reply
from bot.core.words import went_wrong
from bot.telegram import words
from bot.telegram.locate import hinted
from bot.telegram.quiz import QuizRoom
from bot.telegram.quiz_commands import read as read_quiz
from bot.telegram.reading import called, command, is_ours, meaning, notice_of
from bot.telegram.send import Speaker, Spot

Handle = Callable[[Account, Action, str], Awaitable[Reply]]
"""The tutor's one door, `Tutor.handle`: (account, action, idempotency key) -> reply; raises TutorError, StoreError."""

Bot = ExtBot[Any]
Context = ContextTypes.DEFAULT_TYPE
STALE = 600  # seconds after which a message is answered only together with what came after it
AT_ONCE = 30  # chats caught up with side by side: about as many messages a second are allowed
GIVE_UP = 600.0  # seconds; Telegram gives no more than a hundred updates from the first open one on (intake.FETCH)
FILE = 45 << 20  # bytes of a file; bots may send 50 MB (https://core.telegram.org/bots/api#senddocument)
REMARK_EVERY = 60.0  # seconds between two remarks in one group: about 20 messages a minute are allowed there

PRIVATE = frozenset(name for name, _ in words.COMMANDS)
"""Commands of the drill: in a group they lead to the private chat, but for `/help`, which the quiz has too."""
_log = structlog.get_logger(__name__)


class Handlers:
    """The handlers. Between updates they keep only what was not said yet."""

    def __init__(
        self,
        handle: Handle,
        quizzes: QuizRoom,
        speaker: Speaker,
        settle: Callable[[int], None],
        now: Callable[[], float] = time.time,
        pack: Pack = no_files,
    ) -> None:
        self._handle = handle
        self._quizzes = quizzes
        self._speaker = speaker
        self._settle = settle
        self._now = now  # Unix seconds
        self._pack = pack
        self._held: dict[int, tuple[Spot, Reply]] = {}  # chat -> the reply to its latest stale message
        self._failing: dict[int, float] = {}  # update that cannot be saved -> since when
        self._saved = 0.0  # when an update was saved last
        self._remarked: dict[int, float] = {}  # group -> when

    def register(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Every kind of update has exactly one handler: the first that fits."""
        private, groups = UpdateType.MESSAGE & ChatType.PRIVATE, UpdateType.MESSAGE & ChatType.GROUPS
        handlers: list[BaseHandler[Any, Any, Any]] = [
            CallbackQueryHandler(self.press),
            MessageHandler(private, self.message),
            MessageHandler(groups, self.group),
            ChatMemberHandler(self.membership),
            PollAnswerHandler(self.vote),
            TypeHandler(Update, self.nothing),
        ]
        application.add_handlers(handlers)
        application.add_error_handler(self.failed)

    # --- updates -------------------------------------------------------------------------------------------------

    async def press(self, update: Update, _context: Context) -> None:
        """A button: the message it is on is redrawn."""
        query = update.callback_query
        assert query is not None  # noqa: S101 - a CallbackQueryHandler's
        spot = _spot_of(query)
        action = decode(query.data or "")
        if isinstance(action, InQuiz):
            await self._quizzes.press(update, query, action)
            self._saved = self._now()
            self._settled(update)
            return
        if query.message is not None and query.message.chat.type != Chat.PRIVATE:
            self._settle(update.update_id)
            await self._speaker.tell(spot, words.NOT_YOUR_CARD)
            return
        if isinstance(action, Link):  # who asks is Telegram's to say, not the payload's
            action = Link(action.code, called(query.from_user))
        await self._act(update, query.from_user.id, action, spot)

    async def message(self, update: Update, _context: Context) -> None:
        """A text: a command, or an answer to the open card. A place: which zone it is in."""
        message = update.message
        assert message is not None  # noqa: S101 - a MessageHandler's
        spot = Spot(message.chat_id)
        self._speaker.heard_from(message.chat_id)
        if await self._of_a_quiz(update, message):
            return
        said = meaning(message)
        if isinstance(said, Reply):
            await self._say(update, message, said)
        elif message.from_user is not None:
            notice = notice_of(message.text or "", said)
            await self._act(update, message.from_user.id, said, spot, notice, stale=self._is_stale(message))

    async def group(self, update: Update, context: Context) -> None:
        """In a group: its new id, a command of a quiz, an answer to a question, or what belongs into a private chat."""
        message = update.message
        assert message is not None  # noqa: S101 - a MessageHandler's
        if message.migrate_to_chat_id is not None:
            await self._quizzes.migrated(update, message.chat_id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await self._quizzes.migrated(update, message.migrate_from_chat_id, message.chat_id)
        elif not self._is_stale(message):
            await self._said_in_group(update, message, context.bot)
        self._settled(update)

    async def _said_in_group(self, update: Update, message: Message, bot: Bot) -> None:
        text = message.text or ""
        if not text.startswith("/"):
            await self._quizzes.reply(update, message)
            return
        name, argument = command(text)
        if not is_ours(text, bot.username):
            return
        if name == "start" and argument.strip() == "quiz":
            await self._quizzes.welcome(update, message)
        elif not await self._quizzes.command(update, message, name, argument) and name in PRIVATE:
            await self._point(update, message, bot)

    async def _point(self, update: Update, message: Message, bot: Bot) -> None:
        """To the private chat."""
        self._settle(update.update_id)
        await self._remark(message, words.IN_PRIVATE, link=(words.OPEN_PRIVATE, f"{bot.link}?start=group"))

    async def _remark(self, message: Message, sentence: str, *, link: tuple[str, str] | None = None) -> None:
        """Something that many messages in a group may call for is said there now and then."""
        now = self._now()
        if now - self._remarked.get(message.chat_id, 0) >= REMARK_EVERY:
            self._remarked[message.chat_id] = now
            await self._quizzes.remark(message, sentence, link=link)

    async def vote(self, update: Update, _context: Context) -> None:
        """A vote in one of our polls."""
        assert update.poll_answer is not None  # noqa: S101 - a PollAnswerHandler's
        await self._quizzes.vote(update, update.poll_answer)
        self._settled(update)

    async def membership(self, update: Update, _context: Context) -> None:
        """Blocked or unblocked by a person; brought into a group or removed from it."""
        change = update.my_chat_member
        if change is not None and change.chat.type != Chat.PRIVATE:
            if change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
                await self._quizzes.left(update, change.chat.id)
        elif change is not None and change.new_chat_member.status == ChatMember.BANNED:
            self._speaker.was_blocked(change.chat.id)
        elif change is not None:
            self._speaker.heard_from(change.chat.id)
        self._settle(update.update_id)

    async def nothing(self, update: Update, _context: Context) -> None:
        """Anything else asks for nothing."""
        self._settle(update.update_id)

    async def failed(self, update: object, context: Context) -> None:
        """The one handler of errors: a database failure is brought again, a bug is told with a reference."""
        if not isinstance(update, Update):
            _log.error("telegram.failed", error=str(context.error), exc_info=context.error)
            return
        if isinstance(context.error, StoreError):
            await self._cannot_save(update, context.error)
            return
        reference = secrets.token_hex(4)
        _log.error("telegram.failed", error_id=reference, update_id=update.update_id, exc_info=context.error)
        self._settle(update.update_id)
        spot = _spot(update)
        if spot is not None:
            await self._speaker.tell(spot, went_wrong(reference))

    async def caught_up(self) -> None:
        """Nothing waits any more: say, once a chat, what its stale messages led to."""
        await asyncio.gather(*(self._say_held() for _ in range(min(AT_ONCE, len(self._held)))))

    async def _say_held(self) -> None:
        """To one chat after another; what fails in one is no other's trouble."""
        while self._held:
            spot, reply = self._held.pop(next(iter(self._held)))
            try:
                await self._show(spot, reply)
            except TelegramError as error:
                _log.error("telegram.failed", exc_info=error)

    async def _of_a_quiz(self, update: Update, message: Message) -> bool:
        """In private: a press that led here from a group, or a command that is played in groups."""
        text, person = message.text or "", message.from_user
        if not text.startswith("/") or person is None:
            return False
        name, argument = command(text)
        if name == "start":
            return await self._quizzes.linked(update, person, argument.strip())
        if name in PRIVATE or read_quiz(name, argument) is None:
            return False
        await self._quizzes.invite(update, message.chat_id)
        return True

    # --- one door ------------------------------------------------------------------------------------------------

    async def _act(
        self, update: Update, person: int, action: Action, spot: Spot, notice: str = "", *, stale: bool = False
    ) -> None:
        """Have the tutor do it, settle, then speak."""
        try:
            reply = hinted(await self._handle(Account("telegram", str(person)), action, str(update.update_id)))
        except TutorError as told:
            self._settled(update)
            await self._speaker.tell(spot, str(told))
            return
        self._saved = self._now()
        self._settled(update)
        if stale:
            self._held[spot.chat] = spot, reply
            return
        self._held.pop(spot.chat, None)
        await self._show(spot, reply, notice)

    async def _show(self, spot: Spot, reply: Reply, notice: str = "") -> None:
        """A reply, with a learner's files where they go with it: a private chat has its person's number."""
        await self._speaker.show(spot, reply, notice)
        if reply.sends:
            try:
                documents = await self._pack(Account("telegram", str(spot.chat)), FILE)
            except (TutorError, StoreError) as told:
                await self._speaker.tell(Spot(spot.chat), str(told))
                return
            await self._speaker.hand(spot.chat, documents)

    async def _say(self, update: Update, message: Message, reply: Reply) -> None:
        """A screen that needs no tutor."""
        spot = Spot(message.chat_id)
        self._settled(update)
        if self._is_stale(message):
            self._held[spot.chat] = spot, reply
        else:
            await self._speaker.show(spot, reply)

    def _settled(self, update: Update) -> None:
        self._settle(update.update_id)
        self._failing.pop(update.update_id, None)

    async def _cannot_save(self, update: Update, error: StoreError) -> None:
        """Log it each time, say it once; the update stays open, unless it holds up others whose updates are saved."""
        _log.error("telegram.not_saved", update_id=update.update_id, error=str(error), kind=type(error).__name__)
        now, is_new = self._now(), update.update_id not in self._failing
        since = self._failing.setdefault(update.update_id, now)
        if since + GIVE_UP < now and since < self._saved:
            _log.error("telegram.given_up", update_id=update.update_id)
            self._settled(update)
            await self._regret(update, words.GIVEN_UP, pressed=False)  # a press is too old to be answered
        elif is_new:
            await self._regret(update, words.CANNOT_SAVE, pressed=True)

    async def _regret(self, update: Update, sentence: str, *, pressed: bool) -> None:
        """Say what became of an update, over the screen if it was just `pressed`; of a vote nothing can be said."""
        spot, message = _spot(update), update.message
        if spot is None:
            return
        if message is not None and message.chat.type != Chat.PRIVATE:
            await self._remark(message, sentence)
        elif (spot.query and pressed) or spot.chat > 0:
            await self._speaker.tell(spot if pressed else Spot(spot.chat), sentence)

    def _is_stale(self, message: Message) -> bool:
        return self._now() - message.date.timestamp() > STALE


def _spot(update: Update) -> Spot | None:
    if update.callback_query is not None:
        return _spot_of(update.callback_query)
    return Spot(update.effective_chat.id) if update.effective_chat is not None else None


def _spot_of(query: CallbackQuery) -> Spot:
    """A press on a message that is gone, or older than Telegram shows bots, is answered below in the private chat."""
    message = query.message
    if message is None:
        return Spot(query.from_user.id, query.id)
    return Spot(message.chat.id, query.id, message.message_id if message.is_accessible else 0)
