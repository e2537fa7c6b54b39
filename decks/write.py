"""Deck or Track -> its text, with aligned tables: `parse(write(deck)).deck == deck`. Pure.

Texts are written as they are. What the format cannot hold is the author's to avoid: a line break outside a code block,
a comma inside a comma-separated list.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import assert_never

from decks.lines import escape_bars, looks_structural
from decks.model import (
    Body,
    Cell,
    Choice,
    Cloze,
    Code,
    Comparison,
    Deck,
    Importance,
    Interview,
    Matrix,
    Note,
    Number,
    Point,
    Project,
    Question,
    Steps,
    Term,
    Track,
)

_FENCE = re.compile(r"^```[\w+-]*[ \t]*\n.*?^```[ \t]*$", re.MULTILINE | re.DOTALL)


def write(deck: Deck | Track) -> str:
    """The file that holds a deck or track."""
    match deck:
        case Deck():
            return "\n".join(("---", *_deck_header(deck), "---", *_notes(deck.notes), ""))
        case Track():
            return "\n".join(("---", *_track_header(deck), "---", ""))
        case _:
            assert_never(deck)


def write_note(note: Note) -> str:
    """One note, its section left out."""
    return "\n".join((*_body(note.body), *_attributes(note), *_after(note.body)))


def _deck_header(deck: Deck) -> Iterator[str]:
    yield f"deck: {deck.slug}"
    yield f"title: {deck.title}"
    yield f"about: {deck.about}"
    yield f"level: {deck.level}"
    yield from _line("requires", ", ".join(deck.requires))
    yield from _line("source", deck.source)
    yield from _line("as_of", deck.as_of)
    yield from _line("licence", deck.licence if deck.licence != "MIT" else "")
    yield from _line("status", "draft" if deck.draft else "")


def _track_header(track: Track) -> Iterator[str]:
    yield f"track: {track.slug}"
    yield f"title: {track.title}"
    yield f"goal: {track.goal}"
    if track.modules:
        yield from (f"module: {escape_bars(module.title)} | {', '.join(module.decks)}" for module in track.modules)
    else:
        yield f"decks: {', '.join(track.decks)}"
    if track.exam:
        yield f"guide: {track.exam.guide}"
        yield f"guide date: {track.exam.date}"
        yield f"questions: {track.exam.questions}"
        yield f"minutes: {track.exam.minutes}"
        yield from (f"weight: {domain} | {round(share * 100, 4):g} %" for domain, share in track.exam.weights)


def _notes(notes: Sequence[Note]) -> Iterator[str]:
    for section, group in itertools.groupby(notes, lambda note: note.section):
        yield from ("", f"# {section}") if section else ()
        for note in group:
            yield from ("", write_note(note))


def _body(body: Body) -> Iterator[str]:
    """The headline and what defines the note; what must follow the attributes is in `_after`."""
    match body:
        case Term():
            yield from (*_line("Term", body.term), *_line("front", body.front), *_line("A", body.answer))
            yield from (*_line("reverse", body.reverse), *_each("also", body.also))
        case Question():
            yield from _line("Scenario" if body.scenario else "Q", body.front)
            yield from ("A:", *_list("-", body.items)) if body.items else _line("A", body.answer)
            yield from (*_each("not", body.distractors), *_each("also", body.also))
        case Code():
            yield from (*_line("Code", body.front), *_line("A", body.answer))
            yield from (*_each("not", body.distractors), *_each("also", body.also))
        case Matrix():
            yield f"Matrix: {body.template}".rstrip()
        case Comparison():
            yield f"Compare: {escape_bars(body.left)} | {escape_bars(body.right)}"
            yield from _line("ask", body.template)
        case Cloze():
            yield from (*_line("C", body.text), *_each("also", body.also))
        case Number():
            yield from (*_line("Number", body.front), *_line("A", body.answer))
            yield from _line(
                "tolerance", f"{Decimal(str(body.tolerance)):f}".removesuffix(".0") if body.tolerance else ""
            )
            yield from _each("also", body.also)
        case Choice():
            yield from (*_line("Choice", body.front), *_list("+", body.right), *_list("-", body.wrong))
            yield from _each("also", body.also)
        case Steps():
            yield from _line("Steps", body.front)
            yield from (f"{place}. {_text(step)}" for place, step in enumerate(body.steps, start=1))
        case Interview():
            yield from (*_line("Interview", body.front), *_line("A", body.answer), "points:")
            yield from (f"- {_point(point)}" for point in body.points)
        case Project():
            yield from (*_line("Project", body.name), *_line("goal", body.goal))
            yield from (*_line("tools", ", ".join(body.tools)), *_line("teaches", body.teaches))
        case _:
            assert_never(body)


def _attributes(note: Note) -> Iterator[str]:
    yield from _line("why", note.why)
    yield from _line("hint", note.hint)
    yield from _pairs("wrong", ((wrong.answer, wrong.reply) for wrong in note.wrong))
    yield from _line("id", note.id)
    yield from _line("was", ", ".join(note.was))
    yield from _line("source", note.source)
    yield from _line("as_of", note.as_of)
    yield from _line("importance", note.importance if note.importance is not Importance.CORE else "")
    yield from _line("domain", note.domain)
    yield from _line("relearn", note.relearn)
    yield from _pairs("waive", ((waiver.rule, waiver.reason) for waiver in note.waivers))


def _after(body: Body) -> Iterator[str]:
    """A table and what is said of its columns and cells."""
    match body:
        case Matrix():
            yield from _pairs("ask", body.ask)
            yield from _pairs("back", body.back)
            yield from _pairs("also", body.also)
            yield from _pairs("renamed", body.renamed)
            yield from ("", *_table((body.corner, *body.columns), ((label, *cells) for label, cells in body.rows)))
            for cell in body.cells:
                yield from ("", *_cell(cell))
        case Comparison():
            yield from ("", *_table((body.corner, body.left, body.right), body.rows))
        case _:
            return


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table whose columns are as wide as their widest cell; "-" stands for an empty one."""
    body = [[escape_bars(cell) or "-" for cell in row] for row in rows]
    head = [escape_bars(cell) for cell in header]
    widths = [max(len(row[at]) for row in (head, *body)) for at in range(len(head))]
    yield _row(head, widths)
    yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield from (_row(row, widths) for row in body)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _cell(cell: Cell) -> Iterator[str]:
    yield f"[{cell.row} / {cell.column}]"
    yield from (*_line("why", cell.why), *_line("hint", cell.hint), *_each("also", cell.also))
    yield from _pairs("wrong", ((wrong.answer, wrong.reply) for wrong in cell.wrong))
    yield from (*_line("source", cell.source), *_line("as_of", cell.as_of))
    yield from (*_line("importance", cell.importance or ""), *_line("was", ", ".join(cell.was)))
    yield from _line("relearn", cell.relearn)


def _point(point: Point) -> str:
    return _text(escape_bars(point.text)) + (f" | {', '.join(point.keywords)}" if point.keywords else "")


def _line(key: str, value: str) -> Iterator[str]:
    if value:
        yield f"{key}:" + ("\n" if _FENCE.match(value) else " ") + _text(value)


def _each(key: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from _line(key, value)


def _pairs(key: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"{key}: {_text(escape_bars(left))} | {_text(escape_bars(right))}" for left, right in pairs)


def _list(mark: str, items: Iterable[str]) -> Iterator[str]:
    yield from (f"{mark} {_text(item)}" for item in items)


def _text(value: str) -> str:
    """A value as its lines stand in the file: what follows a code block must not look like an attribute."""
    fences = list(_FENCE.finditer(value))
    edges = [0, *(edge for fence in fences for edge in fence.span()), len(value)]
    pieces = [value[start:end] for start, end in itertools.pairwise(edges)]
    return "".join(_escape(piece) if at and at % 2 == 0 else piece for at, piece in enumerate(pieces))


def _escape(prose: str) -> str:
    return "\n".join("\\" + line if looks_structural(line) else line for line in prose.split("\n"))
