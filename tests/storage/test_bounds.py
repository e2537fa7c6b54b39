"""A learner with a huge deck or a long log costs nobody much: what a turn asks is bounded, and asked of indexes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.core.actions import Action, Begin, Know, Rate, Reveal, Start, Undo
from bot.core.model import Change
from bot.core.ports import Turn
from bot.core.reply import Reply
from bot.core.supply import CHUNK, DUE_WINDOW, WALK
from decks.model import Catalogue
from scheduler.model import Rating
from storage import rows
from storage.open import open_store
from storage.sql import sqlite_statements
from storage.sqlite import SqliteStore
from tests.databases import migrated

from .drilling import Driller
from .made import ANN, DAY, NOON, catalogue, learner, progress, reviewed, said

HUGE = 200_000  # cards in a deck

NO_TABLE = ("SCAN json_each", "SCAN CONSTANT ROW")
# What a deletion may walk: offers live for minutes, misses for an hour, deletions until they are through.
SHORT_LIVED = {"drop_offers_of": "SCAN links", "drop_misses_of": "SCAN link_misses", "erasures": "SCAN erasures"}


@pytest.fixture(scope="module")
def huge() -> Catalogue:
    return catalogue(HUGE)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("bounds") / "backfill.db")


@pytest.mark.parametrize("name", sorted(asdict(sqlite_statements())))
def test_no_statement_of_a_turn_walks_a_table(empty: Path, name: str) -> None:
    statement = asdict(sqlite_statements())[name]
    parameters = dict.fromkeys(re.findall(r":(\w+)", statement), "[]")
    with closing(sqlite3.connect(empty)) as file:
        plan = [row[3] for row in file.execute("EXPLAIN QUERY PLAN " + statement, parameters)]
    allowed = (*NO_TABLE, SHORT_LIVED.get(name, NO_TABLE[0]))
    assert [step for step in plan if step.startswith("SCAN") and not step.startswith(allowed)] == []


def test_a_walk_would_be_noticed(empty: Path) -> None:
    with closing(sqlite3.connect(empty)) as file:
        (step,) = file.execute("EXPLAIN QUERY PLAN SELECT data FROM log WHERE rating = 1").fetchall()
    assert step[3].startswith("SCAN")


class Watched:
    """A store whose statements are counted, and the rows they bring."""

    def __init__(self, store: SqliteStore) -> None:
        self.statements = 0
        store._connection.set_trace_callback(self._count)

    def _count(self, statement: str) -> None:
        self.statements += not statement.startswith(("BEGIN", "COMMIT", "--"))

    def since(self) -> int:
        counted, self.statements = self.statements, 0
        return counted


async def lived(path: Path, cards: int, entries: int) -> SqliteStore:
    """A learner who has met every card, half of them due, with a long log on other cards."""
    store = await open_store(migrated(path))
    assert isinstance(store, SqliteStore)
    met = tuple((f"t:n{number:04}", progress(due_day=DAY + number % 2)) for number in range(1, cards + 1))

    def begin(turn: Turn) -> Reply:
        turn.enrol(ANN, learner())
        turn.save(Change(progress=met), ())
        return said("met")

    await store.run(ANN, "", begin)
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(sqlite_statements().add_entry, _past(entries))
    return store


def _past(entries: int) -> Iterator[rows.Parameters]:
    for number in range(entries):
        past = reviewed(number, card=f"t:past{number % 500}", attempt=f"past{number}", id=f"past{number:09}")
        yield rows.entry_row(past) | {"learner": learner().id}


async def costs(path: Path, cards: Catalogue, met: int, entries: int) -> dict[str, int]:
    """Statements of a few ordinary presses."""
    store = await lived(path, met, entries)
    watched = Watched(store)
    clock = iter(range(NOON, NOON + 10**6))
    ann = Driller(store, ANN, cards, lambda: next(clock), "k")
    found: dict[str, int] = {}
    await ann.arrive()

    async def press(name: str, action: Action) -> None:
        watched.since()
        ann.reply = await ann.tutor.handle(ANN, action, name)
        found[name] = watched.since()

    assert ann.reply is not None
    await press("reveal", Reveal(ann.reply.attempt))
    await press("rate", Rate(ann.reply.attempt, Rating.GOOD))
    await press("know", Know(ann.reply.attempt))
    await press("undo", Undo())
    await press("begin", Begin())
    await press("start", Start(extra=5))
    await store.close()
    return found


async def test_a_turn_asks_as_much_of_a_short_life_as_of_a_long_one(tmp_path: Path, huge: Catalogue) -> None:
    small = await costs(tmp_path / "small.db", catalogue(600), 400, 10)
    large = await costs(tmp_path / "large.db", huge, 30_000, 20_000)
    presses = ("reveal", "rate", "know", "undo", "begin")
    assert {name: large[name] for name in presses} == {name: small[name] for name in presses}
    assert max(large[name] for name in presses) <= 25
    assert large["start"] <= 40 + 4 * WALK // CHUNK


async def test_a_plan_looks_at_a_window_of_what_is_due(tmp_path: Path, huge: Catalogue) -> None:
    store = await lived(tmp_path / "backfill.db", 5_000, 0)

    def look(turn: Turn) -> Reply:
        turn.learner(ANN)
        return said(str(len(turn.due(DAY, DUE_WINDOW))))

    assert await store.run(ANN, "", look) == said(str(DUE_WINDOW))
    await store.close()
