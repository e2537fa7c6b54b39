"""Cards of one note that may stand in one sitting: the front of one must not answer another. Pure.

Siblings (two directions of a term, clozes of one sentence) never share a study day, so they are not looked at. Cards
of a matrix row and rows of a comparison speak of one thing, so whoever reads a value in one front knows it for the
other. Not looked at either: cards that ask for the row, since every front of the row names it, and values that the
other card's own front names, which is then no answer but its subject (or a leak, by another rule).
"""

from __future__ import annotations

from collections.abc import Iterator

from decks import wording
from decks.cards import Asked, ask
from decks.model import Comparison, Matrix, Note, TextAnswer
from decks.rules import Problem, Severity


def judge(note: Note) -> Iterator[tuple[str, Problem]]:
    """(tail of the card whose front tells too much, what is wrong)."""
    asked = ask(note)
    answers = tuple(_answers(note, asked))
    for one in asked:
        for other, texts in answers:
            if other is not one and _one_thing(one, other):
                for text in texts:
                    if wording.says(one.front, text) and not wording.says(other.front, text):
                        yield one.tail, _problem(other.front, text)


def _answers(note: Note, asked: tuple[Asked, ...]) -> Iterator[tuple[Asked, tuple[str, ...]]]:
    """The cards whose answer another front might hold, and the texts of that answer."""
    match note.body:
        case Comparison(rows=rows):
            for one, (_, left, right) in zip(asked, rows, strict=True):
                yield one, (left, right)
        case Matrix():
            for one in asked:
                if one.place is not None and isinstance(one.answer, TextAnswer):
                    yield one, (one.answer.text,)
        case _:
            return


def _one_thing(one: Asked, other: Asked) -> bool:
    if one.siblings is not None and one.siblings == other.siblings:
        return False
    return any(not key.startswith("/column:") for key in set(one.related) & set(other.related))


def _problem(front: str, text: str) -> Problem:
    problem = f'The front says "{_short(text)}", which answers "{_short(front)}" of the same note.'
    return Problem(Severity.WARNING, "sitting", problem, "Reword this front: both may come up on one day.")


def _short(text: str) -> str:
    line = " ".join(wording.prose(text).split())
    return line if len(line) <= 60 else line[:57].rstrip() + "..."
