"""A grid that teaches -> the notes it can be: matrix, scenarios, steps, terms, numbers. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from msgspec import Struct

from decks.derive.candidates import Fact, Reason, folded
from decks.derive.extract import signals
from decks.derive.extract.grids import Grid
from decks.derive.extract.phrases import context
from decks.derive.model import Table
from decks.model import Body, Cell, Matrix, Question, Steps, Term
from decks.rules import STEPS
from decks.slugs import slug
from decks.text import plain

DISTRACTORS = 3
NAMELESS = "Subject"  # of a first column without a name
ROWS = 200  # of a matrix; a longer table becomes a question for each row
_ENDS = frozenset(("outcome", "result", "final", "end", "done", "total"))
_EMPTY = re.compile(r"[-\u2014\u2013\u2026.\s]*|n/?a|none|null|tbd", re.IGNORECASE)
_REASON = re.compile(
    r"^(?:why|reason|rationale|notes?|because|intuition|comments?|tie[- ]?breaker|evidence|caveat|when)\b", re.I
)
_EVASIVE = re.compile(r"(?:any|either|all(?: three| of them)?|both|hybrid|neither|it depends|same|tie)\b.{0,40}", re.I)
_OF_A_ROW = re.compile(
    r"\b(?:winner|verdict|tie[- ]?breaker|notes?|evidence|pick|choice|score|weight|value)\b", re.IGNORECASE
)
_TERM = re.compile(r"^(?:term|word|name|concept|vocabulary)\b", re.IGNORECASE)
_MEANING = re.compile(r"^(?:definition|meaning|description|explanation|what it (?:is|means))\b", re.IGNORECASE)
_ASPECT = re.compile(
    r"^(?:dimension|criterion|criteria|aspect|feature|property|attribute|category|area|question|fact)s?\b", re.I
)
_FIELD = re.compile(r"^(?:value|details?|answer|description|implementation)s?$", re.IGNORECASE)


class Shaped(Struct, frozen=True, kw_only=True):
    """One note a grid yields."""

    kind: str
    body: Body
    reason: Reason
    facts: tuple[Fact, ...]
    text: str
    why: str = ""


def shape(grid: Grid) -> Iterator[Shaped]:
    """The notes of a grid; none where its rows cannot be told apart."""
    table = _pivoted(_unnumbered(_cleaned(_spaced(grid) if grid.name else grid.table)))
    if signals.asked(grid) and len(table.header) > 1 and _are_situations(table):
        yield from _scenarios(table)
    elif signals.procedure(grid) and STEPS[0] <= len(grid.table.rows) <= STEPS[1]:
        yield _steps(grid)
    elif _TERM.match(plain(table.header[0])) and len(table.header) == 2 and _MEANING.match(plain(table.header[1])):
        yield from _terms(table)
    else:
        yield from _matrix(grid, table)


def _are_situations(table: Table) -> bool:
    """Whether the rows say more than a name."""
    return sum(len(plain(row[0]).split()) for row in table.rows) >= 2 * len(table.rows)


def _spaced(grid: Grid) -> Table:
    """A matrix from code with its snake_case labels as words."""
    rows = tuple((*(_words(cell) for cell in row[:2]), *row[2:]) for row in grid.table.rows)
    return Table(grid.table.header, rows, grid.table.span)


def _words(label: str) -> str:
    return label.replace("_", " ") if re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)+", label) else label


def _cleaned(table: Table) -> Table:
    """Empty marks emptied, and columns without a name or any content left out."""
    rows = [tuple("" if _EMPTY.fullmatch(plain(cell)) else cell for cell in row) for row in table.rows]
    kept = [
        at for at, name in enumerate(table.header) if at == 0 or (slug(plain(name)) and any(row[at] for row in rows))
    ]
    header = tuple(table.header[at] if at or slug(plain(table.header[0])) else NAMELESS for at in kept)
    return Table(header, tuple(tuple(row[at] for at in kept) for row in rows if row[0]), table.span)


def _unnumbered(table: Table) -> Table:
    """A first column that only counts, left out where the next one can name the rows."""
    counts = all(re.fullmatch(r"\W*\d+\W*", plain(row[0])) for row in table.rows)
    if not counts or len(table.header) < 3 or not _are_distinct([row[1] for row in table.rows]):
        return table
    return Table(table.header[1:], tuple(row[1:] for row in table.rows), table.span)


def _pivoted(table: Table) -> Table:
    """Rows of (subject, dimension, value): a matrix with a column for each dimension."""
    if len(table.header) < 3 or not table.rows or _are_distinct([row[0] for row in table.rows]):
        return table
    subjects = list(dict.fromkeys(row[0] for row in table.rows))
    dimensions = list(dict.fromkeys(row[1] for row in table.rows))
    cells = {(row[0], row[1]): row[2] for row in table.rows}
    if len(cells) < len(table.rows) or len(subjects) * len(dimensions) > 2 * len(cells) or len(dimensions) < 2:
        return table
    rows = tuple((subject, *(cells.get((subject, one), "") for one in dimensions)) for subject in subjects)
    return Table((table.header[0], *dimensions), rows, table.span)


def _scenarios(table: Table) -> Iterator[Shaped]:
    """A question for each row: given the situation, which ...; the other rows' answers are the wrong ones."""
    values = _values(table, 1)
    asked = table.header[0].rstrip(" \u2026.:")
    what = plain(table.header[1]).strip(" ?:")
    reason = next((at for at in range(2, len(table.header)) if _REASON.match(plain(table.header[at]))), 0)
    for row in table.rows:
        if not row[1] or _EVASIVE.fullmatch(plain(row[1]).strip()):
            continue
        front = f"{_sentence(asked, row[0])} Which {_lowered(what)}?"
        yield Shaped(
            kind="scenario",
            body=Question(front=front, answer=row[1], distractors=_others(row[1], values), scenario=True),
            reason=Reason.CHEAT_SHEET,
            facts=(Fact(row[0], what, row[1]),),
            text=_joined(row),
            why=row[reason] if reason else "",
        )


def _sentence(asked: str, situation: str) -> str:
    """ "You want to" and "fix a typo" as one sentence."""
    said = plain(situation)
    if not asked.casefold().startswith(("you ", "if ", "when ")) or said.startswith(('"', "\u201c")):
        return f"{asked}: {situation}." if not said.endswith((".", "?", '"')) else f"{asked}: {situation}"
    first = situation if re.match(r"\W*[A-Z]{2}|`", situation) else situation[:1].lower() + situation[1:]
    return f"{asked} {first.rstrip('.')}."


def _steps(grid: Grid) -> Shaped:
    table = grid.table
    said = max(range(1, len(table.header)), key=lambda at: sum(len(plain(row[at]).split()) > 1 for row in table.rows))
    numbered = all(re.match(r"\W*(?:step )?\d+\W*$", plain(row[0]), re.IGNORECASE) for row in table.rows)
    at = said if numbered else 0
    bare = (re.sub(r"^(?:step )?\d+\s*[.:)\u2014\u2013-]*\s+", "", row[at], flags=re.IGNORECASE) for row in table.rows)
    steps = tuple(step for step in bare if plain(step).casefold() not in _ENDS)
    return Shaped(
        kind="steps",
        body=Steps(front=f"{context(grid.spot)}: put the steps in order", steps=steps),
        reason=Reason.STEPS,
        facts=(Fact(context(grid.spot), "steps", " / ".join(steps)),),
        text="\n".join(_joined(row) for row in table.rows),
    )


def _terms(table: Table) -> Iterator[Shaped]:
    for row in table.rows:
        if row[1]:
            yield Shaped(
                kind="term",
                body=Term(term=plain(row[0]), front="", answer=row[1]),
                reason=Reason.TERM,
                facts=(Fact(row[0], "definition", row[1]),),
                text=_joined(row),
            )


def _matrix(grid: Grid, table: Table) -> Iterator[Shaped]:
    labels = [slug(plain(row[0])) for row in table.rows]
    columns = [slug(plain(name)) for name in table.header]
    if len(table.header) < 2 or not all(columns) or len(set(columns)) < len(columns):
        return
    if not all(labels) or len(set(labels)) < len(labels) or len(labels) > ROWS:
        yield from _conditions(grid, table)
        return
    reason = _reason_column(table)
    kept = [at for at in range(1, len(table.header)) if at != reason]
    table = Table(
        table.header, tuple(row for row in table.rows if _discriminates([row[at] for at in kept])), table.span
    )
    header = tuple(_label(table.header[at]) for at in kept)
    world = context(grid.spot)
    rows = tuple((_label(row[0]), tuple(row[at] for at in kept)) for row in table.rows)
    cells = tuple(
        _explained(row, table, kept[0], reason) for row in table.rows if reason and row[reason] and row[kept[0]]
    )
    yield Shaped(
        kind="matrix",
        body=Matrix(
            template=_template(grid, table),
            ask=_questions(world, header),
            corner=_label(table.header[0]),
            columns=header,
            rows=rows,
            cells=cells,
        ),
        reason=Reason.MATRIX,
        facts=tuple(
            Fact(label, name if len(header) > 1 else f"{world} {name}", cell)
            for label, values in rows
            for name, cell in zip(header, values, strict=True)
            if cell
        ),
        text="\n".join(_joined(row) for row in (table.header, *table.rows)),
    )


def _conditions(grid: Grid, table: Table) -> Iterator[Shaped]:
    """Rows that several columns together tell apart, or whose labels would make the same id: a question for each."""
    wide = next((n for n in range(1, len(table.header)) if _are_told([row[:n] for row in table.rows])), 0)
    if not wide:
        return
    values = _values(table, wide)
    what = plain(table.header[wide]).strip(" ?:")
    world = context(grid.spot)
    for row in table.rows:
        if not row[wide]:
            continue
        given = "; ".join(
            f"{plain(name)}: {cell}" for name, cell in zip(table.header, row[:wide], strict=False) if cell
        )
        yield Shaped(
            kind="question",
            body=Question(front=f"{world}. {given}. {what}?", answer=row[wide], distractors=_others(row[wide], values)),
            reason=Reason.MATRIX,
            facts=(Fact(given, what, row[wide]),),
            text=_joined(row),
            why=row[-1] if wide < len(row) - 1 and _REASON.match(plain(table.header[-1])) else "",
        )


def _values(table: Table, at: int) -> dict[str, str]:
    """The different values of a column, by how they are compared."""
    return {folded(row[at]): row[at] for row in table.rows if row[at]}


def _others(right: str, values: dict[str, str]) -> tuple[str, ...]:
    """The first values of a column that differ from the right one."""
    different = (value for key, value in values.items() if key != folded(right))
    return tuple(itertools.islice(different, DISTRACTORS))


def _are_told(rows: list[tuple[str, ...]]) -> bool:
    return len({tuple(plain(cell).strip() for cell in row) for row in rows}) == len(rows)


def _discriminates(cells: list[str]) -> bool:
    """Whether a row says different things of different columns."""
    return len(cells) < 2 or len({folded(cell) for cell in cells}) > 1


def _reason_column(table: Table) -> int:
    """The column that says why another has its value, 0 when none does: it explains and is not asked."""
    if len(table.header) < 3:
        return 0
    named = (
        at
        for at in range(2, len(table.header))
        if re.match(r"(?:why|reason|rationale)\b", plain(table.header[at]), re.I)
    )
    return next(named, 0)


def _explained(row: tuple[str, ...], table: Table, at: int, reason: int) -> Cell:
    return Cell(row=_label(row[0]), column=_label(table.header[at]), why=row[reason])


def _template(grid: Grid, table: Table) -> str:
    """The words every cell is asked with; they name the world of the matrix."""
    world = _bare(context(grid.spot))
    corner = plain(table.header[0]).strip(" ?:\u2026")
    if _ASPECT.match(corner) and len(table.header) == 2 and _FIELD.match(plain(table.header[1])):
        return f"{world}: what is said of {{row}}?"
    if _ASPECT.match(corner) and not any(_OF_A_ROW.search(plain(name)) for name in table.header[1:]):
        return f"{world}: what is the {{row}} of {{column}}?"
    return f"{world}: for {{row}}, what is the {{column}}?"


def _questions(world: str, header: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The words for columns whose names are questions themselves, or have an article."""
    asked: list[tuple[str, str]] = []
    for name in header:
        if re.match(r"(?:what|when|why|where|how|who|which)\b", name, re.IGNORECASE):
            asked.append((name, f"{_bare(world)}, {{row}}: {_lowered(name)}?"))
        elif re.match(r"(?:the|an?)\b", name, re.IGNORECASE):
            asked.append((name, f"{_bare(world)}: for {{row}}, what is {_lowered(name)}?"))
    return tuple(asked)


def _bare(text: str) -> str:
    """A text for a template, whose braces would be read as fields."""
    return text.replace("{", "(").replace("}", ")")


def _label(text: str) -> str:
    """A label of a row or column: markup would make its slug odd, brackets and bars would end it."""
    bare = re.sub(r"[\[\]|{}]", " ", plain(text).replace(" / ", " or "))
    return re.sub(r"\s+", " ", bare).strip(" ?:\u2026")


def _lowered(name: str) -> str:
    return name if re.match(r"[A-Z]{2}", name) else name[:1].lower() + name[1:]


def _are_distinct(cells: list[str]) -> bool:
    return len({folded(cell) for cell in cells}) == len(cells)


def _joined(row: tuple[str, ...]) -> str:
    return " | ".join(plain(cell) for cell in row)
