"""Quiz nights in the simulated Discord: players of one server, told as one story."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import discord
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.core.model import Account
from bot.core.quiz.fold import Pressed, gather, replay, seat_of
from bot.core.quiz.model import Place, Question, Quiz
from bot.quiz.master import QuizMaster
from decks.library import builtin
from decks.model import Catalogue
from storage.check import check

from .backfill import Backfill, backfill, catalogue
from .people import Person, raw, shown, walk

DECKS = ("txn-isolation", "scd-types")


@cache
def shelf() -> Catalogue:
    """A few real decks: what is on screen shall not change with every deck that is added."""
    with TemporaryDirectory() as folder:
        for name in DECKS:
            copyfile(builtin().path / f"{name}.md", Path(folder) / f"{name}.md")
        return catalogue(Path(folder))


class Night:
    """A server with a channel, and whoever plays there."""

    def __init__(self, running: Backfill) -> None:
        self.running = running
        self.guild = running.env.create_guild()
        self.channel = self.guild.create_text_channel("study")
        self.story: list[str] = []
        self._seen: dict[int, str] = {}
        self._numbers: dict[int, int] = {}
        self._keeper = self.player("Nora")  # reads along

    def player(self, name: str, *, roles: Sequence[Any] = (), channel: ChannelHandle | None = None) -> Player:
        player = Player(self.running, name, channel or self.channel, roles=roles)
        player.night, player.story, player._seen, player._numbers = self, self.story, self._seen, self._numbers
        return player

    def players(self, *names: str) -> list[Player]:
        return [self.player(name) for name in names]

    async def passes(self, seconds: float) -> None:
        """Time passes, and the channel shows what it then shows."""
        await self.running.env.advance_time(seconds)
        self._keeper._tell(f"({seconds:g} seconds pass)", None)

    async def restart(self, seconds: float) -> None:
        """The process ends and another begins on the same database, so many seconds later."""
        await self.running.quizzes.close()
        self.running.clock.forward(round(seconds * 1000))
        self.story.append(f"(Backfill is restarted and gone for {seconds:g} seconds)")
        await self.running.restart()
        self._keeper._tell("(it is back)", None)

    async def thread(self, name: str) -> ChannelHandle:
        """A thread of the channel."""
        channel = self.running.env.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        made = await channel.create_thread(name=name, type=discord.ChannelType.public_thread)
        return next(thread for thread in self.channel.threads if thread.id == made.id)

    async def deletes(self, message: Any) -> None:
        """Somebody deletes a message of the bot."""
        await message.delete()

    def without(self, card: str) -> Catalogue:
        """The decks once a card was taken out of them."""
        before = self.running.decks
        left = {slug: tuple(one for one in cards if one.id != card) for slug, cards in before.cards_by_deck.items()}
        return Catalogue(before.decks, left, before.tracks)

    @property
    def time(self) -> SimpleNamespace:
        """Now, in ms, as `tests.quiz.learners` reads it."""
        return SimpleNamespace(now=self.running.clock())

    @property
    def quizzes(self) -> QuizMaster:
        return self.running.quizzes

    @property
    def messages(self) -> list[Any]:
        """What everybody sees in the channel, oldest first."""
        return self._keeper.messages

    @property
    def screen(self) -> str:
        return shown(self.messages[-1])

    async def quiz(self, number: int = -1, channel: ChannelHandle | None = None) -> Quiz:
        """The channel's latest quiz as stored; its log must add up to it."""
        place = str((channel or self.channel).id)

        def find(_turn: Any, quizzes: Any) -> tuple[Quiz | None, Any]:
            latest = quizzes.latest(Place("discord", place))
            return latest, quizzes.log(latest.id) if latest else ()

        found, log = await self.running.quizzes._book.read(find)
        assert found is not None
        assert replay(found.id, log) == found
        return found

    async def host_is(self, player: Player) -> bool:
        """Whether this player started the channel's latest quiz."""
        quiz = await self.quiz()
        return quiz.host == seat_of(quiz.id, player.account)

    async def pressed(self) -> Pressed:
        quiz = await self.quiz()
        return gather(await self.running.quizzes._book.read(lambda _turn, quizzes: quizzes.log(quiz.id)))


class Player(Person):
    """One of them."""

    night: Night

    async def starts(self, **options: Any) -> InteractionResult:
        return await self.commands("quiz", **options)

    async def saves(self, name: str) -> InteractionResult:
        result = await self.actor.slash(self.channel, "quiz-save", name=name)
        return self._tell(f"{self.name}: /quiz-save name:{name}", result)

    async def answers(self, *, right: bool, message: Any = None) -> InteractionResult:
        """The right option of the open question, or one that is wrong."""
        asked = await self.asked()
        option = asked.right if right else (asked.right + 1) % len(asked.options)
        return await self.picks(option, message=message)

    async def picks(self, option: int, *, message: Any = None) -> InteractionResult:
        """An option by its place, on the newest message of the channel that everybody sees."""
        found = message or next(one for one in reversed(self.messages) if not one.flags.ephemeral)
        buttons = [one for one in walk(raw(found)) if ":Q.a." in str(one.get("custom_id", ""))]
        button = buttons[option]
        result = await self.actor.click(found, custom_id=button["custom_id"])
        return self._tell(f"({self.name} presses) {button['label']}", result)

    async def writes_dispute(self, reason: str) -> InteractionResult:
        """Dispute the newest question that is closed."""
        return await self.sends(await self.presses("Dispute"), reason)

    @property
    def account(self) -> Account:
        return Account("discord", str(self.id))

    async def asked(self) -> Question:
        quiz = await self.night.quiz(channel=self.channel)
        assert quiz.question is not None
        return quiz.question


@asynccontextmanager
async def night(path: Path, decks: Catalogue | None = None, **options: Any) -> AsyncIterator[Night]:
    """A running bot, and a server; the database is in order at the end."""
    async with backfill(path, decks or shelf(), **options) as running:
        yield Night(running)
    assert check(path / "backfill.db") == []
