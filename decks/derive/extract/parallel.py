"""Matrices written as parallel lists: several headings or labels whose lists have the same bold lead-ins. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import structs

from decks.derive.candidates import folded
from decks.derive.extract.glosses import glossed
from decks.derive.extract.grids import Grid
from decks.derive.extract.spots import Spot, spots
from decks.derive.model import Document, Listing, Span, Table

LEAST_LISTS, LEAST_KEYS = 3, 2
SHARED = 0.6  # share of the lists that must have a lead-in for it to be a column


def parallels(document: Document) -> Iterator[Grid]:
    """A grid for each family of parallel lists; row labels are their headings."""
    lists = [(spot, _entries(spot.block)) for spot in spots(document) if isinstance(spot.block, Listing)]
    families = itertools.groupby((one for one in lists if one[1]), key=lambda one: one[0].path[:-1])
    for _, family in families:
        yield from _grid(list(family), by_label=False)
    for _, family in itertools.groupby((one for one in lists if one[1]), key=lambda one: one[0].path):
        yield from _grid(list(family), by_label=True)


def members(document: Document) -> frozenset[tuple[tuple[str, ...], int]]:
    """Section path and place of every list that is part of such a matrix."""
    spans = [(grid.spot.path, grid.table.span) for grid in parallels(document)]
    return frozenset(
        (spot.path, spot.place)
        for spot in spots(document)
        if isinstance(spot.block, Listing)
        and any(
            spot.path[: len(path)] == path and span.first <= spot.block.span.first <= span.last for path, span in spans
        )
    )


def _entries(listing: Listing) -> dict[str, tuple[str, str]]:
    """Lead-in as compared -> (lead-in, what it says)."""
    pairs = (glossed(item.text) for item in listing.items)
    return {folded(pair[0]): pair for pair in pairs if pair is not None}


def _grid(family: Sequence[tuple[Spot, dict[str, tuple[str, str]]]], *, by_label: bool) -> Iterator[Grid]:
    rows = {(_row_label(spot) if not by_label else spot.label): (spot, entries) for spot, entries in family}
    rows.pop("", None)
    if len(rows) < LEAST_LISTS:
        return
    counted = Counter(key for _, entries in rows.values() for key in entries)
    keys = [key for key, number in counted.items() if number >= max(LEAST_LISTS, SHARED * len(rows))]
    if len(keys) < LEAST_KEYS:
        return
    kept = {name: one for name, one in rows.items() if sum(key in one[1] for key in keys) >= LEAST_KEYS}
    if len(kept) < LEAST_LISTS:
        return
    names = {key: entries[key][0] for _, entries in kept.values() for key in keys if key in entries}
    cells = tuple((name, *(entries.get(key, ("", ""))[1] for key in keys)) for name, (_, entries) in kept.items())
    first, last = (next(iter(kept.values()))[0], list(kept.values())[-1][0])
    span = Span(first.block.span.first, last.block.span.last)
    corner = "Case" if by_label else _corner(first)
    table = Table((corner, *(names[key] for key in keys)), cells, span)
    spot = structs.replace(first, path=first.path[:-1], titles=first.titles[:-1], label="") if not by_label else first
    yield Grid(spot=spot, table=table)


def _row_label(spot: Spot) -> str:
    return spot.title


def _corner(spot: Spot) -> str:
    return spot.titles[-2] if len(spot.titles) > 1 else "Case"
