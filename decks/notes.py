"""A raw note -> a Note: which fields each kind of note has, what they must hold. Pure; raises DeckError."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import structs

from decks import blanks
from decks.errors import DeckError
from decks.lines import Field, Item, RawNote, closest, split_bars
from decks.model import (
    Body,
    Cell,
    Choice,
    Cloze,
    Code,
    Comparison,
    Foreseen,
    Importance,
    Interview,
    Matrix,
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
from decks.slugs import SLUG, slug

AS_OF = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_PLACEHOLDER = re.compile(r"(?<!\\)\{([^{}]*)\}")
_COMMON = ("id", "was", "source", "as_of", "why", "hint", "wrong", "importance", "domain", "relearn", "waive")
_CELL = ("why", "hint", "also", "wrong", "source", "as_of", "importance", "was")


def build(raw: RawNote, file: str) -> Note:
    """The note its lines describe. Raises the first DeckError found."""
    if raw.errors:
        raise raw.errors[0]
    entry = _Entry(file, raw.kind, raw.line, raw.fields)
    make, own = _KINDS[raw.kind]
    entry.allow((*own, *_COMMON))
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
        relearn=entry.matching("relearn", DAY, "YYYY-MM-DD"),
        waivers=tuple(Waiver(*pair) for pair in entry.pairs("waive", "waive: rule | the reason")),
    )


class _Entry:
    """The attributes of one note or cell block, taken by name."""

    def __init__(self, file: str, kind: str, line: int, fields: Sequence[Field]) -> None:
        self.file, self.kind, self.line, self.fields = file, kind, line, fields

    def error(self, problem: str, remedy: str, line: int = 0) -> DeckError:
        return DeckError(self.file, line or self.line, problem, remedy)

    def allow(self, keys: Sequence[str]) -> None:
        """Refuse attributes this kind of note has no use for."""
        for field in self.fields:
            if field.key not in keys:
                takes = ", ".join(f"'{key}:'" for key in keys if key not in _COMMON)
                remedy = f"Remove it; beside the attributes of every note it takes {takes}." if takes else "Remove it."
                raise self.error(f"'{field.key}:' has no use in a '{self.kind}:' note", remedy, field.line)

    def field(self, key: str) -> Field | None:
        found = [field for field in self.fields if field.key == key]
        if len(found) > 1:
            raise self.error(f"'{key}:' is given twice", "Keep one of them.", found[1].line)
        if found and not found[0].value and key not in ("A", "points"):
            raise self.error(f"'{key}:' is empty", "Fill it in, or remove the line.", found[0].line)
        return found[0] if found else None

    def one(self, key: str) -> str:
        field = self.field(key)
        return field.value if field else ""

    def need(self, key: str, remedy: str) -> str:
        if value := self.one(key):
            return value
        what = "answer" if key == "A" else f"'{key}:'"
        raise self.error(f"A '{self.kind}:' note without {'an' if key == 'A' else 'a'} {what}", remedy)

    def answer(self) -> str:
        return self.need("A", "Did you forget 'A:'?")

    def many(self, key: str) -> tuple[str, ...]:
        found = [field for field in self.fields if field.key == key]
        for field in found:
            if not field.value:
                raise self.error(f"'{key}:' is empty", "Fill it in, or remove the line.", field.line)
        return tuple(field.value for field in found)

    def listed(self, key: str) -> tuple[str, ...]:
        return commas(self.one(key))

    def pairs(self, key: str, shape: str) -> tuple[tuple[str, str], ...]:
        pairs: list[tuple[str, str]] = []
        for field in self.fields:
            if field.key == key:
                left, *right = split_bars(field.value, most=1)
                if not left or not right or not right[0]:
                    raise self.error(f"'{key}:' has two parts with a bar between them", f"Write  {shape}", field.line)
                pairs.append((left, right[0]))
        return tuple(pairs)

    def matching(self, key: str, pattern: re.Pattern[str], shape: str) -> str:
        field = self.field(key)
        if field and not pattern.fullmatch(field.value):
            raise self.error(f"'{field.value}' is no {shape} date", f"Write  {key}: {shape}", field.line)
        return field.value if field else ""

    def id(self) -> str:
        field = self.field("id")
        if field and not SLUG.fullmatch(field.value):
            remedy = "Use lower-case words with hyphens" + (f": {slug(field.value)}." if slug(field.value) else ".")
            raise self.error(f"'{field.value}' is no id", remedy, field.line)
        return field.value if field else ""

    def source(self) -> str:
        return tidy_source(self.one("source"))

    def importance(self) -> Importance | None:
        field = self.field("importance")
        if field is None:
            return None
        if field.value not in tuple(Importance):
            raise self.error(f"'{field.value}' is no importance", "Write 'core' or 'extra'.", field.line)
        return Importance(field.value)

    def foreseen(self) -> tuple[Foreseen, ...]:
        return tuple(Foreseen(*pair) for pair in self.pairs("wrong", "wrong: 30 days | what to reply to it"))


def commas(text: str) -> tuple[str, ...]:
    """The parts of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def tidy_source(text: str) -> str:
    """A "slug, section" reference with one space after its first comma."""
    name, comma, section = text.partition(",")
    return f"{name.strip()}, {section.strip()}" if comma and section.strip() else name.strip()


def _front(raw: RawNote, entry: _Entry) -> str:
    if not raw.head.value:
        raise entry.error(f"'{raw.kind}:' is empty", f"Write what it asks on the same line: '{raw.kind}: ...'.")
    return raw.head.value


def _term(raw: RawNote, entry: _Entry) -> Term:
    term = _front(raw, entry)
    return Term(term, entry.one("front"), entry.answer(), entry.one("reverse"), entry.many("also"))


def _question(raw: RawNote, entry: _Entry) -> Question:
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


def _code(raw: RawNote, entry: _Entry) -> Code:
    front = _front(raw, entry)
    if "```" not in front:
        raise entry.error("A 'Code:' note without code", "Add a fenced block (```) under the question.")
    return Code(front, entry.answer(), entry.many("also"), entry.many("not"))


def _cloze(raw: RawNote, entry: _Entry) -> Cloze:
    text = _front(raw, entry)
    found = blanks.find(text)
    if found is None:
        raise entry.error("A '[' that nothing closes", r"Close the blank with ']', or write '\[' for a bracket.")
    if not found:
        raise entry.error("A 'C:' note without a blank", "Put [brackets] around what is to be recalled.")
    if len(found) > 1 and entry.many("also"):
        raise entry.error("'also:' cannot say which blank it means", "Use it only where there is a single blank.")
    return Cloze(text, entry.many("also"))


def _number(raw: RawNote, entry: _Entry) -> Number:
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


def _choice(raw: RawNote, entry: _Entry) -> Choice:
    front = _front(raw, entry)
    _items(raw, entry, "+-")
    right, wrong = (tuple(item.value for item in raw.items if item.mark == mark) for mark in "+-")
    if not right:
        raise entry.error("A 'Choice:' note without a right answer", "Begin the right one's line with '+ '.")
    if not wrong:
        raise entry.error("A 'Choice:' note without wrong answers", "Add lines that begin with '- '.")
    return Choice(front, right, wrong)


def _steps(raw: RawNote, entry: _Entry) -> Steps:
    steps = _items(raw, entry, ".")
    for place, item in enumerate(raw.items, start=1):
        if item.mark != f"{place}.":
            raise entry.error(f"Step {place} is numbered {item.mark}", f"Write '{place}.'.", item.line)
    if len(steps) < 2:
        raise entry.error("A 'Steps:' note with fewer than two steps", "Add lines '1. first', '2. second'.")
    return Steps(_front(raw, entry), steps)


def _interview(raw: RawNote, entry: _Entry) -> Interview:
    _items(raw, entry, "-")
    if not raw.items or entry.field("points") is None:
        remedy = "Add 'points:' and under it 3 to 6 lines '- point'."
        raise entry.error("An 'Interview:' note without key points", remedy)
    return Interview(_front(raw, entry), entry.answer(), tuple(_point(item) for item in raw.items))


def _point(item: Item) -> Point:
    text, *keywords = split_bars(item.value, most=1)
    return Point(text, commas(keywords[0]) if keywords else ())


def _project(raw: RawNote, entry: _Entry) -> Project:
    goal = entry.need("goal", "Add 'goal:' with one sentence on what is built.")
    entry.need("tools", "Add 'tools:' with the tools, comma-separated.")
    teaches = entry.need("teaches", "Add 'teaches:' with the concept it teaches.")
    return Project(_front(raw, entry), goal, entry.listed("tools"), teaches)


def _items(raw: RawNote, entry: _Entry, marks: str) -> tuple[str, ...]:
    for item in raw.items:
        if item.mark[-1] not in marks:
            expected = " or ".join("'1. '" if mark == "." else f"'{mark} '" for mark in marks)
            raise entry.error(f"A list line that begins with '{item.mark}'", f"Begin it with {expected}.", item.line)
    return tuple(item.value for item in raw.items)


def _comparison(raw: RawNote, entry: _Entry) -> Comparison:
    sides = split_bars(raw.head.value)
    if len(sides) != 2 or not all(sides):
        raise entry.error("'Compare:' names two sides with a bar between them", "Write  Compare: left | right")
    template = _template(entry.one("ask"), ("left", "right", "dimension"), entry)
    header, body = _table(raw, entry)
    if len(header) != 3:
        remedy = "Its columns are the dimension, the left side and the right side."
        raise entry.error(f"A comparison table with {len(header)} columns", remedy, raw.table[0][0])
    rows = tuple((label, values[0], values[1]) for _, label, values in body)
    for line, label, values in body:
        if not all(values):
            raise entry.error(f"'{label}' says nothing of one side", "Fill both sides, or remove the row.", line)
    return Comparison(sides[0], sides[1], template, header[0], rows)


def _matrix(raw: RawNote, entry: _Entry) -> Matrix:
    header, body = _table(raw, entry)
    columns = header[1:]
    _distinct(columns, "column", [raw.table[0][0]] * len(columns), entry)
    ask = _templates(entry, "ask", columns, ("row", "column"))
    if not raw.head.value and len(ask) < len(columns):
        raise entry.error(
            "'Matrix:' is empty", "Write the question with {row} and {column}, or an 'ask:' for each column."
        )
    rows = tuple((label, values) for _, label, values in body)
    matrix = Matrix(
        template=_template(raw.head.value, ("row", "column"), entry),
        corner=header[0],
        columns=columns,
        rows=rows,
        ask=ask,
        back=_templates(entry, "back", columns, ("row", "column", "cell")),
        renamed=entry.pairs("renamed", "renamed: new label | old label"),
    )
    for now, _ in matrix.renamed:
        _known(now, (*columns, *(label for label, _ in rows)), "row or column", entry)
    return structs.replace(matrix, cells=_cells(raw, matrix, entry))


def _table(raw: RawNote, entry: _Entry) -> tuple[tuple[str, ...], list[tuple[int, str, tuple[str, ...]]]]:
    """The header's labels and (line, row label, values) of each row; "-" means empty."""
    if len(raw.table) < 3 or not all(re.fullmatch(r":?-+:?", cell) for cell in raw.table[1][1]):
        remedy = "Add a Markdown table: a header line, a line |---|---|, and one line per row."
        raise entry.error(f"A '{raw.kind}:' note without a table", remedy)
    (line, header), _, *rows = raw.table
    if len(header) < 2 or not all(header[1:]):
        raise entry.error("A table with an unnamed column", "Name every column in its header line.", line)
    for line, cells in rows:
        if len(cells) != len(header):
            remedy = r"Make them equal; a literal bar is written '\|'."
            raise entry.error(f"A row of {len(cells)} cells under a header of {len(header)}", remedy, line)
    _distinct([cells[0] for _, cells in rows], "row", [line for line, _ in rows], entry)
    return header, [(line, cells[0], tuple("" if cell == "-" else cell for cell in cells[1:])) for line, cells in rows]


def _distinct(labels: Sequence[str], what: str, lines: Sequence[int], entry: _Entry) -> None:
    """Labels become parts of card ids, so each needs a slug of its own."""
    seen: dict[str, str] = {}
    for label, line in zip(labels, lines, strict=True):
        part = slug(label)
        if not part:
            raise entry.error(
                f"The {what} '{label}' has no letters or digits to make an id of", "Name it in words.", line
            )
        if part in seen:
            remedy = "Name them so that they differ in letters or digits."
            raise entry.error(f"Two {what}s have the same id part: '{seen[part]}' and '{label}'", remedy, line)
        seen[part] = label


def _template(text: str, names: tuple[str, ...], entry: _Entry, line: int = 0) -> str:
    for name in _PLACEHOLDER.findall(text):
        if name not in names:
            known = " ".join(f"{{{known}}}" for known in names)
            remedy = rf"Use {known}, or write '\{{' for a brace."
            raise entry.error(f"'{{{name}}}' stands for nothing", remedy, line)
    return text


def _templates(
    entry: _Entry, key: str, columns: tuple[str, ...], names: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = entry.pairs(key, f"{key}: column | question")
    for column, text in pairs:
        _known(column, columns, "column", entry)
        _template(text, names, entry)
    return pairs


def _known(label: str, labels: tuple[str, ...], what: str, entry: _Entry) -> None:
    if label not in labels:
        near = closest(label, labels)
        remedy = f"Did you mean '{near}'?" if near else f"The table has: {', '.join(labels)}."
        raise entry.error(f"The table has no {what} '{label}'", remedy)


def _cells(raw: RawNote, matrix: Matrix, entry: _Entry) -> tuple[Cell, ...]:
    places = {f"{row} / {column}": (row, column) for row, _ in matrix.rows for column in matrix.columns}
    filled = {(row, col) for row, values in matrix.rows for col, v in zip(matrix.columns, values, strict=True) if v}
    cells: dict[tuple[str, str], Cell] = {}
    for block in raw.blocks:
        at = _Entry(entry.file, "Matrix", block.line, block.fields)
        place = places.get(block.label)
        if place is None or place not in filled:
            near = closest(block.label, tuple(places))
            remedy = f"Did you mean '[{near}]'?" if near else "Write '[row / column]' with the labels of the table."
            raise at.error(f"The table has no filled cell '{block.label}'", remedy)
        if place in cells:
            raise at.error(f"The cell '{block.label}' has two blocks", "Put their attributes together.")
        cells[place] = _cell(at, place)
    return tuple(cells.values())


def _cell(at: _Entry, place: tuple[str, str]) -> Cell:
    for field in at.fields:
        if field.key not in _CELL:
            remedy = f"A cell takes {', '.join(_CELL)}; the matrix' own attributes stand above the cells."
            raise at.error(f"'{field.key}:' cannot be said of one cell", remedy, field.line)
    return Cell(
        row=place[0],
        column=place[1],
        why=at.one("why"),
        hint=at.one("hint"),
        also=at.many("also"),
        wrong=at.foreseen(),
        source=at.source(),
        as_of=at.matching("as_of", AS_OF, "YYYY-MM"),
        importance=at.importance(),
        was=at.listed("was"),
    )


_KINDS: dict[str, tuple[Callable[[RawNote, _Entry], Body], tuple[str, ...]]] = {
    "Q": (_question, ("A", "also", "not")),
    "Scenario": (_question, ("A", "also", "not")),
    "Term": (_term, ("A", "front", "reverse", "also")),
    "Code": (_code, ("A", "also", "not")),
    "Matrix": (_matrix, ("ask", "back", "renamed")),
    "Compare": (_comparison, ("ask",)),
    "C": (_cloze, ("also",)),
    "Number": (_number, ("A", "also", "tolerance")),
    "Choice": (_choice, ()),
    "Steps": (_steps, ()),
    "Interview": (_interview, ("A", "points")),
    "Project": (_project, ("goal", "tools", "teaches")),
}
