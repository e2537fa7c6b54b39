"""What authors hear from learners: `backfill decks flags`, run as a command on databases made by real turns."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from msgspec.structs import replace

from bot.core.actions import Action, Begin, Contest, Flag, Rate, Reveal, Start, Type, Undo
from bot.core.model import Account, Change, Scope, ScopeKind, Stage
from bot.core.ports import Turn
from bot.core.reply import Line, Reply
from bot.core.tutor import Tutor
from decks.library import Folder, Library
from scheduler.model import Rating
from storage.open import open_store
from tests import commands
from tests.databases import migrated_at
from tests.decks.drilled import process
from tests.decks.text import HEADER

DECK = """Q: An SCD change closes a row. Which column of it is set?
A: valid_to
id: closed-by

Q: What does a fact table hold?
A: Measurements
id: fact-holds

Q: Which key does the warehouse issue?
A: The surrogate key
id: issued-key
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    decks = tmp_path / "team"
    decks.mkdir()
    (decks / "things.md").write_text(HEADER + DECK)
    return decks


def flags(where: str, folder: Path, *words: str) -> CompletedProcess[str]:
    settings = {"BACKFILL_DATA": str(folder.parent), "BACKFILL_DATABASE_URL": where, "BACKFILL_DECKS": str(folder)}
    return commands.decks(["flags", *words], {**settings, "COLUMNS": "120"}, folder)


class Learner:
    """Somebody who drills the deck, press by press."""

    def __init__(self, tutor: Tutor, name: str) -> None:
        self._tutor, self._account = tutor, Account("web", name)
        self._keys = (f"{name}-{n}" for n in itertools.count())
        self.reply = Reply(screen="notice", body=())  # type: ignore[arg-type]

    async def does(self, action: Action) -> None:
        self.reply = await self._tutor.handle(self._account, action, next(self._keys))

    @property
    def attempt(self) -> str:
        return self.reply.attempt

    async def starts(self) -> None:
        await self.does(Begin())

        def settled(turn: Turn) -> Reply:
            known = turn.learner(self._account)
            assert known is not None
            turn.save(Change(learner=replace(known, stage=Stage.DONE)), ())
            return Reply(screen="notice", body=(Line("settled"),))  # type: ignore[arg-type]

        await self._tutor._store.run(self._account, "", settled)
        await self.does(Start(Scope(ScopeKind.DECK, "things")))


@asynccontextmanager
async def tutoring(where: str, folder: Path) -> AsyncIterator[Tutor]:
    library = Library([Folder(folder, "team")])
    assert library.errors == ()
    times = itertools.count(1_800_000_000_000, 7_000)
    store = await open_store(migrated_at(where))
    try:
        yield Tutor(store, lambda: library.current, lambda: next(times))
    finally:
        await store.close()


async def drilled(where: str, folder: Path) -> None:
    """Ann and Bob both take valid_from for valid_to; Ann contests it, Bob reports the card and a slip is undone."""
    async with tutoring(where, folder) as tutor:
        ann, bob = Learner(tutor, "ann"), Learner(tutor, "bob")
        await ann.starts()
        await ann.does(Type("the expiry date", ann.attempt))
        await ann.does(Contest(ann.attempt))
        await bob.starts()
        await bob.does(Type("valid_from", bob.attempt))
        await bob.does(Flag(bob.attempt, "unclear"))
        await bob.does(Rate(bob.attempt, Rating.AGAIN))
        await bob.does(Reveal(bob.attempt))
        await bob.does(Rate(bob.attempt, Rating.AGAIN))
        await bob.does(Undo())


async def test_reports_contested_answers_and_fail_rates_stand_in_one_table(where: str, folder: Path) -> None:
    await drilled(where, folder)
    said = flags(where, folder)
    assert (said.returncode, said.stderr) == (0, "")
    table = said.stdout
    assert table.splitlines()[0].split() == ["card", "reported", "contested", "Again", "taken", "for"]
    assert "team:closed-by" in table
    assert "An SCD change closes a row." in table
    assert "unclear" in table
    assert "the expiry date" in table
    assert "1 of 2" in table
    assert "50%" in table
    assert "2 learners" in table
    assert "valid from" in table
    assert "team:fact-holds" not in table, "its Again was taken back"
    assert max(map(len, table.splitlines())) <= 120


async def test_the_same_as_json_names_every_figure_and_no_learner(where: str, folder: Path) -> None:
    await drilled(where, folder)
    said = flags(where, folder, "--json")
    (card,) = json.loads(said.stdout)
    assert (card["card"], card["reviews"], card["again"], card["rate"]) == ("team:closed-by", 2, 1, 0.5)
    assert [flag["reason"] for flag in card["flags"]] == ["unclear"]
    assert [report["given"] for report in card["contested"]] == ["the expiry date"]
    assert sorted(card["wrong"]) == [["expiry date", 1], ["valid from", 1]]
    assert not {"ann", "bob"} & set(said.stdout.lower().replace('"', " ").split())


async def test_one_deck_or_the_worst_few_can_be_asked_for(where: str, folder: Path) -> None:
    await drilled(where, folder)
    assert "team:closed-by" in flags(where, folder, "things").stdout
    assert flags(where, folder, "scd-types").stdout == "No card of scd-types has been reported, contested or failed.\n"
    assert flags(where, folder, "nothing").returncode == 2
    assert json.loads(flags(where, folder, "--json", "--most", "0").stdout) == []


def test_where_nothing_was_said_a_sentence_says_so(where: str, folder: Path) -> None:
    migrated_at(where)
    said = flags(where, folder)
    assert (said.returncode, said.stdout) == (0, "No card has been reported, contested or failed.\n")
    assert flags(where, folder, "--json").stdout == "[]\n"


def test_a_database_that_is_not_there_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    said = process(f"sqlite:///{tmp_path / 'none.db'}", folder, "flags")
    assert said.returncode == 2
    assert said.stderr.startswith("backfill: There is no database at ")
    assert not (tmp_path / "none.db").exists()
