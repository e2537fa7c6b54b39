"""Aligns a small table for a screen of equally wide characters. Pure."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

WIDTH = 40  # columns that a phone shows in <pre> without wrapping
BETWEEN = "  "
NARROWEST = 12  # columns that the last cell needs to be worth wrapping


def aligned(rows: Sequence[Sequence[str]], width: int = WIDTH) -> str:
    """Rows of cells as lines of at most `width` columns: the last column wraps, or stands below the others."""
    count = max((len(row) for row in rows), default=0)
    whole = [[" ".join(cell.split()) for cell in (*row, *("",) * (count - len(row)))] for row in rows]
    widths = [max(columns(row[place]) for row in whole) for place in range(count)]
    before = sum(widths[:-1]) + len(BETWEEN) * (count - 1)
    if width - before < min(NARROWEST, widths[-1] if widths else 0):
        return "\n".join(line for row in whole for line in _stacked(row, width))
    return "\n".join(line for row in whole for line in _line(row, widths, width - before))


def columns(text: str) -> int:
    """How many columns a text takes: two for wide East Asian characters and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _line(row: Sequence[str], widths: Sequence[int], room: int) -> list[str]:
    """One row; what the last cell has too much goes on below it."""
    cells = [cell + " " * (widths[place] - columns(cell)) for place, cell in enumerate(row[:-1])]
    first, *more = textwrap.wrap(row[-1], room) or [""]
    margin = " " * (sum(widths[:-1]) + len(BETWEEN) * len(cells))
    return [BETWEEN.join((*cells, first)).rstrip(), *(margin + line for line in more)]


def _stacked(row: Sequence[str], width: int) -> list[str]:
    """One cell a line, all but the first set in."""
    lines = textwrap.wrap(row[0], width) or [""]
    for cell in row[1:]:
        lines += textwrap.wrap(cell, width, initial_indent=BETWEEN, subsequent_indent=BETWEEN)
    return lines
