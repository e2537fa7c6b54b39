"""A published note may not quote its source, and a stale one says so, until its author has looked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from decks.errors import DeckError
from decks.lint import Sheet, lint
from decks.model import Deck, Note, Question, Waiver
from decks.parse import parse
from decks.sources import read_sources
from decks.traces import (
    RUN,
    Trace,
    Traces,
    note_digest,
    overlap,
    quotation,
    read_traces,
    runs_of,
    words_of,
    write_traces,
)
from decks.write import write

SOURCE = "Leaves that were partly oxidised before somebody dried them over a slow fire of charcoal."
SOURCES = read_sources('[tea]\ntitle = "Tea"\nsections = ["Kinds"]\n')


def note(answer: str, **more: object) -> Note:
    body = Question(front="In the trade of tea, what makes oolong?", answer=answer)
    return structs.replace(Note(id="oolong", body=body, source="tea, Kinds"), **more)


def trace(**more: object) -> Trace:
    plain = Trace(
        note="oolong",
        document="tea.md",
        path="tea/kinds",
        lines="5-5",
        kind="term",
        source="0",
        subject="0",
        words=words_of(SOURCE),
        runs=runs_of(SOURCE),
    )
    return structs.replace(plain, **more)


def findings(one: Note, known: Trace, *, draft: bool) -> list[str]:
    deck = Deck(slug="tea", title="Tea", about="Tea.", level="beginner", notes=(one,), draft=draft)
    sheet = Sheet("tea.md", parse(write(deck), file="tea.md"))
    found = lint([sheet], SOURCES, month="2026-11", traces={"backfill:oolong": known})
    return [f"{finding.severity} {finding.rule}" for finding in found if finding.rule in ("quote", "stale", "waiver")]


def test_eight_words_of_the_source_cannot_be_published_and_seven_can() -> None:
    eight = "Leaves, **partly oxidised before somebody dried them over a**."
    seven = "Leaves, partly oxidised before somebody dried them over charcoal."
    assert quotation(note(eight), trace()) == "partly oxidised before somebody dried them over a"
    assert findings(note(eight), trace(), draft=False) == ["error quote"]
    assert findings(note(seven), trace(), draft=False) == []


def test_a_draft_may_still_quote() -> None:
    assert findings(note(SOURCE), trace(), draft=True) == []


@pytest.mark.parametrize("field", ["why", "hint"])
def test_every_text_a_learner_reads_is_looked_at(field: str) -> None:
    assert quotation(note("Half oxidised.", **{field: SOURCE}), trace())


def test_a_quotation_can_be_waived_where_the_words_are_everybodys() -> None:
    waived = parse(write_waived("quote"), file="").deck
    assert isinstance(waived, Deck)
    assert findings(waived.notes[0], trace(), draft=False) == []


def test_a_stale_note_is_a_warning_until_it_is_edited_or_waived() -> None:
    old = note("Half oxidised leaves.")
    flagged = trace(stale="its source has changed", stale_at=note_digest(old))
    assert findings(old, flagged, draft=False) == ["warning stale"]
    assert findings(note("Leaves oxidised in part."), flagged, draft=False) == []
    waived = parse(write_waived("stale", old), file="").deck
    assert isinstance(waived, Deck)
    assert findings(waived.notes[0], flagged, draft=False) == []


def test_moving_a_note_does_not_count_as_working_on_it() -> None:
    one = note("Half oxidised leaves.")
    assert note_digest(one) == note_digest(structs.replace(one, id="b", section="Leaves", source="tea, Leaves"))
    assert note_digest(one) != note_digest(structs.replace(one, why="Fire stops it."))


_traces = st.builds(
    trace,
    note=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    document=st.text(),
    path=st.text(),
    stale=st.text(max_size=5),
)


@given(st.lists(_traces, unique_by=lambda one: one.note), st.dictionaries(st.text(), st.text()))
def test_traces_come_back_as_they_were_written(traces: list[Trace], documents: dict[str, str]) -> None:
    kept = Traces({one.note: one for one in traces}, documents)
    text = write_traces(kept)
    assert read_traces(text) == kept
    assert text.count("\n") >= len(traces)  # a note to a line


def test_a_provenance_file_that_is_broken_says_so() -> None:
    with pytest.raises(DeckError, match=r"provenance.json:1: The provenance cannot be read"):
        read_traces("{")


@given(st.text(), st.text())
def test_likeness_is_between_nothing_and_all_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= overlap(words_of(one), words_of(other)) <= 1
    assert overlap(words_of(one), words_of(other)) == overlap(words_of(other), words_of(one))


def test_no_word_of_the_source_is_kept() -> None:
    stored = write_traces(Traces({"oolong": trace()}, {}))
    assert not any(word in stored for word in ("charcoal", "oxidised", "Leaves"))
    assert len(runs_of(SOURCE)) == (len(SOURCE.split()) - RUN + 1) * 8


def write_waived(rule: str, one: Note | None = None) -> str:
    waived = structs.replace(one or note(SOURCE), waivers=(Waiver(rule, "checked"),))
    return write(Deck(slug="tea", title="Tea", about="Tea.", level="beginner", notes=(waived,)))
