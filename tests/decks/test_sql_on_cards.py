"""What cards say about PostgreSQL is what PostgreSQL does: their SQL is run and compared with their answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from decks.model import Card
from decks.wording import answer_text
from tests.shipped import shipped
from tests.storage.server import Server

from .sessions import Stage, code_of, plan_of, stage

CARDS = shipped().current.cards
SAFE = "CHECK (balance >= 0)"
ACCOUNT = f"CREATE TABLE account (id int PRIMARY KEY, balance int {SAFE}); INSERT INTO account VALUES "
ITEM = "CREATE TABLE item (id int PRIMARY KEY, {0} int); INSERT INTO item VALUES (1, 100), (2, 50);"
JOINS = """CREATE TABLE customer (id int PRIMARY KEY, since date);
CREATE TABLE booking (id int, cust int, amount int, day date); CREATE TABLE season (start date);
INSERT INTO customer SELECT i FROM generate_series(1, 100) i;
INSERT INTO booking SELECT i, i % 100 + 1, i % 5 FROM generate_series(1, 2000) i; ANALYZE;"""

# card -> (what was there before, its answer, what its statements return, (a look afterwards, what it shows))
STORIES: dict[str, tuple[str, str, list[str], tuple[str, str] | None]] = {
    # ACID
    "rollback-after-autocommit": (ACCOUNT + "(1, 100)", "70", ["1 rows"], ("SELECT balance FROM account", "70")),
    "insert-with-duplicate": (
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)",
        "None",
        ["23505"],
        ("SELECT id FROM t", "1"),
    ),
    "rollback-to-savepoint": (
        ACCOUNT + "(1, 100), (2, 50)",
        "90 and 50",
        ["1 rows", "23514"],
        ("SELECT balance FROM account ORDER BY id", "90\n50"),
    ),
    "unchecked-row-count": (
        ACCOUNT + "(1, 40), (2, 0)",
        "Account 2 gains 100; nothing is debited.",
        ["0 rows", "1 rows"],
        ("SELECT balance FROM account ORDER BY id", "40\n100"),
    ),
    "ddl-rolled-back": ("", "Nothing; it does not exist.", [], ("SELECT to_regclass('audit')", "None")),
    "sequence-gap": (
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text)",
        "1 and 3",
        [],
        ("SELECT id FROM t ORDER BY id", "1\n3"),
    ),
    "check-fails-at-update": (ACCOUNT + "(1, 100)", "The UPDATE", ["23514"], None),
    "shift-primary-keys": (
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)",
        "A duplicate key error",
        ["23505"],
        None,
    ),
    "oversold-outbox": (
        """CREATE TABLE orders (id int, state text); CREATE TABLE outbox (id int, event text);
        CREATE TABLE stock (sku text, qty int); INSERT INTO stock VALUES ('A', 0)""",
        "An order and its event, with no stock taken",
        ["0 rows"],
        ("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM outbox), qty FROM stock", "1 1 0"),
    ),
    # isolation
    "snapshot-at-first-query": (ITEM.format("price"), "70", ["1 rows", "70"], None),
    "two-prices": (ITEM.format("price"), "100, then 70", ["100", "1 rows", "70"], None),
    "no-phantom-on-postgresql": (ITEM.format("price"), "2, then 2", ["2", "2"], None),
    "no-dirty-read-on-postgresql": (ITEM.format("price"), "100", ["1 rows", "100"], None),
    "set-after-query": ("", "It raises an error.", ["1", "25001"], None),
    "relative-update": (
        ITEM.format("stock"),
        "70",
        ["1 rows", "1 rows"],
        ("SELECT stock FROM item WHERE id = 1", "70"),
    ),
    "last-ticket": (
        "CREATE TABLE show (id int, seats int); INSERT INTO show VALUES (1, 1)",
        "0",
        ["1 rows", "0 rows"],
        None,
    ),
    "for-update-rereads": (ITEM.format("stock"), "90", ["100", "90", "1 rows"], None),
    # joins, plans
    "explain-analyze-delete": (
        "CREATE TABLE trip AS SELECT 3 AS id",
        "0",
        ["*"],
        ("SELECT count(*) FROM trip WHERE id = 3", "0"),
    ),
    "unique-and-null": ("CREATE TABLE t (v int UNIQUE)", "3", [], ("SELECT count(*) FROM t", "3")),
    "full-join-needs-equality": (JOINS, "An error", ["0A000"], None),
}

# card -> (tables, what its plan holds, what its plan lacks)
PLANS: dict[str, tuple[str, list[str], list[str]]] = {
    "left-join-made-inner": (JOINS, ["Join"], ["Left", "Right"]),
    "join-removed": (JOINS, ["Seq Scan on booking"], ["customer", "Join"]),
    "join-filter": (JOINS, ["Hash Cond: (b.cust = c.id)", "Join Filter: (b.day > c.since)"], []),
    "cte-inlined": (
        """CREATE TABLE trip AS SELECT i AS id FROM generate_series(1, 10000) i;
        CREATE INDEX by_id ON trip (id); ANALYZE trip""",
        ["by_id"],
        ["CTE"],
    ),
    "index-backwards": (
        """CREATE TABLE trip AS SELECT 'north' AS region, now() - i * interval '1 day' AS created, i AS fare
        FROM generate_series(1, 10000) i; CREATE INDEX by_region ON trip (region, created); ANALYZE trip""",
        ["Index Scan Backward using by_region"],
        ["Sort"],
    ),
    "no-pruning": (
        """CREATE TABLE bill (day timestamp) PARTITION BY RANGE (day);
        CREATE TABLE january PARTITION OF bill FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
        CREATE TABLE february PARTITION OF bill FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')""",
        ["january", "february"],
        [],
    ),
}

LEVELS = ("Read Uncommitted", "Read Committed", "Repeatable Read", "Serializable")
# anomaly -> (what A and B do at one level, what A's and B's statements return if the anomaly happens)
ANOMALIES = {
    "dirty reads": ("-- B\nUPDATE item SET price = 1 WHERE id = 1;\n-- A\n{read}", "1"),
    "non-repeatable reads": ("-- A\n{read}\n-- B\nUPDATE item SET price = 1 WHERE id = 1; COMMIT;\n-- A\n{read}", "1"),
    "phantom reads": ("-- A\n{count}\n-- B\nINSERT INTO item VALUES (3, 5); COMMIT;\n-- A\n{count}", "3"),
    "lost updates": (
        "-- A\n{read}\n-- B\n{read}\n-- A\nUPDATE item SET price = 90 WHERE id = 1; COMMIT;\n"
        "-- B\nUPDATE item SET price = 80 WHERE id = 1; COMMIT;\n-- A\n{read}",
        "80",
    ),
    "write skew": (
        "-- A\n{sum}\n-- B\n{sum}\n-- A\nUPDATE item SET price = 0 WHERE id = 1; COMMIT;\n"
        "-- B\nUPDATE item SET price = 0 WHERE id = 2; COMMIT;\n-- A\n{sum}",
        "0",
    ),
}
WORDS = {
    "read": "SELECT price FROM item WHERE id = 1;",
    "count": "SELECT count(*) FROM item;",
    "sum": "SELECT sum(price) FROM item;",
}

TRIPS = """CREATE TABLE trip AS SELECT i AS id, i AS integer_id, i AS x, 'U' || i || '@x.com' AS email,
timestamp '2025-01-01' + i * interval '1 minute' AS created, i % 100 AS price, ARRAY[i % 10, i % 17] AS tags,
jsonb_build_object('z', i) AS doc, to_tsvector('english', 'word' || i) AS words, point(i % 99, i / 99) AS place,
tsrange(timestamp '2025-01-01' + i * interval '1 hour', timestamp '2025-01-02' + i * interval '1 hour') AS during
FROM generate_series(1, 10000) i;"""
OPERATORS = {  # row of the matrix -> (indexed column, the query's end)
    "created-between-and": ("created", "WHERE created BETWEEN '2025-01-03' AND '2025-01-04'"),
    "order-by-price-limit-10": ("price", "ORDER BY price LIMIT 10"),
    "tags-array-3-on-an-array": ("tags", "WHERE tags @> ARRAY[3]"),
    "doc-z-7-on-jsonb": ("doc", "WHERE doc @> '{\"z\": 7}'"),
    "a-full-text-match-on-a-tsvector": ("words", "WHERE words @@ to_tsquery('word7')"),
    "during-overlap-of-ranges": ("during", "WHERE during && tsrange('2025-02-01', '2025-02-02')"),
    "order-by-place-point-3-3": ("place", "ORDER BY place <-> point(3, 3) LIMIT 5"),
}
METHODS = {"B-tree": "btree", "GIN": "gin", "GiST": "gist"}
NO_SEQ = "SET enable_seqscan = off;"


@pytest.fixture
def postgres(server: Server) -> Iterator[Stage]:
    """Two sessions with empty tables of their own."""
    with stage(server.url("postgres"), "s" + uuid.uuid4().hex) as opened:
        yield opened


def card(name: str) -> Card:
    return CARDS[f"backfill:{name}"]


def answer(name: str) -> str:
    return answer_text(card(name).answer)


@pytest.mark.parametrize("name", STORIES)
def test_code_on_a_card_does_what_the_answer_says(name: str, postgres: Stage) -> None:
    before, expected, seen, after = STORIES[name]
    postgres.prepare(before)
    outcomes = postgres.play(card(name))
    assert answer(name) == expected
    assert seen in (outcomes, ["*"])
    if after:
        assert postgres.value(after[0]) == after[1]


@pytest.mark.parametrize("name", PLANS)
def test_a_query_on_a_card_is_planned_as_the_card_says(name: str, postgres: Stage) -> None:
    tables, held, lacking = PLANS[name]
    postgres.prepare(tables)
    plan = "\n".join(postgres.script("EXPLAIN (COSTS off) " + code_of(card(name))))
    assert [part for part in held if part not in plan] == []
    assert [part for part in lacking if part in plan] == []


@pytest.mark.parametrize("anomaly", ANOMALIES)
def test_the_lowest_level_without_an_anomaly_is_the_one_on_the_card(anomaly: str, server: Server) -> None:
    free = [level for level in LEVELS if not _happens(anomaly, level, server)]
    assert free == list(LEVELS[LEVELS.index(free[0]) :])
    assert answer(f"lowest-level/{anomaly.replace(' ', '-')}/postgresql") == free[0]


def test_each_condition_is_served_by_the_scan_on_its_card(postgres: Stage) -> None:
    postgres.prepare(TRIPS + "".join(f"CREATE INDEX ON trip ({c});" for c in ("id", "integer_id", "email", "created")))
    postgres.prepare("ANALYZE trip")
    cells = [one for one in CARDS.values() if one.note == "backfill:predicates"]
    for one in cells:
        plan = plan_of(postgres, "SELECT * FROM trip WHERE " + one.front.split("`")[1])
        assert answer_text(one.answer) == ("Sequential" if "Seq Scan" in plan else "Index"), plan
    assert len(cells) == 8


@pytest.mark.parametrize("row", OPERATORS)
def test_each_operator_is_served_by_the_index_type_on_its_card(row: str, postgres: Stage) -> None:
    column, end = OPERATORS[row]
    method = METHODS[answer(f"operator-index/{row}/index-type")]
    postgres.prepare(TRIPS + f"CREATE INDEX served ON trip USING {method} ({column}); ANALYZE trip")
    plan = plan_of(postgres, f"SELECT * FROM trip {end}")
    assert "served" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("method", ["hash", "brin"])
def test_hash_and_brin_indexes_serve_what_their_cards_say(method: str, postgres: Stage) -> None:
    postgres.prepare(TRIPS + f"CREATE INDEX served ON trip USING {method} (x); ANALYZE trip")
    assert "served" in plan_of(postgres, "SELECT * FROM trip WHERE x = 5", settings=NO_SEQ)
    assert ("served" in plan_of(postgres, "SELECT * FROM trip WHERE x > 9990", settings=NO_SEQ)) == (method == "brin")
    assert "Sort" in plan_of(postgres, "SELECT * FROM trip ORDER BY x LIMIT 10", settings=NO_SEQ)


def _happens(anomaly: str, level: str, server: Server) -> bool:
    acts, sign = ANOMALIES[anomaly]
    begin = f"BEGIN ISOLATION LEVEL {level};"
    with stage(server.url("postgres"), "s" + uuid.uuid4().hex) as opened:
        opened.prepare(ITEM.format("price"))
        outcomes = opened.script(f"-- A\n{begin}\n-- B\n{begin}\n{acts.format(**WORDS)}")
    return outcomes[-1] == sign
