"""The real tutor on real SQLite behind the real adapter, against the local Bot API server, with a settable clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from bot.core.actions import Action
from bot.core.model import Account
from bot.core.my_data_model import Pack, no_files
from bot.core.ports import Store, StoreError
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.parcel import packer
from bot.quiz.master import QuizMaster
from bot.quiz.running import Wait, wait_for
from bot.telegram.app import Running, serve
from decks.library import Folder, Library, builtin
from decks.model import Catalogue
from storage.open import open_store
from tests.databases import migrated

from .server import BotApiServer, Person

TUESDAY = datetime(2026, 11, 24, 17, 42, tzinfo=UTC)
MINUTE, DAY = 60_000, 86_400_000  # ms


@dataclass
class Clock:
    """Milliseconds since the epoch, moved by the test."""

    at: int = int(TUESDAY.timestamp() * 1000)

    def __call__(self) -> int:
        return self.at

    def seconds(self) -> float:
        return self.at / 1000

    def forward(self, milliseconds: int) -> None:
        self.at += milliseconds


@dataclass
class Backfill:
    """What runs: stop and start it at will; `calls` are the actions that reached the tutor."""

    server: BotApiServer
    store: Store
    tutor: Tutor
    clock: Clock
    quizzes: QuizMaster
    decks: Catalogue
    calls: list[Action] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)  # raised by the next actions instead of handling them
    damaged: set[str] = field(default_factory=set)  # accounts for whom nothing can be saved
    pack: Pack = no_files
    running: Running | None = None
    announced: list[str] = field(default_factory=list)
    ending: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        if self.faults:
            raise self.faults.pop(0)
        if account.external in self.damaged:
            raise StoreError("The database cannot be read.")
        self.calls.append(action)
        return await self.tutor.handle(account, action, key)

    async def start(self) -> None:
        self.running = await self.serve(self.server.token)

    async def serve(self, token: str) -> Running:
        return await serve(
            self.handle,
            self.quizzes,
            token,
            self.server.address,
            announce=self.announced.append,
            ending=self.ending,
            now=self.clock.seconds,
            pack=self.pack,
        )

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.close()
            self.running = None

    async def drills(self, person: Person) -> None:
        """Bring somebody through the introduction to the first card, here in UTC."""
        await person.says("/start")
        await person.presses(next(label for label in person.buttons if label != "Browse decks"))
        await person.presses("10 min")


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
async def backfill(
    server: BotApiServer,
    path: Path,
    decks: Catalogue,
    *,
    seed: str = "1",
    clock: Clock | None = None,
    wait: Wait = wait_for,
) -> AsyncIterator[Backfill]:
    """A running bot; its clock is also Telegram's. Quizzes wait by `wait`."""
    clock = clock or Clock()
    server.now = clock.seconds
    store = await open_store(migrated(path / "backfill.db"), clock=clock)
    chance = chances(seed)
    tutor = Tutor(store, lambda: decks, clock, chance=lambda: next(chance))
    quizzes = QuizMaster(store, lambda: decks, clock, chance=lambda: next(chance), wait=wait)
    made = Backfill(server, store, tutor, clock, quizzes, decks)
    made.pack = packer(str(path / "backfill.db"), clock)
    server.busy.append(lambda: made.running is not None and made.running.busy)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        await quizzes.close()
        await store.close()
