"""Matrices an author hid in code: SQL VALUES lists with named columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from decks.derive.model import Code, Span, Table
from decks.text import escape

_START = re.compile(r"\bVALUES\s*(?=\()", re.IGNORECASE)
_INSERT = re.compile(r"\bINSERT\s+INTO\s+([\w.\"`]+)\s*\(([^()]*)\)\s*$", re.IGNORECASE)
_ALIAS = re.compile(r"\s*\)?\s*(?:AS\s+)?\"?(\w+)\"?\s*\(([^()]*)\)", re.IGNORECASE)
_CREATE = re.compile(r"\b(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?(?:TABLE|VIEW)|INTO)\s+([\w.]+)", re.I)
_PIECE = re.compile(
    r"'(?P<text>(?:[^']|'')*)'|(?P<open>\()|(?P<close>\))|(?P<comma>,)|--[^\n]*|/\*.*?\*/|\s+|(?P<bare>[^'(),\s]+)",
    re.DOTALL,
)
LEAST_ROWS, LEAST_COLUMNS = 3, 2
NEAR = 2000  # characters before a list in which its name can stand


class Hidden(Struct, frozen=True):
    """A matrix found in code, and the name the code gives it."""

    table: Table
    name: str
    inserted: bool = False  # by an INSERT, not listed under an alias


def matrices(code: Code) -> Iterator[Hidden]:
    """Every VALUES list of a block that has column names, at least 3 rows and 2 columns."""
    at = 0
    while start := _START.search(code.text, at):
        rows, end = _rows(code.text, start.end())
        at = max(end, start.end())
        name, columns, inserted = _columns(code.text, start.start(), end)
        wide = len(columns)
        if wide < LEAST_COLUMNS or len(rows) < LEAST_ROWS or any(len(row) != wide for row in rows):
            continue
        line = code.text.count("\n", 0, start.start()) + code.span.first
        span = Span(line, line + code.text.count("\n", start.start(), end))
        cells = tuple(tuple(escape(cell) for cell in row) for row in rows)
        yield Hidden(Table(tuple(columns), cells, span), name, inserted)


def _rows(text: str, at: int) -> tuple[list[list[str]], int]:
    """The rows of literals from an opening parenthesis on, and where they end. Nested calls are kept as text."""
    rows: list[list[str]] = []
    cell: list[str] = []
    depth = 0
    while piece := _PIECE.match(text, at):
        if piece["open"] is not None:
            depth += 1
            if depth == 1:
                rows.append([])
                cell = []
            else:
                cell.append("(")
        elif piece["close"] is not None:
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                rows[-1].append("".join(cell).strip())
            else:
                cell.append(")")
        elif depth == 0 and piece["comma"] is None and piece[0].strip() and not piece[0].startswith(("--", "/*")):
            break
        elif piece["comma"] is not None and depth == 1:
            rows[-1].append("".join(cell).strip())
            cell = []
        elif depth:
            cell.append(_literal(piece))
        at = piece.end()
    return rows, at


def _literal(piece: re.Match[str]) -> str:
    if piece["text"] is not None:
        return piece["text"].replace("''", "'")
    if piece["bare"] is not None:
        return "" if piece["bare"].upper() == "NULL" else piece["bare"]
    return "," if piece["comma"] is not None else " "


def _columns(text: str, start: int, end: int) -> tuple[str, list[str], bool]:
    """The name of the list and of its columns, an INSERT's before it or an alias's after it; whether an INSERT's."""
    before = text[max(0, start - NEAR) : start]
    insert = _INSERT.search(before)
    alias = None if insert else _ALIAS.match(text, end)
    found = insert or alias
    if found is None:
        return "", [], False
    created = None if insert else _last(_CREATE, before)
    columns = [column.strip(' "`\n\t') for column in found[2].split(",")]
    return (created or found[1]), [column.replace("_", " ") for column in columns if column], insert is not None


def _last(pattern: re.Pattern[str], text: str) -> str:
    names = pattern.findall(text)
    return names[-1] if names else ""
