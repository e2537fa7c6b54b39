"""What cards say a load or a task does is what it does: their code is run and compared with their answers."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from decks.model import Kind
from decks.wording import answer_text
from tests.decks.packaged import cards_of_deck
from tests.storage.server import Server

from .sessions import Stage, code_of, stage

LOADS = cards_of_deck("pipe-idempotency-backfill")
ORDERS = "CREATE TABLE orders (id int, amount int); CREATE TABLE staged (id int, amount int);"
KEYED = ORDERS.replace("orders (id int", "orders (id int PRIMARY KEY")
STAMPED = """CREATE TABLE orders (id int, amount int, loaded_at time); INSERT INTO orders VALUES (7, 12, '09:00');
CREATE TABLE staged (id int, amount int, loaded_at time); INSERT INTO staged VALUES (7, 10, '08:00')"""

# card -> (tables, runs, its answer, a failing run's outcome, (a look afterwards, what it shows))
STORIES: dict[str, tuple[str, int, str, list[str], tuple[str, str]]] = {
    "plain-insert-twice": (
        ORDERS + "INSERT INTO staged VALUES (1, 10), (2, 20)",
        2,
        "4",
        [],
        ("SELECT count(*) FROM orders", "4"),
    ),
    "adding-upsert": (
        """CREATE TABLE total (shop text PRIMARY KEY, amount int); CREATE TABLE staged (shop text, amount int);
        INSERT INTO staged VALUES ('A', 10)""",
        2,
        "20",
        [],
        ("SELECT amount FROM total", "20"),
    ),
    "do-nothing-keeps-old": (
        KEYED + "INSERT INTO orders VALUES (7, 10); INSERT INTO staged VALUES (7, 12)",
        1,
        "10",
        [],
        ("SELECT amount FROM orders", "10"),
    ),
    "merge-two-source-rows": (
        ORDERS + "INSERT INTO orders VALUES (7, 5); INSERT INTO staged VALUES (7, 10), (7, 12)",
        1,
        "It fails with an error.",
        ["21000"],
        ("SELECT amount FROM orders", "5"),
    ),
    "merge-inserts-twice": (
        ORDERS + "INSERT INTO staged VALUES (7, 10), (7, 12)",
        1,
        "Order 7 twice, if no unique key forbids it",
        [],
        ("SELECT count(*) FROM orders WHERE id = 7", "2"),
    ),
    "merge-guard": (STAMPED, 1, "12", [], ("SELECT amount FROM orders", "12")),
    "not-in-never-corrects": (
        ORDERS + "INSERT INTO orders VALUES (7, 10); INSERT INTO staged VALUES (7, 12)",
        1,
        "None",
        [],
        ("SELECT amount FROM orders", "10"),
    ),
    "high-water-mark": (
        """CREATE TABLE target (id int, loaded_at time); INSERT INTO target VALUES (1, '10:00');
        CREATE TABLE source (id int, loaded_at time); INSERT INTO source VALUES (1, '10:00'), (2, '10:00')""",
        2,
        "It skips it, for good.",
        [],
        ("SELECT count(*) FROM target", "1"),
    ),
}


@pytest.fixture
def postgres(server: Server) -> Iterator[Stage]:
    """A session with empty tables of its own."""
    with stage(server.url("postgres"), "s" + uuid.uuid4().hex) as opened:
        yield opened


def test_every_load_on_a_card_is_run() -> None:
    shown = {name for name, card in LOADS.items() if card.kind is Kind.CODE}
    assert shown == set(STORIES)


@pytest.mark.parametrize("name", STORIES)
def test_a_load_on_a_card_leaves_what_the_answer_says(name: str, postgres: Stage) -> None:
    tables, runs, expected, outcomes, (look, shown) = STORIES[name]
    postgres.prepare(tables)
    assert [outcome for _ in range(runs) for outcome in postgres.play(LOADS[name])] == outcomes
    assert answer_text(LOADS[name].answer) == expected
    assert postgres.value(look) == shown


def test_an_upsert_needs_a_unique_index_and_a_merge_needs_none(postgres: Stage) -> None:
    postgres.prepare(ORDERS + "INSERT INTO staged VALUES (7, 12)")
    assert postgres.script("INSERT INTO orders VALUES (7, 12) ON CONFLICT (id) DO NOTHING;") == ["42P10"]
    assert postgres.play(LOADS["merge-two-source-rows"]) == []
    assert postgres.value("SELECT id, amount FROM orders") == "7 12"


def test_a_task_that_asks_the_clock_loads_the_day_on_its_card() -> None:
    card = cards_of_deck("pipe-design")["clock-in-a-task"]
    loaded: list[str] = []

    class Retried(datetime.date):
        @classmethod
        def today(cls) -> Retried:
            return cls(2026, 5, 5)

    exec(code_of(card), {"date": Retried, "timedelta": datetime.timedelta, "load": loaded.append})
    assert loaded == ["raw/day=2026-05-04"]
    assert answer_text(card.answer) == "4 May"


def test_pauses_on_a_card_grow_and_are_capped() -> None:
    card = cards_of_deck("pipe-failures")["capped-pauses"]
    pauses: list[float] = []
    exec(code_of(card), {"random": lambda: 0, "sleep": pauses.append})
    assert ", ".join(str(pause) for pause in pauses) == answer_text(card.answer)


def test_the_hash_of_a_text_differs_between_python_processes() -> None:
    def hashed() -> bytes:
        unseeded = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
        command = [sys.executable, "-c", "print(hash('k'))"]
        return subprocess.run(command, capture_output=True, check=True, env=unseeded).stdout

    assert answer_text(LOADS["python-hash-salted"].answer) == "It differs from process to process."
    assert len({hashed() for _ in range(3)}) > 1
