"""A derivation put into a folder of decks: ids kept, what an author wrote kept, what he should look at again flagged.

Pure: a `Shelf` in, a `Shelf` and the list of changes out. A first derivation is an update of an empty shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, structs

from decks.derive.assemble import REVIEW, Assembly, Draft, DraftDeck
from decks.derive.match import match, source_of, subject_of
from decks.ids import write_ids
from decks.model import Deck, Matrix, Note
from decks.traces import Trace, Traces, note_digest, runs_of, words_of
from decks.write import write

CHANGED = "its source has changed"
GONE = "its source is gone"


class What(StrEnum):
    """What an update did to a note."""

    NEW = "new"
    REWORDED = "reworded"
    MOVED = "moved"
    REMOVED = "removed"
    STALE = "stale"


class Change(Struct, frozen=True):
    """One note an update touched; `detail` says in words what is different."""

    what: What
    note: str
    deck: str
    detail: str = ""


class Shelf(Struct, frozen=True):
    """Deck files by name and what is known about their notes; `taken` are ids that exist elsewhere too."""

    decks: Mapping[str, Deck] = {}
    traces: Traces = Traces()
    taken: frozenset[str] = frozenset()

    def knows(self, documents: Iterable[str]) -> tuple[str, ...]:
        """Those of some document keys that were derived from before."""
        return tuple(key for key in documents if key in self.traces.documents)


class Updated(Struct, frozen=True):
    """The shelf as it is now, the files that differ, and why."""

    shelf: Shelf
    written: tuple[str, ...]
    changes: tuple[Change, ...]


def update(shelf: Shelf, assembly: Assembly, documents: Iterable[str]) -> Updated:
    """Put an assembly on a shelf. `documents` are the keys of all documents read, also of those without a card."""
    return _Update(shelf, assembly, frozenset(documents)).run()


class _Update:
    """One update under way."""

    def __init__(self, shelf: Shelf, assembly: Assembly, scope: frozenset[str]) -> None:
        self.shelf = shelf
        self.assembly = assembly
        self.scope = scope
        self.decks = dict(shelf.decks)
        self.traces = dict(shelf.traces.notes)
        self.documents = dict(shelf.traces.documents)
        self.places = {note.id: (file, note) for file, deck in shelf.decks.items() for note in deck.notes if note.id}
        self.changes: list[Change] = []

    def run(self) -> Updated:
        known = [trace for trace in self.traces.values() if trace.document in self.scope]
        drafts = [draft for deck in self.assembly.decks for draft in deck.drafts]
        same = match(known, drafts)
        place = 0
        for deck in self.assembly.decks:
            fresh: list[Draft] = []
            for draft in deck.drafts:
                trace = same.get(place)
                place += 1
                if trace is None:
                    fresh.append(draft)
                else:
                    self._again(trace, draft)
            self._add(deck, fresh)
        kept = {trace.note for trace in same.values()}
        for trace in known:
            if trace.note not in kept:
                self._gone(trace)
        written = tuple(file for file, deck in self.decks.items() if self.shelf.decks.get(file) != deck)
        traces = Traces(self.traces, self.documents)
        return Updated(Shelf(self.decks, traces, self.shelf.taken), written, tuple(self.changes))

    def _again(self, trace: Trace, draft: Draft) -> None:
        """A note that was derived before: follow its source, or leave it to its author."""
        there = self.places.get(trace.note)
        fresh = _trace(trace.note, draft)
        if there is None:  # the author took it out; it does not come back
            self.traces[trace.note] = structs.replace(fresh, draft=trace.draft)
            return
        file, note = there
        deck = self.decks[file]
        if deck.draft and note_digest(note) == trace.draft:
            self._replace(file, note, draft, fresh)
            return
        flagged = structs.replace(fresh, draft=trace.draft, stale=trace.stale, stale_at=trace.stale_at)
        if fresh.source != trace.source:
            flagged = structs.replace(flagged, stale=CHANGED, stale_at=note_digest(note))
            self._tell(What.STALE, note.id, file, CHANGED)
        self.traces[note.id] = flagged

    def _replace(self, file: str, note: Note, draft: Draft, trace: Trace) -> None:
        fresh = structs.replace(draft.note, id=note.id, was=note.was)
        detail = ""
        if isinstance(note.body, Matrix) and isinstance(fresh.body, Matrix):
            matrix = structs.replace(fresh.body, renamed=_renamed(note.body, fresh.body))
            fresh = structs.replace(fresh, body=matrix)
            detail = _difference(note.body, matrix)
        if note_digest(fresh) != note_digest(note):
            self._tell(What.REWORDED, note.id, file, detail)
        elif fresh.section != note.section or fresh.source != note.source:
            self._tell(What.MOVED, note.id, file, f"now under {fresh.section}")
        self.traces[note.id] = structs.replace(trace, draft=note_digest(fresh))
        if fresh == note:
            return
        deck = self.decks[file]
        if fresh.section == note.section:
            notes = tuple(fresh if one.id == note.id else one for one in deck.notes)
        else:
            notes = _inserted([one for one in deck.notes if one.id != note.id], fresh)
        self.decks[file] = structs.replace(deck, notes=notes)

    def _gone(self, trace: Trace) -> None:
        """A note whose source is no longer there: an untouched draft goes, anything else is flagged."""
        there = self.places.get(trace.note)
        if there is None:
            return
        file, note = there
        deck = self.decks[file]
        if deck.draft and note_digest(note) == trace.draft:
            self.decks[file] = structs.replace(deck, notes=tuple(one for one in deck.notes if one.id != note.id))
            del self.traces[note.id]
            self._tell(What.REMOVED, note.id, file, GONE)
        elif trace.stale != GONE:
            self.traces[note.id] = structs.replace(trace, stale=GONE, stale_at=note_digest(note))
            self._tell(What.STALE, note.id, file, GONE)

    def _add(self, deck: DraftDeck, fresh: Sequence[Draft]) -> None:
        """New notes into the document's draft, or into a new one where the author has published that."""
        if not fresh:
            return
        notes = self._named([draft.note for draft in fresh])
        file = self._file(deck)
        if file in self.decks:
            there = self.decks[file]
            held = there.notes
            for note in notes:
                held = _inserted(held, note)
            self.decks[file] = structs.replace(there, notes=held)
        else:
            name = file.removesuffix(".md")
            self.decks[file] = structs.replace(deck.deck(), slug=name, notes=notes)
        self.documents[deck.document.key] = file
        for note, draft in zip(notes, fresh, strict=True):
            self.traces[note.id] = structs.replace(_trace(note.id, draft), draft=note_digest(note))
            self._tell(What.NEW, note.id, file)

    def _file(self, deck: DraftDeck) -> str:
        """The draft a document's notes go into; one that is published is left alone."""
        before = self.documents.get(deck.document.key, "")
        if before in self.decks and self.decks[before].draft:
            return before
        slugs = {one.slug for one in self.decks.values()}
        base = f"{deck.slug}-more" if before else deck.slug
        name, number = base, 2
        while f"{name}.md" in self.decks or name in slugs:
            name, number = f"{base}-{number}", number + 1
        return f"{name}.md"

    def _named(self, notes: Sequence[Note]) -> tuple[Note, ...]:
        """Notes with ids of their own, made from their words."""
        taken = self.shelf.taken | set(self.traces) | set(self.places)
        deck = Deck(slug="a", title="a", about="a", level="beginner", notes=tuple(notes))
        _, written = write_ids(write(deck), taken)
        return tuple(structs.replace(note, id=one.id) for note, one in zip(notes, written, strict=True))

    def _tell(self, what: What, note: str, file: str, detail: str = "") -> None:
        self.changes.append(Change(what, note, self.decks[file].slug, detail))


def _trace(note: str, draft: Draft) -> Trace:
    one = draft.candidate
    return Trace(
        note=note,
        document=one.spot.document.key,
        path="/".join(one.spot.path),
        lines=f"{one.span.first}-{one.span.last}",
        kind=one.kind,
        source=source_of(draft),
        subject=subject_of(draft),
        words=words_of(one.text),
        runs=runs_of(one.text),
    )


def _inserted(notes: Sequence[Note], note: Note) -> tuple[Note, ...]:
    """A note put behind the last of its section, else before the review sections, else at the end."""
    same = [place for place, one in enumerate(notes) if one.section == note.section]
    review = [place for place, one in enumerate(notes) if one.section.startswith(REVIEW)]
    at = same[-1] + 1 if same else review[0] if review and not note.section.startswith(REVIEW) else len(notes)
    return (*notes[:at], note, *notes[at:])


def _renamed(before: Matrix, after: Matrix) -> tuple[tuple[str, str], ...]:
    """Labels that changed while most of their cells stayed: (label now, label before), rows then columns."""
    rows = _pairs(dict(before.rows), dict(after.rows))
    columns = _pairs(_by_column(before), _by_column(after))
    kept = [pair for pair in before.renamed if pair[0] in {*dict(after.rows), *after.columns}]
    return tuple(dict.fromkeys((*kept, *rows, *columns)))


def _pairs(before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    lost = [label for label in before if label not in after]
    pairs: list[tuple[str, str]] = []
    for label in (label for label in after if label not in before):
        mine = {cell for cell in after[label] if cell}
        alike = [old for old in lost if 2 * len(mine & set(before[old])) > len(mine)]
        if alike:
            pairs.append((label, alike[0]))
            lost.remove(alike[0])
    return pairs


def _by_column(matrix: Matrix) -> dict[str, tuple[str, ...]]:
    return {name: tuple(cells[at] for _, cells in matrix.rows) for at, name in enumerate(matrix.columns)}


def _difference(before: Matrix, after: Matrix) -> str:
    """What became of the rows and cells of a matrix, in words."""
    old, new = dict(before.rows), dict(after.rows)
    names = dict(after.renamed)
    added = [label for label in new if label not in old and label not in names]
    lost = [label for label in old if label not in new and label not in names.values()]
    both = [(new[label], old[label]) for label in new if label in old]
    cells = sum(mine != theirs for now, then in both for mine, theirs in zip(now, then, strict=False))
    counts = {
        "rows added": len(added),
        "rows deleted": len(lost),
        "rows with other cells": cells,
        "labels renamed": len(names),
    }
    return ", ".join(f"{words}: {number}" for words, number in counts.items() if number)
