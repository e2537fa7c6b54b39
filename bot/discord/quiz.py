"""The group quiz in Discord: what each command, press and form means, and who may ask for it.

Presses on a channel's message never change it here: the quiz's core draws channels by `draw`, at most once in two
seconds for each message; whoever pressed is answered in private.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

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
    Schedule,
    SetOption,
    ShowDisputes,
    ShowOptions,
    Stop,
    Unpause,
    Write,
)
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Person, Place
from bot.core.quiz.options import Options
from bot.core.quiz.show import Show
from bot.core.reply import Reply
from bot.core.servers import Server
from bot.discord import quiz_draw
from bot.discord import quiz_words as words
from bot.discord import words as common
from bot.discord.components import is_reached, question_on, text_of
from bot.discord.quiz_channel import Channels
from bot.discord.quiz_draw import FORM, PEN_ID
from bot.discord.quiz_hosts import OPENS, Hosts
from bot.discord.quiz_options import LIST_ID, PAGE_ID, Offer, quiz_of
from bot.discord.quiz_rights import PLATFORM, check_role, check_start, person_of, place_of
from decks.model import Catalogue

if TYPE_CHECKING:
    from bot.discord.app import Client

    Interaction = discord.Interaction[Client]

EVERY = 2.0  # seconds between two edits of a message

ROLE = re.compile(r"(?<!\S)role:(\S+)", re.IGNORECASE)
STARTS = (*OPENS, Schedule)
TOLD = {Open: words.OPENED, Stop: words.STOPPED, Pause: words.PAUSED, Unpause: words.RESUMED, Next: words.DONE}
"""What a command is answered where the core has nothing to say: Discord wants an answer to each."""

_log = structlog.get_logger(__name__)


class Door(Protocol):
    """`bot.quiz.master.QuizMaster`."""

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply: ...

    async def export(self, place: Place, person: Person) -> tuple[str, str]: ...

    async def options_of(self, quiz: str) -> Options | None: ...

    async def saved(self, place: Place) -> tuple[str, ...]: ...

    async def leave(self, platform: str, channel: str) -> None: ...

    async def serve(self, platform: str, draw: Any, *, every: float) -> Any: ...

    async def unserve(self, platform: str) -> None: ...


class Servers(Protocol):
    """`bot.core.server_book.ServerBook`; raises StoreError."""

    async def find(self, platform: str, external: str) -> Server: ...


class Quizzes:
    """Reads what people do, asks the quizzes' door, answers in private, and draws."""

    def __init__(self, client: Client, door: Door, servers: Servers, shelf: Callable[[], Catalogue]) -> None:
        self._client = client
        self._door = door
        self._servers = servers
        self._shelf = shelf
        self._handlers = client.handlers
        self._speaker = client.speaker
        self._hosts = Hosts(self._speaker)
        self._channels = Channels(client, self._hosts)
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

    async def draw(self, show: Show) -> str:
        """Show one message of a channel, as `Channels.draw` does."""
        return await self._channels.draw(show)

    # --- what people do ------------------------------------------------------------------------------------------

    async def act(self, interaction: Interaction, action: QuizAction, text: str = "", *, public: bool = False) -> None:
        """Have it done, and answer whoever asked. `text` was typed for this and is given back if unused."""
        async with self._answering(interaction, text):
            await self._do(interaction, action, public=public)

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
        """A list of the options. Refused, it still shows what was chosen in vain: all are drawn again."""
        data: dict[str, Any] = dict(interaction.data or {})
        chosen = [str(value) for value in data.get("values", ())]
        async with self._answering(interaction):
            try:
                await self._do(interaction, SetOption(quiz, name, " + ".join(chosen)))
            except TutorError as told:
                if await self._show_options(interaction, quiz):
                    await self._speaker.beside(interaction, quiz_draw.said(str(told)))

    async def turn(self, interaction: Interaction, quiz: str, page: int) -> None:
        """The button that leads to the next decks of the options."""
        async with self._answering(interaction):
            await self._show_options(interaction, quiz, page)

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
        elif page := PAGE_ID.fullmatch(custom_id):
            await self.turn(interaction, page["quiz"], int(page["page"]))
        else:
            return False
        return True

    async def export(self, interaction: Interaction) -> None:
        """The latest quiz of the channel as a file, for whoever may have it."""
        async with self._answering(interaction):
            name, text = await self._door.export(place_of(interaction), person_of(interaction))
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

    async def _form(self, interaction: Interaction, form: re.Match[str], text: str) -> None:
        quiz, question = form["quiz"], int(form["question"])
        if form["kind"] == "W":
            await self.act(interaction, Write(text, quiz, question), text)
        else:
            await self.act(interaction, Dispute(quiz, question, text), text)

    @asynccontextmanager
    async def _answering(self, interaction: Interaction, text: str = "") -> AsyncIterator[None]:
        """Answer in time; what is refused is said beside what was pressed, for the sentences are in the dialect."""
        async with self._handlers.answering(interaction, text):
            try:
                yield
            except TutorError as told:
                views = quiz_draw.said(common.unused(str(told), text) if text else str(told))
                say = self._speaker.whisper if interaction.message is None else self._speaker.beside
                await say(interaction, views)

    async def _do(self, interaction: Interaction, action: QuizAction, *, public: bool = False) -> None:
        place, person = await self._who(interaction, action)
        reply = await self._door.handle(place, person, action, str(interaction.id))
        views = await self._views(reply)
        if not views and interaction.type is InteractionType.application_command:
            views = quiz_draw.said(TOLD.get(type(action), words.DONE))
        self._hosts.remember(place.channel, interaction, person, action)
        await self._speaker.whisper(interaction, views, public=public)
        if isinstance(action, Dispute):
            await self._tell_host(interaction, place)

    async def _show_options(self, interaction: Interaction, quiz: str, page: int = 0) -> bool:
        """The options as they are. False where nothing can be changed any more, which is said in their place."""
        place, person = place_of(interaction), person_of(interaction)
        try:
            reply = await self._door.handle(place, person, ShowOptions(quiz), f"{interaction.id}.options")
        except TutorError as told:
            await self._speaker.whisper(interaction, quiz_draw.said(str(told)))
            return False
        await self._speaker.whisper(interaction, await self._views(reply, page))
        return True

    async def _views(self, reply: Reply, page: int = 0) -> list[discord.ui.LayoutView]:
        """What one person sees; of the options with lists of their values."""
        quiz = quiz_of(reply)
        options = await self._door.options_of(quiz) if quiz else None
        return quiz_draw.private(reply, Offer(options, self._shelf(), page) if options else None)

    async def _tell_host(self, interaction: Interaction, place: Place) -> None:
        """Show a dispute to whoever started the quiz, beside their own last message; else /quiz-disputes does."""
        host = self._hosts.of(place.channel)
        if host is None:
            return
        try:
            reply = await self._door.handle(place, host.person, ShowDisputes(), f"{interaction.id}.host")
        except TutorError as told:
            _log.info("discord.no_dispute", why=str(told))
            return
        await self._hosts.tell(place.channel, quiz_draw.private(reply))

    async def _who(self, interaction: Interaction, action: QuizAction) -> tuple[Place, Person]:
        """Where and who. TutorError where such a thing may not be started."""
        place, person = place_of(interaction), person_of(interaction)
        if isinstance(action, STARTS):
            check_start(interaction, await self._servers.find(PLATFORM, place.server), person)
        for role in _roles(action):
            check_role(interaction, role)
        return place, person


def _roles(action: QuizAction) -> list[str]:
    """The roles that an action would have told; of several the last one counts, and none may be forbidden."""
    match action:
        case SetOption(name="role", value=role) if role:
            return [role]
        case Open(text=text) | Schedule(text=text):
            return ROLE.findall(text)
        case _:
            return []
