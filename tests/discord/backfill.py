"""The real tutor on real SQLite behind the real adapter, in a simulated Discord, with a settable clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import simcord
from simcord.types import HttpLogEntry

from bot.core.actions import Action
from bot.core.model import Account
from bot.core.my_data_model import Pack, no_files
from bot.core.ports import Store
from bot.core.quiz.show import Show
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.discord.app import Client
from bot.parcel import packer
from bot.quiz.master import QuizMaster
from bot.quiz.running import wait_for
from decks.library import Folder, Library, builtin
from decks.model import Catalogue
from storage.open import open_store
from tests.databases import migrated

TUESDAY = datetime(2026, 11, 24, 17, 42, tzinfo=UTC)
MINUTE, DAY = 60_000, 86_400_000  # ms
PATIENCE = 0.1  # seconds, for tests; the adapter's own is longer


@dataclass
class Clock:
    """Milliseconds since the epoch, moved by the test; in a simulated Discord by its time as well."""

    at: int = int(TUESDAY.timestamp() * 1000)
    virtual: Callable[[], float] = lambda: 0.0  # seconds

    def __call__(self) -> int:
        return self.at + round(self.virtual() * 1000)

    def forward(self, milliseconds: int) -> None:
        self.at += milliseconds


@dataclass
class Backfill:
    """What runs. `calls` are the actions that reached the tutor, `faults` are raised instead of handling the next;
    `drawings` are what the quizzes drew."""

    store: Store
    tutor: Tutor
    quizzes: QuizMaster
    clock: Clock
    decks: Catalogue
    calls: list[tuple[Account, Action]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    drawings: list[tuple[int, Show]] = field(default_factory=list)  # (ms, what a channel was to show)
    pack: Pack = no_files
    slow: float = 0  # seconds that each answer takes after its commit
    env: simcord.Env = field(init=False)

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        if self.faults:
            raise self.faults.pop(0)
        self.calls.append((account, action))
        reply = await self.tutor.handle(account, action, key)
        await asyncio.sleep(self.slow)
        return reply

    def client(self) -> Client:
        servers = self.tutor.servers
        client = Client(self.handle, lambda: self.decks, servers, self.quizzes, patience=PATIENCE, pack=self.pack)
        draw = client.quiz.draw

        async def drawing(show: Show) -> str:
            self.drawings.append((self.clock(), show))
            return await draw(show)

        setattr(client.quiz, "draw", drawing)  # noqa: B010 - it is no attribute of the class
        return client

    @property
    def sent(self) -> list[HttpLogEntry]:
        """Every request that carried a message, a form or a deferral."""
        return [call for call in self.env.http_requests if call.method in ("POST", "PATCH") and call.json]

    async def restart(self) -> None:
        """A fresh process: nothing is remembered but the database."""
        self.env.bot = client = self.client()
        await self.env.restart_bot(client)


def chances(seed: str) -> Iterator[str]:
    """32 hexadecimal digits after another, the same for the same seed."""
    return (blake2b(f"{seed}{number}".encode(), digest_size=16).hexdigest() for number in itertools.count())


def catalogue(*folders: Path) -> Catalogue:
    """The built-in decks, or those of other folders instead."""
    named = tuple(Folder(path, "test") for path in folders) or (builtin(),)
    library = Library(named)
    assert not folders or library.errors == (), [str(error) for error in library.errors]
    return library.current


@asynccontextmanager
async def backfill(path: Path, decks: Catalogue, *, seed: str = "1", **options: Any) -> AsyncIterator[Backfill]:
    """A running bot in a fresh Discord."""
    clock = Clock()
    store = await open_store(migrated(path / "backfill.db"), clock=clock)
    chance = chances(seed)
    tutor = Tutor(store, lambda: decks, clock, chance=lambda: next(chance))

    async def wait(event: asyncio.Event, seconds: float | None) -> None:
        await made.env.external_wait(wait_for(event, seconds), reason="a quiz waits for a press or its clock")

    quizzes = QuizMaster(store, lambda: made.decks, clock, chance=lambda: next(chance), wait=wait)
    made = Backfill(store, tutor, quizzes, clock, decks)
    made.pack = packer(str(path / "backfill.db"), clock)
    made.env = simcord.Env(made.client(), **options)
    clock.virtual = lambda: made.env._virtual_time
    await made.env.start()
    try:
        yield made
        made.env._raise_errors_since(made.env._errors_acknowledged)
    finally:
        await made.quizzes.close()
        await made.env.shutdown()
        await store.close()
