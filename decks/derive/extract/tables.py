"""Tables and hidden matrices: which teach and become notes, which only show. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from decks.derive.candidates import Candidate, Reason, Verdict
from decks.derive.extract import shapes, signals
from decks.derive.extract.grids import Grid, grids
from decks.derive.extract.parallel import parallels
from decks.derive.extract.repeats import originals
from decks.derive.model import Document
from decks.text import plain

LEAST = -0.4  # what a grid must weigh to be kept at all
SURE = 0.6  # and to be kept without review


def candidates(document: Document) -> Iterator[Candidate]:
    """A candidate for each note a grid yields, or one that says why it yields none."""
    found = sorted((*grids(document), *parallels(document)), key=lambda grid: (grid.table.span.first, bool(grid.name)))
    repeated = originals(found)
    for place, grid in enumerate(found):
        if place in repeated:
            original = found[repeated[place]]
            yield dropped(grid, Reason.REPEAT, f"as the matrix in line {original.table.span.first}")
        else:
            yield from judge(grid)


def judge(grid: Grid) -> Iterator[Candidate]:
    """What one grid yields, whatever stands elsewhere."""
    weight = signals.weigh(grid)
    if weight <= LEAST:
        yield dropped(grid, Reason.SAMPLE, "; ".join(signals.reasons(grid, against=True)))
        return
    verdict = Verdict.KEEP if weight >= SURE else Verdict.REVIEW
    shaped = tuple(shapes.shape(grid))
    if not shaped:
        yield dropped(grid, Reason.SHAPE, "its rows cannot be told apart")
    words = signals.reasons(grid, against=verdict is Verdict.REVIEW)
    for one in shaped:
        yield Candidate(
            spot=grid.spot,
            span=grid.table.span,
            kind=one.kind,
            text=one.text,
            verdict=verdict,
            reason=one.reason if verdict is Verdict.KEEP else Reason.DOUBTFUL,
            why="; ".join(words),
            body=one.body,
            facts=one.facts,
            note_why=one.why,
        )


def dropped(grid: Grid, reason: Reason, why: str) -> Candidate:
    """A grid that becomes no note."""
    return Candidate(
        spot=grid.spot,
        span=grid.table.span,
        kind="table",
        text=text_of(grid),
        verdict=Verdict.DROP,
        reason=reason,
        why=why,
    )


def text_of(grid: Grid) -> str:
    """All words of a grid."""
    return "\n".join(" | ".join(map(plain, row)) for row in (grid.table.header, *grid.table.rows))
