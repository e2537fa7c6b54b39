"""A raw note with a table -> a Matrix or Comparison: labels, templates, cells. Pure; raises DeckError."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import structs

from decks.entry import AS_OF, Entry
from decks.lines import RawNote, closest, split_bars
from decks.model import Cell, Comparison, Matrix
from decks.slugs import slug

_PLACEHOLDER = re.compile(r"(?<!\\)\{([^{}]*)\}")
_CELL = ("why", "hint", "also", "wrong", "source", "as_of", "importance", "was", "relearn")


def comparison(raw: RawNote, entry: Entry) -> Comparison:
    sides = split_bars(raw.head.value)
    if len(sides) != 2 or not all(sides):
        raise entry.error("'Compare:' names two sides with a bar between them", "Write  Compare: left | right")
    template = _template(entry.one("ask"), ("left", "right", "dimension"), entry)
    header, body = _table(raw, entry)
    if len(header) != 3:
        remedy = "Its columns are the dimension, the left side and the right side."
        raise entry.error(f"A comparison table with {len(header)} columns", remedy, raw.table[0][0])
    rows = tuple((label, values[0], values[1]) for _, label, values in body)
    for line, label, values in body:
        if not all(values):
            raise entry.error(f"'{label}' says nothing of one side", "Fill both sides, or remove the row.", line)
    return Comparison(sides[0], sides[1], template, header[0], rows)


def matrix(raw: RawNote, entry: Entry) -> Matrix:
    header, body = _table(raw, entry)
    columns = header[1:]
    _distinct(columns, "column", [raw.table[0][0]] * len(columns), entry)
    ask = _templates(entry, "ask", columns, ("row", "column"))
    if not raw.head.value and len(ask) < len(columns):
        raise entry.error(
            "'Matrix:' is empty", "Write the question with {row} and {column}, or an 'ask:' for each column."
        )
    rows = tuple((label, values) for _, label, values in body)
    matrix = Matrix(
        template=_template(raw.head.value, ("row", "column"), entry),
        corner=header[0],
        columns=columns,
        rows=rows,
        ask=ask,
        back=_templates(entry, "back", columns, ("row", "column", "cell")),
        renamed=entry.pairs("renamed", "renamed: new label | old label"),
        also=_row_names(entry, tuple(label for _, label, _ in body)),
    )
    for now, _ in matrix.renamed:
        _known(now, (*columns, *(label for label, _ in rows)), "row or column", entry)
    return structs.replace(matrix, cells=_cells(raw, matrix, entry))


def _row_names(entry: Entry, rows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Other names of rows, which only a question for the row has a use for."""
    names = entry.pairs("also", "also: row | another name of it")
    for row, _ in names:
        _known(row, rows, "row", entry)
    if names and not entry.many("back"):
        remedy = "Add 'back:', or put 'also:' under the '[row / column]' of the cell it belongs to."
        raise entry.error("'also:' names a row that no 'back:' asks for", remedy)
    return names


def _table(raw: RawNote, entry: Entry) -> tuple[tuple[str, ...], list[tuple[int, str, tuple[str, ...]]]]:
    """The header's labels and (line, row label, values) of each row; "-" means empty."""
    if len(raw.table) < 3 or not all(re.fullmatch(r":?-+:?", cell) for cell in raw.table[1][1]):
        remedy = "Add a Markdown table: a header line, a line |---|---|, and one line per row."
        raise entry.error(f"A '{raw.kind}:' note without a table", remedy)
    (line, header), _, *rows = raw.table
    if len(header) < 2 or not all(header[1:]):
        raise entry.error("A table with an unnamed column", "Name every column in its header line.", line)
    for line, cells in rows:
        if len(cells) != len(header):
            remedy = r"Make them equal; a literal bar is written '\|'."
            raise entry.error(f"A row of {len(cells)} cells under a header of {len(header)}", remedy, line)
    _distinct([cells[0] for _, cells in rows], "row", [line for line, _ in rows], entry)
    return header, [(line, cells[0], tuple("" if cell == "-" else cell for cell in cells[1:])) for line, cells in rows]


def _distinct(labels: Sequence[str], what: str, lines: Sequence[int], entry: Entry) -> None:
    """Labels become parts of card ids, so each needs a slug of its own."""
    seen: dict[str, str] = {}
    for label, line in zip(labels, lines, strict=True):
        part = slug(label)
        if not part:
            raise entry.error(
                f"The {what} '{label}' has no letters or digits to make an id of", "Name it in words.", line
            )
        if part in seen:
            remedy = "Name them so that they differ in letters or digits."
            raise entry.error(f"Two {what}s have the same id part: '{seen[part]}' and '{label}'", remedy, line)
        seen[part] = label


def _template(text: str, names: tuple[str, ...], entry: Entry, line: int = 0) -> str:
    for name in _PLACEHOLDER.findall(text):
        if name not in names:
            known = " ".join(f"{{{known}}}" for known in names)
            remedy = rf"Use {known}, or write '\{{' for a brace."
            raise entry.error(f"'{{{name}}}' stands for nothing", remedy, line)
    return text


def _templates(entry: Entry, key: str, columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = entry.pairs(key, f"{key}: column | question")
    for column, text in pairs:
        _known(column, columns, "column", entry)
        _template(text, names, entry)
    return pairs


def _known(label: str, labels: tuple[str, ...], what: str, entry: Entry) -> None:
    if label not in labels:
        near = closest(label, labels)
        remedy = f"Did you mean '{near}'?" if near else f"The table has: {', '.join(labels)}."
        raise entry.error(f"The table has no {what} '{label}'", remedy)


def _cells(raw: RawNote, matrix: Matrix, entry: Entry) -> tuple[Cell, ...]:
    places = {f"{row} / {column}": (row, column) for row, _ in matrix.rows for column in matrix.columns}
    filled = {(row, col) for row, values in matrix.rows for col, v in zip(matrix.columns, values, strict=True) if v}
    cells: dict[tuple[str, str], Cell] = {}
    for block in raw.blocks:
        at = Entry(entry.file, "Matrix", block.line, block.fields)
        place = places.get(block.label)
        if place is None or place not in filled:
            near = closest(block.label, tuple(places))
            remedy = f"Did you mean '[{near}]'?" if near else "Write '[row / column]' with the labels of the table."
            raise at.error(f"The table has no filled cell '{block.label}'", remedy)
        if place in cells:
            raise at.error(f"The cell '{block.label}' has two blocks", "Put their attributes together.")
        cells[place] = _cell(at, place)
    return tuple(cells.values())


def _cell(at: Entry, place: tuple[str, str]) -> Cell:
    for field in at.fields:
        if field.key not in _CELL:
            remedy = f"A cell takes {', '.join(_CELL)}; the matrix' own attributes stand above the cells."
            raise at.error(f"'{field.key}:' cannot be said of one cell", remedy, field.line)
    return Cell(
        row=place[0],
        column=place[1],
        why=at.one("why"),
        hint=at.one("hint"),
        also=at.many("also"),
        wrong=at.foreseen(),
        source=at.source(),
        as_of=at.matching("as_of", AS_OF, "YYYY-MM"),
        importance=at.importance(),
        was=at.listed("was"),
        relearn=at.day("relearn"),
    )
