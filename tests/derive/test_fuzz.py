"""No input makes the importers crash, and whatever comes out is a deck that can be read."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decks.derive.assemble import assemble
from decks.derive.limits import DeriveError
from decks.derive.readers import Blob, read
from decks.derive.update import Shelf, update
from decks.parse import parse
from decks.write import write
from tests.derive.test_extract import PARALLEL, VALUES
from tests.derive.texts import ARTICLE, ATOM, CDATA, FEED, MARKDOWN, OUTLINE, PAGE, ROWS

_TEXTS = (OUTLINE, MARKDOWN, ARTICLE, FEED, ATOM, CDATA, ROWS, PAGE, VALUES, PARALLEL)
_PIECES = (
    *("# A\n", "## Is it?\n", "**Bold** \u2014 gloss of four words\n", "- **A:** b c d e f\n"),
    *("1. Do\n2. Be\n3. Stop\n", "| a | b |\n|---|---|\n| c | d |\n", "|", "---", "```sql\n", "```\n", "`", "\\"),
    *("VALUES ('a', 'b'), ('c', 'd'), ('e', 'f')) AS t(x, y)", "**", "[", "](", "{row}", "|| \\|", "=", "\t", ",", ";"),
    *("<p>", "</p>", "<table>", "<tr>", "<td>", "<ul><li>", "<pre>", "&amp;", "<![CDATA[", "]]>", "\x85", "\u2028"),
    *("Q: what?\n", "A: that\n", "\u00e2\u20ac\u201d", "$5", "30 days by default.", "50%"),
)
_soup = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=6)), max_size=40).map("".join)


@st.composite
def _mutilated(draw: st.DrawFn) -> str:
    """A sound curriculum with pieces cut out, doubled and put in."""
    text = draw(st.sampled_from(_TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.one_of(st.just(""), st.just(text[start:end] * 2), _soup)) + text[end:]
    return text


def derive(data: bytes) -> None:
    try:
        documents = read(Blob("fuzz", "fuzz", data))
    except DeriveError as refused:
        if not str(refused).endswith("."):  # no sentence
            raise
        return
    found = assemble(documents, month="2026-11")
    updated = update(Shelf(), found, [document.key for document in documents])
    for deck in updated.shelf.decks.values():
        parsed = parse(write(deck), file="fuzz.md")
        assert parsed.errors == ()
        assert parsed.deck == deck
    again = update(updated.shelf, found, [document.key for document in documents])
    assert again.shelf == updated.shelf
    assert again.changes == ()


@given(st.binary(max_size=300))
def test_bytes_are_read_or_refused(data: bytes) -> None:
    derive(data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_soup)
def test_soups_of_markup_become_decks_or_nothing(text: str) -> None:
    derive(text.encode(errors="replace"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_mutilated())
def test_mutilated_curricula_become_decks_or_nothing(text: str) -> None:
    derive(text.encode(errors="replace"))
