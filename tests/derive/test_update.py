"""Deriving again after a document changed: ids stay, what an author wrote stays, what is stale says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from decks.cards import cards, renames
from decks.derive.assemble import assemble
from decks.derive.readers import Blob, read
from decks.derive.update import CHANGED, GONE, Shelf, Updated, What, update
from decks.model import Matrix, Note, Term
from tests.derive.texts import document, feed

TEA = """# Tea

## Kinds

- **Oolong** \u2014 leaves that were partly oxidised before somebody dried them over a fire.
- **Sencha** \u2014 green leaves from Japan, steamed soon after the picking.
- **Pu-erh** \u2014 leaves from Yunnan that ferment in damp piles for weeks.

## Brewing

| Leaf | water it needs | how long it steeps |
|---|---|---|
| Green leaves | a cooler pot | about two minutes |
| Black leaves | boiling at once | four minutes or so |
| White leaves | just off the boil | seven slow minutes |
"""


SENCHA = "- **Sencha** \u2014 green leaves from Japan, steamed soon after the picking.\n"


def derived(shelf: Shelf, text: str, key: str = "tea.md") -> Updated:
    found = document(text, key)
    slugs = {one: file.removesuffix(".md") for one, file in shelf.traces.documents.items()}
    return update(shelf, assemble([found], month="2026-11", slugs=slugs), [found.key])


def notes(shelf: Shelf) -> dict[str, Note]:
    return {note.id: note for deck in shelf.decks.values() for note in deck.notes}


def by_term(shelf: Shelf) -> dict[str, Note]:
    return {note.body.term: note for note in notes(shelf).values() if isinstance(note.body, Term)}


def matrix_of(shelf: Shelf) -> tuple[str, Matrix]:
    return next((note.id, note.body) for note in notes(shelf).values() if isinstance(note.body, Matrix))


def told(updated: Updated) -> list[tuple[What, str]]:
    return [(change.what, change.note) for change in updated.changes]


def edited(shelf: Shelf, change: Callable[[Note], Note], **header: bool) -> Shelf:
    """The shelf after its author worked on every note of it."""
    decks = {
        file: structs.replace(deck, notes=tuple(change(note) for note in deck.notes), **header)
        for file, deck in shelf.decks.items()
    }
    return structs.replace(shelf, decks=decks)


@pytest.fixture
def first() -> Shelf:
    return derived(Shelf(), TEA).shelf


def test_the_first_derivation_gives_every_note_an_id_and_a_trace(first: Shelf) -> None:
    assert list(first.decks) == ["tea.md"]
    assert set(notes(first)) == set(first.traces.notes)
    assert len(notes(first)) == 4
    trace = first.traces.notes[by_term(first)["Oolong"].id]
    assert (trace.document, trace.path, trace.lines, trace.kind) == ("tea.md", "tea/kinds", "5-7", "term")


def test_deriving_the_same_again_changes_nothing(first: Shelf) -> None:
    again = derived(first, TEA)
    assert again.shelf == first
    assert again.written == ()
    assert again.changes == ()


def test_a_reworded_paragraph_rewords_its_card_under_its_old_id(first: Shelf) -> None:
    id = by_term(first)["Oolong"].id
    again = derived(first, TEA.replace("partly oxidised before somebody dried them", "oxidised in part and then dried"))
    assert told(again) == [(What.REWORDED, id)]
    assert "oxidised in part" in str(notes(again.shelf)[id].body)


def test_a_renamed_term_is_known_by_the_rest_of_its_words(first: Shelf) -> None:
    id = by_term(first)["Pu-erh"].id
    again = derived(first, TEA.replace("**Pu-erh**", "**Dark tea**"))
    assert told(again) == [(What.REWORDED, id)]
    assert by_term(again.shelf)["Dark tea"].id == id


def test_a_renamed_section_takes_its_cards_along(first: Shelf) -> None:
    again = derived(first, TEA.replace("## Kinds", "## Families of tea"))
    assert {what for what, _ in told(again)} <= {What.MOVED, What.REWORDED}
    assert set(notes(again.shelf)) == set(notes(first))
    assert by_term(again.shelf)["Sencha"].section == "Families of tea"
    assert by_term(again.shelf)["Sencha"].source == "tea, Families of tea"


def test_a_moved_table_keeps_its_id_and_all_its_cards(first: Shelf) -> None:
    table = TEA.partition("## Brewing\n\n")[2]
    moved = (
        TEA.replace(table, "")
        .replace("## Kinds\n\n", f"## Steeping\n\n{table}\n## Kinds\n\n")
        .replace("## Brewing\n", "")
    )
    id, _ = matrix_of(first)
    again = derived(first, moved)
    assert matrix_of(again.shelf)[0] == id
    assert card_ids(again.shelf) == card_ids(first)


def test_a_deleted_row_takes_only_its_own_cards(first: Shelf) -> None:
    id, before = matrix_of(first)
    again = derived(first, TEA.replace("| Black leaves | boiling at once | four minutes or so |\n", ""))
    assert told(again) == [(What.REWORDED, id)]
    assert again.changes[0].detail == "rows deleted: 1"
    gone = card_ids(first) - card_ids(again.shelf)
    assert gone == {f"a:{id}/black-leaves/water-it-needs", f"a:{id}/black-leaves/how-long-it-steeps"}
    assert len(before.rows) == 3


def test_a_renamed_row_carries_its_progress(first: Shelf) -> None:
    id, _ = matrix_of(first)
    again = derived(first, TEA.replace("Black leaves", "Fully oxidised leaves"))
    deck = again.shelf.decks["tea.md"]
    assert renames(deck, "a")[f"a:{id}/black-leaves/water-it-needs"] == f"a:{id}/fully-oxidised-leaves/water-it-needs"
    assert again.changes[0].detail == "labels renamed: 1"
    third = derived(again.shelf, TEA.replace("Black leaves", "Fully oxidised leaves"))
    assert third.changes == ()  # and stays known


def test_a_deleted_entry_takes_its_untouched_card_and_a_new_one_adds_a_card(first: Shelf) -> None:
    changed = TEA.replace(
        "- **Pu-erh** \u2014 leaves from Yunnan that ferment in damp piles for weeks.",
        "- **Matcha** \u2014 shade-grown leaves ground to a fine powder.",
    )
    id = by_term(first)["Pu-erh"].id
    again = derived(first, changed)
    assert (What.REMOVED, id) in told(again)
    assert id not in notes(again.shelf)
    assert by_term(again.shelf)["Matcha"].id not in notes(first)


def test_a_new_article_of_a_feed_is_a_new_deck_and_the_one_that_dropped_out_stays() -> None:
    oolong = ("Oolong", "1", "<h2>Leaf</h2><ul><li><b>Oolong</b> \u2014 leaves that were partly oxidised.</li></ul>")
    sencha = ("Sencha", "2", "<h2>Leaf</h2><ul><li><b>Sencha</b> \u2014 green leaves that were steamed.</li></ul>")
    before = _from_feed(Shelf(), oolong)
    after = _from_feed(before.shelf, sencha)
    assert after.written == ("sencha.md",)
    assert [change.what for change in after.changes] == [What.NEW]
    assert set(notes(before.shelf)) < set(notes(after.shelf))


def test_an_edited_note_is_kept_and_flagged_when_its_source_changes(first: Shelf) -> None:
    mine = edited(first, lambda note: structs.replace(note, why="Because I say so."))
    id = by_term(first)["Oolong"].id
    again = derived(mine, TEA.replace("partly oxidised", "half oxidised"))
    assert told(again) == [(What.STALE, id)]
    assert again.shelf.decks == mine.decks
    assert again.shelf.traces.notes[id].stale == CHANGED
    assert derived(again.shelf, TEA.replace("partly oxidised", "half oxidised")).changes == ()  # flagged once


def test_an_edited_note_whose_source_is_gone_is_flagged_not_removed(first: Shelf) -> None:
    mine = edited(first, lambda note: structs.replace(note, hint="Think of fire."))
    id = by_term(first)["Sencha"].id
    again = derived(
        mine, TEA.replace("- **Sencha** \u2014 green leaves from Japan, steamed soon after the picking.\n", "")
    )
    assert told(again) == [(What.STALE, id)]
    assert again.shelf.traces.notes[id].stale == GONE
    assert id in notes(again.shelf)


def test_a_published_deck_is_never_written_and_what_is_new_goes_into_a_draft_beside_it(first: Shelf) -> None:
    published = edited(first, lambda note: note, draft=False)
    changed = TEA.replace("partly oxidised", "half oxidised").replace(
        "## Brewing", "- **Matcha** \u2014 shade-grown leaves ground to a fine powder.\n\n## Brewing"
    )
    again = derived(published, changed)
    assert again.written == ("tea-more.md",)
    assert again.shelf.decks["tea.md"] == published.decks["tea.md"]
    assert again.shelf.decks["tea-more.md"].draft
    assert {change.what for change in again.changes} == {What.STALE, What.NEW}


def test_a_note_the_author_took_out_does_not_come_back(first: Shelf) -> None:
    deck = first.decks["tea.md"]
    fewer = structs.replace(deck, notes=deck.notes[1:])
    again = derived(structs.replace(first, decks={"tea.md": fewer}), TEA.replace("four minutes", "five minutes"))
    assert deck.notes[0].id not in notes(again.shelf)
    assert again.shelf.decks["tea.md"].notes[0] == deck.notes[1]


def test_a_note_the_author_moved_to_another_deck_is_followed_there(first: Shelf) -> None:
    deck = first.decks["tea.md"]
    moved = {
        "tea.md": structs.replace(deck, notes=deck.notes[1:]),
        "mine.md": structs.replace(deck, slug="mine", notes=deck.notes[:1]),
    }
    again = derived(structs.replace(first, decks=moved), TEA.replace("partly oxidised", "half oxidised"))
    assert again.written == ("mine.md",)
    assert again.changes[0].deck == "mine"


def test_other_documents_are_left_alone(first: Shelf) -> None:
    other = derived(first, "# Coffee\n\n- **Crema** \u2014 the foam on a fresh espresso.\n", "coffee.md")
    assert other.written == ("coffee.md",)
    assert other.shelf.decks["tea.md"] == first.decks["tea.md"]


def test_ids_avoid_those_of_other_folders() -> None:
    shelf = Shelf(taken=frozenset({"oolong", "sencha"}))
    ids = set(notes(derived(shelf, TEA).shelf))
    assert not ids & shelf.taken


def card_ids(shelf: Shelf) -> set[str]:
    return {card.id for deck in shelf.decks.values() for card in cards(deck, "a", {})}


def _from_feed(shelf: Shelf, *articles: tuple[str, str, str]) -> Updated:
    found = read(Blob("f", "f", feed(*articles).encode()))
    return update(shelf, assemble(found, month="2026-11"), [one.key for one in found])
