"""Speaks to Discord: every interaction answered in time, one live card per person, every failure met.

Rules kept here:
- The first answer leaves within three seconds: when the store is slow the interaction is deferred, then completed.
- A press redraws its own message; after a command or typed text the card is a new message and the old one loses its
  buttons. A person's messages leave in the order of what they did; a redraw that a later one overtakes is left out.
- In the bot's own DM everything is plain; anywhere else only the person sees it, and nothing is ever said in public
  because a private answer failed.
- What was committed stays: an answer that comes too late is no error. Every message sent to a channel carries a nonce,
  so one sent again by the library is not shown twice.

Error codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
from msgspec import Struct

from bot.core.my_data_model import Document
from bot.core.reply import Reply, Screen
from bot.discord import render
from bot.discord.components import Shown, layout, plain
from bot.discord.render import Drawn

PATIENCE = 1.5  # seconds a store may take before the interaction is deferred; Discord allows 3 for everything
TOKEN_LIFE = 14 * 60  # seconds an interaction's token is used; Discord takes it for 15 minutes
PEOPLE = 5_000  # whose live card is remembered; the ones idle longest are forgotten
PAUSES = (0.5, 2.0)  # seconds before a call that a broken connection ended is made again
ENDS = (Screen.SUMMARY, Screen.SETUP)  # screens after which no earlier card or question is open

ATTEMPT = 26  # characters of an attempt's id
DEFERRAL = "deferral"  # an interaction's extra: its _Deferral

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ACKNOWLEDGED = 40060
NO_ACCESS, DM_CLOSED, NO_PERMISSION, TOKEN_GONE = 50001, 50007, 50013, 50027
DM_TOO_FAST = 40003
GONE = (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, TOKEN_GONE)
SHUT = (NO_ACCESS, DM_CLOSED, NO_PERMISSION, DM_TOO_FAST, UNKNOWN_CHANNEL)
FORBIDDEN, TOO_MANY, FAILING = 403, 429, 500  # HTTP
RESET = (OSError, aiohttp.ClientError)  # the connection broke: the library repeats only some of these

Interaction = discord.Interaction[Any]
T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Spent(Exception):
    """This interaction can be answered no more: too late, its token is over, or what it was on is gone."""


class Uncertain(Exception):
    """Nobody knows whether Discord showed it. What was committed is found again by the next press or command."""


class _Live(Struct, frozen=True):
    """The message that holds a person's card, or the question that takes a text, and how its buttons are taken off."""

    message: int
    text: str
    attempt: str
    edit: Callable[[discord.ui.LayoutView], Awaitable[object]]
    until: float  # time.monotonic() until which it can be edited


class _Deferral:
    """Asks for time when nothing was answered within `seconds`."""

    def __init__(self, interaction: Interaction, seconds: float) -> None:
        self._interaction = interaction
        self._asking: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ask)

    async def end(self) -> None:
        """No longer needed, or done: an answer that overtook the request on its way would be refused as the second."""
        self._timer.cancel()
        if self._asking is not None:
            await self._asking

    def _ask(self) -> None:
        self._asking = asyncio.create_task(_defer(self._interaction))


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
        interaction.extras[DEFERRAL] = deferral = _Deferral(interaction, self._patience)
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
                await _defer(interaction)
                return
            text, view = drawn.texts[0], layout(drawn) if len(drawn.texts) == 1 else plain(drawn.texts[0])
            try:
                shown = await _complete(interaction, view)
                if person.live and person.live.message == shown:
                    person.live = None  # redrawn just now
                for number, more in enumerate(drawn.texts[1:], 2):
                    text, view = more, layout(drawn) if number == len(drawn.texts) else plain(more)
                    shown = await _follow_up(interaction, view)
            except Spent as spent:
                await self._afresh(interaction, drawn, reply, person, str(spent))
                return
            if shown:
                edit, until = _editing(interaction, shown)
                await self._settle_live(person, reply, _Live(shown, text, reply.attempt, edit, until))

    async def tell(self, interaction: Interaction, sentence: str) -> None:
        """Say one plain sentence that only this person sees, and change nothing."""
        first, *more = (plain(text) for text in render.sentence(sentence).texts)
        try:
            await (_private if _redraws(interaction) else _complete)(interaction, first)
            for view in more:
                await _private(interaction, view)
        except Spent as spent:
            _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def put(self, interaction: Interaction, components: list[dict[str, Any]]) -> None:
        """Show components of somebody else's making, which hold no card."""
        async with self._turn(interaction.user.id, 0):
            try:
                await _complete(interaction, Shown(components))
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def whisper(
        self, interaction: Interaction, views: Sequence[discord.ui.LayoutView], *, public: bool = False
    ) -> None:
        """Answer a press of a message that everybody sees, for this person alone: with new messages, or in the private
        one that was pressed. With none, only acknowledge. `public`: a command's answer that all may see."""
        own = interaction.message is None or interaction.message.flags.ephemeral
        async with self._turn(interaction.user.id, 0):
            await _undeferred(interaction)
            if not views:
                await _defer(interaction)
                return
            first, *more = views
            try:
                await (_complete(interaction, first, public=public) if own else _private(interaction, first))
                for view in more:
                    await _private(interaction, view)
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def beside(self, interaction: Interaction, views: Sequence[discord.ui.LayoutView]) -> None:
        """More messages for this person alone, beside what was answered, while the interaction lasts."""
        async with self._turn(interaction.user.id, 0):
            try:
                for view in views:
                    await _private(interaction, view)
            except Spent as spent:
                _log.info("discord.unheard", interaction=interaction.id, reason=str(spent))

    async def hand(self, interaction: Interaction, sentence: str, name: str, content: bytes) -> None:
        """Answer a command with a file that only this person sees."""
        await _undeferred(interaction)

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
        await _undeferred(interaction)
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


def is_private_chat(interaction: Interaction) -> bool:
    """Whether this is the private chat of the person and the bot."""
    return interaction.context.dm_channel


def _redraws(interaction: Interaction) -> bool:
    """Whether the answer goes into the message that the interaction came from."""
    return interaction.message is not None


def _editing(interaction: Interaction, message: int) -> tuple[Callable[[discord.ui.LayoutView], Awaitable[Any]], float]:
    """How a message that an interaction has shown is changed later, and until when (time.monotonic())."""
    if is_private_chat(interaction) and interaction.channel_id is not None:
        place = interaction.client.get_partial_messageable(interaction.channel_id)
        return lambda view: place.get_partial_message(message).edit(view=view), float("inf")
    webhook = interaction.followup
    return lambda view: webhook.edit_message(message, view=view), time.monotonic() + TOKEN_LIFE


async def _complete(interaction: Interaction, view: discord.ui.LayoutView, *, public: bool = False) -> int:
    """Answer with this message: into the one it came from, or as a new one. Its number; 0 for a new one
    that was there already: an answer of ours was lost on its way back, or somebody else answered."""
    await _undeferred(interaction)
    response = interaction.response
    hidden = not is_private_chat(interaction) and not public
    try:
        if response.is_done():
            return (await attempted(lambda: interaction.edit_original_response(view=view))).id
        if interaction.message is not None:
            await attempted(lambda: response.edit_message(view=view))
            return interaction.message.id
        sent = await attempted(lambda: response.send_message(view=view, ephemeral=hidden))
        return sent.message_id or 0
    except discord.InteractionResponded:
        return 0
    except discord.HTTPException as error:
        return _done_or_spent(error) or (interaction.message.id if interaction.message else 0)


async def _follow_up(interaction: Interaction, view: discord.ui.LayoutView) -> int:
    """Another message after the answer; its number."""
    hidden = not is_private_chat(interaction)
    try:
        return (await attempted(lambda: interaction.followup.send(view=view, ephemeral=hidden, wait=True))).id
    except discord.HTTPException as error:
        return _done_or_spent(error)


async def _private(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """A message beside the one that was pressed, for this person only."""
    await _undeferred(interaction)
    try:
        if interaction.response.is_done():
            await attempted(lambda: interaction.followup.send(view=view, ephemeral=True))
        else:
            await attempted(lambda: interaction.response.send_message(view=view, ephemeral=True))
    except discord.HTTPException as error:
        _done_or_spent(error)


async def _undeferred(interaction: Interaction) -> None:
    """From here on the interaction is not deferred; a deferral on its way has arrived."""
    deferral: _Deferral | None = interaction.extras.get(DEFERRAL)
    if deferral is not None:
        await deferral.end()


async def _defer(interaction: Interaction) -> None:
    """Ask for time. Too late, or done by somebody else: what is said next finds out."""
    if interaction.response.is_done():
        return
    try:
        await attempted(lambda: interaction.response.defer(ephemeral=not is_private_chat(interaction)))
    except (discord.HTTPException, discord.InteractionResponded, Uncertain) as error:
        _log.info("discord.not_deferred", interaction=interaction.id, error=str(error))


def _done_or_spent(error: discord.HTTPException) -> int:
    """0 when somebody has answered already; raises Spent when nobody can any more, and what is a fault of ours."""
    if error.code == ACKNOWLEDGED:
        _log.info("discord.acknowledged_twice")
        return 0
    if error.code in GONE or is_shut(error):
        raise Spent(str(error.code)) from None
    raise error


def is_shut(error: discord.HTTPException) -> bool:
    """Whether the bot may not write there. Discord adds codes for it, such as one for people who share no server."""
    return error.code in SHUT or error.status == FORBIDDEN


async def attempted(call: Callable[[], Awaitable[T]]) -> T:
    """What the call returns; it is made again when a broken connection ended it. Safe: each one carries its own key.

    Raises Uncertain when that does not help, or when Discord still fails after the library's own five tries.
    """
    for pause in (*PAUSES, None):
        try:
            return await call()
        except discord.HTTPException as error:
            if error.status == TOO_MANY or error.status >= FAILING:
                raise Uncertain(str(error)) from None
            raise
        except RESET as error:
            if pause is None:
                raise Uncertain(repr(error)) from None
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
