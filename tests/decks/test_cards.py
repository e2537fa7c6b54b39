"""What each kind of note asks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.check import check
from bot.core.model import Fit
from decks.cards import cards, renames
from decks.ids import write_ids
from decks.model import Citation, Deck, Importance, Kind, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.parse import parse
from decks.quantity import Quantity, read_quantity
from tests.decks.text import HEADER, cards_of, read

MATRIX = """Matrix: In SCD Type {row}, {column}?
id: scd
ask: rows added | How many rows does SCD Type {row} add?
back: old value | Which SCD type: the old value is {cell}?
why: The type decides.
as_of: 2026-05
renamed: old value | history

| Type | old value   | rows added |
|------|-------------|------------|
| 1    | overwritten | none       |
| 2    | kept        | one        |
| 3    | moved       | none       |
| 6    | kept        | -          |

[2 / rows added]
why: Every version is a row.
also: a single one
importance: extra
was: backfill:two-adds
"""


def test_a_matrix_asks_each_filled_cell_with_the_other_values_of_its_column_beside_it() -> None:
    by_id = {card.id: card for card in cards_of(MATRIX)}
    assert list(by_id) == [
        "backfill:scd/1/old-value",
        "backfill:scd/1/old-value/back",
        "backfill:scd/1/rows-added",
        "backfill:scd/2/old-value",
        "backfill:scd/2/rows-added",
        "backfill:scd/3/old-value",
        "backfill:scd/3/old-value/back",
        "backfill:scd/3/rows-added",
        "backfill:scd/6/old-value",
    ]
    kept = by_id["backfill:scd/2/old-value"]
    assert kept.front == "In SCD Type 2, old value?"
    assert [(wrong.text, wrong.label, wrong.card) for wrong in kept.distractors] == [
        ("overwritten", "1", "backfill:scd/1/old-value"),
        ("moved", "3", "backfill:scd/3/old-value"),
    ]
    assert kept.related == ("backfill:scd/row:2", "backfill:scd/column:old-value")
    assert kept.place is not None
    assert kept.place.neighbours[1] == ("2", kept.id)
    assert [label for label, _ in kept.place.neighbours] == ["1", "2", "3", "6"]


def test_a_cell_says_its_own_and_falls_back_to_the_note_and_the_deck() -> None:
    by_id = {card.id: card for card in cards_of(MATRIX)}
    own, other = by_id["backfill:scd/2/rows-added"], by_id["backfill:scd/1/rows-added"]
    assert own.front == "How many rows does SCD Type 2 add?"
    assert (own.why, own.importance, own.as_of) == ("Every version is a row.", Importance.EXTRA, "2026-05")
    assert own.answer == TextAnswer("one", ("a single one",))
    assert (other.why, other.importance) == ("The type decides.", Importance.CORE)
    assert other.source == Citation(title="The guide", section="Grain", date="2026-05")


def test_only_a_value_that_no_other_row_shares_asks_for_its_row() -> None:
    by_id = {card.id: card for card in cards_of(MATRIX)}
    back, there = by_id["backfill:scd/1/old-value/back"], by_id["backfill:scd/1/old-value"]
    assert back.front == "Which SCD type: the old value is overwritten?"
    assert back.answer == TextAnswer("1")
    assert [(wrong.text, wrong.label) for wrong in back.distractors] == [("2", "kept"), ("3", "moved"), ("6", "kept")]
    assert back.siblings == there.siblings == "backfill:scd/1/old-value"
    assert by_id["backfill:scd/1/rows-added"].siblings == ""


def test_other_names_of_a_row_are_accepted_where_it_is_asked_for() -> None:
    named = MATRIX.replace(
        "why: The type decides.", "also: 1 | overwrite\nalso: 3 | add a column\nwhy: The type decides."
    )
    by_id = {card.id: card for card in cards_of(named)}
    assert by_id["backfill:scd/1/old-value/back"].answer == TextAnswer("1", ("overwrite",))
    assert by_id["backfill:scd/3/old-value/back"].answer == TextAnswer("3", ("add a column",))
    assert by_id["backfill:scd/1/old-value"].answer == TextAnswer("overwritten")


def test_the_single_right_option_of_a_choice_may_be_typed_in_other_words() -> None:
    (card,) = cards_of(
        "Choice: Which SCD type keeps all versions?\n+ Type 2\n- Type 1\n- Type 3\nalso: add a row\nid: c\n"
    )
    assert card.answer == TextAnswer("Type 2", ("add a row",))
    assert check(card, "add a row").fit is Fit.RIGHT
    assert check(card, "type 3").fit is Fit.WRONG


def test_renamed_columns_and_earlier_ids_lead_to_the_cards_of_now() -> None:
    deck = read(MATRIX).deck
    assert isinstance(deck, Deck)
    led = renames(deck, "backfill")
    assert led["backfill:scd/1/history"] == "backfill:scd/1/old-value"
    assert led["backfill:scd/1/history/back"] == "backfill:scd/1/old-value/back"
    assert led["backfill:two-adds"] == "backfill:scd/2/rows-added"


def test_an_earlier_id_of_a_note_leads_all_its_cards_on() -> None:
    deck = read(
        "Term: grain\nA: what a row stands for\nreverse: What does a row stand for?\nid: grain\nwas: g2, g1\n"
    ).deck
    assert isinstance(deck, Deck)
    assert renames(deck, "backfill") == {
        "backfill:g2": "backfill:grain",
        "backfill:g1": "backfill:grain",
        "backfill:g2/back": "backfill:grain/back",
        "backfill:g1/back": "backfill:grain/back",
    }


def test_a_term_is_asked_both_ways_and_never_on_one_day() -> None:
    there, back = cards_of(
        "Term: a grain\nA: what a row is\nreverse: What names what a row is?\nalso: granularity\nid: grain\n"
    )
    assert (there.front, there.answer) == ("What is a grain?", TextAnswer("what a row is"))
    assert (back.id, back.answer) == ("backfill:grain/back", TextAnswer("a grain", ("granularity",)))
    assert there.siblings == back.siblings == "backfill:grain"


def test_a_cloze_asks_each_blank_with_the_others_filled_in() -> None:
    first, second = cards_of(r"C: Close it by [`valid_to[0]`] and \[not\] by [is_current], `a[0]`." + "\nid: close\n")
    assert first.front == r"Close it by […] and \[not\] by is_current, `a[0]`."
    assert first.answer == TextAnswer("`valid_to[0]`")
    assert (first.id, second.id) == ("backfill:close/valid-to-0", "backfill:close/is-current")
    assert first.siblings == second.siblings == "backfill:close"


def test_a_value_put_into_code_is_code_whatever_markup_it_carries() -> None:
    rows = "| `acks` | `all` |\n| **linger.ms** | ten |\n| dead\\*letter | no |\n"
    note = "Matrix: In Kafka, what is `{row}` set to?\nback: value | Which is `{cell}`?\nid: m\n\n"
    assert [card.front for card in cards_of(f"{note}| s | value |\n|---|---|\n{rows}")] == [
        "In Kafka, what is `acks` set to?",
        "Which is `all`?",
        "In Kafka, what is `linger.ms` set to?",
        "Which is `ten`?",
        "In Kafka, what is `dead*letter` set to?",
        "Which is `no`?",
    ]
    note = "Compare: `map` | flatMap\nask: In Spark, `{left}` or {left}, `{right}`: {dimension}?\nid: c\n\n"
    assert [card.front for card in cards_of(f"{note}| on | a | b |\n|---|---|---|\n| rows | 1 | 2 |\n")] == [
        "In Spark, `map` or `map`, `flatMap`: rows?"
    ]


def test_a_comparison_names_both_sides() -> None:
    (card,) = cards_of(
        "Compare: star | snowflake schema\nid: c\n\n| on | a | b |\n|---|---|---|\n| joins | few | many |\n"
    )
    assert card.id == "backfill:c/joins"
    assert card.front == "star and snowflake schema: how do they differ in joins?"
    assert card.answer == TextAnswer("**star**: few\n\n**snowflake schema**: many")


def test_the_other_kinds_have_the_answers_they_are_graded_by() -> None:
    body = """Number: How long is it kept?
A: 7 days
tolerance: 0.5
also: 168 hours
id: n

Choice: Which are SCD types?
+ Type 1
+ Type 2
- Type 9
- Type 8
id: c

Steps: Load it
1. find
2. close
id: s

Interview: How would you do it?
A: Carefully.
points:
- care | caution, prudence
- time
id: i

Project: Log reader
goal: Read logs.
tools: Python, SQL
teaches: parsing
id: p

Q: Which are the keys?
A:
- natural
- surrogate
id: q
"""
    number, choice, steps, interview, tools, teaches, items = cards_of(body)
    assert number.answer == NumberAnswer("7 days", 7.0, "days", 0.5, ("168 hours",))
    assert choice.answer == SetAnswer(("Type 1", "Type 2"))
    assert [wrong.text for wrong in choice.distractors] == ["Type 9", "Type 8"]
    assert steps.answer == StepsAnswer(("find", "close"))
    assert isinstance(interview.answer, PointsAnswer)
    assert interview.answer.points[0].keywords == ("caution", "prudence")
    assert (tools.id, tools.answer) == ("backfill:p/tools", SetAnswer(("Python", "SQL")))
    assert (teaches.kind, teaches.answer) == (Kind.PROJECT, TextAnswer("parsing"))
    assert items.answer == SetAnswer(("natural", "surrogate"))


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("7 days", Quantity(7, "days")),
        ("24 %", Quantity(24, "%")),
        ("24%", Quantity(24, "%")),
        ("1,000", Quantity(1000)),
        ("1\u202f000 rows", Quantity(1000, "rows")),
        ("1 GB", Quantity(1, "GB")),
        ("0.5", Quantity(0.5)),
        ("-40 °C", Quantity(-40, "°C")),
        ("$0.05 per GB", Quantity(0.05, "$ per GB")),
        ("about 5", None),
        ("3-6", None),
        ("3 to 6", None),
        ("1,00", None),
        ("", None),
        ("seven", None),
    ],
)
def test_a_quantity_is_one_number_and_its_unit(text: str, quantity: Quantity | None) -> None:
    assert read_quantity(text) == quantity


def test_a_field_runs_on_over_lines_and_code_keeps_its_own() -> None:
    (card,) = cards_of(
        "Code: What does this\nreturn?\n```sql\nSELECT 1\n\nFROM t\n```\nA: one\n  row\n\\why: not\nid: x\n"
    )
    assert card.front == "What does this return?\n```sql\nSELECT 1\n\nFROM t\n```"
    assert card.answer == TextAnswer("one row why: not")


def test_ids_are_short_words_of_the_question_written_at_the_end_of_the_note() -> None:
    text = HEADER + (
        "Q: Which SCD type keeps the old value under its old key?\r\nA: Type 2\r\n\r\n"
        "Matrix: In {row}, the {column} here?\nsource: guide, Grain\n\n| T | a |\n|---|---|\n| 1 | x |\n\n"
        "Term: grain\nA: x\nid: grain\nwas: grain-2\n\nTerm: grain\nA: y\n"
    )
    filled, written = write_ids(text, {"here"})
    assert [(one.line, one.id) for one in written] == [
        (11, "scd-type-keeps-old-value"),
        (14, "here-2"),
        (28, "grain-3"),
    ]
    lines = filled.split("\n")
    assert [lines[one.line - 1] for one in written] == ["id: scd-type-keeps-old-value\r", "id: here-2", "id: grain-3"]
    assert [line for at, line in enumerate(lines, start=1) if at not in (11, 14, 28)] == text.split("\n")
    assert parse(filled, file="x.md").errors == ()


def test_the_examples_of_the_format_document_are_decks() -> None:
    document = (Path(__file__).parents[2] / "docs" / "deck-format.md").read_text()
    examples = re.findall(r"^```markdown\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    assert len(examples) >= 3
    for example in examples:
        parsed = parse(example if example.startswith("---") else HEADER + example, file="docs/deck-format.md")
        assert [str(error) for error in parsed.errors] == []
        if isinstance(parsed.deck, Deck):
            assert cards(parsed.deck, "backfill", {})
