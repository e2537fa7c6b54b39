"""Grids that only say again what another grid of the document says: traces, outputs, pivots, shortened copies. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from decks.derive.extract.grids import Grid
from decks.text import plain

LEAST = 4  # telling cells a grid needs to be known again
BACK = 200  # grids before it that a grid is compared with
SAME = 0.8  # share of a grid's cells that must stand in the other


def originals(grids: Sequence[Grid]) -> dict[int, int]:
    """Place of each repeating grid -> place of the grid it repeats: the one with more rows, of equals the earlier."""
    cells = [_cells(grid) for grid in grids]
    found: dict[int, int] = {}
    for here, mine in enumerate(cells):
        for there in range(max(0, here - BACK), here):
            if there not in found and _is_said(mine, cells[there]):
                is_longer = len(mine) > len(cells[there]) and not grids[here].spot.is_example
                if is_longer and _is_said(cells[there], mine):
                    found[there] = here
                else:
                    found[here] = there
                break
    return found


def _cells(grid: Grid) -> list[frozenset[str]]:
    """The rows as sets of telling cells, as they are compared."""
    return [frozenset(filter(None, (_told(cell) for cell in row))) for row in grid.table.rows]


def _told(cell: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", plain(cell).casefold()))


def _is_said(mine: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> bool:
    """Whether nearly all telling cells stand in the other grid, in whatever order; a shortened cell counts as there."""
    known = frozenset().union(*theirs)
    words = [cell for row in mine for cell in row]
    if len(words) < LEAST or not any(len(cell) > 3 for cell in words):
        return False
    loose = [cell for cell in words if cell not in known]
    allowed = (1 - SAME) * len(words)
    if len(loose) > allowed + len(words) // 2:  # too many to be shortened copies
        return False
    return sum(len(cell) <= 4 or not any(_shortens(cell, other) for other in known) for cell in loose) <= allowed


def _shortens(cell: str, other: str) -> bool:
    return other.startswith(cell) or cell in other
