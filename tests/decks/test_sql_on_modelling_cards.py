"""SQL on the cards about facts, conformed dimensions and migrations is run on PostgreSQL, drafts included."""

from __future__ import annotations

import uuid

import pytest

from decks.cards import cards
from decks.library import builtin, read_deck
from decks.model import Card, Deck
from decks.wording import answer_text
from tests.storage.server import Server

from .sessions import Stage, stage

DECKS = ("facts-grain-four-steps", "conformed-bus-matrix", "lakehouse-migration")
LINES = "CREATE TABLE fact_sales (order_id int, line_no int, revenue int); INSERT INTO fact_sales VALUES "
COPIES = "CREATE TABLE old_t (id int, amount int); CREATE TABLE new_t (id int, amount int);"
ORDERS = "CREATE TABLE old_orders (id int, amount int); CREATE TABLE new_orders (id int, amount int);"

# card -> (what was there before, its answer, what its query returns)
STORIES: dict[str, tuple[str, str, str]] = {
    "mixed-grain-sum": (LINES + "(9, NULL, 60), (9, 1, 40), (9, 2, 20)", "120", "120"),
    "grain-test": (
        LINES + "(8, 1, 5), (9, 1, 40), (9, 2, 20), (9, 2, 20)",
        "That the declared grain is violated",
        "9 2",
    ),
    "fact-to-fact-join": (
        """CREATE TABLE fact_orders (customer_key int, amount int); INSERT INTO fact_orders VALUES (7, 50), (7, 30);
        CREATE TABLE fact_tickets (customer_key int); INSERT INTO fact_tickets VALUES (7), (7), (7)""",
        "240",
        "240",
    ),
    "inner-drill-across": (
        """CREATE TABLE sales_by_c AS SELECT * FROM (VALUES (1, 10), (2, 20)) AS s (customer_key, revenue);
        CREATE TABLE returns_by_c AS SELECT * FROM (VALUES (2, 5), (3, 7)) AS r (customer_key, refunds)""",
        "Customers with only sales or only returns",
        "2 20 5",
    ),
    "except-one-way": (
        ORDERS + "INSERT INTO old_orders VALUES (1, 5), (1, 5); INSERT INTO new_orders VALUES (1, 5), (2, 7), (3, 9)",
        "Every old row occurs in the new table.",
        "",
    ),
    "counts-and-sums-agree": (
        COPIES + "INSERT INTO old_t VALUES (1, 5), (2, 7); INSERT INTO new_t VALUES (1, 7), (2, 5)",
        "Amounts may sit on the wrong rows.",
        "0 0",
    ),
    "parity-with-null": (COPIES + "INSERT INTO old_t VALUES (1, 5)", "NULL", "None"),
}


@pytest.fixture(scope="module")
def written() -> dict[str, Card]:
    return {card.id.removeprefix("backfill:"): card for name in DECKS for card in _cards(name)}


@pytest.mark.parametrize("name", STORIES)
def test_a_query_on_a_card_returns_what_its_answer_rests_on(
    name: str, server: Server, written: dict[str, Card]
) -> None:
    before, expected, seen = STORIES[name]
    with stage(server.url("postgres"), "s" + uuid.uuid4().hex) as opened:
        _play(opened, before, written[name], seen)
    assert answer_text(written[name].answer) == expected


def _play(opened: Stage, before: str, card: Card, seen: str) -> None:
    opened.prepare(before)
    assert opened.play(card) == [seen]


def _cards(name: str) -> tuple[Card, ...]:
    deck = read_deck(builtin().path / f"{name}.md").deck
    assert isinstance(deck, Deck)
    return cards(deck, "backfill", {})
