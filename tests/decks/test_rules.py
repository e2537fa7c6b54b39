"""Each card rule, by a note that breaks it and a note that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from decks.lint import Sheet, lint
from decks.parse import parse
from decks.rules import RULES
from tests.decks.text import HEADER, SOURCES, found, rules_of

DERIVED = {"quote", "stale"}  # these need a source: tests/derive/test_traces.py
LONG = "every late row of the batch is compared with the version that was open then " * 3


def q(front: str, answer: str = "the surrogate key", more: str = "") -> str:
    """A question note."""
    return f"Q: {front}\nA: {answer}\nid: a\n{more}"


OK = q("On a Kimball fact row, which column finds the version of its time?")

SITTING = """Matrix: In SCD Type {{row}}, {{column}}?
id: a
back: the old value | Which SCD type leaves the old value {{cell}}?

| T | the old value | how much history stays |
|---|---------------|------------------------|
| 2 | {fate}        | {history}              |
"""

# rule -> (what breaks it, severity), what keeps it
RULED: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "id": ([("Q: Which?\nA: the row\n", "error")], [OK]),
    "length": (
        [
            (q(LONG + "?"), "warning"),
            (q("Which rows?", "word " * 41), "error"),
            (q("Which rows?", "one two three", f"why: {LONG}{LONG}\n"), "warning"),
            (q("Which rows?", LONG[:80] + "x", "not: a\nnot: b\nnot: c\n"), "warning"),
            ("Scenario: Ten rows are late. Which close?\nA: " + "one " * 13 + "\nid: a\n", "warning"),
        ],
        [q("Which rows?", "word " * 39), q("Which rows?", LONG[:80].strip(), "not: a\nnot: b\n")],
    ),
    "code": (
        [
            ("Code: What comes back?\n```sql\n" + "x" * 41 + "\n```\nA: one\nid: a\n", "warning"),
            ("Code: What comes back?\n```sql\n" + "x\n" * 13 + "```\nA: one\nid: a\n", "warning"),
        ],
        ["Code: What comes back?\n```sql\n" + ("x" * 40 + "\n") * 12 + "```\nA: one\nid: a\n"],
    ),
    "context": (
        [
            (q("What does a Type 4 change leave?"), "error"),
            (q("How is a Type 2 row closed?"), "error"),
            (q("What does a manifest list?"), "error"),
            (q("When is a snapshot taken?"), "error"),
            (q("What does a staging model do?".replace("model", "step")), "error"),
            (q("How many tables does snowflake add?".replace("tables", "joins")), "error"),
            (q("Which key does the article propose?"), "error"),
            (q("In the example above, what is kept?"), "error"),
            (q("Why is it slow?"), "error"),
            ("Choice: Which of the following do facts carry?\n+ a\n- b\n- c\nid: a\n", "error"),
            (q("It fails at night. What is missing?"), "error"),
        ],
        [
            q("In Kimball's Type 4, what keeps the fast attributes?"),
            q("How is an SCD Type 2 row closed?"),
            q("What does an Iceberg manifest list?"),
            q("What does a snowflake schema split off?"),
            q("Why is it unsafe to key facts by customer number?"),
            q("Which share of rows above 80 % points at what?"),
            "Code: What does this return?\n```sql\nSELECT 1\n```\nA: one\nid: a\n",
        ],
    ),
    "ambiguous": (
        [
            (q("What is the main reason to close a row?"), "warning"),
            (q("What is the best way to close a row?"), "warning"),
            (q("Name a column that every version has."), "warning"),
            (q("What is a key difference between the two ends?"), "warning"),
        ],
        [
            q("Which natural key stays the same for years?"),
            q("Give the condition that finds an open row."),
            q("When one of the runs fails, what is repeated?"),
        ],
    ),
    "yes-no": (
        [
            (q("A row changes. Does its surrogate stay?"), "error"),
            (q("Is a closed row ever updated?", "never"), "error"),
            (q("What happens to it in a closed row?".replace("to it ", ""), "No"), "error"),
        ],
        [q("A row changes. What stays?"), q("Is the end open or closed?", "open")],
    ),
    "leak": (
        [
            (q("Which rows does the surrogate key on a fact select?"), "error"),
            (q("A key that is a surrogate is called what?"), "warning"),
            ("C: The [surrogate] column, since a surrogate never changes.\nid: a\n", "error"),
        ],
        [
            q("Which key do facts carry?"),
            q("Is the key a surrogate key or a natural key?"),
            q("How additive is a price per unit?", "not additive"),
            q("In 2 rows, how many are open?", "2"),
        ],
    ),
    "hint": (
        [(q("What do facts carry?", more="hint: Think of the surrogate key.\n"), "error")],
        [q("What do facts carry?", more="hint: Think of versions.\n")],
    ),
    "enumeration": (
        [
            ("Q: Which columns are added?\nA:\n- a\n- b\n- c\n- d\n- e\nid: a\n", "error"),
            (q("Which columns are added?", "valid from, valid to, current flag, hash and version"), "error"),
        ],
        [
            "Q: Which columns are added?\nA:\n- a\n- b\n- c\n- d\nid: a\n",
            q("What is done?", "Close the open row, insert the new one, and never touch facts that were loaded before"),
        ],
    ),
    "options": (
        [
            (q("What do facts carry?", more="not: The Surrogate Key.\n"), "error"),
            (q("What do facts carry?", more="also: the SK\nnot: the SK\n"), "error"),
            (q("What do facts carry?", more="not: a date\nnot: A date\n"), "error"),
            (q("What do facts carry?", more="wrong: the surrogate key | no\n"), "error"),
            ("Choice: What do facts carry?\n+ a\n- b\nid: a\n", "warning"),
            ("Choice: What do facts carry?\n+ a\n- b\n- c\nalso: B\nid: a\n", "error"),
            (
                "Matrix: {row}, {column}?\nback: is | What is {cell}?\nalso: key | date\nid: a\n\n"
                "| T | is |\n|---|---|\n| key | number |\n| date | day |\n",
                "error",
            ),
        ],
        [q("What do facts carry?", more="not: a date\nnot: a name\n")],
    ),
    "as-of": (
        [
            (q("What does a dbt model become?"), "warning"),
            (q("What does a terabyte cost a month?", "about $23"), "warning"),
            (q("Which mode is new in Spark 3.5?"), "warning"),
        ],
        [q("What does a dbt model become?", more="as_of: 2026-05\n"), q("What does a model cost?")],
    ),
    "source": (
        [
            (q("What is kept?", more="source: guidd, Grain\n"), "error"),
            (q("What is kept?", more="source: guide, Grian\n"), "error"),
            (q("What is kept?", more="source: guide\n"), "warning"),
        ],
        [q("What is kept?", more="source: guide, Keys\n"), q("What is kept?", more="source: general\n")],
    ),
    "points": (
        [("Interview: How would you do it?\nA: So.\npoints:\n- a\n- b\nid: a\n", "error")],
        ["Interview: How would you do it?\nA: So.\npoints:\n- a\n- b\n- c\nid: a\n"],
    ),
    "steps": (
        [("Steps: Load\n1. a\n2. b\nid: a\n", "error")],
        ["Steps: Load\n1. a\n2. b\n3. c\nid: a\n"],
    ),
    "cloze": (
        [("C: Each version is an [extra row] of the dimension.\nid: a\n", "warning")],
        ["C: Each version is [an extra row] of the dimension.\nid: a\n"],
    ),
    "sitting": (
        [
            (SITTING.format(fate="kept beside all versions", history="all versions"), "warning"),
            (
                "Compare: SCD Type 1 | SCD Type 2\nid: a\n\n| on | l | r |\n|---|---|---|\n"
                "| what they keep when a version is closed | the latest value | all values |\n"
                "| what they do to a row | overwrite | a version is closed |\n",
                "warning",
            ),
        ],
        [
            SITTING.format(fate="kept in rows", history="all versions"),
            SITTING.format(fate="kept in rows", history="SCD Type 2 versions"),
        ],
    ),
    "duplicate": (
        [
            (OK + "\n" + OK.replace("id: a", "id: b"), "error"),
            (OK + "\n" + OK.replace("id: a", "id: b").replace("the surrogate key", "a natural key"), "error"),
            (OK + "\n" + OK.replace("id: a", "id: b").replace("which column", "which one column"), "warning"),
        ],
        [
            OK + "\n" + q("Which column tells that a row is open?", "the flag").replace("id: a", "id: b"),
            q("In SCD Type 1, which value of a late row is kept?")
            + "\n"
            + q("In SCD Type 2, which value of a late row is kept?").replace("id: a", "id: b"),
        ],
    ),
}


def test_every_rule_has_its_examples_and_its_line_in_the_document() -> None:
    assert set(RULED) | DERIVED == set(RULES)
    document = (Path(__file__).parents[2] / "docs" / "deck-format.md").read_text()
    table = "".join(line.split("|")[1] for line in document.partition("## Checking")[2].splitlines() if line[:1] == "|")
    assert set(re.findall(r"`([a-z-]+)`", table)) == set(RULES)


@pytest.mark.parametrize(
    ("rule", "severity", "body"),
    [(rule, severity, body) for rule, (bad, _) in RULED.items() for body, severity in bad],
)
def test_a_note_that_breaks_a_rule_is_found(rule: str, severity: str, body: str) -> None:
    assert rules_of(body) == [f"{severity} {rule}"]


@pytest.mark.parametrize(("rule", "body"), [(rule, body) for rule, (_, good) in RULED.items() for body in good])
def test_a_note_that_keeps_a_rule_is_left_alone(rule: str, body: str) -> None:
    assert rules_of(body) == []


def test_duplicates_and_taken_ids_are_found_across_decks() -> None:
    assert rules_of(OK, OK.replace("id: a", "id: b")) == ["error duplicate"]
    other = q("When does a version end?", "at the next one")
    assert [finding.problem for finding in found(OK, other)] == ["The id 'a' is taken by x0.md:9."]


def test_a_waiver_excuses_exactly_its_rule_and_one_that_excuses_nothing_is_found() -> None:
    broken = q("What is the main reason to close a row?", more="as_of: 2026-05\n")
    assert rules_of(broken + "waive: ambiguous | the guide gives the order\n") == []
    assert rules_of(broken + "waive: leak | x\n") == ["warning ambiguous", "warning waiver"]
    (unknown,) = found(OK + "waive: ambigous | x\n")
    assert (unknown.problem, unknown.remedy) == ("There is no rule 'ambigous' to waive.", "Did you mean 'ambiguous'?")


def test_a_finding_in_a_table_stands_at_its_row() -> None:
    body = "Matrix: {row}, {column}?\nid: m\n\n| T | kept |\n|---|---|\n| SCD Type 1 | x |\n| Type 2 | y |\n"
    assert [(finding.line, finding.rule) for finding in found(body)] == [(15, "context")]


def test_a_deck_or_track_that_names_a_missing_deck_is_found() -> None:
    needing = HEADER.replace("level:", "requires: things, other\nlevel:") + OK
    track = "---\ntrack: t\ntitle: T\ngoal: G\ndecks: thing\n---\n"
    sheets = [Sheet(name, parse(text, file=name)) for name, text in (("d.md", needing), ("t.md", track))]
    assert [(finding.file, finding.problem, finding.remedy) for finding in lint(sheets, SOURCES, month="2026-11")] == [
        ("d.md", "The header names a deck 'other' that is not there.", "Remove it, or add the deck."),
        ("t.md", "The header names a deck 'thing' that is not there.", "Did you mean 'things'?"),
    ]


def test_findings_of_some_files_are_those_of_all_files_that_stand_there() -> None:
    """Also those that compare decks, whichever of the two is looked at."""
    broken = q("What is the main reason to close a row?", more="as_of: 2026-05\nwaive: leak | x\n")
    bodies = {"a.md": OK + broken, "b.md": OK, "c.md": broken + "Q: No answer\n"}
    sheets = [
        Sheet(file, parse(HEADER.replace("things\n", file[0] + "\n", 1) + body, file=file))
        for file, body in bodies.items()
    ]
    every = lint(sheets, SOURCES, month="2026-11")
    assert {finding.file for finding in every} == set(bodies)
    assert len({finding.rule for finding in every}) > 3
    for file in bodies:
        of_file = tuple(finding for finding in every if finding.file == file)
        assert lint(sheets, SOURCES, month="2026-11", files={file}) == of_file
