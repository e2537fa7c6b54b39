"""Deck text -> raw notes: which line is a headline, an attribute, a list item, a table row. Pure, never raises.

What a line means depends only on the line and on whether a note is open, so a mistake stays within its note:

    headline     opens a note                      blank line   closes it, except for what a matrix goes on with
    attribute    opens a field of the note         text         goes on with the field
    # heading    closes the note, opens a section  fenced code  belongs to the field above it
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from decks.errors import DeckError

HEADLINES = (
    "Q",
    "Scenario",
    "Term",
    "Code",
    "Matrix",
    "Compare",
    "C",
    "Number",
    "Choice",
    "Steps",
    "Interview",
    "Project",
)
ATTRIBUTES = (
    *("A", "front", "reverse", "also", "not", "ask", "back", "renamed", "tolerance", "points"),
    *("goal", "tools", "teaches", "id", "was", "source", "as_of", "why", "hint", "wrong"),
    *("importance", "domain", "relearn", "waive"),
)
_TABLED = ("Matrix", "Compare")

_HEADLINE = re.compile(rf"({'|'.join(HEADLINES)}):(.*)")
_ATTRIBUTE = re.compile(rf"({'|'.join(ATTRIBUTES)}):(.*)")
_LIKE_ATTRIBUTE = re.compile(r"([a-z_]+):(?:\s|$)")
_LIKE_HEADLINE = re.compile(r"(\w+):")
_HEADING = re.compile(r"#{1,6}\s+(.*\S)")
_ITEM = re.compile(r"([-+]|\d+\.)\s+(.*)")
_CELL = re.compile(r"\[(.+ / .+)\]")
_FENCE = re.compile(r"```[\w+-]*[ \t]*")
FENCE_END = "```"


class Text:
    """A text being read: prose lines are joined by spaces, code blocks keep their lines."""

    def __init__(self, line: int, first: str = "") -> None:
        self.line = line
        self.end = line
        self._parts: list[str] = []
        self._running = False
        if first.strip():
            self.run_on(line, first)

    def run_on(self, line: int, prose: str) -> None:
        """Go on with one more line of prose."""
        if self._running:
            self._parts[-1] += " " + prose.strip()
        else:
            self._parts.append(prose.strip())
        self._running, self.end = True, line

    def add_code(self, line: int, block: str) -> None:
        """Go on with a fenced block, which starts at `line`."""
        self._parts.append(block)
        self._running, self.end = False, line + block.count("\n")

    @property
    def value(self) -> str:
        """What was read so far."""
        return "\n".join(self._parts)


class Field(Text):
    """An attribute of a note."""

    def __init__(self, key: str, line: int, first: str) -> None:
        super().__init__(line, first)
        self.key = key


class Item(Text):
    """A list item; `mark` is "-", "+" or "1."."""

    def __init__(self, mark: str, line: int, first: str) -> None:
        super().__init__(line, first)
        self.mark = mark


class Block:
    """The attributes under a `[row / column]` line."""

    def __init__(self, label: str, line: int) -> None:
        self.label = label
        self.line = line
        self.fields: list[Field] = []


class RawNote:
    """A note as its lines say it, nothing checked beyond their shape."""

    def __init__(self, kind: str, line: int, first: str, section: str) -> None:
        self.kind = kind
        self.line = line
        self.section = section
        self.head = Text(line, first)
        self.fields: list[Field] = []
        self.items: list[Item] = []
        self.table: list[tuple[int, tuple[str, ...]]] = []
        self.blocks: list[Block] = []
        self.errors: list[DeckError] = []
        self.end = line  # the last line that is part of the note


def read_lines(lines: list[str], first: int, file: str) -> tuple[list[RawNote], list[DeckError]]:
    """The notes in `lines`, the first of which has number `first`, and the errors that belong to no note."""
    reader = _Reader(file)
    for number, line in _tokens(lines, first):
        reader.read(number, line)
    return reader.notes, reader.errors


def looks_structural(line: str) -> bool:
    """Whether a line of text must be escaped with a backslash to stay text."""
    escaped = line.startswith("\\") and looks_structural(line[1:])
    patterns = (_HEADLINE, _ATTRIBUTE, _LIKE_ATTRIBUTE, _HEADING, _ITEM)
    return escaped or line.startswith("|") or bool(_CELL.fullmatch(line)) or any(p.match(line) for p in patterns)


def split_cells(row: str) -> tuple[str, ...]:
    """The cells of a table row `| a | b |`; `\\|` is a literal bar."""
    inner = row.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return split_bars(inner)


def split_bars(text: str, most: int = 0) -> tuple[str, ...]:
    """The parts of "a | b", at most `most` splits if given; `\\|` is a literal bar."""
    return tuple(part.strip().replace("\\|", "|") for part in re.split(r"(?<!\\)\|", text, maxsplit=most))


def escape_bars(text: str) -> str:
    """The inverse of what `split_bars` does to one part."""
    return text.replace("|", "\\|")


def closest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word an author probably meant."""
    by_case = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.7)
    return by_case[near[0]] if near else None


def _tokens(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """Numbered lines, a fenced block as one token. A fence that nothing closes is handed on as a lone line."""
    at = 0
    while at < len(lines):
        end = at
        if lines[at].startswith(FENCE_END) and _FENCE.fullmatch(lines[at]):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == FENCE_END), at)
        block = [lines[at].rstrip(), *lines[at + 1 : end], FENCE_END] if end > at else [lines[at].rstrip()]
        yield first + at, "\n".join(block)
        at = end + 1


class _Reader:
    """The line state machine: the open note, the text that is running on, whether a blank line was seen since."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notes: list[RawNote] = []
        self.errors: list[DeckError] = []
        self._section = ""
        self._note: RawNote | None = None  # None: between notes, or skipping what belongs to no note
        self._text: Text | None = None  # what a line of prose goes on with
        self._blank = True
        self._lost = False  # inside code that nothing closes, until a heading or headline

    def read(self, line: int, text: str) -> None:
        if not text.strip():
            self._blank = True
            return
        heading = text[0] == "#" and _HEADING.fullmatch(text)
        if heading:
            self._section, self._note, self._lost = heading[1], None, False
        elif headline := _HEADLINE.match(text):
            self._open(line, headline[1], headline[2])
        elif self._note is not None and (not self._blank or self._goes_on(self._note, text)):
            self._content(self._note, line, text)
        elif self._blank and not self._lost:
            self._note = None
            self.errors.append(_stray(self.file, line, text))
        self._blank = bool(heading)

    def _open(self, line: int, kind: str, first: str) -> None:
        self._note = RawNote(kind, line, first, self._section)
        self._text, self._lost = self._note.head, False
        self.notes.append(self._note)

    def _goes_on(self, note: RawNote, text: str) -> bool:
        """Whether a line after a blank one still belongs to the note: code under a headline, all parts of a matrix."""
        if note.kind in _TABLED:
            return text.startswith("|") or bool(_CELL.fullmatch(text) or _ATTRIBUTE.match(text))
        return text.startswith(FENCE_END) and self._text is note.head

    def _content(self, note: RawNote, line: int, text: str) -> None:
        note.end = line + text.count("\n")
        if text.startswith(FENCE_END) and "\n" in text:
            self._code(note, line, text)
        elif text.startswith(FENCE_END) and _FENCE.fullmatch(text):
            note.errors.append(_unclosed(self.file, line))
            self._note, self._lost = None, True
        elif text.startswith("|"):
            self._row(note, line, text)
        elif text.startswith("[") and (cell := _CELL.fullmatch(text)):
            self._cell(note, line, cell[1])
        elif field := _ATTRIBUTE.match(text):
            self._field(note, Field(field[1], line, field[2]))
        elif item := _ITEM.fullmatch(text):
            note.items.append(Item(item[1], line, item[2]))
            self._text = note.items[-1]
        elif unknown := _LIKE_ATTRIBUTE.match(text):
            note.errors.append(_unknown_attribute(self.file, line, unknown[1]))
            self._text = Text(line)
        else:
            self._prose(note, line, text)

    def _code(self, note: RawNote, line: int, block: str) -> None:
        if self._text is None:
            note.errors.append(_loose(self.file, line))
        else:
            self._text.add_code(line, block)

    def _row(self, note: RawNote, line: int, text: str) -> None:
        if note.kind not in _TABLED:
            problem = f"A table does not belong in a '{note.kind}:' note"
            remedy = "Begin the note with 'Matrix:' or 'Compare:', or escape the line with a backslash."
            note.errors.append(DeckError(self.file, line, problem, remedy))
        note.table.append((line, split_cells(text)))
        self._text = None

    def _cell(self, note: RawNote, line: int, label: str) -> None:
        if note.kind != "Matrix":
            problem = "Only a matrix has cells to say more about"
            remedy = "Escape the line with a backslash if it is text."
            note.errors.append(DeckError(self.file, line, problem, remedy))
        note.blocks.append(Block(label, line))
        self._text = None

    def _field(self, note: RawNote, field: Field) -> None:
        (note.blocks[-1].fields if note.blocks else note.fields).append(field)
        self._text = field

    def _prose(self, note: RawNote, line: int, text: str) -> None:
        if self._text is None:
            note.errors.append(_loose(self.file, line))
        else:
            escaped = text.startswith("\\") and looks_structural(text[1:])
            self._text.run_on(line, text[1:] if escaped else text)


def _stray(file: str, line: int, text: str) -> DeckError:
    if attribute := _ATTRIBUTE.match(text):
        if attribute[1] == "A":
            return DeckError(
                file, line, "An answer without a question", "Did you forget 'Q:'? A blank line ends a note."
            )
        problem = f"'{attribute[1]}:' belongs to no note"
        return DeckError(
            file, line, problem, "Remove the blank line above it, or begin a note with a headline such as 'Q:'."
        )
    if text.startswith("|"):
        return DeckError(
            file, line, "A table that belongs to no note", "Did you forget 'Matrix:' or 'Compare:' above it?"
        )
    if word := _LIKE_HEADLINE.match(text):
        known = closest(word[1], HEADLINES)
        meant = f"Did you mean '{known}:'?" if known else f"A note begins with one of {', '.join(HEADLINES)}."
        return DeckError(file, line, f"'{word[1]}:' begins no note", meant)
    if text.startswith(FENCE_END):
        return DeckError(file, line, "Code that belongs to no note", "Did you forget 'Code:' above it?")
    return DeckError(
        file, line, "Text that belongs to no note", "Did you forget 'Q:' or 'Term:'? A blank line ends a note."
    )


def _unclosed(file: str, line: int) -> DeckError:
    return DeckError(file, line, "The code block is never closed", "Add a line ``` after the code.")


def _loose(file: str, line: int) -> DeckError:
    return DeckError(
        file, line, "Text after the table that belongs to nothing", "Begin it with an attribute such as 'why:'."
    )


def _unknown_attribute(file: str, line: int, word: str) -> DeckError:
    known = closest(word, ATTRIBUTES)
    meant = f"Did you mean '{known}:'?" if known else "Did you mean 'A:', 'why:' or 'hint:'?"
    return DeckError(
        file, line, f"'{word}:' is no attribute", f"{meant} If it is text, begin the line with a backslash."
    )
