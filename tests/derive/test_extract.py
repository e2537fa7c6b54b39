"""What of a document becomes a card, what does not, and why."""

from __future__ import annotations

import pytest

from decks.derive.assemble import extract
from decks.derive.candidates import Candidate, Reason, Verdict
from decks.derive.extract.glosses import glossed
from decks.derive.extract.phrases import clauses
from decks.model import Cloze, Code, Interview, Matrix, Number, Project, Question, Steps, Term
from tests.derive.texts import ARTICLE, OUTLINE, ROWS, document

VALUES = """
# Storage for a pottery

### Solution Using a shelf matrix

**Code.**

```sql
CREATE TABLE shelf_guide AS
SELECT * FROM (VALUES
    ('raw_clay',   'sealed in plastic',  'it must not dry out; it''s heavy'), -- wet
    ('dry_pots',   'open wire shelves',  'air must reach every side'),
    ('fired_pots', 'any stable shelf',   'nothing can harm them (much)')
) AS t(piece, where_it_stands, why);
```

**Step-by-step trace.**

| piece | where it stands | why |
|---|---|---|
| raw\\_clay | sealed in plastic | it must not dry out; it's heavy |
| dry\\_pots | open wire | air must reach every side |
| fired\\_pots | any stable shelf | nothing can harm them (much) |

**Output.**

| piece | where it stands |
|---|---|
| raw\\_clay | sealed in plastic |
| fired\\_pots | any stable shelf |
"""

PARALLEL = """
# Faults in glaze

## Crawling

- **Symptom** \u2014 the glaze draws back and leaves bare clay.
- **Cause** \u2014 dust or grease under the glaze.
- **Cure** \u2014 wipe the pot with a wet sponge before glazing.

## Pinholes

- **Symptom** \u2014 tiny craters all over the surface.
- **Cause** \u2014 gas that escapes while the glaze melts.
- **Cure** \u2014 hold the top temperature for longer.

## Crazing

- **Symptom** \u2014 a net of fine cracks in the glaze.
- **Cause** \u2014 the glaze shrinks more than the clay.
- **Cure** \u2014 add silica to the glaze.
"""


def kept(text: str) -> list[Candidate]:
    return [one for one in extract(document(text)) if one.verdict is not Verdict.DROP]


def dropped(text: str) -> list[tuple[str, Reason]]:
    return [(one.kind, one.reason) for one in extract(document(text)) if one.verdict is Verdict.DROP]


def bodies(text: str) -> list[object]:
    return [one.body for one in kept(text)]


def test_an_article_gives_its_terms_and_cheat_sheet_and_drops_samples_and_promotion() -> None:
    found = kept(ARTICLE)
    assert [one.body.term for one in found if isinstance(one.body, Term)] == ["Bowline", "Clove hitch", "Sheet bend"]
    questions = [one for one in found if isinstance(one.body, Question)]
    assert [one.reason for one in questions] == [Reason.CHEAT_SHEET] * 3
    first = questions[0].body
    assert isinstance(first, Question)
    assert first.front == "You want to lower a climber. Which rope?"
    assert first.answer == "dynamic nylon"
    assert set(first.distractors) == {"pre-stretched polyester", "braided nylon"}
    assert questions[0].note_why == "it stretches and softens the fall"
    reasons = {reason for _, reason in dropped(ARTICLE)}
    assert {Reason.SAMPLE, Reason.CHROME, Reason.CONTENTS, Reason.NO_OUTPUT} <= reasons


def test_a_matrix_hidden_in_values_is_taken_whole_and_its_copies_are_repeats() -> None:
    (matrix,) = bodies(VALUES)
    assert isinstance(matrix, Matrix)
    assert [label for label, _ in matrix.rows] == ["raw clay", "dry pots", "fired pots"]
    assert matrix.columns == ("where it stands",)
    assert next(cell.why for cell in matrix.cells) == "it must not dry out; it's heavy"
    assert [reason for kind, reason in dropped(VALUES) if kind == "table"] == [Reason.REPEAT, Reason.REPEAT]


def test_lists_with_the_same_lead_ins_are_a_matrix() -> None:
    (matrix,) = bodies(PARALLEL)
    assert isinstance(matrix, Matrix)
    assert matrix.columns == ("Symptom", "Cause", "Cure")
    assert [label for label, _ in matrix.rows] == ["Crawling", "Pinholes", "Crazing"]
    assert matrix.rows[2][1][2] == "add silica to the glaze."


def test_triples_of_subject_dimension_and_value_become_a_matrix() -> None:
    text = """# Clays compared

| clay | property | verdict |
|---|---|---|
| stoneware | firing heat | very hot kiln |
| stoneware | after firing | dense and grey |
| earthenware | firing heat | mild kiln heat |
| earthenware | after firing | porous and red |
"""
    (matrix,) = bodies(text)
    assert isinstance(matrix, Matrix)
    assert matrix.columns == ("firing heat", "after firing")
    assert matrix.rows == (
        ("stoneware", ("very hot kiln", "dense and grey")),
        ("earthenware", ("mild kiln heat", "porous and red")),
    )


def test_a_row_that_says_the_same_of_every_column_asks_nothing() -> None:
    text = """# Clay or plaster

| Dimension | Clay | Plaster |
|---|---|---|
| hardens by | heat of the kiln | water it takes up |
| colour when dry | pale and dull | pale and dull |
| second use | soak and wedge it | cannot be reused |
"""
    (matrix,) = bodies(text)
    assert isinstance(matrix, Matrix)
    assert [label for label, _ in matrix.rows] == ["hardens by", "second use"]
    assert matrix.template == "Clay or plaster: what is the {row} of {column}?"


@pytest.mark.parametrize(
    "table",
    [
        "| order_id | region | amount |\n|---|---|---|\n| 1 | EU | 250 |\n| 2 | US | 300 |\n| 3 | US | 90 |",
        "| metric | before | after |\n|---|---|---|\n| time | 45 s | 3 s |\n| files | 900 | 12 |",
        "| step | description | running value |\n|---|---|---|\n| 1 | add one | 1 |\n| 2 | add two | 3 |",
        "| pot | weight |\n|---|---|\n| P-1 | 2 kg |",
    ],
)
def test_sample_rows_traces_and_measurements_are_no_cards(table: str) -> None:
    text = f"# Pots\n\n### Worked example \u2014 weigh\n\n**Output.**\n\n{table}\n"
    assert bodies(text) == []
    assert ("table", Reason.SAMPLE) in dropped(text)


@pytest.mark.parametrize(
    "table",
    [
        "| Question | Answered in |\n|---|---|\n| Which clay shrinks most? | [the clay pages](clay.md) |\n"
        "| Why do handles crack? | <https://pots.example/handles> [a film](film.md) |\n"
        "| What is cone 10 made of? | [the kiln pages](kiln.md) |",
        "| Name | Kind of exercise | Text | Solution | Remark |\n|---|---|---|---|---|\n"
        "| First bowl | throwing | [Exercise](a.md) | [Solution](b.md) | |\n"
        "| Second bowl | throwing | [Exercise](c.md) | [Solution](d.md) | |\n"
        "| Tall vase | throwing | [Exercise](e.md) | [Solution](f.md) | |",
    ],
)
def test_a_table_of_links_leads_elsewhere_and_is_no_card(table: str) -> None:
    text = f"# Pots\n\n## Go on\n\n{table}\n"
    assert bodies(text) == []
    assert ("table", Reason.SAMPLE) in dropped(text)


def test_a_link_beside_an_explanation_takes_nothing_from_it() -> None:
    text = """# Glazes

| Glaze | What it is | Read more |
|---|---|---|
| celadon | green, from a little iron fired without air | [celadon](celadon.md) |
| tenmoku | black and brown, from much iron | [tenmoku](tenmoku.md) |
| shino | white and thick, from soda and feldspar | [shino](shino.md) |
"""
    assert any(isinstance(body, Matrix) for body in bodies(text))


@pytest.mark.parametrize("columns", ["*", "pot_id, clay_type"])
def test_what_a_query_printed_is_no_card(columns: str) -> None:
    rows = "| pot_id | clay_type |\n|---|---|\n| 1 | raku |\n| 2 | porcelain |\n| 3 | terracotta |"
    text = f"# Pots\n\n## Doubles\n\n```sql\nSELECT {columns} FROM pots;\n```\n\n**Results:**\n\n{rows}\n"
    assert bodies(text) == []
    assert ("table", Reason.SAMPLE) in dropped(text)


@pytest.mark.parametrize(
    "text",
    [
        "Collect information on each pot.\n\n| Field | Description |\n|---|---|\n"
        "| Clay | Specify which clay it is made of |\n"
        "| Owner | Name of whoever ordered the pot |",
        "| Clay | What is it for | Where is it from |\n|---|---|---|\n| stoneware | | |\n"
        "| earthenware | | |\n| raku | | |",
        "```sql\nINSERT INTO pots (name, kind) VALUES\n('tall vase', 'vase'), ('low bowl', 'bowl'), "
        "('wide dish', 'dish');\n```",
        "```sql\nSELECT full_name, other_name FROM potters;\n```\n\n**Results:**\n\n"
        "| full_name | other_name |\n|---|---|\n| Lucie Rie | Lucie Rie |\n| Hans Coper | Hans Coper |\n"
        "| Bernard Leach | Bernard Leach |",
        "| Shelf | what stands there |\n|---|---|\n| upper | many mixed pots |\n| middle | many mixed pots |\n"
        "| lower | many mixed pots |",
        "| Lesson | Topic | Duration | Difficulty |\n|---|---|---|---|\n| 1 | wedging the clay | one hour | easy |\n"
        "| 2 | centring on the wheel | a whole week | hard |\n| 3 | pulling up the walls | a month | harder |",
        "| File | Purpose |\n|---|---|\n| `throw.py` | throws a pot on the wheel |\n"
        "| `fire.py` | heats the kiln slowly |\n"
        "| `kiln.yml` | says how hot it gets |",
    ],
    ids=["form", "empty form", "inserted rows", "printed words", "all the same", "timetable", "the author's files"],
)
def test_forms_inserted_rows_printed_words_and_inventories_are_no_matrices(text: str) -> None:
    assert not any(one.verdict is Verdict.KEEP and isinstance(one.body, Matrix) for one in kept(f"# Pots\n\n{text}\n"))


@pytest.mark.parametrize("header", ["| | Oolong | Sencha |", "| Aspect | Oolong | ? | Sencha |"])
def test_a_column_without_a_name_does_not_cost_the_table(header: str) -> None:
    wide = header.count("|") - 1
    extra = " [more](more.md) |" if wide == 4 else ""
    rows = (
        ("leaf", "half oxidised leaves", "steamed green leaves"),
        ("taste", "ripe fruit and wood", "cut grass and sea"),
    )
    rows += (("water", "just off the boil", "not yet near the boil"),)
    lines = [f"| {label} | {one} |{extra} {other} |" for label, one, other in rows]
    text = "\n".join((header, "|" + "---|" * wide, *lines))
    (matrix,) = bodies(f"# Teas compared\n\n{text}\n")
    assert isinstance(matrix, Matrix)
    assert matrix.columns == ("Oolong", "Sencha")


def test_of_two_tellings_the_longer_is_kept() -> None:
    head = "| Clay | What it is for |\n|---|---|\n"
    short = "| stoneware | plates that last for years |\n| raku | bowls for the tea ceremony |\n"
    short += "| porcelain | cups so thin that light comes through |\n| terracotta | tiles on a warm roof |\n"
    short += "| slip | a thin coat over another body |\n"
    text = f"# Clays\n\n{head}{short}\n## All of them\n\n{head}{short}| earthenware | pots for the garden |\n"
    (matrix,) = bodies(text)
    assert isinstance(matrix, Matrix)
    assert len(matrix.rows) == 6


def test_rows_that_are_numbered_and_hold_no_words_are_a_trace() -> None:
    table = (
        "| Moment | Left | Right | Joined |\n|---|---|---|---|\n| 1 | A | | |\n| 2 | | b | A, b |\n| 3 | B | | B, b |"
    )
    assert bodies(f"# Joining two streams\n\nIn each row something arrives.\n\n{table}\n") == []


def test_steps_told_in_a_table_become_steps() -> None:
    text = """# Throwing a bowl

| step | action | what it does |
|---|---|---|
| 1 | wedge the clay | drives out air |
| 2 | centre the clay | keeps it from wobbling |
| 3 | open the middle | makes room for the thumb |
| 4 | pull up the wall | gives the bowl its height |
"""
    (steps,) = bodies(text)
    assert isinstance(steps, Steps)
    assert steps.steps == ("wedge the clay", "centre the clay", "open the middle", "pull up the wall")


def test_columns_are_asked_in_words_that_fit_their_names() -> None:
    text = """# Kilns

| Kiln | what heats it | the gas it needs | firing time |
|---|---|---|---|
| electric kiln | wires in the wall | none at all | most of a day |
| wood kiln | split pine | only the air | two or three days |
"""
    (matrix,) = bodies(text)
    assert isinstance(matrix, Matrix)
    assert dict(matrix.ask) == {
        "what heats it": "Kilns, {row}: what heats it?",
        "the gas it needs": "Kilns: for {row}, what is the gas it needs?",
    }
    assert matrix.template == "Kilns: for {row}, what is the {column}?"


def test_rows_of_terms_become_terms() -> None:
    assert [(one.term, one.answer) for one in bodies(ROWS) if isinstance(one, Term)] == [
        ("warp", "threads that run along the loom"),
        ("weft", "threads that run across the loom"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**slip** \u2014 clay thinned with water", ("slip", "clay thinned with water")),
        ("**slip**: clay thinned with water", ("slip", "clay thinned with water")),
        ("**slip:** clay thinned with water", ("slip", "clay thinned with water")),
        ("**`throw`** - shape on a wheel", ("throw", "shape on a wheel")),
        ("**The slip** \u2014 thin clay", ("slip", "thin clay")),
        ("**Layer 2 \u2014 slip** \u2014 thin clay", ("slip", "thin clay")),
        ("**Slip \u2014 thin clay.** It joins.", ("Slip", "thin clay. It joins.")),
        ("**semi-dry** clay is leather-hard", None),
        ("plain words \u2014 with a dash", None),
        ("**** \u2014 nothing", None),
    ],
)
def test_a_gloss_is_parted_at_the_dash_behind_the_term(text: str, expected: tuple[str, str] | None) -> None:
    assert glossed(text) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("**Why** \u2014 because the clay shrinks as it dries out.", Reason.SHAPE),
        ("**You should always wedge** \u2014 it drives out the air.", Reason.SHAPE),
        ("**Slip** \u2014 thin.", Reason.SHAPE),
        ("**Add water as cracks appear** \u2014 a dry rim tears when it is bent.", Reason.SHAPE),
        ("**Consider slip when** \u2014 two dry parts must be joined at once.", Reason.SHAPE),
        ("**Week 3** \u2014 throw ten cups and cut half of them open.", Reason.WALKTHROUGH),
        ("**Day 90** \u2014 by now the wheel no longer feels strange.", Reason.WALKTHROUGH),
        ("**Failure mode 2** \u2014 the glaze runs onto the shelf and sticks.", Reason.WALKTHROUGH),
        ("**Section 2 \u2014 glazes** \u2014 this guide covers the glazes in depth.", Reason.ABOUT),
    ],
)
def test_bold_words_that_are_no_term_are_dropped(line: str, reason: Reason) -> None:
    text = f"# Clay\n\n- {line}\n- **Grog** \u2014 fired clay ground to grains and mixed in.\n"
    assert [one.term for one in bodies(text) if isinstance(one, Term)] == ["Grog"]
    assert ("term", reason) in dropped(text)


def test_what_argues_and_what_walks_through_an_example_defines_nothing() -> None:
    entry = "- **Weight** \u2014 the pot is lighter than one of solid clay.\n"
    assert dropped(f"# Pots\n\n**Why hollow pots won.**\n\n{entry}") == [("term", Reason.ARGUMENT)]
    assert dropped(f"# Pots\n\n## Worked example\n\n{entry}") == [("term", Reason.WALKTHROUGH)]


def test_an_answered_question_becomes_a_card_or_key_points_and_an_unanswered_one_is_told() -> None:
    text = """# Questions

## What is bisque?

Clay that was fired once and not yet glazed.

## How do you dry a large pot?

Cover it loosely with plastic for the first days. Turn it over once the rim is firm. Uncover it a little more each day,
because a pot that dries unevenly cracks. Wait until it feels as warm as the room, which shows that no water leaves it.

## Is this guide for me?

This guide is for everyone.

## Why do handles crack?
"""
    short, long = bodies(text)
    assert short == Question(front="What is bisque?", answer="Clay that was fired once and not yet glazed.")
    assert isinstance(long, Interview)
    assert [point.text for point in long.points] == [
        "Cover it loosely with plastic for the first days",
        "Turn it over once the rim is firm",
        "Uncover it a little more each day, because a pot that dries unevenly cracks",
        "Wait until it feels as warm as the room",
    ]
    assert [reason for kind, reason in dropped(text) if kind == "question"] == [Reason.ABOUT, Reason.UNANSWERED]
    assert [reason for kind, reason in dropped(OUTLINE) if kind == "question"] == [Reason.UNANSWERED] * 2


def test_a_numbered_procedure_becomes_steps_and_an_explanation_does_not() -> None:
    procedure = "# Kiln\n\n**Firing order:**\n\n1. Load the kiln\n2. Close the lid \u2014 gently\n3. Raise the heat\n"
    (steps,) = bodies(procedure)
    assert steps == Steps(front="Kiln: Firing order", steps=("Load the kiln", "Close the lid", "Raise the heat"))
    walk = procedure.replace("Firing order", "Step-by-step explanation")
    assert dropped(walk) == [("steps", Reason.WALKTHROUGH)]
    assert dropped("# Kiln\n\n1. Rows 1\u20132: cups\n2. Row 3: bowls\n3. Row 4: lids\n") == [("steps", Reason.REPEAT)]


def test_shares_that_add_up_are_weights_and_a_stated_default_is_a_cloze_to_check() -> None:
    text = """# Potter's exam

- Clay: 40%
- Glaze \u2014 35%
- Kilns (25%)

The kiln log is kept for 30 days by default.
"""
    matrix, cloze = bodies(text)
    assert isinstance(matrix, Matrix)
    assert matrix.rows == (("Clay", ("40 %",)), ("Glaze", ("35 %",)), ("Kilns", ("25 %",)))
    assert cloze == Cloze(text="Potter's exam: The kiln log is kept for [30 days] by default.")
    assert kept(text)[1].verdict is Verdict.REVIEW


def test_a_bold_figure_is_a_number() -> None:
    (number,) = bodies("# Kiln\n\n- **Bisque firing** \u2014 9 hours\n")
    assert number == Number(front="Kiln: what is the figure for Bisque firing?", answer="9 hours")


def test_a_project_says_its_goal_its_tools_and_what_it_teaches() -> None:
    text = """# Projects

### 1. A teapot
**What You Build:** A teapot that pours without a drip

**Skills & Tools:**

| Category | Details |
|---|---|
| Tools | wheel, ribbon tool |
| Clay | stoneware |
| Concepts | joining, lids |

**Tasks:**
- throw the body
"""
    (project,) = bodies(text)
    assert project == Project(
        name="A teapot",
        goal="A teapot that pours without a drip",
        tools=("wheel", "ribbon tool", "stoneware"),
        teaches="joining, lids",
    )


@pytest.mark.parametrize(
    "block",
    [
        "```python\nglazes = {'ash', 'salt'}\nlen(glazes)  # -> 2\n```",
        "```python\n>>> glazes = {'ash', 'salt'}\n>>> len(glazes)\n2\n```",
        "```python\nglazes = {'ash', 'salt'}\nlen(glazes)\n```\n\n**Output:** `2`",
        "```python\nglazes = {'ash', 'salt'}\nlen(glazes)\n```\n\n**Output.**\n\n```\n2\n```",
    ],
    ids=["comment", "session", "paragraph", "block"],
)
def test_short_code_with_a_stated_output_is_a_reading_card_to_run_first(block: str) -> None:
    (code,) = kept(f"# Sets\n\n{block}\n")
    assert code.verdict is Verdict.REVIEW
    assert code.body == Code(
        front="What does this Python code return?\n```python\nglazes = {'ash', 'salt'}\nlen(glazes)\n```", answer="2"
    )


def test_sentences_are_parted_outside_code_brackets_and_quotes() -> None:
    text = 'Wedge it first. Use `a; b` (or c. D) now; say "Stop. Now" twice, e.g. So it goes.'
    assert clauses(text) == [
        "Wedge it first.",
        "Use `a; b` (or c. D) now",
        'say "Stop. Now" twice, e.g. So it goes.',
    ]
