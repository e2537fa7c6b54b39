"""The group quiz in Discord: what each command, press and form means, who may ask for it, and drawing its channels.

Presses on a channel's message never change it here: the quiz's core draws channels by `draw`, at most once in two
seconds for each message; whoever pressed is answered in private. Nothing is remembered but the last interaction of
whoever started a quiz, through which they are told of disputes while Discord lets us.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import discord
import structlog
from discord import InteractionType

from bot.core.actions import InQuiz
from bot.core.model import TutorError
from bot.core.ports import StoreError
from bot.core.quiz.actions import (
    Dispute,
    Next,
    Open,
    Pause,
    QuizAction,
    QuizIt,
    ReplayMisses,
    SameAgain,
    Schedule,
    SetOption,
    ShowDisputes,
    Stop,
    Unpause,
    Write,
)
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Person, Place
from bot.core.quiz.show import PlaceGone, Show
from bot.core.reply import Reply
from bot.core.servers import Server
from bot.discord import quiz_draw
from bot.discord import quiz_words as words
from bot.discord import words as common
from bot.discord.components import Shown, is_reached, question_on, text_of
from bot.discord.quiz_draw import FORM, LIST_ID, PEN_ID
from bot.discord.quiz_rights import PLATFORM, allowed, check_role, person_of, place_of
from bot.discord.send import UNKNOWN_MESSAGE, attempted, is_shut
from decks.model import Catalogue

if TYPE_CHECKING:
    from bot.discord.app import Client

    Interaction = discord.Interaction[Client]

EVERY = 2.0  # seconds between two edits of a message
TOKEN_LIFE = 14 * 60.0  # seconds an interaction can be answered; Discord takes it for 15 minutes
HOSTS = 1_000  # whose last interaction is remembered; the oldest are forgotten
ARCHIVED, LOCKED = 50083, 160005  # a thread: writing wakes one that is archived, nothing one that is locked

ROLE = re.compile(r"(?<!\S)role:(\S+)", re.IGNORECASE)
OPENS = (Open, SameAgain, ReplayMisses, QuizIt)
STARTS = (*OPENS, Schedule)
HOSTING = (Next, Pause, Unpause, ShowDisputes)
TOLD = {Open: words.OPENED, Stop: words.STOPPED, Pause: words.PAUSED, Unpause: words.RESUMED, Next: words.DONE}
"""What a command is answered where the core has nothing to say: Discord wants an answer to each."""

_log = structlog.get_logger(__name__)


class Door(Protocol):
    """`bot.quiz.master.QuizMaster`."""

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply: ...

    async def export(self, place: Place, person: Person) -> tuple[str, str]: ...

    async def saved(self, place: Place) -> tuple[str, ...]: ...

    async def leave(self, platform: str, channel: str) -> None: ...

    async def serve(self, platform: str, draw: Any, *, every: float) -> Any: ...

    async def unserve(self, platform: str) -> None: ...


class Servers(Protocol):
    """`bot.core.server_book.ServerBook`; raises StoreError."""

    async def find(self, platform: str, external: str) -> Server: ...


class _Host(NamedTuple):
    """Whoever started the quiz of a channel, and the interaction through which they can still be told something."""

    person: Person
    interaction: Interaction
    until: float  # time.monotonic()


class Quizzes:
    """Reads what people do, asks the quizzes' door, answers in private, and draws."""

    def __init__(self, client: Client, door: Door, servers: Servers, shelf: Callable[[], Catalogue]) -> None:
        self._client = client
        self._door = door
        self._servers = servers
        self._shelf = shelf
        self._handlers = client.handlers
        self._speaker = client.speaker
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._serving = False

    async def begin(self) -> None:
        """Draw from now on, and go on with what was open; once."""
        if not self._serving:
            self._serving = True
            await self._door.serve(PLATFORM, self.draw, every=EVERY)

    async def end(self) -> None:
        """Draw nothing any more; what is open stays open in the store."""
        if self._serving:
            self._serving = False
            await self._door.unserve(PLATFORM)

    # --- what people do ------------------------------------------------------------------------------------------

    async def act(self, interaction: Interaction, action: QuizAction, text: str = "", *, public: bool = False) -> None:
        """Have it done, and answer whoever asked. `text` was typed for this and is given back if unused."""
        async with self._handlers.answering(interaction, text):
            try:
                place, person = await self._who(interaction, action)
                reply = await self._door.handle(place, person, action, str(interaction.id))
            except TutorError as told:
                sentence = common.unused(str(told), text) if text else str(told)
                await self._speaker.whisper(interaction, quiz_draw.said(sentence))
                return
            views = quiz_draw.private(reply, self._shelf())
            if not views and interaction.type is InteractionType.application_command:
                views = quiz_draw.said(TOLD.get(type(action), words.DONE))
            await self._speaker.whisper(interaction, views, public=public)
            self._remember(interaction, place, person, action)
            if isinstance(action, Dispute):
                await self._tell_host(interaction, place)

    async def press(self, interaction: Interaction, pressed: InQuiz) -> None:
        """A button of a quiz: anybody's, where it is on a channel's message."""
        match unfold(pressed):
            case Dispute(quiz=quiz, question=question, reason=""):
                async with self._handlers.answering(interaction):
                    await self._speaker.open(interaction, quiz_draw.dispute_form(quiz, question))
            case action:
                await self.act(interaction, action)

    async def write(self, interaction: Interaction, quiz: str, question: int) -> None:
        """The button that opens the form for an answer in text."""
        async with self._handlers.answering(interaction):
            asked = quiz_draw.question_of(question_on(interaction.message))
            await self._speaker.open(interaction, quiz_draw.answer_form(quiz, question, asked))

    async def choose(self, interaction: Interaction, quiz: str, name: str) -> None:
        """A list of the options."""
        data: dict[str, Any] = dict(interaction.data or {})
        chosen = [str(value) for value in data.get("values", ())]
        await self.act(interaction, SetOption(quiz, name, " + ".join(chosen)))

    async def other(self, interaction: Interaction) -> bool:
        """Whether this was a form of a quiz, or a button of one that the library drops; if so it is done."""
        data: dict[str, Any] = dict(interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is InteractionType.modal_submit and (form := FORM.fullmatch(custom_id)):
            await self._form(interaction, form, text_of(data))
            return True
        if interaction.type is not InteractionType.component or is_reached(interaction, custom_id):
            return False
        if pen := PEN_ID.fullmatch(custom_id):
            await self.write(interaction, pen["quiz"], int(pen["question"]))
        elif listed := LIST_ID.fullmatch(custom_id):
            await self.choose(interaction, listed["quiz"], listed["name"])
        return bool(pen or listed)

    async def export(self, interaction: Interaction) -> None:
        """The latest quiz of the channel as a file, for whoever may have it."""
        async with self._handlers.answering(interaction):
            try:
                place, person = await self._who(interaction, None)
                name, text = await self._door.export(place, person)
            except TutorError as told:
                await self._speaker.whisper(interaction, quiz_draw.said(str(told)))
                return
            await self._speaker.hand(interaction, words.EXPORTED, name, text.encode("utf-8-sig"))

    async def saved(self, interaction: Interaction) -> tuple[str, ...]:
        """The names of this server's saved quizzes, for completion."""
        if interaction.guild_id is None:
            return ()
        try:
            return await self._door.saved(place_of(interaction))
        except StoreError as error:
            _log.error("discord.not_completed", error=str(error), kind=type(error).__name__)
            return ()

    async def gone(self, *channels: int) -> None:
        """These channels were deleted, or the bot was removed from them."""
        for channel in channels:
            await self._door.leave(PLATFORM, str(channel))

    async def _form(self, interaction: Interaction, form: Any, text: str) -> None:
        quiz, question = form["quiz"], int(form["question"])
        if form["kind"] == "W":
            await self.act(interaction, Write(text, quiz, question), text)
        else:
            await self.act(interaction, Dispute(quiz, question, text), text)

    async def _who(self, interaction: Interaction, action: QuizAction | None) -> tuple[Place, Person]:
        """Where and who. TutorError where such a thing may not be started."""
        place, person = place_of(interaction), person_of(interaction)
        if isinstance(action, STARTS):
            person = allowed(interaction, await self._servers.find(PLATFORM, place.server), person)
        if role := _role(action):
            check_role(interaction, role)
        return place, person

    # --- whoever started it --------------------------------------------------------------------------------------

    def _remember(self, interaction: Interaction, place: Place, person: Person, action: QuizAction) -> None:
        """Whoever started it, or else, after a restart, whoever has just done what only they and moderators may."""
        known = self._hosts.get(place.channel)
        hosting = isinstance(action, HOSTING) if known is None else known.person.account == person.account
        if hosting or isinstance(action, OPENS):
            self._hosts[place.channel] = _Host(person, interaction, time.monotonic() + TOKEN_LIFE)
            self._hosts.move_to_end(place.channel)
            if len(self._hosts) > HOSTS:
                self._hosts.popitem(last=False)

    async def _tell_host(self, interaction: Interaction, place: Place) -> None:
        """Show a dispute to whoever started the quiz, beside their own last message; else /quiz-disputes does."""
        host = self._hosts.get(place.channel)
        if host is None or time.monotonic() > host.until:
            return
        try:
            reply = await self._door.handle(place, host.person, ShowDisputes(), f"{interaction.id}.host")
        except TutorError as told:
            _log.info("discord.no_dispute", why=str(told))
            return
        await self._speaker.beside(host.interaction, quiz_draw.private(reply, self._shelf()))

    # --- the channel ---------------------------------------------------------------------------------------------

    async def draw(self, show: Show) -> str:
        """Show one message and return its number; PlaceGone where nothing can be shown any more."""
        place = self._client.get_partial_messageable(int(show.place.channel))
        view = Shown(quiz_draw.card(show))
        try:
            if show.message and await self._edited(place.get_partial_message(int(show.message)), view):
                return show.message
            roles = [discord.Object(int(show.mention))] if show.mention else []
            mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)
            nonce = quiz_draw.nonce(show)
            sent = await attempted(lambda: place.send(view=view, nonce=nonce, allowed_mentions=mentions))
            return str(sent.id)
        except discord.HTTPException as error:
            if is_shut(error) or error.code == LOCKED:
                _log.info("discord.quiz_gone", channel=show.place.channel, code=error.code)
                raise PlaceGone from None
            raise

    async def _edited(self, message: discord.PartialMessage, view: Shown) -> bool:
        """False when the message is gone, so that a new one takes its place."""
        try:
            await attempted(lambda: message.edit(view=view, allowed_mentions=discord.AllowedMentions.none()))
        except discord.HTTPException as error:
            if error.code not in (UNKNOWN_MESSAGE, ARCHIVED):
                raise
            return False
        return True


def _role(action: QuizAction | None) -> str:
    """The role that an action would have told."""
    match action:
        case SetOption(name="role", value=role):
            return role
        case Open(text=text) | Schedule(text=text):
            found = ROLE.search(text)
            return found[1] if found else ""
        case _:
            return ""
