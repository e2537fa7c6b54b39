"""A raw note -> a Note: which fields each kind of note has, what they must hold. Pure; raises DeckError."""

from __future__ import annotations

import re
from collections.abc import Callable

from decks import blanks
from decks.entry import AS_OF, COMMON, Entry, commas
from decks.lines import Item, RawNote, split_bars
from decks.model import (
    Body,
    Choice,
    Cloze,
    Code,
    Importance,
    Interview,
    Note,
    Number,
    Point,
    Project,
    Question,
    Steps,
    Term,
    Waiver,
)
from decks.quantity import read_quantity
from decks.tables import comparison, matrix


def build(raw: RawNote, file: str) -> Note:
    """The note its lines describe. Raises the first DeckError found."""
    if raw.errors:
        raise raw.errors[0]
    entry = Entry(file, raw.kind, raw.line, raw.fields)
    make, own = _KINDS[raw.kind]
    entry.allow((*own, *COMMON))
    if raw.items and raw.kind not in ("Q", "Scenario", "Choice", "Steps", "Interview"):
        remedy = "Put it into running text, or begin the line with a backslash."
        raise entry.error("A list does not belong here", remedy, raw.items[0].line)
    return Note(
        id=entry.id(),
        body=make(raw, entry),
        section=raw.section,
        source=entry.source(),
        as_of=entry.matching("as_of", AS_OF, "YYYY-MM"),
        why=entry.one("why"),
        hint=entry.one("hint"),
        domain=entry.one("domain"),
        importance=entry.importance() or Importance.CORE,
        wrong=entry.foreseen(),
        was=entry.listed("was"),
        relearn=entry.day("relearn"),
        waivers=tuple(Waiver(*pair) for pair in entry.pairs("waive", "waive: rule | the reason")),
    )


def _front(raw: RawNote, entry: Entry) -> str:
    if not raw.head.value:
        raise entry.error(f"'{raw.kind}:' is empty", f"Write what it asks on the same line: '{raw.kind}: ...'.")
    return raw.head.value


def _term(raw: RawNote, entry: Entry) -> Term:
    term = _front(raw, entry)
    return Term(term, entry.one("front"), entry.answer(), entry.one("reverse"), entry.many("also"))


def _question(raw: RawNote, entry: Entry) -> Question:
    items = _items(raw, entry, "-")
    if items and entry.one("A"):
        remedy = "Leave 'A:' empty before a list, or put the list into the text."
        raise entry.error("An answer is either a text or a list", remedy, raw.items[0].line)
    return Question(
        front=_front(raw, entry),
        answer="" if items else entry.answer(),
        items=items,
        also=entry.many("also"),
        distractors=entry.many("not"),
        scenario=raw.kind == "Scenario",
    )


def _code(raw: RawNote, entry: Entry) -> Code:
    front = _front(raw, entry)
    if "```" not in front:
        raise entry.error("A 'Code:' note without code", "Add a fenced block (```) under the question.")
    return Code(front, entry.answer(), entry.many("also"), entry.many("not"))


def _cloze(raw: RawNote, entry: Entry) -> Cloze:
    text = _front(raw, entry)
    found = blanks.find(text)
    if found is None:
        raise entry.error("A '[' that nothing closes", r"Close the blank with ']', or write '\[' for a bracket.")
    if not found:
        raise entry.error("A 'C:' note without a blank", "Put [brackets] around what is to be recalled.")
    if len(found) > 1 and entry.many("also"):
        raise entry.error("'also:' cannot say which blank it means", "Use it only where there is a single blank.")
    return Cloze(text, entry.many("also"))


def _number(raw: RawNote, entry: Entry) -> Number:
    front, answer, tolerance = _front(raw, entry), entry.answer(), entry.field("tolerance")
    for key, text in (("A", answer), *(("also", also) for also in entry.many("also"))):
        if read_quantity(text) is None:
            line = next(field.line for field in entry.fields if field.key == key and field.value == text)
            remedy = (
                "Write one number and its unit, such as '7 days' or '24 %'; a range needs 'tolerance:' or a 'Q:' note."
            )
            raise entry.error(f"'{text}' is no quantity", remedy, line)
    if tolerance and not re.fullmatch(r"\d+(\.\d+)?", tolerance.value):
        remedy = "Write a plain number in the answer's unit, such as 'tolerance: 0.5'."
        raise entry.error(f"'{tolerance.value}' is no tolerance", remedy, tolerance.line)
    return Number(front, answer, entry.many("also"), float(tolerance.value) if tolerance else 0.0)


def _choice(raw: RawNote, entry: Entry) -> Choice:
    front = _front(raw, entry)
    _items(raw, entry, "+-")
    right, wrong = (tuple(item.value for item in raw.items if item.mark == mark) for mark in "+-")
    if not right:
        raise entry.error("A 'Choice:' note without a right answer", "Begin the right one's line with '+ '.")
    if not wrong:
        raise entry.error("A 'Choice:' note without wrong answers", "Add lines that begin with '- '.")
    if len(right) > 1 and entry.many("also"):
        raise entry.error("'also:' cannot say which option it means", "Use it only where a single option is right.")
    return Choice(front, right, wrong, entry.many("also"))


def _steps(raw: RawNote, entry: Entry) -> Steps:
    steps = _items(raw, entry, ".")
    for place, item in enumerate(raw.items, start=1):
        if item.mark != f"{place}.":
            raise entry.error(f"Step {place} is numbered {item.mark}", f"Write '{place}.'.", item.line)
    if len(steps) < 2:
        raise entry.error("A 'Steps:' note with fewer than two steps", "Add lines '1. first', '2. second'.")
    return Steps(_front(raw, entry), steps)


def _interview(raw: RawNote, entry: Entry) -> Interview:
    _items(raw, entry, "-")
    if not raw.items or entry.field("points") is None:
        remedy = "Add 'points:' and under it 3 to 6 lines '- point'."
        raise entry.error("An 'Interview:' note without key points", remedy)
    return Interview(_front(raw, entry), entry.answer(), tuple(_point(item) for item in raw.items))


def _point(item: Item) -> Point:
    text, *keywords = split_bars(item.value, most=1)
    return Point(text, commas(keywords[0]) if keywords else ())


def _project(raw: RawNote, entry: Entry) -> Project:
    goal = entry.need("goal", "Add 'goal:' with one sentence on what is built.")
    entry.need("tools", "Add 'tools:' with the tools, comma-separated.")
    teaches = entry.need("teaches", "Add 'teaches:' with the concept it teaches.")
    return Project(_front(raw, entry), goal, entry.listed("tools"), teaches)


def _items(raw: RawNote, entry: Entry, marks: str) -> tuple[str, ...]:
    for item in raw.items:
        if item.mark[-1] not in marks:
            expected = " or ".join("'1. '" if mark == "." else f"'{mark} '" for mark in marks)
            raise entry.error(f"A list line that begins with '{item.mark}'", f"Begin it with {expected}.", item.line)
    return tuple(item.value for item in raw.items)


_KINDS: dict[str, tuple[Callable[[RawNote, Entry], Body], tuple[str, ...]]] = {
    "Q": (_question, ("A", "also", "not")),
    "Scenario": (_question, ("A", "also", "not")),
    "Term": (_term, ("A", "front", "reverse", "also")),
    "Code": (_code, ("A", "also", "not")),
    "Matrix": (matrix, ("ask", "back", "also", "renamed")),
    "Compare": (comparison, ("ask",)),
    "C": (_cloze, ("also",)),
    "Number": (_number, ("A", "also", "tolerance")),
    "Choice": (_choice, ("also",)),
    "Steps": (_steps, ()),
    "Interview": (_interview, ("A", "points")),
    "Project": (_project, ("goal", "tools", "teaches")),
}
