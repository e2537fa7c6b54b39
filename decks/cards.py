"""Notes -> Cards: everything each kind of note asks, ready to show and grade. Pure.

Ids are `namespace:note` and, where a note has several cards, a tail: `/back`, `/row/column`, `/row/column/back`,
`/dimension`, `/blank`, `/tools`, `/teaches`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import assert_never

from msgspec import Struct, structs

from decks import blanks
from decks.entry import tidy_source
from decks.meaning import accepted, same
from decks.model import (
    Answer,
    Card,
    Cell,
    Choice,
    Cloze,
    Code,
    Comparison,
    Deck,
    Distractor,
    Interview,
    Kind,
    Matrix,
    Note,
    Number,
    NumberAnswer,
    Place,
    PointsAnswer,
    Project,
    Question,
    SetAnswer,
    Steps,
    StepsAnswer,
    Term,
    TextAnswer,
)
from decks.quantity import Quantity, read_quantity
from decks.slugs import slug
from decks.sources import Sources, cite
from decks.text import plain

_CODE = re.compile(r"((?<!\\)`[^`\n]+`)")


class Asked(Struct, frozen=True, kw_only=True):
    """What the body of a note says about one card; ids in `distractors` and `place` are tails."""

    tail: str = ""
    kind: Kind
    front: str
    answer: Answer
    distractors: tuple[Distractor, ...] = ()
    siblings: str | None = None  # tail of the group of siblings
    related: tuple[str, ...] = ()  # tails of the groups of related cards
    cell: Cell | None = None
    place: Place | None = None


def cards(deck: Deck, namespace: str, sources: Sources) -> tuple[Card, ...]:
    """Every card of a deck, in deck order. Notes must have ids; sources that are not known are left out."""
    return tuple(_card(asked, note, deck, namespace, sources) for note in deck.notes for asked in ask(note))


def ask(note: Note) -> tuple[Asked, ...]:
    """The cards of one note, without their surroundings."""
    body = note.body
    match body:
        case Term():
            return _term(body)
        case Question():
            return (_question(body),)
        case Code():
            answer = TextAnswer(body.answer, body.also)
            return (Asked(kind=Kind.CODE, front=body.front, answer=answer, distractors=_wrong(body.distractors)),)
        case Matrix():
            return tuple(_matrix(body))
        case Comparison():
            return _comparison(body)
        case Cloze():
            return tuple(_cloze(body))
        case Number():
            return (Asked(kind=Kind.NUMBER, front=body.front, answer=_number(body)),)
        case Choice():
            right = TextAnswer(body.right[0], body.also) if len(body.right) == 1 else SetAnswer(body.right)
            return (Asked(kind=Kind.CHOICE, front=body.front, answer=right, distractors=_wrong(body.wrong)),)
        case Steps():
            return (Asked(kind=Kind.STEPS, front=body.front, answer=StepsAnswer(body.steps)),)
        case Interview():
            points = PointsAnswer(body.answer, body.points)
            return (Asked(kind=Kind.INTERVIEW, front=body.front, answer=points),)
        case Project():
            return _project(body)
        case _:
            assert_never(body)


def renames(deck: Deck, namespace: str) -> Mapping[str, str]:
    """Earlier card id -> id now, from `was:` of notes and cells and `renamed:` of rows and columns."""
    found: dict[str, str] = {}
    for note in filter(_was_other, deck.notes):
        for asked in ask(note):
            now = f"{namespace}:{note.id}{asked.tail}"
            tails = _earlier_tails(note.body, asked.tail)
            before = (_full(old, namespace) + tail for old in (note.id, *note.was) for tail in tails)
            carried = (_full(old, namespace) for old in (asked.cell.was if asked.cell and not _is_back(asked) else ()))
            found |= {old: now for old in itertools.chain(before, carried) if old != now}
    return found


def _card(asked: Asked, note: Note, deck: Deck, namespace: str, sources: Sources) -> Card:
    base = f"{namespace}:{note.id}"
    cell = asked.cell
    own_source = (cell.source if cell else "") or note.source or deck.source
    foreseen = (*(cell.wrong if cell else ()), *note.wrong)
    right = accepted(asked.answer)
    return Card(
        id=base + asked.tail,
        kind=asked.kind,
        front=asked.front,
        answer=asked.answer,
        note=base,
        deck=deck.slug,
        topic=deck.title,
        section=note.section,
        why=(cell.why if cell else "") or note.why,
        hint=(cell.hint if cell else "") or note.hint,
        source=cite(tidy_source(own_source), sources),
        as_of=(cell.as_of if cell else "") or note.as_of or deck.as_of,
        domain=note.domain,
        importance=(cell.importance if cell else None) or note.importance,
        distractors=tuple(_based(distractor, base) for distractor in asked.distractors),
        foreseen=tuple(wrong for wrong in foreseen if asked.cell is None or same(wrong.answer) not in right),
        siblings=base + asked.siblings if asked.siblings is not None else "",
        related=tuple(base + tail for tail in asked.related),
        place=_placed(asked.place, base) if asked.place else None,
        relearn=(cell.relearn if cell else "") or note.relearn,
    )


def _based(distractor: Distractor, base: str) -> Distractor:
    return structs.replace(distractor, card=base + distractor.card) if distractor.card else distractor


def _placed(place: Place, base: str) -> Place:
    neighbours = tuple((label, base + tail) for label, tail in place.neighbours)
    return structs.replace(place, neighbours=neighbours)


def _wrong(texts: tuple[str, ...]) -> tuple[Distractor, ...]:
    return tuple(Distractor(text) for text in texts)


def _term(term: Term) -> tuple[Asked, ...]:
    siblings = "" if term.reverse else None
    front = term.front or f"What is {term.term}?"
    there = Asked(kind=Kind.TERM, front=front, answer=TextAnswer(term.answer), siblings=siblings)
    if not term.reverse:
        return (there,)
    answer = TextAnswer(term.term, term.also)
    return there, Asked(tail="/back", kind=Kind.TERM, front=term.reverse, answer=answer, siblings=siblings)


def _question(question: Question) -> Asked:
    return Asked(
        kind=Kind.SCENARIO if question.scenario else Kind.QUESTION,
        front=question.front,
        answer=SetAnswer(question.items) if question.items else TextAnswer(question.answer, question.also),
        distractors=_wrong(question.distractors),
    )


def _number(number: Number) -> NumberAnswer:
    quantity = read_quantity(number.answer) or Quantity(0.0)  # the parser admits only what can be read
    return NumberAnswer(number.answer, quantity.value, quantity.unit, number.tolerance, number.also)


def _cloze(cloze: Cloze) -> Iterator[Asked]:
    found = blanks.find(cloze.text) or ()
    taken: Counter[str] = Counter()
    for place, blank in enumerate(found):
        part = slug(blank.text, longest=40) or f"blank-{place + 1}"
        taken[part] += 1
        yield Asked(
            tail=f"/{part}" + (f"-{taken[part]}" if taken[part] > 1 else ""),
            kind=Kind.CLOZE,
            front=blanks.show(cloze.text, found, place),
            answer=TextAnswer(blank.text, cloze.also),
            siblings="" if len(found) > 1 else None,
        )


def _comparison(comparison: Comparison) -> tuple[Asked, ...]:
    template = comparison.template or "{left} and {right}: how do they differ in {dimension}?"
    return tuple(
        Asked(
            tail=f"/{slug(dimension)}",
            kind=Kind.COMPARISON,
            front=_fill(template, left=comparison.left, right=comparison.right, dimension=dimension),
            answer=TextAnswer(f"**{comparison.left}**: {left}\n\n**{comparison.right}**: {right}"),
            related=("",),
        )
        for dimension, left, right in comparison.rows
    )


def _project(project: Project) -> tuple[Asked, ...]:
    told = f"You build **{project.name}**: {project.goal[:1].lower()}{project.goal[1:].rstrip('.')}."
    tools, teaches = SetAnswer(project.tools), TextAnswer(project.teaches)
    return (
        Asked(tail="/tools", kind=Kind.PROJECT, front=f"{told} With which tools?", answer=tools, siblings=""),
        Asked(tail="/teaches", kind=Kind.PROJECT, front=f"{told} What does it teach?", answer=teaches, siblings=""),
    )


def _matrix(matrix: Matrix) -> Iterator[Asked]:
    """Row by row; a cell whose value no other row of a `back:` column shares is followed by its reverse."""
    columns = {column: _Column(matrix, at) for at, column in enumerate(matrix.columns)}
    for row, values in matrix.rows:
        for column, value in zip(columns.values(), values, strict=True):
            if value:
                yield column.card(row, value)
                if column.back and column.is_unique(value):
                    yield column.reverse(row, value)


class _Column:
    """One column of a matrix: its filled cells and how it is asked."""

    def __init__(self, matrix: Matrix, at: int) -> None:
        self.label = matrix.columns[at]
        self.template = dict(matrix.ask).get(self.label, matrix.template)
        self.back = dict(matrix.back).get(self.label, "")
        self.values = {row: values[at] for row, values in matrix.rows if values[at]}
        self._names = matrix.also
        self._cells = {cell.row: cell for cell in matrix.cells if cell.column == self.label}
        self._counts = Counter(same(value) for value in self.values.values())
        self._slug = slug(self.label)
        self._tails = {row: f"/{slug(row)}/{self._slug}" for row in self.values}
        self._grid = tuple(self._tails.items())
        firsts: dict[str, Distractor] = {}
        for row, value in self.values.items():
            firsts.setdefault(same(value), Distractor(value, self._tails[row], row))
        self._firsts = firsts  # each value once, as the answer of the first row that has it

    def is_unique(self, value: str) -> bool:
        """Whether only one row has this value, so that it can ask for its row."""
        return self._counts[same(value)] == 1

    def card(self, row: str, value: str) -> Asked:
        cell = self._cells.get(row)
        answer = TextAnswer(value, cell.also if cell else ())
        return self._asked(row, "", self.template, answer, self._other_values(answer))

    def reverse(self, row: str, value: str) -> Asked:
        names = tuple(name for label, name in self._names if label == row)
        return self._asked(row, value, self.back, TextAnswer(row, names), self._other_rows(value))

    def _asked(
        self, row: str, value: str, template: str, answer: TextAnswer, distractors: tuple[Distractor, ...]
    ) -> Asked:
        tail, is_back = self._tails[row], template is self.back and bool(value)
        has_back = self.back and self.is_unique(self.values[row])
        return Asked(
            tail=tail + "/back" if is_back else tail,
            kind=Kind.MATRIX,
            front=_fill(template, row=row, column=self.label, **({"cell": value} if is_back else {})),
            answer=answer,
            distractors=distractors,
            siblings=tail if has_back else None,
            related=(f"/row:{slug(row)}", f"/column:{self._slug}"),
            cell=self._cells.get(row),
            place=None if is_back else Place(row, self.label, self._grid),
        )

    def _other_values(self, answer: TextAnswer) -> tuple[Distractor, ...]:
        """The column's other values, each once."""
        right = accepted(answer)
        return tuple(distractor for value, distractor in self._firsts.items() if value not in right)

    def _other_rows(self, value: str) -> tuple[Distractor, ...]:
        """The rows whose value differs; what they would be right for is their own value."""
        rows = ((row, other) for row, other in self.values.items() if same(other) != same(value))
        return tuple(
            Distractor(row, self._tails[row] + ("/back" if self.is_unique(other) else ""), other) for row, other in rows
        )


def _fill(template: str, **values: str) -> str:
    """Put values into a template, without their markup where it writes code; `\\{` stays a literal brace."""
    unmarked = {name: plain(value) for name, value in values.items()}
    parts = _CODE.split(template)  # every second one is code
    return "".join(_put(unmarked if place % 2 else values, part) for place, part in enumerate(parts))


def _put(values: Mapping[str, str], part: str) -> str:
    return re.sub(rf"(?<!\\)\{{({'|'.join(values)})\}}", lambda match: values[match[1]], part)


def _was_other(note: Note) -> bool:
    """Whether any card of the note may have had another id."""
    body = note.body
    return bool(note.was) or (isinstance(body, Matrix) and bool(body.renamed or any(cell.was for cell in body.cells)))


def _earlier_tails(body: object, tail: str) -> tuple[str, ...]:
    """The tail a card has now and those it had before rows or columns of its matrix were renamed."""
    if not isinstance(body, Matrix) or not body.renamed:
        return (tail,)
    before: dict[str, list[str]] = {}
    for now, old in body.renamed:
        before.setdefault(slug(now), []).append(slug(old))
    _, row, column, *back = tail.split("/")
    rows, columns = (row, *before.get(row, ())), (column, *before.get(column, ()))
    return tuple("/".join(("", r, c, *back)) for r in rows for c in columns)


def _full(old: str, namespace: str) -> str:
    return old if ":" in old else f"{namespace}:{old}"


def _is_back(asked: Asked) -> bool:
    return asked.tail.endswith("/back") and asked.place is None
