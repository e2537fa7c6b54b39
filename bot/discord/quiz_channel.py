"""Shows the messages of quizzes in Discord's channels and threads, and says what a failure means for a quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import structlog

from bot.core.quiz.show import BOARD, NotNow, PlaceGone, Show
from bot.discord import quiz_draw
from bot.discord import quiz_words as words
from bot.discord.calls import UNKNOWN_MESSAGE, Uncertain, attempted, is_shut
from bot.discord.components import Shown
from bot.discord.quiz_hosts import Hosts

if TYPE_CHECKING:
    from bot.discord.app import Client

ARCHIVED, LOCKED = 50083, 160005  # a thread: a message wakes one that is archived, nothing one that is locked

_log = structlog.get_logger(__name__)


class Channels:
    """The channels of a client."""

    def __init__(self, client: Client, hosts: Hosts) -> None:
        self._client = client
        self._hosts = hosts

    async def draw(self, show: Show) -> str:
        """Show one message and return its number. PlaceGone where nothing can be shown any more, which its host is
        told; NotNow while Discord cannot be reached: sent again under the same nonce it is shown once."""
        try:
            return await self._drawn(show)
        except Uncertain as error:
            _log.warning("discord.quiz_waits", channel=show.place.channel, slot=show.slot, error=str(error))
            raise NotNow from None
        except discord.HTTPException as error:
            if not is_shut(error) and error.code not in (LOCKED, ARCHIVED):
                raise
            _log.info("discord.quiz_gone", channel=show.place.channel, code=error.code)
            if not show.slot.startswith(BOARD):
                await self._hosts.tell(show.place.channel, quiz_draw.said(words.SHUT_OUT))
            raise PlaceGone from None

    async def _drawn(self, show: Show) -> str:
        place = self._client.get_partial_messageable(int(show.place.channel))
        view = Shown(quiz_draw.card(show))
        if show.message:
            edited = await _edited(place.get_partial_message(int(show.message)), view)
            if edited or show.passed:
                return show.message
        roles = [discord.Object(int(show.mention))] if show.mention else []
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)
        nonce = quiz_draw.nonce(show)
        sent = await attempted(lambda: place.send(view=view, nonce=nonce, allowed_mentions=mentions))
        return str(sent.id)


async def _edited(message: discord.PartialMessage, view: Shown) -> bool:
    """False when the message is gone, or its thread archived, so that a new one takes its place."""
    try:
        await attempted(lambda: message.edit(view=view, allowed_mentions=discord.AllowedMentions.none()))
    except discord.HTTPException as error:
        if error.code not in (UNKNOWN_MESSAGE, ARCHIVED):
            raise
        return False
    return True
