"""Quizzes in Telegram groups: what each update means for them, and who is told what where. Thin.

`quiz_people` knows who asks, `quiz_send.Stage` draws the group's messages, `quiz_private` tells one person alone. As in
`handlers`, an update is settled once the quiz has committed it, and speaking comes after.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog
from msgspec.structs import replace
from telegram import CallbackQuery, Chat, Message, PollAnswer, Update, User
from telegram.ext import ExtBot

from bot.core.actions import InQuiz
from bot.core.model import Account, TutorError
from bot.core.ports import StoreError
from bot.core.quiz import words
from bot.core.quiz.actions import (
    Board,
    Dispute,
    Join,
    LetHost,
    Pick,
    QuizAction,
    ShowOptions,
    ShowSaved,
    ShowSetup,
    Write,
)
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Person, Place
from bot.core.quiz.show import Posted, Show
from bot.core.reply import Line, Reply, Screen
from bot.telegram import quiz_words, render
from bot.telegram.quiz_commands import Other, read
from bot.telegram.quiz_draw import address, alert, place_in
from bot.telegram.quiz_people import PLATFORM, People
from bot.telegram.quiz_private import Whisper, asked_by_link, own
from bot.telegram.quiz_send import Stage
from bot.telegram.send import Speaker, Spot
from decks.text import plain

EVERY = 3.0  # seconds between two drawings of a message

PUBLIC = (Board, ShowSaved, ShowSetup)
"""Commands whose answer everybody may see."""
TALK = (words.OVER, words.OVER_GONE)
"""Refusals of an answer in text that nobody needs to hear: what replies to a quiz that is over was said to people."""

_log = structlog.get_logger(__name__)


class Quizzes(Protocol):
    """The quizzes' door, `QuizMaster`."""

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply: ...

    async def export(self, place: Place, person: Person) -> tuple[str, str]: ...

    async def disputed(self, place: Place, person: Person, quiz: str, key: str) -> tuple[Account, Reply] | None: ...

    async def serve(
        self, platform: str, draw: Callable[[Show], Awaitable[str]], *, every: float
    ) -> Sequence[Posted]: ...

    async def unserve(self, platform: str) -> None: ...

    async def moved(self, platform: str, old: str, new: str) -> None: ...

    async def leave(self, platform: str, channel: str) -> None: ...

    async def posted(self, platform: str) -> Sequence[Posted]: ...

    async def place_of(self, quiz: str) -> Place | None: ...

    async def only_managers_host(self, place: Place) -> bool: ...


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
        self._people = People(bot, now, quizzes.only_managers_host)
        self._whisper = Whisper(bot, self._stage, speaker)
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
        person = await self._people.pressing(place, query.from_user, action)
        reply = await self._do(update, place, person, action)
        message = query.message
        if message is not None and message.chat.type == Chat.PRIVATE:
            await self._whisper.redraw(query, reply)
        elif message is not None and isinstance(action, LetHost) and reply.rows:  # the group sees what is in force
            await self._stage.answer(query.id, render.toast(reply))
            await self._stage.redraw(message.chat.id, message.message_id, reply)
        else:
            await self._whisper.pressed(query, pressed, action, reply)

    async def vote(self, update: Update, answer: PollAnswer) -> None:
        """An option of a native poll. Why one does not count can only be told in private; below the poll it is not."""
        asked = self._stage.asks.by_poll(answer.poll_id)
        if asked is None or answer.user is None or not answer.option_ids:
            self._settle(update.update_id)
            if asked is None and answer.user is not None and answer.option_ids:  # its send was of unknown fate
                await self._speaker.deliver(answer.user.id, render.sentence(quiz_words.OTHER_POLL))
            return
        place, quiz, number = asked
        action = Pick(quiz, number, answer.option_ids[0])
        person = await self._people.pressing(place, answer.user, action)
        reply = await self._do(update, self._now_in(place), person, action)
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

    # --- messages in a group -------------------------------------------------------------------------------------

    async def command(self, update: Update, message: Message, name: str, argument: str) -> bool:
        """A command in a group; False where it is none of a quiz."""
        asked, place = read(name, argument), _place_of(message)
        if isinstance(asked, Dispute) and not asked.question:
            quiz, number = self._replied(message) or ("", 0)
            asked = Dispute(quiz, number, asked.reason)
        match asked:
            case None:
                return False
            case Other.HELP:
                self._settle(update.update_id)
                await self._stage.say(place, quiz_words.HELP, answering=message.message_id)
            case Other.EXPORT:
                await self._export(update, place, message)
            case _:
                person = await self._people.writing(place, message, asked)
                if person is None:
                    await self._nameless(update, place, message)
                    return True
                await self._answer(place, message, asked, await self._do(update, place, person, asked))
                if isinstance(asked, Dispute):
                    await self._tell_host(place, person, asked.quiz, str(update.update_id))
        return True

    async def reply(self, update: Update, message: Message) -> bool:
        """A text that replies to a question: an answer; False where it replies to something else."""
        asked = self._replied(message)
        if asked is None or message.text is None:
            return False
        place, (quiz, number) = _place_of(message), asked
        action = Write(message.text, quiz, number)
        person = await self._people.writing(place, message, action)
        if person is None:
            await self._nameless(update, place, message)
            return True
        reply = await self._do(update, place, person, action)
        if reply.body and reply.toast not in TALK:
            await self._whisper.wrote(place, message, reply)
        return True

    async def welcome(self, update: Update, message: Message) -> None:
        """The bot was brought here by its button "Choose a group"."""
        self._settle(update.update_id)
        await self._stage.say(_place_of(message), render.sentence(quiz_words.HERE_NOW))

    async def remark(self, message: Message, sentence: str, *, link: tuple[str, str] | None = None) -> None:
        """A sentence in the group, above a button (label, address) that leads elsewhere."""
        await self._stage.say(_place_of(message), render.sentence(sentence), link=link)

    async def _answer(self, place: Place, message: Message, action: QuizAction, reply: Reply) -> None:
        """To a command: what everybody may see, in the group; else in private, or the way there."""
        if isinstance(action, Join) and not reply.body:  # pressed on the lobby it is seen there; this may be later
            reply = render.sentence(quiz_words.JOINED)
        if not reply.body and not reply.toast:
            return
        short = alert(reply)
        if isinstance(action, (*PUBLIC, Join)) or (short and reply.toast):  # only a result of one's own has no toast
            told = render.sentence(short) if short else reply
            if not await self._stage.say(place, told, answering=message.message_id):
                await self._whisper.wrote(place, message, own(action, told))
        else:
            await self._whisper.commanded(place, message, reply)

    async def _nameless(self, update: Update, place: Place, message: Message) -> None:
        self._settle(update.update_id)
        await self._stage.say(place, render.sentence(quiz_words.NAMELESS), answering=message.message_id)

    async def _tell_host(self, place: Place, person: Person, quiz: str, key: str) -> None:
        """In their private chat, if it is open; /quiz disputes tells them all the same."""
        try:
            found = await self._quizzes.disputed(place, person, quiz, key)
        except (TutorError, StoreError) as error:  # the dispute itself is saved, or was refused
            _log.info("quiz.host_not_told", why=str(error), kind=type(error).__name__)
            return
        if found is not None:
            host, reply = found
            await self._speaker.deliver(int(host.external), reply)

    async def _export(self, update: Update, place: Place, message: Message) -> None:
        person = await self._people.writing(place, message, ShowOptions())
        if person is None:
            await self._nameless(update, place, message)
            return
        try:
            name, text = await self._quizzes.export(place, person)
        except TutorError as told:
            self._settle(update.update_id)
            await self._stage.say(place, render.sentence(plain(str(told))), answering=message.message_id)
            return
        self._settle(update.update_id)
        if not await self._stage.hand(int(person.account.external), name, text):
            await self._whisper.lead_away(place, message)

    def _replied(self, message: Message) -> tuple[str, int] | None:
        """The quiz and question of the message that this one replies to."""
        to = message.reply_to_message
        return self._stage.asks.by_message(to) if to is not None else None

    # --- in private ----------------------------------------------------------------------------------------------

    async def linked(self, update: Update, person: User, payload: str) -> bool:
        """The private answer to a press that led here; False for other deep links."""
        action = asked_by_link(payload)
        if action is None:
            return False
        place = await self._quizzes.place_of(str(getattr(action, "quiz", ""))) or place_in(person.id, None)
        reply = await self._do(update, place, await self._people.pressing(place, person, action), action)
        if reply.body or reply.toast:
            told = replace(reply, toast="") if reply.body else render.sentence(plain(reply.toast))
            await self._speaker.show(Spot(person.id), told)
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


def _place_of(message: Message) -> Place:
    """Replies in a group without topics have a thread as well, which is none of a forum's."""
    return place_in(message.chat.id, message.message_thread_id if message.is_topic_message else None)
