"""Speaks to Discord: every interaction answered in time, one live card per person, every failure met.

Rules kept here:
- The first answer leaves within three seconds: when the store is slow the interaction is deferred, then completed.
- A press redraws its own message; after a command or typed text the card is a new message and the old one loses its
  buttons. A person's messages leave in the order of what they did; a redraw that a later one overtakes is left out.
- In the bot's own DM everything is plain; anywhere else only the person sees it, and nothing is ever said in public
  because a private answer failed.
- What was committed stays: an answer that comes too late is no error. Every message sent to a channel carries a nonce,
  so one sent again by the library is not shown twice.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import discord
import structlog
from msgspec import Struct

from bot.core.my_data_model import Document
from bot.core.reply import Reply, Screen
from bot.discord import render
from bot.discord.answers import (
    DEFERRAL,
    Deferral,
    Spent,
    complete,
    defer,
    editing,
    follow_up,
    is_private_chat,
    privately,
    redraws,
    undeferred,
)
from bot.discord.calls import ACKNOWLEDGED, GONE, RESET, UNKNOWN_INTERACTION, Uncertain, attempted, is_shut
from bot.discord.components import Shown, layout, plain
from bot.discord.render import Drawn

PATIENCE = 1.5  # seconds a store may take before the interaction is deferred; Discord allows 3 for everything
PEOPLE = 5_000  # whose live card is remembered; the ones idle longest are forgotten
ENDS = (Screen.SUMMARY, Screen.SETUP)  # screens after which no earlier card or question is open

ATTEMPT = 26  # characters of an attempt's id

Interaction = discord.Interaction[Any]

_log = structlog.get_logger(__name__)


class _Live(Struct, frozen=True):
    """The message that holds a person's card, or the question that takes a text, and how its buttons are taken off."""

    message: int
    text: str
    attempt: str
    edit: Callable[[discord.ui.LayoutView], Awaitable[object]]
    until: float  # time.monotonic() until which it can be edited


class _Person:
    """What this process knows of one person."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()  # first come, first served
        self.live: _Live | None = None
        self.redraws: dict[int, object] = {}  # message -> the latest redraw asked for


class Speaker:
    """Shows replies. Raises discord.HTTPException only for what is a fault of ours."""

    def __init__(self, client: discord.Client, patience: float, elsewhere: Callable[[], str]) -> None:
        """`patience` in seconds; `elsewhere` gives the address that a deep link's payload is put behind, or ""."""
        self._client = client
        self._elsewhere = elsewhere
        self._patience = patience
        self._people: OrderedDict[int, _Person] = OrderedDict()

    @asynccontextmanager
    async def in_time(self, interaction: Interaction) -> AsyncIterator[None]:
        """While this lasts, the interaction is deferred as soon as Discord would lose patience."""
        interaction.extras[DEFERRAL] = deferral = Deferral(interaction, self._patience)
        try:
            yield
        finally:
            await deferral.end()

    async def show(self, interaction: Interaction, reply: Reply, notice: str = "") -> None:
        """Draw a reply where the interaction was. `notice` is a quiet line above (in the dialect)."""
        drawn = render.draw(reply, notice, self._elsewhere())
        message = interaction.message.id if interaction.message else 0
        async with self._turn(interaction.user.id, message) as (person, latest):
            if message and not latest():
                await defer(interaction)
                return
            text, view = drawn.texts[0], layout(drawn) if len(drawn.texts) == 1 else plain(drawn.texts[0])
            try:
                shown = await complete(interaction, view)
                if person.live and person.live.message == shown:
                    person.live = None  # redrawn just now
                for number, more in enumerate(drawn.texts[1:], 2):
                    text, view = more, layout(drawn) if number == len(drawn.texts) else plain(more)
                    shown = await follow_up(interaction, view)
            except Spent as spent:
                await self._afresh(interaction, drawn, reply, person, str(spent))
                return
            if shown:
                edit, until = editing(interaction, shown)
                await self._settle_live(person, reply, _Live(shown, text, reply.attempt, edit, until))

    async def tell(self, interaction: Interaction, sentence: str) -> None:
        """Say one plain sentence that only this person sees, and change nothing."""
        first, *more = (plain(text) for text in render.sentence(sentence).texts)
        try:
            await (privately if redraws(interaction) else complete)(interaction, first)
            for view in more:
                await privately(interaction, view)
        except Spent as spent:
            _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def put(self, interaction: Interaction, components: list[dict[str, Any]]) -> None:
        """Show components of somebody else's making, which hold no card."""
        async with self._turn(interaction.user.id, 0):
            try:
                await complete(interaction, Shown(components))
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def whisper(
        self, interaction: Interaction, views: Sequence[discord.ui.LayoutView], *, public: bool = False
    ) -> None:
        """Answer a press of a message that everybody sees, for this person alone: with new messages, or in the private
        one that was pressed. With none, only acknowledge. `public`: a command's answer that all may see."""
        own = interaction.message is None or interaction.message.flags.ephemeral
        async with self._turn(interaction.user.id, 0):
            await undeferred(interaction)
            if not views:
                await defer(interaction)
                return
            first, *more = views
            try:
                await (complete(interaction, first, public=public) if own else privately(interaction, first))
                for view in more:
                    await privately(interaction, view)
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def beside(self, interaction: Interaction, views: Sequence[discord.ui.LayoutView]) -> None:
        """More messages for this person alone, beside what was answered, while the interaction lasts."""
        async with self._turn(interaction.user.id, 0):
            try:
                for view in views:
                    await privately(interaction, view)
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def hand(self, interaction: Interaction, sentence: str, name: str, content: bytes) -> None:
        """Answer a command with a file that only this person sees."""
        await undeferred(interaction)

        async def send() -> object:
            file = discord.File(BytesIO(content), name)
            if interaction.response.is_done():
                return await interaction.followup.send(sentence, file=file, ephemeral=True, wait=True)
            return await interaction.response.send_message(sentence, file=file, ephemeral=True)

        try:
            await attempted(send)
        except discord.HTTPException as error:
            if error.code not in (ACKNOWLEDGED, *GONE) and not is_shut(error):
                raise
            _log.info("discord.unheard", interaction=interaction.id, reason=str(error.code))

    async def open(self, interaction: Interaction, form: discord.ui.Modal) -> None:
        """Open a form over the message."""
        await undeferred(interaction)
        try:
            await attempted(lambda: interaction.response.send_modal(form))
        except discord.HTTPException as error:
            if error.code not in (ACKNOWLEDGED, UNKNOWN_INTERACTION):
                raise
            _log.info("discord.no_form", interaction=interaction.id, code=error.code)

    async def reply(self, message: discord.Message, reply: Reply, notice: str = "") -> None:
        """Show a reply below a message of a private chat."""
        async with self._turn(message.author.id, 0) as (person, _):
            drawn = render.draw(reply, notice, self._elsewhere())
            await self._post(message.channel.id, message.id, drawn, reply, person)

    async def say(self, message: discord.Message, sentence: str) -> None:
        """Say one plain sentence below a message of a private chat."""
        async with self._turn(message.author.id, 0):
            await self._send(message.channel.id, layout(render.sentence(sentence)), f"{message.id}.0")

    async def attach(self, message: discord.Message, document: Document) -> None:
        """Send a file below a message of a private chat."""
        place = self._client.get_partial_messageable(message.channel.id)
        async with self._turn(message.author.id, 0):
            try:
                await attempted(lambda: place.send(file=discord.File(BytesIO(document.content), document.name)))
            except discord.HTTPException as error:
                if not is_shut(error):
                    raise
                _log.info("discord.shut", channel=message.channel.id, code=error.code)

    async def volunteer(self, user: int, channel: int, nonce: str, reply: Reply) -> None:
        """Send what nobody is waiting for. Raises what the library does, and Uncertain when only a part was sent."""
        drawn = render.draw(reply, "", self._elsewhere())
        place = self._client.get_partial_messageable(channel)
        async with self._turn(user, 0) as (person, _):
            for number, text in enumerate(drawn.texts[:-1], 1):
                await place.send(view=plain(text), nonce=f"{nonce}.{number}")
            try:
                sent = await place.send(view=layout(drawn), nonce=f"{nonce}.0")
            except (discord.HTTPException, *RESET) as error:
                if len(drawn.texts) > 1:
                    raise Uncertain(str(error)) from None
                raise
            live = _Live(sent.id, drawn.texts[-1], reply.attempt, lambda view: sent.edit(view=view), float("inf"))
            try:
                await self._settle_live(person, reply, live)
            except (discord.HTTPException, Uncertain) as error:  # the letter is there; an older card keeps its buttons
                _log.warning("discord.live", channel=channel, error=str(error))

    def asks(self, user: int) -> str:
        """What a text of this person's answers, if it is not the open card: a question that names itself."""
        live = self._people[user].live if user in self._people else None
        return live.attempt if live and not is_card(live.attempt) else ""

    # --- a person's turn -----------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _turn(self, user: int, message: int) -> AsyncIterator[tuple[_Person, Callable[[], bool]]]:
        """The person, once everything before is said, and whether no later redraw of the message waits behind this."""
        person, ticket = self._person(user), object()
        if message:
            person.redraws[message] = ticket
        try:
            async with person.turn:
                yield person, lambda: person.redraws.get(message, ticket) is ticket
        finally:
            if person.redraws.get(message) is ticket:
                del person.redraws[message]

    def _person(self, user: int) -> _Person:
        person = self._people.get(user)
        if person is None:
            person = self._people[user] = _Person()
            if len(self._people) > PEOPLE:
                idle = next((number for number, known in self._people.items() if not known.turn.locked()), None)
                if idle is not None and idle != user:
                    del self._people[idle]
        self._people.move_to_end(user)
        return person

    # --- messages ------------------------------------------------------------------------------------------------

    async def _afresh(self, interaction: Interaction, drawn: Drawn, reply: Reply, person: _Person, why: str) -> None:
        """The interaction is spent: go on with a new message, where that stays private."""
        _log.info("discord.spent", interaction=interaction.id, reason=why)
        if is_private_chat(interaction) and interaction.channel_id is not None:
            await self._post(interaction.channel_id, interaction.id, drawn, reply, person)

    async def _post(self, channel: int, cause: int, drawn: Drawn, reply: Reply, person: _Person) -> None:
        """New messages, the last with the buttons. The nonce follows from what caused them."""
        *first, last = drawn.texts
        for number, text in enumerate(first, 1):
            await self._send(channel, plain(text), f"{cause}.{number}")
        sent = await self._send(channel, layout(drawn), f"{cause}.0")
        if sent:
            live = _Live(sent.id, last, reply.attempt, lambda view: sent.edit(view=view), float("inf"))
            await self._settle_live(person, reply, live)

    async def _send(self, channel: int, view: discord.ui.LayoutView, nonce: str) -> discord.Message | None:
        """The new message; None when it cannot be sent there."""
        place = self._client.get_partial_messageable(channel)
        try:
            return await attempted(lambda: place.send(view=view, nonce=nonce))
        except discord.HTTPException as error:
            if not is_shut(error):
                raise
            _log.info("discord.shut", channel=channel, code=error.code)
            return None

    async def _settle_live(self, person: _Person, reply: Reply, shown: _Live) -> None:
        """Remember where the card is now, and take the buttons off where it was."""
        before = person.live
        if reply.attempt or reply.answers:
            person.live = shown
        elif reply.screen in ENDS or (before and before.message == shown.message):
            person.live = None
        if before and before.message != shown.message and before != person.live:
            await self._take_buttons(before)

    async def _take_buttons(self, live: _Live) -> None:
        if time.monotonic() > live.until:
            return
        try:
            await attempted(lambda: live.edit(plain(live.text)))
        except discord.HTTPException as error:
            if error.code not in GONE and not is_shut(error):
                raise


def is_card(attempt: str) -> bool:
    """Whether this is the showing of a card, not another question that takes a text."""
    return len(attempt) == ATTEMPT
