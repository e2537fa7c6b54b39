"""`backfill decks derive` and `backfill decks coverage`: curricula in, draft decks or what is lacking out."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from decks.derive.assemble import Assembly, assemble
from decks.derive.candidates import Verdict
from decks.derive.coverage import Covered, coverage
from decks.derive.inputs import gather
from decks.derive.limits import DeriveError
from decks.derive.model import Document
from decks.derive.readers import read
from decks.derive.shelf import read_shelf, write_shelf
from decks.derive.update import Change, Shelf, Updated, What, update
from decks.ids import ids_in
from decks.library import Library, shown
from decks.model import Source

Printed = tuple[int, tuple[str, ...], tuple[str, ...]]  # exit code, lines, lines for the error stream
LACKING = 8  # subjects named in a line of the coverage


def derive(args: argparse.Namespace, library: Library) -> Printed:
    """Draft decks from sources. Exit code 1 where a source could not be used, 2 where nothing could be done."""
    folder = Path(args.into)
    documents, refused = _documents(args.source)
    if not documents:
        return 2, (), tuple(map(str, refused))
    shelf = read_shelf(folder, _taken(library, folder))
    if not args.update and (known := shelf.knows(document.key for document in documents)):
        problem = f"{known[0]} was derived into {shown(folder)} before"
        return 2, (), (f"{problem}. Add --update to derive it again, or name another folder with --into.",)
    month = datetime.now().astimezone().strftime("%Y-%m")
    slugs = {key: file.removesuffix(".md") for key, file in shelf.traces.documents.items()}
    with _progress("deriving", len(documents)) as told:
        assembly = assemble(documents, month=month, slugs=slugs, told=told)
    updated = update(shelf, assembly, [document.key for document in documents])
    if not args.dry_run:
        write_shelf(folder, updated, _sources(assembly, updated))
    code = 1 if refused else 0
    errors = tuple(map(str, refused))
    if args.json:
        return code, (_json(_report(assembly, updated, documents)),), errors
    return code, tuple(_summary(args, shelf, assembly, updated, documents)), errors


def cover(args: argparse.Namespace, library: Library) -> Printed:
    """Compare sources with the cards that can be studied. Exit codes as `derive`."""
    documents, refused = _documents(args.source)
    errors = tuple(map(str, refused))
    if not documents:
        return 2, (), errors
    parts = coverage(documents, library.current.cards.values())
    code = 1 if refused else 0
    return code, (_json(parts),) if args.json else tuple(_covered(parts)), errors


def _documents(sources: Sequence[str]) -> tuple[list[Document], list[DeriveError]]:
    """What can be read of the sources, each under a key of its own, and why the rest cannot."""
    documents: dict[str, Document] = {}
    refused: list[DeriveError] = []
    for blob in gather(sources):
        if isinstance(blob, DeriveError):
            refused.append(blob)
            continue
        try:
            for document in read(blob):
                key, number = document.key, 2
                while key in documents:
                    key, number = f"{document.key}#{number}", number + 1
                documents[key] = structs.replace(document, key=key)
        except DeriveError as error:
            refused.append(error)
    return list(documents.values()), refused


def _taken(library: Library, folder: Path) -> set[str]:
    """The ids of all decks outside the folder."""
    inside = folder.resolve()
    paths = (path for path in library.paths if path.resolve().parent != inside)
    return {id for path in paths for id in ids_in(path.read_bytes().decode(errors="replace"))}


def _sources(assembly: Assembly, updated: Updated) -> Mapping[str, Source]:
    """What sources.toml says of the documents: their sections are those that any note in the folder cites."""
    notes = [note for deck in updated.shelf.decks.values() for note in deck.notes]
    sources: dict[str, Source] = {}
    for deck in assembly.decks:
        name = deck.source.slug
        cited = [
            section for note in notes for one, _, section in (note.source.partition(", "),) if one == name and section
        ]
        sources[name] = structs.replace(deck.source, sections=tuple(dict.fromkeys((*deck.source.sections, *cited))))
    return sources


def _summary(
    args: argparse.Namespace, shelf: Shelf, assembly: Assembly, updated: Updated, documents: Sequence[Document]
) -> Iterator[str]:
    for document in documents:
        yield from (f"{document.title}: {remark}" for remark in document.remarks)
    yield from _barren(assembly, documents)
    yield from _table(("deck", "keep", "review", "drop"), _by_document(assembly, documents))
    yield ""
    reasons = Counter((one.verdict, one.reason) for one in assembly.candidates)
    yield from _table(
        ("", "", "candidates"),
        [
            (str(verdict), str(reason), f"{number:,}")
            for (verdict, reason), number in sorted(reasons.items(), key=_rank)
        ],
    )
    if assembly.conflicts:
        yield from ("", "Told in two ways (the first was kept):")
        for conflict in assembly.conflicts:
            yield f"  {conflict.subject} / {conflict.attribute}"
            for side in (conflict.first, conflict.second):
                yield f"    {side.value[:100]}  ({side.document[:40]}, {side.section[:40]})"
    if shelf.traces.notes:
        yield from ("", *_changes(updated.changes))
    yield ""
    said = "would be written" if args.dry_run else "written"
    files = ", ".join(shown(Path(args.into) / file) for file in updated.written)
    yield f"{len(updated.written)} files {said}: {files}" if files else "Nothing is different."


def _barren(assembly: Assembly, documents: Sequence[Document]) -> Iterator[str]:
    """Why a document yields no draft: what was found in it and dropped, or that nothing was found."""
    for document in documents:
        mine = [one for one in assembly.candidates if one.spot.document.key == document.key]
        if any(one.verdict is not Verdict.DROP for one in mine):
            continue
        reasons = Counter(one.reason for one in mine)
        told = ", ".join(f"{reason} ({number:,})" for reason, number in reasons.most_common())
        nothing = "no table, definition, question, list of steps or figure was found in it"
        yield f"{document.title}: nothing to draft: " + (f"all it has was dropped: {told}" if told else nothing) + "."


def _rank(entry: tuple[tuple[Verdict, str], int]) -> tuple[int, int]:
    order = (Verdict.KEEP, Verdict.REVIEW, Verdict.DROP)
    return order.index(entry[0][0]), -entry[1]


def _by_document(assembly: Assembly, documents: Sequence[Document]) -> list[tuple[str, ...]]:
    names = {deck.document.key: deck.slug for deck in assembly.decks}
    counted = Counter((one.spot.document.key, one.verdict) for one in assembly.candidates)
    return [
        (names.get(document.key, document.title[:40]), *(f"{counted[document.key, verdict]:,}" for verdict in Verdict))
        for document in documents
    ]


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    counted = Counter(change.what for change in changes)
    yield ", ".join(f"{counted[what]} {what}" for what in What if counted[what])
    for change in changes:
        yield f"  {change.what:8}  {change.deck}  {change.note}" + (f"  ({change.detail})" if change.detail else "")


def _covered(parts: Sequence[Covered]) -> Iterator[str]:
    for document in dict.fromkeys(part.document for part in parts):
        mine = [part for part in parts if part.document == document]
        there, lacking = sum(len(part.covered) for part in mine), sum(len(part.missing) for part in mine)
        yield f"{document}: {there} of {there + lacking} subjects have a card"
        for part in mine:
            yield f"  {len(part.covered):>4} of {len(part.covered) + len(part.missing):<4} {part.section}"
            if part.missing:
                more = f" and {len(part.missing) - LACKING} more" if len(part.missing) > LACKING else ""
                yield f"               lacks {', '.join(part.missing[:LACKING])}{more}"


def _report(assembly: Assembly, updated: Updated, documents: Sequence[Document]) -> dict[str, Any]:
    return {
        "documents": [
            {"key": one.key, "title": one.title, "kind": one.kind, "remarks": one.remarks} for one in documents
        ],
        "barren": list(_barren(assembly, documents)),
        "candidates": [
            {
                "document": one.spot.document.key,
                "path": one.spot.path,
                "lines": (one.span.first, one.span.last),
                "kind": one.kind,
                "verdict": one.verdict,
                "reason": one.reason,
                "why": one.why,
            }
            for one in assembly.candidates
        ],
        "conflicts": assembly.conflicts,
        "changes": updated.changes,
        "written": updated.written,
    }


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns; numbers stand to the right."""
    columns = [[row[at] for row in (header, *rows)] for at in range(len(header))]
    widths = [max(map(len, column)) for column in columns]
    counts = [all(cell.replace(",", "").isdigit() for cell in column[1:]) for column in columns]
    for row in (header, *rows):
        cells = (
            cell.rjust(width) if is_count else cell.ljust(width)
            for cell, width, is_count in zip(row, widths, counts, strict=True)
        )
        yield "  ".join(cells).rstrip()


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on the error stream, where a person watches it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
