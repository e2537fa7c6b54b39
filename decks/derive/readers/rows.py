"""CSV or TSV of terms and definitions -> Document. Pure."""

from __future__ import annotations

import csv
import io
import re

from decks.derive.limits import MAX_ROWS, DeriveError
from decks.derive.model import Builder, Section, Span, Table
from decks.text import escape

_DELIMITERS = "\t;,|"
_HEADERS = frozenset(
    re.findall(
        r"\S+",
        "term definition word meaning front back question answer name description concept explanation topic key value",
    )
)
_SAMPLE = 60


def delimiter(text: str) -> str:
    """What parts the columns of a table of rows, "" where the text is none."""
    lines = [line for line in text.split("\n")[:_SAMPLE] if line.strip()]
    for mark in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            continue
        widths = {len(row) for row in rows}
        if len(rows) >= 2 and len(widths) == 1 and 2 <= widths.pop() <= 12 and _is_tabular(rows, mark):
            return mark
    return ""


def read(name: str, text: str, mark: str) -> Section:
    """A document with one table; without a header row the columns are named term and definition. Raises DeriveError."""
    try:
        csv.field_size_limit(1_000_000)
        rows = [
            [escape(" ".join(cell.split())) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)
        ]
    except csv.Error as error:
        raise DeriveError(name, f"Its rows cannot be read ({error})", "Check the quotes.") from error
    rows = [row for row in rows if any(row)]
    if len(rows) > MAX_ROWS:
        raise DeriveError(name, f"It has more than {MAX_ROWS:,} rows", "Split it.")
    named = any(cell.casefold().strip() in _HEADERS for cell in rows[0])
    wide = len(rows[0])
    header = rows[0] if named else ["term", "definition", *(f"column {n}" for n in range(3, wide + 1))]
    body = tuple((*row[:wide], *[""] * (wide - len(row))) for row in (rows[1:] if named else rows))
    builder = Builder()
    if body:
        builder.add(Table(tuple(header[:wide]), body, Span(1, len(rows))))
    return builder.build()


def _is_tabular(rows: list[list[str]], mark: str) -> bool:
    """Rows rather than prose with commas: a header of known names, or a tab, or short first cells throughout."""
    if any(cell.casefold().strip() in _HEADERS for cell in rows[0]):
        return True
    return mark in "\t;" and len(rows) >= 3 and all(len(row[0]) <= 60 for row in rows)
