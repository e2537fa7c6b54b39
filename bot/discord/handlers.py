"""What each command, press, form and message means: read it, ask the tutor, show the reply. Thin.

Everything ends in one place, `_act`, which always answers: with the reply, with the tutor's sentence, with "could not
be saved", or with a reference to what went wrong. Discord brings nothing again, so a failure is told at once.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import InteractionType

from bot.core.actions import (
    Action,
    Browse,
    Erase,
    Export,
    InQuiz,
    Link,
    ShowCard,
    ShowExam,
    ShowHelp,
    ShowPrivacy,
    ShowSettings,
    ShowStats,
    Start,
    Type,
    Undo,
    Unlink,
)
from bot.core.ask import GIVEN_LIMIT
from bot.core.buttons import decode
from bot.core.link_model import TYPED
from bot.core.model import Account, TutorError
from bot.core.my_data_model import Pack, no_files
from bot.core.my_data_words import FILE
from bot.core.ports import StoreError
from bot.core.reply import Reply, Screen
from bot.core.words import went_wrong
from bot.discord import words
from bot.discord.answers import is_private_chat
from bot.discord.calls import Uncertain
from bot.discord.components import FORM, PRESS, form, is_reached, question_on, text_of
from bot.discord.send import Speaker, is_card

if TYPE_CHECKING:
    from bot.discord.app import Client

    Interaction = discord.Interaction[Client]

Handle = Callable[[Account, Action, str], Awaitable[Reply]]
"""The tutor's one door, `Tutor.handle`: (account, action, idempotency key) -> reply; raises TutorError, StoreError."""

FILE_SIZE = (
    9 << 20
)  # bytes; 10 MiB may be sent anywhere (https://docs.discord.com/developers/reference#uploading-files)

ACTIONS: dict[str, Action] = {
    "drill": Start(),
    "decks": Browse(),
    "exam": ShowExam(),
    "stats": ShowStats(),
    "card": ShowCard(),
    "undo": Undo(),
    "settings": ShowSettings(),
    "unlink": Unlink(),
    "privacy": ShowPrivacy(),
    "export": Export(),
    "delete": Erase(),
    "help": ShowHelp(),
}
"""The commands that mean one action."""

_log = structlog.get_logger(__name__)


class Handlers:
    """The handlers. They keep only the count of what is under way."""

    def __init__(self, handle: Handle, speaker: Speaker, pack: Pack = no_files) -> None:
        self._handle = handle
        self._pack = pack
        self._speaker = speaker
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is under way, at most this long."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            _log.warning("discord.unfinished", count=self._under_way)

    # --- what people do ------------------------------------------------------------------------------------------

    async def command(self, interaction: Interaction, action: Action) -> None:
        """A slash command."""
        if action == Start() and interaction.guild_id is not None:
            await self._drill_in_server(interaction)
        else:
            await self._act(interaction, action)

    async def press(self, interaction: Interaction, payload: str) -> None:
        """A button or an option of a menu: the message it is on is redrawn."""
        action = decode(payload)
        if isinstance(action, InQuiz):
            await interaction.client.quiz.press(interaction, action)
            return
        if _is_foreign(interaction):
            async with self.answering(interaction):
                await self._speaker.tell(interaction, words.NOT_YOUR_CARD)
            return
        await self._act(interaction, action)

    async def write(self, interaction: Interaction, attempt: str, *, long: bool) -> None:
        """The button that opens the form for an answer in text."""
        async with self.answering(interaction):
            if _is_foreign(interaction):
                await self._speaker.tell(interaction, words.NOT_YOUR_CARD)
                return
            await self._speaker.open(interaction, form(attempt, question_on(interaction.message), long=long))

    async def other(self, interaction: Interaction) -> None:
        """Whatever the library would drop: forms, and buttons of another version."""
        data: dict[str, Any] = dict(interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is InteractionType.modal_submit:
            await self._form(interaction, custom_id, text_of(data))
        elif interaction.type is InteractionType.component and not is_reached(interaction, custom_id):
            found = re.fullmatch(PRESS, custom_id)
            await self.press(interaction, found["payload"] if found else "")

    async def message(self, message: discord.Message) -> None:
        """A text in the private chat: a command, or an answer to the open card."""
        if message.guild is not None or message.author.bot:
            return
        async with self._working():
            text = message.content.strip()
            try:
                if not text:
                    await self._speaker.say(message, words.ONLY_TEXT)
                    return
                command = ACTIONS.get(text[1:].casefold()) if text.startswith("/") else None
                notice = words.first_of(GIVEN_LIMIT) if len(text) > GIVEN_LIMIT else ""
                action = command or Type(text, self._speaker.asks(message.author.id))
                reply = await self._handle(_account(message.author), _named(action, message.author), str(message.id))
                await self._speaker.reply(message, reply, notice)
                for document in await self._pack(_account(message.author), FILE_SIZE) if reply.sends else ():
                    await self._speaker.attach(message, document)
            except TutorError as told:
                await self._speaker.say(message, str(told))
            except StoreError as error:
                _log.error("discord.not_saved", message=message.id, error=str(error), kind=type(error).__name__)
                await self._speaker.say(message, words.CANNOT_SAVE)
            except Uncertain:
                raise
            except Exception as error:  # noqa: BLE001 - the one handler of bugs for messages
                await self._speaker.say(message, went_wrong(_logged(error, message.id)))

    async def failed(self, interaction: Interaction, error: Exception) -> None:
        """A command that could not be run: unknown here, or a bug."""
        async with self.answering(interaction):
            if isinstance(error, discord.app_commands.CommandNotFound | discord.app_commands.CommandSignatureMismatch):
                await self._speaker.tell(interaction, words.NOT_A_COMMAND)
                return
            raise error

    # --- one door ------------------------------------------------------------------------------------------------

    async def _act(self, interaction: Interaction, action: Action, text: str = "") -> None:
        """Have the tutor do it, then show what it says. `text` was typed for this and is given back if unused."""
        async with self.answering(interaction, text):
            user = interaction.user
            reply = await self._handle(_account(user), _named(action, user), str(interaction.id))
            late = isinstance(action, Type) and is_card(action.attempt) and reply.attempt != action.attempt
            await self._speaker.show(interaction, reply, words.unused(reply.toast, text) if late else "")
            for document in await self._pack(_account(user), FILE_SIZE) if reply.sends else ():
                await self._speaker.hand(interaction, FILE, document.name, document.content)

    async def _drill_in_server(self, interaction: Interaction) -> None:
        """/drill without a deck: somebody new begins with what the server's managers chose."""
        async with self.answering(interaction):
            account, key = _account(interaction.user), str(interaction.id)
            reply = await self._handle(account, Start(), key)
            if reply.screen is Screen.WELCOME:
                scope = await interaction.client.setup.default(interaction)
                reply = await self._handle(account, Start(scope), f"{key}.server") if scope.slug else reply
            await self._speaker.show(interaction, reply)

    async def _form(self, interaction: Interaction, custom_id: str, text: str) -> None:
        """An answer in text. A form of another version is not understood, but what was typed is not lost."""
        found = FORM.fullmatch(custom_id)
        if found and not _is_foreign(interaction):
            await self._act(interaction, Type(text, found["attempt"]), text)
            return
        async with self.answering(interaction):
            await self._speaker.tell(interaction, f"{words.OLD_FORM} {words.typed_back(text)}")

    @asynccontextmanager
    async def answering(self, interaction: Interaction, text: str = "") -> AsyncIterator[None]:
        """Answer in time, whatever happens inside. `text` was typed for this and is given back when that fails."""
        kept = f" {words.typed_back(text)}" if text else ""
        async with self._working(), self._speaker.in_time(interaction):
            try:
                yield
            except TutorError as told:
                await self._speaker.tell(interaction, f"{told}{kept}")
            except StoreError as error:
                _log.error("discord.not_saved", interaction=interaction.id, error=str(error), kind=type(error).__name__)
                await self._speaker.tell(interaction, f"{words.CANNOT_SAVE}{kept}")
            except Uncertain:
                raise
            except Exception as error:  # noqa: BLE001 - the one handler of bugs for interactions
                await self._speaker.tell(interaction, f"{went_wrong(_logged(error, interaction.id))}{kept}")

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        except Uncertain as error:
            _log.warning("discord.uncertain", error=str(error))
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()


def _account(user: discord.abc.User) -> Account:
    return Account("discord", str(user.id))


def _named(action: Action, user: discord.abc.User) -> Action:
    """The action; in a step of linking with the name that Discord gives, which no payload may choose."""
    match action:
        case Link(code=code):
            return Link(code, f"@{user.name}")
        case Type(text=text, attempt=answered) if answered == TYPED and text:
            return Link(text, f"@{user.name}")
        case _:
            return action


def _is_foreign(interaction: Interaction) -> bool:
    """Whether the press came from a message that others see too: cards are private, so it is not this person's."""
    message = interaction.message
    return message is not None and not is_private_chat(interaction) and not message.flags.ephemeral


def _logged(error: Exception, about: int) -> str:
    """A reference under which the log has the error."""
    reference = secrets.token_hex(4)
    _log.error("discord.failed", error_id=reference, about=about, exc_info=error)
    return reference
