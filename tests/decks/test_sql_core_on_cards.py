"""What the core SQL cards say a query returns is what it returns, on PostgreSQL, and on SQLite where they say SQL."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator

import pytest

from decks.model import Kind
from decks.wording import answer_text
from tests.decks.packaged import cards_of_deck
from tests.storage.server import Server

from .sessions import Stage, code_of, stage

CARDS = cards_of_deck("sql-core")
CODE = {name for name, card in CARDS.items() if card.kind is Kind.CODE}
T = "CREATE TABLE t (v int); INSERT INTO t VALUES "
SALE = "CREATE TABLE sale (id int, shop text, day int, amount int); "
SHOPS = SALE + "INSERT INTO sale VALUES (1, 'A', 1, 5), (2, 'A', 2, 20), (3, 'B', 3, 30);"
PEOPLE = "CREATE TABLE customer (name text); CREATE TABLE orders (id int, customer text, state text, amount int); "

# card -> (tables, its answer, the values returned)
STORIES = {
    "alias-in-where": (SHOPS, "An error: `double` is unknown there.", "42703"),
    "null-equals-null": ("", "NULL", "None"),
    "unequal-drops-null": (T + "(1), (2), (NULL)", "2", "2"),
    "not-in-list-with-null": (T + "(1), (2), (3)", "None", ""),
    "aggregates-and-null": (T + "(10), (20), (NULL)", "3, 2, 15", "3 2 15"),
    "sum-of-nothing": ("CREATE TABLE t (v int)", "0 and NULL", "0 None"),
    "fan-out": (
        PEOPLE + "CREATE TABLE item (order_id int); INSERT INTO orders VALUES (1, 'Ann', 'open', 100);"
        "INSERT INTO item VALUES (1), (1)",
        "200",
        "200",
    ),
    "condition-in-on": (
        PEOPLE + "INSERT INTO customer VALUES ('Ann'), ('Bob'); INSERT INTO orders VALUES (1, 'Ann', 'open', 9)",
        "2",
        "Ann None\nBob None",
    ),
    "exists-does-not-multiply": (
        PEOPLE + "INSERT INTO customer VALUES ('Ann'); "
        "INSERT INTO orders VALUES (1, 'Ann', 'x', 1), (2, 'Ann', 'x', 1), (3, 'Ann', 'x', 1)",
        "1",
        "Ann",
    ),
    "ungrouped-column": (SHOPS, "An error", "42803"),
    "having-count": (
        "CREATE TABLE sale (shop text); INSERT INTO sale VALUES ('A'), ('A'), ('B'), ('B'), ('B')",
        "B",
        "B",
    ),
    "filter-clause": (SHOPS, "3, 2", "3 2"),
    "rollup-total": (SHOPS, "3", "None 55\nA 25\nB 30"),
    "running-sum-with-ties": (
        SALE + "INSERT INTO sale (day, amount) VALUES (1, 10), (1, 20), (2, 5)",
        "30, 30, 35",
        "30\n30\n35",
    ),
    "last-value-frame": (T + "(1), (2), (3)", "1, 2, 3", "1\n2\n3"),
    "lag-difference": (
        "CREATE TABLE t (day int, v int); INSERT INTO t VALUES (1, 10), (2, 15), (3, 12)",
        "NULL, 5, -3",
        "None\n5\n-3",
    ),
    "window-in-where": (SHOPS, "An error", "42P20"),
    "latest-per-key": (
        """CREATE TABLE status (order_id int, state text, changed_at int);
        INSERT INTO status VALUES (1, 'paid', 10), (1, 'sent', 20), (2, 'open', 5)""",
        "The latest status of each order",
        "1 sent 20 1\n2 open 5 1",
    ),
    "recursive-sum": ("", "10", "10"),
    "scalar-subquery": (
        SHOPS + "CREATE TABLE shops (shop text); INSERT INTO shops VALUES ('A'), ('B')",
        "An error: the subquery gives two rows.",
        "21000",
    ),
    "except-removes-duplicates": (
        "CREATE TABLE a (v int); CREATE TABLE b (v int); INSERT INTO a VALUES (1), (1), (2); INSERT INTO b VALUES (2)",
        "1",
        "1",
    ),
    "integer-division": ("", "3", "3"),
    "between-timestamps": (
        "CREATE TABLE visit (at timestamp); INSERT INTO visit VALUES ('2026-05-31 10:00')",
        "0",
        "0",
    ),
    "date-trunc": ("", "2026-05-01", "2026-05-01"),
}
ON_BOTH = sorted(name for name in STORIES if CARDS[name].front.startswith("SQL."))
JOINS = {"inner-join": "INNER JOIN", "left-join": "LEFT JOIN", "full-join": "FULL JOIN", "cross-join": "CROSS JOIN"}


@pytest.fixture
def postgres(server: Server) -> Iterator[Stage]:
    """A session with empty tables of its own."""
    with stage(server.url("postgres"), "s" + uuid.uuid4().hex) as opened:
        yield opened


def test_every_query_on_a_card_is_run() -> None:
    assert set(STORIES) == CODE
    assert len(ON_BOTH) > 10


@pytest.mark.parametrize("name", STORIES)
def test_a_query_on_a_card_returns_on_postgresql_what_the_answer_says(name: str, postgres: Stage) -> None:
    tables, expected, returned = STORIES[name]
    postgres.prepare(tables)
    (outcome,) = postgres.play(CARDS[name])
    assert answer_text(CARDS[name].answer) == expected
    assert _sorted(name, _whole(outcome)) == returned


@pytest.mark.parametrize("name", ON_BOTH)
def test_a_query_said_to_be_sql_returns_the_same_on_sqlite(name: str) -> None:
    tables, _, returned = STORIES[name]
    assert _sorted(name, _whole(_on_sqlite(tables, code_of(CARDS[name])))) == returned


@pytest.mark.parametrize("row", JOINS)
def test_each_join_has_as_many_rows_as_its_card_says(row: str, postgres: Stage) -> None:
    tables = "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO a VALUES (1), (2); "
    on = "" if row == "cross-join" else "ON b.id = a.id"
    postgres.prepare(tables + "INSERT INTO b VALUES (2), (3)")
    rows = postgres.value(f"SELECT count(*) FROM a {JOINS[row]} b {on}")
    assert rows == answer_text(CARDS[f"join-kinds/{row}/rows"].answer)


@pytest.mark.parametrize("function", ["rank", "dense-rank"])
def test_each_ranking_function_gives_what_its_card_says(function: str, postgres: Stage) -> None:
    query = (
        f"SELECT {function.replace('-', '_')}() OVER (ORDER BY p DESC) FROM (VALUES (90), (90), (80)) x(p) ORDER BY p"
    )
    shown = postgres.value(query) or ""
    assert shown.split()[0] == answer_text(CARDS[f"ranking-functions/{function}/the-row-with-80"].answer)


def test_nulls_stand_where_the_cards_say(postgres: Stage) -> None:
    postgres.prepare(T + "(1), (NULL)")
    assert postgres.value("SELECT v FROM t ORDER BY v") == "1\nNone"
    assert _on_sqlite(T + "(1), (NULL)", "SELECT v FROM t ORDER BY v") == "None\n1"
    assert answer_text(CARDS["nulls-in-order/postgresql/place-of-nulls"].answer) == "at the end"
    assert answer_text(CARDS["nulls-in-order/sqlite/place-of-nulls"].answer) == "at the start"


def _on_sqlite(tables: str, query: str) -> str:
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(tables)
        return "\n".join(" ".join(str(value) for value in row) for row in database.execute(query.rstrip().rstrip(";")))
    finally:
        database.close()


def _whole(outcome: str) -> str:
    """Averages without the zeros after their point."""
    return " ".join(part.rstrip("0").rstrip(".") if "." in part else part for part in outcome.split(" "))


def _sorted(name: str, outcome: str) -> str:
    """Rows in a fixed order, where the card's query leaves it open."""
    ordered = "ORDER BY" in code_of(CARDS[name]).splitlines()[-1]
    return outcome if ordered else "\n".join(sorted(outcome.splitlines(), key=_null_first))


def _null_first(line: str) -> tuple[bool, str]:
    return not line.startswith("None"), line
