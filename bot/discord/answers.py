"""How one interaction is answered: in time, once, and for this person alone wherever others could see it.

The first answer leaves within three seconds, or the interaction is deferred; what follows completes it. An answer that
comes too late, or twice, is no error: what was committed stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from bot.discord.calls import ACKNOWLEDGED, GONE, Uncertain, attempted, is_shut

TOKEN_LIFE = 14 * 60  # seconds an interaction's token is used; Discord takes it for 15 minutes
DEFERRAL = "deferral"  # an interaction's extra: its Deferral

Interaction = discord.Interaction[Any]
_log = structlog.get_logger(__name__)


class Spent(Exception):
    """This interaction can be answered no more: too late, its token is over, or what it was on is gone."""


class Deferral:
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
        self._asking = asyncio.create_task(defer(self._interaction))


async def complete(interaction: Interaction, view: discord.ui.LayoutView, *, public: bool = False) -> int:
    """Answer with this message: into the one it came from, or as a new one. Its number; 0 for a new one
    that was there already: an answer of ours was lost on its way back, or somebody else answered."""
    await undeferred(interaction)
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


async def follow_up(interaction: Interaction, view: discord.ui.LayoutView) -> int:
    """Another message after the answer; its number."""
    hidden = not is_private_chat(interaction)
    try:
        return (await attempted(lambda: interaction.followup.send(view=view, ephemeral=hidden, wait=True))).id
    except discord.HTTPException as error:
        return _done_or_spent(error)


async def privately(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """A message beside the one that was pressed, for this person only."""
    await undeferred(interaction)
    try:
        if interaction.response.is_done():
            await attempted(lambda: interaction.followup.send(view=view, ephemeral=True))
        else:
            await attempted(lambda: interaction.response.send_message(view=view, ephemeral=True))
    except discord.HTTPException as error:
        _done_or_spent(error)


async def undeferred(interaction: Interaction) -> None:
    """From here on the interaction is not deferred; a deferral on its way has arrived."""
    deferral: Deferral | None = interaction.extras.get(DEFERRAL)
    if deferral is not None:
        await deferral.end()


async def defer(interaction: Interaction) -> None:
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


def is_private_chat(interaction: Interaction) -> bool:
    """Whether this is the private chat of the person and the bot."""
    return interaction.context.dm_channel


def redraws(interaction: Interaction) -> bool:
    """Whether the answer goes into the message that the interaction came from."""
    return interaction.message is not None


def editing(interaction: Interaction, message: int) -> tuple[Callable[[discord.ui.LayoutView], Awaitable[Any]], float]:
    """How a message that an interaction has shown is changed later, and until when (time.monotonic())."""
    if is_private_chat(interaction) and interaction.channel_id is not None:
        place = interaction.client.get_partial_messageable(interaction.channel_id)
        return lambda view: place.get_partial_message(message).edit(view=view), float("inf")
    webhook = interaction.followup
    return lambda view: webhook.edit_message(message, view=view), time.monotonic() + TOKEN_LIFE
