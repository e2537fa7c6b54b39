"""The compiler on real curricula, beside an editor's verdicts on every table of them.

`BACKFILL_CURRICULA` names a folder with the documents (00*.txt), their readable copies and the notes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from decks.derive.assemble import Assembly, assemble
from decks.derive.candidates import Reason, Verdict
from decks.derive.extract.grids import Grid, grids
from decks.derive.extract.parallel import parallels
from decks.derive.extract.repeats import originals
from decks.derive.extract.tables import judge
from decks.derive.model import Document
from decks.derive.readers import Blob, read
from decks.derive.update import Shelf, update
from decks.parse import parse
from decks.write import write
from tests.derive import verdicts

FOLDER = Path(os.environ.get("BACKFILL_CURRICULA", ""))
pytestmark = pytest.mark.skipif(
    not os.environ.get("BACKFILL_CURRICULA"), reason="BACKFILL_CURRICULA names no folder of curricula"
)


class Judged(Struct, frozen=True):
    """One grid with the editor's word for it and ours."""

    document: str
    line: int
    wanted: str
    kept: bool

    @property
    def is_right(self) -> bool:
        return self.kept == (self.wanted in ("card", "edit"))


@cache
def documents() -> tuple[Document, ...]:
    files = sorted(FOLDER.glob("00*.txt"))
    return tuple(one for file in files for one in read(Blob(file.name, file.name, file.read_bytes())))


@cache
def assembly() -> Assembly:
    return assemble(documents(), month="2026-11")


@cache
def judged() -> tuple[Judged, ...]:
    known = verdicts.read(FOLDER)
    feed = [one for one in documents() if one.kind == "feed item"]
    named = {"001": next(one for one in documents() if one.key.startswith("001"))}
    named |= {f"art{number:02}": document for number, document in enumerate(feed)}
    return tuple(one for name, document in named.items() for one in _judged(name, document, known))


def _judged(name: str, document: Document, known: dict[tuple[str, str, int], str]) -> Iterator[Judged]:
    """A repeat counts as kept where what it repeats is kept and the editor wants the facts of it."""
    found = sorted((*grids(document), *parallels(document)), key=lambda grid: (grid.table.span.first, bool(grid.name)))
    repeated = originals(found)
    kept = [
        place not in repeated and any(one.verdict is not Verdict.DROP for one in judge(grid))
        for place, grid in enumerate(found)
    ]
    lines = iter(_table_lines(name))
    values = iter([line for one, origin, line in known if one == name and origin == "values"])
    for grid in grids(document):
        origin = "values" if grid.name else "table"
        line = next(values, 0) if grid.name else next(lines)
        wanted = known.get((name, origin, line), "")
        if wanted:
            place = _place(found, grid)
            original = repeated.get(place)
            through = original is not None and kept[original] and wanted in ("card", "edit")
            yield Judged(name, line, wanted, kept[place] or through)


def _place(found: Sequence[Grid], grid: Grid) -> int:
    return next(place for place, one in enumerate(found) if one.table is grid.table or one == grid)


def _table_lines(name: str) -> list[int]:
    copy = FOLDER / "readable" / (f"{name}.md" if name.startswith("art") else f"seed_{name}.md")
    rules = enumerate(copy.read_text().split("\n"))
    return [number for number, line in rules if re.match(r"^\|[ :|-]+\|$", line) and "-" in line]


def test_every_judged_table_is_found() -> None:
    assert len(judged()) == len(verdicts.read(FOLDER))


def test_tables_are_decided_as_the_editor_did(record_property: pytest.RecordProperty) -> None:
    wanted = [one for one in judged() if one.wanted in ("card", "edit")]
    kept = [one for one in judged() if one.kept]
    right = [one for one in wanted if one.kept]
    precision, recall = len(right) / len(kept), len(right) / len(wanted)
    for one in judged():
        if not one.is_right:
            print(f"{'kept' if one.kept else 'dropped'} what is '{one.wanted}': {one.document} line {one.line}")
    print(f"precision {precision:.3f}, recall {recall:.3f} on {len(judged())} tables")
    assert precision >= 0.9
    assert recall >= 0.9


def test_a_table_the_editor_would_card_as_it_is_is_never_missed() -> None:
    assert [one for one in judged() if one.wanted == "card" and not one.kept] == []


def test_damaged_documents_are_repaired_and_the_sound_one_is_not_touched() -> None:
    repaired = {one.key[:3] for one in documents() if one.remarks}
    assert repaired == {"000", "001", "002", "003"}


def test_every_deck_can_be_written_and_no_promotion_is_in_it() -> None:
    for draft in assembly().decks:
        text = write(draft.deck())
        assert parse(text, file="").errors == ()
        assert not re.search(r"Practice \u2192|hands-on reps|450\+", text)


def test_the_unanswered_interview_questions_of_the_outline_are_told() -> None:
    asked = [
        one
        for one in assembly().candidates
        if one.spot.document.key.startswith("000") and one.reason is Reason.UNANSWERED
    ]
    assert len(asked) == 13


def test_every_project_is_a_project_card() -> None:
    assert sum(one.kind == "project" and one.verdict is not Verdict.DROP for one in assembly().candidates) == 30


def test_deriving_all_again_changes_nothing() -> None:
    keys = [one.key for one in documents()]
    first = update(Shelf(), assembly(), keys)
    again = update(first.shelf, assembly(), keys)
    assert again.changes == ()
    assert again.shelf == first.shelf
