"""Learners who drill a folder of decks through a real tutor on a real database, and the command line beside them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess

from msgspec.structs import replace

from bot.core.actions import Action, Begin, Choose, Flag, Rate, Reveal, Start, Type, Understood
from bot.core.model import Account, Change, Scope, ScopeKind, Stage
from bot.core.ports import Turn
from bot.core.reply import Line, Reply, Screen
from bot.core.tutor import Tutor
from decks.library import Folder, Library
from scheduler.model import Rating
from storage.open import open_store
from tests import commands
from tests.databases import migrated_at

NOON = 1_795_521_600_000  # 2026-11-24 12:00 UTC, in ms


class Class:
    """Learners of one folder of decks. Each drills once: a wrong answer for each card named, else it is known."""

    def __init__(self, where: str, folder: Path, at: int = NOON) -> None:
        self._where, self._folder = where, folder
        self._times = itertools.count(at, 7_000)
        self._keys = (f"k{at}-{number}" for number in itertools.count())

    async def drills(
        self, name: str, slug: str, wrong: dict[str, str] | None = None, flags: Sequence[str] = ()
    ) -> None:
        """All cards of a deck: those in `wrong` are answered so and rated Again, those in `flags` are reported."""
        async with self._tutoring() as tutor:
            account = Account("web", name)
            reply = await self._does(tutor, account, Begin())
            await self._settled(tutor, account)
            reply = await self._does(tutor, account, Start(Scope(ScopeKind.DECK, slug), extra=50))
            for _ in range(200):
                if reply.screen is Screen.SUMMARY or not reply.attempt:
                    return
                reply = await self._answers(tutor, account, reply, wrong or {}, flags)
            raise AssertionError("the sitting never ended")

    async def _answers(
        self, tutor: Tutor, account: Account, reply: Reply, wrong: dict[str, str], flags: Sequence[str]
    ) -> Reply:
        shown = str(reply.body)
        given = next((answer for front, answer in wrong.items() if front in shown), "")
        if "Once more" not in shown and any(front in shown for front in flags):
            reply = await self._does(tutor, account, Flag(reply.attempt, "unclear"))
        options = [button for row in reply.rows for button in row if isinstance(button.action, Choose)]
        if given and "Once more" not in shown:
            act: Action = next((o.action for o in options if o.label == given), Type(given, reply.attempt))
            reply = await self._does(tutor, account, act)
            return await self._does(tutor, account, Rate(reply.attempt, Rating.AGAIN))
        reply = await self._does(tutor, account, Reveal(reply.attempt))
        told = [b.action for row in reply.rows for b in row if isinstance(b.action, Understood)]
        if told:
            return await self._does(tutor, account, told[0])
        offered = [b.action.rating for row in reply.rows for b in row if isinstance(b.action, Rate)]
        return await self._does(tutor, account, Rate(reply.attempt, max(offered)))

    async def _does(self, tutor: Tutor, account: Account, action: Action) -> Reply:
        return await tutor.handle(account, action, next(self._keys))

    async def _settled(self, tutor: Tutor, account: Account) -> None:
        def settled(turn: Turn) -> Reply:
            known = turn.learner(account)
            assert known is not None
            turn.save(Change(learner=replace(known, stage=Stage.DONE, choices=False)), ())
            return Reply(screen=Screen.NOTICE, body=(Line("settled"),))

        await tutor._store.run(account, "", settled)

    @asynccontextmanager
    async def _tutoring(self) -> AsyncIterator[Tutor]:
        library = Library([Folder(self._folder, self._folder.name)])
        assert library.errors == ()
        store = await open_store(migrated_at(self._where))
        try:
            yield Tutor(store, lambda: library.current, lambda: next(self._times))
        finally:
            await store.close()


def backfill(where: str, folder: Path, *words: str, decks: str | None = None) -> CompletedProcess[str]:
    """`backfill decks ...` in the folder above the decks; `decks` is BACKFILL_DECKS."""
    return commands.decks(words, _settings(where, folder, decks), folder.parent)


def process(where: str, folder: Path, *words: str) -> CompletedProcess[str]:
    """The same as a process of its own, which also tells what went wrong outside of decks."""
    return commands.forked(["decks", *words], _settings(where, folder, None), folder.parent)


def _settings(where: str, folder: Path, decks: str | None) -> dict[str, str]:
    return {
        "BACKFILL_DATA": str(folder.parent / "data"),
        "BACKFILL_DATABASE_URL": where,
        "BACKFILL_DECKS": folder.name if decks is None else decks,
        "COLUMNS": "100",
    }


def said(where: str, folder: Path, *words: str) -> str:
    """What a command prints that is expected to succeed."""
    done = backfill(where, folder, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
