"""One fact one card across everything read, examples at home, doubtful notes apart, every deck a deck."""

from __future__ import annotations

from decks.derive.assemble import Assembly, assemble
from decks.derive.candidates import Reason, Verdict
from decks.derive.model import Document
from decks.model import Deck, Matrix, Term
from decks.parse import parse
from decks.write import write
from tests.derive.texts import FEED, MARKDOWN, OUTLINE, ROWS, document

TEA = """# Tea

## Kinds

- **Oolong** \u2014 leaves that were partly oxidised before they were dried.
- **Sencha** \u2014 steamed green leaves from Japan.

## Brewing

### Worked example \u2014 oxidised leaves

| leaf | what oxidised leaves need | why |
|---|---|---|
| Oolong leaves | water just off the boil | oxidised leaves hold back their taste |
| Black leaves | boiling water at once | they were oxidised through |
| Green leaves | a cooler pot of water | they turn bitter soon |
"""


def put(*documents: Document) -> Assembly:
    return assemble(documents, month="2026-11")


def named(text: str, key: str) -> Document:
    return document(text, key)


def test_a_fact_told_twice_is_one_card_and_the_repeat_is_counted() -> None:
    again = "# More tea\n\n- **Sencha** \u2014 green leaves from Japan that were steamed.\n"
    found = put(named(TEA, "a"), named(again, "b"))
    terms = [draft.note.body for deck in found.decks for draft in deck.drafts if isinstance(draft.note.body, Term)]
    assert [term.term for term in terms] == ["Oolong", "Sencha"]
    assert [one.why for one in found.candidates if one.reason is Reason.REPEAT] == ["the fact has a card already"]
    assert found.conflicts == ()


def test_a_fact_told_otherwise_waits_for_the_author() -> None:
    other = "# Other tea\n\n- **Sencha** \u2014 powder whisked into hot milk.\n"
    found = put(named(TEA, "a"), named(other, "b"))
    assert found.conflicts == (), "two explanations of a word may both be true"
    (deck,) = [deck for deck in found.decks if deck.document.key == "b"]
    assert [draft.note.section for draft in deck.drafts] == ["Review: it is told otherwise elsewhere"]


def test_what_cannot_both_be_true_is_shown_side_by_side() -> None:
    one = "# Tea\n\n- **Sencha** \u2014 steamed green leaves from Japan.\n"
    found = put(named(one, "a"), named(one.replace("steamed", "not steamed").replace("# Tea", "# Other tea"), "b"))
    (conflict,) = found.conflicts
    assert (conflict.subject, conflict.first.value) == ("Sencha", "steamed green leaves from Japan.")
    assert (conflict.second.document, conflict.second.value) == ("Other tea", "not steamed green leaves from Japan.")


def test_two_short_names_for_one_cell_are_a_conflict() -> None:
    table = "# {}\n\n| Tea | comes from | tastes like |\n|---|---|---|\n| Oolong tea | {} | fruit and wood |\n"
    rest = "| Sencha tea | Shizuoka | cut grass and sea |\n| Assam tea | Assam hills | malt and honey |\n"
    found = put(named(table.format("Teas", "Fujian") + rest, "a"), named(table.format("Leaves", "Taiwan") + rest, "b"))
    assert [(one.first.value, one.second.value) for one in found.conflicts] == [("Fujian", "Taiwan")]


def test_another_figure_is_a_conflict_even_in_the_same_words() -> None:
    one = "# Tea\n\n- **Sencha** \u2014 steamed for 60 seconds before it is dried.\n"
    found = put(named(one, "a"), named(one.replace("60", "90").replace("# Tea", "# Leaf"), "b"))
    assert len(found.conflicts) == 1


def test_a_matrix_keeps_only_the_cells_nobody_told_before() -> None:
    row = "| Oolong tea | hills of Fujian | ripe fruit and wood |\n"
    table = f"# {{}}\n\n| Tea | comes from | tastes like |\n|---|---|---|\n{row}"
    first = table.format("Teas") + "| Sencha tea | fields of Shizuoka | cut grass and sea |\n"
    second = table.format("Leaves") + "| Assam tea | plains of Assam | malt and honey |\n"
    found = put(named(first, "a"), named(second, "b"))
    bodies = [draft.note.body for deck in found.decks for draft in deck.drafts]
    assert all(isinstance(body, Matrix) for body in bodies)
    rows = [[label for label, _ in body.rows] for body in bodies if isinstance(body, Matrix)]
    assert rows == [["Oolong tea", "Sencha tea"], ["Assam tea"]]


def test_an_example_goes_where_its_words_belong_not_where_it_stands() -> None:
    (deck,) = put(named(TEA.replace("oxidised leaves\n", "Oolong and Sencha, kinds compared\n"), "a")).decks
    matrix = next(draft.note for draft in deck.drafts if isinstance(draft.note.body, Matrix))
    assert matrix.section == "Kinds"
    assert matrix.source == "tea, Kinds"


def test_what_the_linter_calls_an_error_stands_in_a_review_section_that_says_why() -> None:
    text = "# Tea\n\n- **Oolong** \u2014 leaves half oxidised by air.\n\n## Is rooibos a tea?\n\nNo, it is a bush.\n"
    (deck,) = put(named(text, "a")).decks
    sections = [draft.note.section for draft in deck.drafts]
    assert sections == ["Tea", "Review: it can be answered yes or no"]
    assert deck.drafts[1].candidate.verdict is Verdict.REVIEW


def test_every_deck_is_an_ordinary_draft_that_reads_back_as_it_was_written() -> None:
    texts = {"a": TEA, "b": MARKDOWN, "c": FEED, "d": OUTLINE, "e": ROWS}
    found = put(*(named(text, key) for key, text in texts.items()))
    assert len(found.decks) == 4  # the outline only names topics
    for draft in found.decks:
        deck = draft.deck()
        parsed = parse(write(deck), file="")
        assert parsed.errors == ()
        assert parsed.deck == deck
        assert isinstance(parsed.deck, Deck)
        assert parsed.deck.draft
        assert {note.source for note in deck.notes} <= {f"{draft.slug}, {one}" for one in draft.source.sections}


def test_two_documents_of_one_name_get_two_decks_and_a_known_one_keeps_its_slug() -> None:
    documents = (named(TEA, "a"), named(TEA.replace("Oolong", "Pu-erh").replace("Sencha", "Gyokuro"), "b"))
    assert [deck.slug for deck in put(*documents).decks] == ["tea", "tea-2"]
    found = assemble(documents, month="2026-11", slugs={"b": "second-flush"})
    assert [deck.slug for deck in found.decks] == ["tea", "second-flush"]
