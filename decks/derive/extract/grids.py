"""Everything that has rows and columns, wherever it stands: tables and matrices hidden in code. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from decks.derive.extract.spots import Spot, spots
from decks.derive.extract.values import matrices
from decks.derive.model import Code, Document, Table


class Grid(Struct, frozen=True, kw_only=True):
    """Rows and columns with their place; `name` is what code calls them, "" for a table."""

    spot: Spot
    table: Table
    name: str = ""
    inserted: bool = False  # written into a table, not only listed


def grids(document: Document) -> Iterator[Grid]:
    """The grids of a document in reading order."""
    for spot in spots(document):
        match spot.block:
            case Table() as table:
                yield Grid(spot=spot, table=table)
            case Code() as code:
                for hidden in matrices(code):
                    yield Grid(spot=spot, table=hidden.table, name=hidden.name, inserted=hidden.inserted)
            case _:
                pass
