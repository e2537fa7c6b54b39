"""What an author reads after a typical mistake: where, what, and what to do. The other notes load."""

from __future__ import annotations

import pytest

from decks.errors import DeckError
from decks.model import Deck
from decks.parse import parse
from decks.sources import read_sources
from tests.decks.text import HEADER, read

GOOD = "Q: Which row is open?\nA: The current one\nid: open-row\n"

# Body after HEADER, whose lines are 1-8, and the whole text of its one error.
MISTAKES = {
    "no answer": ("Q: Which one?\nid: a\n", "x.md:9: A 'Q:' note without an answer. Did you forget 'A:'?"),
    "answer alone": (
        "A: Type 2\nid: a\n",
        "x.md:9: An answer without a question. Did you forget 'Q:'? A blank line ends a note.",
    ),
    "misspelt headline": (
        "Scenrio: Which one?\nA: x\n",
        "x.md:9: 'Scenrio:' begins no note. Did you mean 'Scenario:'?",
    ),
    "misspelt attribute": (
        "Q: Which one?\nA: x\nsorce: guide\n",
        "x.md:11: 'sorce:' is no attribute. Did you mean 'source:'? If it is text, begin the line with a backslash.",
    ),
    "attribute of another kind": (
        "Steps: Load\n1. a\n2. b\nnot: x\n",
        "x.md:12: 'not:' has no use in a 'Steps:' note. Remove it.",
    ),
    "given twice": ("Q: Which?\nA: x\nwhy: a\nwhy: b\n", "x.md:12: 'why:' is given twice. Keep one of them."),
    "a bad id": (
        "Q: Which?\nA: x\nid: My Note\n",
        "x.md:11: 'My Note' is no id. Use lower-case words with hyphens: my-note.",
    ),
    "a day that never was": (
        "Q: Which?\nA: x\nrelearn: 2026-02-30\n",
        "x.md:11: '2026-02-30' is not in the calendar. Write  relearn: YYYY-MM-DD",
    ),
    "code without end": (
        "Code: What?\n```sql\nSELECT 1\n\nA: x\n",
        "x.md:10: The code block is never closed. Add a line ``` after the code.",
    ),
    "a cloze without a blank": (
        "C: A row is open.\n",
        "x.md:9: A 'C:' note without a blank. Put [brackets] around what is to be recalled.",
    ),
    "an open bracket": (
        "C: A row is [open.\n",
        r"x.md:9: A '[' that nothing closes. Close the blank with ']', or write '\[' for a bracket.",
    ),
    "no quantity": (
        "Number: How long?\nA: about 7 days\n",
        "x.md:10: 'about 7 days' is no quantity. "
        "Write one number and its unit, such as '7 days' or '24 %'; a range needs 'tolerance:' or a 'Q:' note.",
    ),
    "a short row": (
        "Matrix: {row}, {column}?\n| T | a | b |\n|---|---|---|\n| 1 | x |\n",
        r"x.md:12: A row of 2 cells under a header of 3. Make them equal; a literal bar is written '\|'.",
    ),
    "no table": (
        "Matrix: {row}, {column}?\nid: m\n",
        "x.md:9: A 'Matrix:' note without a table. "
        "Add a Markdown table: a header line, a line |---|---|, and one line per row.",
    ),
    "an unknown placeholder": (
        "Matrix: {rwo}?\n| T | a |\n|---|---|\n| 1 | x |\n",
        r"x.md:9: '{rwo}' stands for nothing. Use {row} {column}, or write '\{' for a brace.",
    ),
    "a cell that is not there": (
        "Matrix: {row}, {column}?\n| T | old value |\n|---|---|\n| 1 | x |\n\n[1 / old valeu]\nwhy: y\n",
        "x.md:14: The table has no filled cell '1 / old valeu'. Did you mean '[1 / old value]'?",
    ),
    "rows of one id": (
        "Matrix: {row}, {column}?\n| T | a |\n|---|---|\n| C | x |\n| C++ | y |\n",
        "x.md:13: Two rows have the same id part: 'C' and 'C++'. Name them so that they differ in letters or digits.",
    ),
    "two right options in other words": (
        "Choice: Which?\n+ a\n+ b\n- c\nalso: d\n",
        "x.md:9: 'also:' cannot say which option it means. Use it only where a single option is right.",
    ),
    "another name of no row": (
        "Matrix: {row}?\nback: a | Which is {cell}?\nalso: Type 11 | x\n| T | a |\n|---|---|\n| Type 1 | y |\n",
        "x.md:9: The table has no row 'Type 11'. Did you mean 'Type 1'?",
    ),
    "a row nobody asks for": (
        "Matrix: {row}, {column}?\nalso: 1 | x\n| T | a |\n|---|---|\n| 1 | y |\n",
        "x.md:9: 'also:' names a row that no 'back:' asks for. "
        "Add 'back:', or put 'also:' under the '[row / column]' of the cell it belongs to.",
    ),
    "steps out of order": ("Steps: Load\n1. a\n3. b\n", "x.md:11: Step 2 is numbered 3.. Write '2.'."),
    "one part": (
        "Q: Which?\nA: x\nwrong: y\n",
        "x.md:11: 'wrong:' has two parts with a bar between them. Write  wrong: 30 days | what to reply to it",
    ),
    "no month": ("Q: Which?\nA: x\nas_of: May 2026\n", "x.md:11: 'May 2026' is no YYYY-MM date. Write  as_of: YYYY-MM"),
    "stray text": (
        "Facts are added.\n",
        "x.md:9: Text that belongs to no note. Did you forget 'Q:' or 'Term:'? A blank line ends a note.",
    ),
    "an id twice": (
        "Q: Which?\nA: x\nid: open-row\n",
        "x.md:13: The id 'open-row' is taken by the note in line 9. "
        "Give this note an id of its own, or delete the line and run 'backfill decks id'.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_remedy_and_the_other_notes_load(name: str) -> None:
    body, message = MISTAKES[name]
    before = f"{GOOD}\n{body}" if name == "an id twice" else f"{body}\n{GOOD}"
    parsed = read(before)
    assert [str(error) for error in parsed.errors] == [message]
    assert isinstance(parsed.deck, Deck)
    assert [note.id for note in parsed.deck.notes] == ["open-row"]


def test_an_id_may_look_like_the_line_of_another_note() -> None:
    parsed = read("Q: Which?\nA: x\nid: line-13\n\nQ: And which?\nA: y\n")
    assert isinstance(parsed.deck, Deck)
    assert (parsed.errors, parsed.starts) == ((), (9, 13))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Q: Which?\nA: x\n",
            "x.md:1: The file has no header. "
            "Begin the file with '---', lines such as 'deck: slug' and 'title: ...', and '---'.",
        ),
        (
            HEADER.replace("title: Things\n", ""),
            "x.md:1: The header has no 'title:'. Add a line 'title: ...' between the '---'.",
        ),
        (
            HEADER.replace("beginner", "easy"),
            "x.md:5: 'easy' is no level. Write one of beginner, intermediate, advanced, expert.",
        ),
    ],
)
def test_a_header_that_cannot_be_used_is_one_error_and_no_deck(text: str, message: str) -> None:
    parsed = parse(text, file="x.md")
    assert [str(error) for error in parsed.errors] == [message]
    assert parsed.deck is None


def test_weights_that_do_not_add_up_are_told() -> None:
    text = "---\ntrack: t\ntitle: T\ngoal: G\ndecks: d\nguide: G\nguide date: 2026-05\nquestions: 45\nminutes: 90\n"
    parsed = parse(text + "weight: Ingestion | 24 %\nweight: Governance | 70 %\n---\n", file="t.md")
    assert [str(error) for error in parsed.errors] == ["t.md:10: The weights add up to 94%. They must add up to 100 %."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[guide]\nauthor = "x"\n', "s.toml:1: Source 'guide' has no title. "),
        ('[a]\ntitle = "x"\n\n[b]\ntitel = "x"\n', "s.toml:4: 'titel' of source 'b' is not known. "),
        ("[guide]\ntitle = x\n", "s.toml:2: This is not TOML: Invalid value. "),
    ],
)
def test_a_mistake_in_the_sources_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DeckError) as caught:
        read_sources(text, file="s.toml")
    assert str(caught.value).startswith(message)
