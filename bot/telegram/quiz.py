"""Quizzes in Telegram groups: what each update means for them, and who is told what where. Thin.

The channel's messages are drawn by `quiz_send.Stage`. What one person alone is told is an alert over the group, and
where it is longer or has buttons of its own, a message in their private chat; whoever never wrote to the bot is led
there by the press itself, which the link carries. As in `handlers`, an update is settled once the quiz has committed
it, and speaking comes after.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog
from telegram import CallbackQuery, Chat, Message, PollAnswer, Update, User
from telegram.ext import ExtBot

from bot.core.actions import InQuiz
from bot.core.model import Account, TutorError
from bot.core.quiz.actions import (
    Board,
    Dispute,
    KeepSeparate,
    Next,
    Pause,
    Pick,
    Preview,
    QuizAction,
    Save,
    Schedule,
    SetOption,
    ShowDisputes,
    ShowOptions,
    ShowSaved,
    Skip,
    StartNow,
    Stop,
    Swap,
    Unpause,
    Unschedule,
    Uphold,
    Void,
    Write,
)
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Person, Place
from bot.core.quiz.show import Posted, Show
from bot.core.reply import Line, Reply, Screen
from bot.telegram import quiz_words, render
from bot.telegram.quiz_admins import Admins
from bot.telegram.quiz_commands import Other, read
from bot.telegram.quiz_draw import address, alert, place_in
from bot.telegram.quiz_send import Stage
from bot.telegram.send import Speaker, Spot
from decks.text import plain

EVERY = 3.0  # seconds between two drawings of a message
PLATFORM = "telegram"

RIGHTS = (
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
)
"""Actions for which it matters whether somebody is an admin: only then Telegram is asked."""
PUBLIC = (Board, ShowSaved)
"""Commands whose answer everybody may see."""

_LINK = re.compile(r"q_([A-Za-z])_([\w-]{1,58})")
_log = structlog.get_logger(__name__)


class Quizzes(Protocol):
    """The quizzes' door, `QuizMaster`."""

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply: ...

    async def export(self, place: Place, person: Person) -> tuple[str, str]: ...

    async def serve(
        self, platform: str, draw: Callable[[Show], Awaitable[str]], *, every: float
    ) -> Sequence[Posted]: ...

    async def unserve(self, platform: str) -> None: ...

    async def moved(self, platform: str, old: str, new: str) -> None: ...

    async def leave(self, platform: str, channel: str) -> None: ...

    async def posted(self, platform: str) -> Sequence[Posted]: ...

    async def place_of(self, quiz: str) -> Place | None: ...


class QuizRoom:
    """The quizzes' side of the handlers."""

    def __init__(
        self,
        quizzes: Quizzes,
        bot: ExtBot[Any],
        speaker: Speaker,
        settle: Callable[[int], None],
        now: Callable[[], float],
    ) -> None:
        self._quizzes = quizzes
        self._bot = bot
        self._speaker = speaker
        self._settle = settle
        self._stage = Stage(bot, now, self.moved)
        self._admins = Admins(bot, now)
        self._supergroups: dict[int, int] = {}  # groups that became one since the start

    async def begin(self) -> None:
        """Go on with the quizzes that are open."""
        self._stage.asks.know(await self._quizzes.serve(PLATFORM, self._stage.draw, every=EVERY))

    async def end(self) -> None:
        """Draw nothing any more; quizzes stay open."""
        await self._quizzes.unserve(PLATFORM)

    # --- presses and votes ---------------------------------------------------------------------------------------

    async def press(self, update: Update, query: CallbackQuery, pressed: InQuiz) -> None:
        """A button on a quiz's message: in its group, or on a private answer."""
        action = unfold(pressed)
        place = await self._pressed_in(query, action)
        if isinstance(action, Dispute) and not action.reason:
            self._settle(update.update_id)
            await self._stage.answer(query.id, quiz_words.HOW_TO_DISPUTE, alert=True)
            return
        reply = await self._do(update, place, await self._person(place, query.from_user, action), action)
        if query.message is not None and query.message.chat.type == Chat.PRIVATE:
            await self._redraw(query, reply)
        else:
            await self._tell_alone(query, pressed, action, reply)

    async def vote(self, update: Update, answer: PollAnswer) -> None:
        """An option of a native poll. Why one does not count can only be told in private; below the poll it is not."""
        asked = self._stage.asks.by_poll(answer.poll_id)
        if asked is None or answer.user is None or not answer.option_ids:
            self._settle(update.update_id)
            return
        place, quiz, number = asked
        action = Pick(quiz, number, answer.option_ids[0])
        reply = await self._do(update, self._now_in(place), await self._person(place, answer.user, action), action)
        if reply.body:  # the first answer of a life, or why this one does not count
            await self._speaker.deliver(answer.user.id, reply)

    async def _pressed_in(self, query: CallbackQuery, action: QuizAction) -> Place:
        """Where the pressed quiz is played; on a private answer or a lost message its button names it."""
        message = query.message
        if isinstance(message, Message) and message.chat.type != Chat.PRIVATE:
            return self._now_in(_place_of(message))
        found = await self._quizzes.place_of(str(getattr(action, "quiz", "")))
        chat = message.chat.id if message is not None else query.from_user.id
        return found or place_in(chat, None)

    async def _tell_alone(self, query: CallbackQuery, pressed: InQuiz, action: QuizAction, reply: Reply) -> None:
        """What only whoever pressed is to know."""
        if not reply.body and not reply.toast:
            await self._stage.answer(query.id)
        elif said := alert(reply):
            await self._stage.answer(query.id, said, alert=True)
        elif await self._speaker.deliver(query.from_user.id, _private(action, reply)):
            await self._stage.answer(query.id, render.toast(reply) or quiz_words.IN_PRIVATE)
        elif _is_first_answer(reply):
            await self._stage.answer(query.id, f"{render.toast(reply)} {quiz_words.KEEP_APART}", alert=True)
        else:
            await self._stage.answer(query.id, url=f"{self._bot.link}?start={_payload(pressed)}")

    async def _redraw(self, query: CallbackQuery, reply: Reply) -> None:
        message = query.message
        spot = Spot(query.from_user.id, query.id, message.message_id if isinstance(message, Message) else 0)
        if reply.body:
            await self._speaker.show(spot, reply)
        else:
            await self._stage.answer(query.id, render.toast(reply))

    # --- messages in a group -------------------------------------------------------------------------------------

    async def command(self, update: Update, message: Message, name: str, argument: str) -> bool:
        """A command in a group; False where it is none of a quiz."""
        asked = read(name, argument)
        if asked is None or message.from_user is None:
            return False
        place = _place_of(message)
        if isinstance(asked, Dispute) and not asked.question:
            quiz, number = self._replied(message) or ("", 0)
            asked = Dispute(quiz, number, asked.reason)
        match asked:
            case Other.HELP:
                self._settle(update.update_id)
                await self._stage.say(place, quiz_words.HELP, answering=message.message_id)
            case Other.EXPORT:
                await self._export(update, place, message)
            case _:
                person = await self._person(place, message.from_user, asked, message)
                await self._answer(place, message, asked, await self._do(update, place, person, asked))
        return True

    async def reply(self, update: Update, message: Message) -> bool:
        """A text that replies to a question: an answer; False where it replies to something else."""
        asked = self._replied(message)
        if asked is None or message.text is None or message.from_user is None:
            return False
        place, (quiz, number) = _place_of(message), asked
        action = Write(message.text, quiz, number)
        reply = await self._do(update, place, await self._person(place, message.from_user, action), action)
        await self._answer(place, message, action, reply)
        return True

    async def welcome(self, update: Update, message: Message) -> None:
        """The bot was brought here by its button "Choose a group"."""
        self._settle(update.update_id)
        await self._stage.say(_place_of(message), _sentence(quiz_words.HERE_NOW))

    async def point(self, message: Message, sentence: str, label: str, url: str) -> None:
        """A sentence in the group, with a button that leads elsewhere."""
        await self._stage.say(_place_of(message), _sentence(sentence), link=(label, url))

    async def _answer(self, place: Place, message: Message, action: QuizAction, reply: Reply) -> None:
        """To a command: what everybody may see, in the group; else in private, or the way there."""
        if not reply.body and not reply.toast:
            return
        assert message.from_user is not None  # noqa: S101 - commands without a sender were let go
        person, short = message.from_user.id, alert(reply)
        if isinstance(action, Write):  # every player's answers would fill the group
            shown = await self._speaker.deliver(person, reply)
            if not shown and short:
                await self._stage.say(place, _sentence(short), answering=message.message_id)
        elif (short and reply.toast) or isinstance(action, PUBLIC):  # only a result of one's own has no toast
            told = reply if not short else _sentence(short)
            if not await self._stage.say(place, told, answering=message.message_id):
                await self._speaker.deliver(person, told)
        elif not await self._speaker.deliver(person, reply):
            await self._lead_away(place, message)

    async def _export(self, update: Update, place: Place, message: Message) -> None:
        assert message.from_user is not None  # noqa: S101 - commands without a sender were let go
        person = await self._person(place, message.from_user, Save(""), message)
        try:
            name, text = await self._quizzes.export(place, person)
        except TutorError as told:
            self._settle(update.update_id)
            await self._stage.say(place, _sentence(plain(str(told))), answering=message.message_id)
            return
        self._settle(update.update_id)
        if not await self._stage.hand(message.from_user.id, name, text):
            await self._lead_away(place, message)

    async def _lead_away(self, place: Place, message: Message) -> None:
        link = quiz_words.TO_PRIVATE, f"{self._bot.link}?start=group"
        told = _sentence(quiz_words.OPEN_PRIVATE)
        await self._stage.say(place, told, answering=message.message_id, link=link)

    def _replied(self, message: Message) -> tuple[str, int] | None:
        """The quiz and question of the message that this one replies to."""
        to = message.reply_to_message
        return self._stage.asks.by_message(message.chat_id, to.message_id) if to is not None else None

    # --- in private ----------------------------------------------------------------------------------------------

    async def linked(self, update: Update, person: User, payload: str) -> bool:
        """The private answer to a press that led here; False for other deep links."""
        found = _LINK.fullmatch(payload)
        if found is None:
            return False
        action = unfold(InQuiz(f"{found[1]}.{found[2].replace('_', '.')}"))
        place = await self._quizzes.place_of(str(getattr(action, "quiz", ""))) or place_in(person.id, None)
        reply = await self._do(update, place, await self._person(place, person, action), action)
        if reply.body or reply.toast:
            await self._speaker.show(Spot(person.id), reply if reply.body else _sentence(reply.toast))
        return True

    async def invite(self, update: Update, chat: int) -> None:
        """A command of a quiz in a private chat."""
        self._settle(update.update_id)
        url = f"{self._bot.link}?startgroup=quiz"
        await self._speaker.point(chat, quiz_words.IN_GROUPS, quiz_words.TO_GROUP, url)

    # --- groups come and go --------------------------------------------------------------------------------------

    async def migrated(self, update: Update, old: int, new: int) -> None:
        """A group says that it became a supergroup, or a supergroup which group it was."""
        await self.moved(old, new)
        self._settle(update.update_id)

    async def moved(self, old: int, new: int) -> None:
        """A group's id is another now: everything of its quizzes goes along. Told again, nothing is left to do."""
        await self._quizzes.moved(PLATFORM, str(old), str(new))
        self._supergroups[old] = new

    async def left(self, update: Update, chat: int) -> None:
        """The bot is not in a group any more: its quizzes end there."""
        for quiz in await self._quizzes.posted(PLATFORM):
            if address(quiz.place)[0] == chat:
                await self._quizzes.leave(PLATFORM, quiz.place.channel)
        self._settle(update.update_id)

    def _now_in(self, place: Place) -> Place:
        """Presses on messages of before a migration speak of the old group."""
        new = self._supergroups.get(address(place)[0])
        return place_in(new, None) if new else place

    # --- one door ------------------------------------------------------------------------------------------------

    async def _do(self, update: Update, place: Place, person: Person, action: QuizAction) -> Reply:
        """Have the quiz do it, and settle; what is refused reads like what is said."""
        try:
            reply = await self._quizzes.handle(place, person, action, str(update.update_id))
        except TutorError as told:
            reply = Reply(screen=Screen.NOTICE, body=(Line(str(told)),), toast=str(told))
        self._settle(update.update_id)
        return reply

    async def _person(self, place: Place, user: User, action: QuizAction, message: Message | None = None) -> Person:
        account = Account(PLATFORM, str(user.id))
        return Person(account=account, name=user.full_name, manages=await self._manages(place, user, action, message))

    async def _manages(self, place: Place, user: User, action: QuizAction, message: Message | None) -> bool:
        if not isinstance(action, RIGHTS):
            return False
        chat = address(place)[0]
        anonymous = message is not None and message.sender_chat is not None and message.sender_chat.id == chat
        return anonymous or await self._admins.has(chat, user.id)


def _place_of(message: Message) -> Place:
    """Replies in a group without topics have a thread as well, which is none of a forum's."""
    return place_in(message.chat.id, message.message_thread_id if message.is_topic_message else None)


def _sentence(text: str) -> Reply:
    return render.sentence(text)


def _is_first_answer(reply: Reply) -> bool:
    actions = [button.action for row in reply.rows for button in row]
    return any(isinstance(action, InQuiz) and isinstance(unfold(action), KeepSeparate) for action in actions)


def _private(action: QuizAction, reply: Reply) -> Reply:
    """A board's buttons speak of the group they stand in."""
    return Reply(screen=reply.screen, body=reply.body) if isinstance(action, Board) else reply


def _payload(pressed: InQuiz) -> str:
    """A press as a deep link's payload (https://core.telegram.org/bots/features#deep-linking), or just the way."""
    payload = f"q_{pressed.press.replace('.', '_')}"
    return payload if _LINK.fullmatch(payload) else "group"
