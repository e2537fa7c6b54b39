"""Whoever started the quiz of each channel, by their last interaction: for fifteen minutes the only way to tell them
something alone. Kept in memory; after a restart they are known again by what only they and moderators may do."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import discord
import structlog

from bot.core.quiz.actions import Next, Open, Pause, QuizAction, QuizIt, ReplayMisses, SameAgain, ShowDisputes, Unpause
from bot.core.quiz.model import Person
from bot.discord.answers import TOKEN_LIFE
from bot.discord.calls import Uncertain
from bot.discord.send import Speaker

if TYPE_CHECKING:
    from bot.discord.app import Client

    Interaction = discord.Interaction[Client]

MOST = 1_000  # whose last interaction is remembered; the oldest are forgotten
OPENS = (Open, SameAgain, ReplayMisses, QuizIt)
HOSTING = (Next, Pause, Unpause, ShowDisputes)

_log = structlog.get_logger(__name__)


class Host(NamedTuple):
    """Somebody, and the interaction through which they can still be told something."""

    person: Person
    interaction: Interaction
    until: float  # time.monotonic()


class Hosts:
    """The hosts of channels, by the channel's number."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._known: OrderedDict[str, Host] = OrderedDict()

    def remember(self, channel: str, interaction: Interaction, person: Person, action: QuizAction) -> None:
        """Whoever started it, or else, after a restart, whoever has just done what only they and moderators may."""
        known = self._known.get(channel)
        hosting = isinstance(action, HOSTING) if known is None else known.person.account == person.account
        if hosting or isinstance(action, OPENS):
            self._known[channel] = Host(person, interaction, time.monotonic() + TOKEN_LIFE)
            self._known.move_to_end(channel)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def of(self, channel: str) -> Host | None:
        """The host of a channel, if they can still be told something."""
        known = self._known.get(channel)
        return known if known is not None and time.monotonic() < known.until else None

    async def tell(self, channel: str, views: Sequence[discord.ui.LayoutView]) -> None:
        """Messages for the host alone, beside their own last one. Nobody waits for these: a failure is logged."""
        host = self.of(channel)
        if host is None:
            return
        try:
            await self._speaker.beside(host.interaction, views)
        except (discord.HTTPException, Uncertain) as error:
            _log.warning("discord.host_not_told", channel=channel, error=str(error))
