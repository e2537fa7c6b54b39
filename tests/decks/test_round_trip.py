"""A deck is its text and its text is the deck; no text at all is too odd to read."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from decks.cards import cards, renames
from decks.ids import write_ids
from decks.lines import ATTRIBUTES, HEADLINES
from decks.lint import Sheet, lint
from decks.model import Deck, Track
from decks.parse import parse
from decks.write import write
from tests.decks import made

_PIECES = (
    *(f"{word}: " for word in (*HEADLINES, *ATTRIBUTES, "deck", "weight")),
    *("---\n", "\n", "\n\n", "```", "```sql\n", "| a | b |\n", "|---|---|\n", "[a / b]\n", "- x\n", "+ y\n", "1. z\n"),
    *("# head\n", "{row}", "[blank]", "[", "\\", "7 days", "text", "\r\n", "\u2028", "\ufeff", "-"),
)
_HEADER = "---\ndeck: d\ntitle: t\nabout: a\nlevel: beginner\n---\n\n"
scribbles = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(made.decks())
def test_a_deck_that_was_written_reads_as_the_same_deck(deck: Deck) -> None:
    parsed = parse(write(deck), file="d.md")
    assert [str(error) for error in parsed.errors] == []
    assert parsed.deck == deck


@given(made.tracks)
def test_a_track_that_was_written_reads_as_the_same_track(track: Track) -> None:
    parsed = parse(write(track), file="t.md")
    assert [str(error) for error in parsed.errors] == []
    assert parsed.deck == track


@given(made.decks())
def test_card_ids_are_unique_and_every_card_can_be_judged(deck: Deck) -> None:
    ids = [card.id for card in cards(deck, "backfill", {})]
    assert len(ids) == len(set(ids))
    assert not set(renames(deck, "backfill")) & {""}
    lint([Sheet("d.md", parse(write(deck), file="d.md"))], {}, month="2026-11")


@given(st.one_of(st.text(), scribbles, scribbles.map(_HEADER.__add__)))
@example("")
@example("---")
@example("---\n---")
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parsed = parse(text, file="x.md")
    assert parsed.deck is not None or parsed.errors
    if isinstance(parsed.deck, Deck):
        assert len(parsed.starts) == len(parsed.deck.notes)
    lint([Sheet("x.md", parsed)], {}, month="2026-11")


@given(scribbles.map(_HEADER.__add__))
def test_what_was_understood_of_a_scribble_can_be_written_and_read_again(text: str) -> None:
    deck = parse(text, file="x.md").deck
    assert deck is not None
    assert parse(write(deck), file="x.md").deck == deck


@given(scribbles.map(_HEADER.__add__), st.sets(st.sampled_from(("text", "text-2", "row", "x"))))
def test_writing_ids_twice_changes_nothing_more(text: str, taken: set[str]) -> None:
    once, written = write_ids(text, taken)
    twice, again = write_ids(once, taken)
    assert twice == once
    assert again == ()
    assert not {one.id for one in written} & taken
    assert once.count("\n") == text.count("\n") + len(written)
