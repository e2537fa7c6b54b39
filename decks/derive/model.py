"""A document as the extractors see it: a tree of sections holding paragraphs, lists, tables and code. Pure values.

Texts are in the dialect of docs/deck-format.md (`**bold**`, `` `code` ``, backslash escapes), with "\\n" where the
source broke a line on purpose. Spans count lines of the source; of HTML, which has none worth counting, lines of its
readable rendering.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from decks.slugs import slug
from decks.text import plain

_NUMBERING = re.compile(
    r"^\s*(?:[0-9]+(?:\.[0-9]+)*[.):]|[0-9]+(?:\.[0-9]+)+|[ivxIVX]+\.|[A-Z]\.|[^\w\s(`*\"'{\[]+)\s+(?=\S)"
)


class Span(Struct, frozen=True):
    """First and last line, counted from 1."""

    first: int
    last: int


class Paragraph(Struct, frozen=True, tag=True):
    """Running text."""

    text: str
    span: Span


class Item(Struct, frozen=True):
    """An entry of a list with the entries below it. `done` is set for a task list's entries."""

    text: str
    items: tuple[Item, ...] = ()
    done: bool | None = None


class Listing(Struct, frozen=True, tag=True):
    """A list of entries."""

    items: tuple[Item, ...]
    ordered: bool
    span: Span


class Table(Struct, frozen=True, tag=True):
    """A table; every row is as wide as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    span: Span
    links: int = 0  # cells behind the first column that hold links and nothing else


class Code(Struct, frozen=True, tag=True):
    """Literal text; `language` in lower case, or empty."""

    text: str
    language: str
    span: Span


Block = Paragraph | Listing | Table | Code


class Section(Struct, frozen=True):
    """A heading (level 1-6; the root has level 0) with what stands under it."""

    title: str
    level: int
    line: int
    path: tuple[str, ...]  # slugs from the top, unique in the document; numbering does not enter
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]


class Document(Struct, frozen=True, kw_only=True):
    """One thing that was written: a file, a page, an item of a feed. `key` stays when its text is revised."""

    key: str
    title: str
    root: Section
    address: str = ""
    author: str = ""
    date: str = ""  # YYYY-MM-DD where known
    kind: str = ""  # outline, markdown, html, feed item, rows
    remarks: tuple[str, ...] = ()  # what was repaired or left out while reading


def walk(section: Section) -> Iterator[Section]:
    """The section and all below it, in document order."""
    yield section
    for child in section.sections:
        yield from walk(child)


def trail(root: Section, path: tuple[str, ...]) -> tuple[str, ...]:
    """The titles on the way from the top to the section with a path."""
    titles: list[str] = []
    here = root
    for depth in range(1, len(path) + 1):
        here = next(child for child in here.sections if child.path == path[:depth])
        titles.append(here.title)
    return tuple(titles)


def heading(text: str) -> str:
    """A heading as it reads: markup, numbering and decoration gone."""
    read = re.sub(r"\s+", " ", plain(text)).strip(" :#*_-=\u2013\u2014")
    while (bare := _NUMBERING.sub("", read, count=1)) != read and len(re.findall(r"\w", bare)) > 2:
        read = bare
    return read


class Builder:
    """Puts a document together from headings and blocks in reading order."""

    def __init__(self) -> None:
        self._stack: list[_Open] = [_Open("", 0, 1, ())]

    def open(self, level: int, text: str, line: int) -> None:
        """Begin a section; it closes those of its level and below."""
        title = heading(text)
        while len(self._stack) > 1 and self._stack[-1].level >= level:
            self._close()
        parent = self._stack[-1]
        base = slug(title) or "section"
        name = base
        while name in parent.taken:
            parent.names[base] += 1
            name = f"{base}-{parent.names[base] + 1}"
        parent.taken.add(name)
        self._stack.append(_Open(title, level, line, (*parent.path, name)))

    def add(self, block: Block) -> None:
        """Put a block under the heading opened last."""
        self._stack[-1].blocks.append(block)

    def build(self) -> Section:
        """The finished tree; the builder must not be used after."""
        while len(self._stack) > 1:
            self._close()
        return self._stack[0].closed()

    def _close(self) -> None:
        done = self._stack.pop()
        self._stack[-1].sections.append(done.closed())


class _Open:
    """A section that is still being read."""

    def __init__(self, title: str, level: int, line: int, path: tuple[str, ...]) -> None:
        self.title, self.level, self.line, self.path = title, level, line, path
        self.blocks: list[Block] = []
        self.sections: list[Section] = []
        self.names: Counter[str] = Counter()  # how often each was numbered
        self.taken: set[str] = set()

    def closed(self) -> Section:
        return Section(self.title, self.level, self.line, self.path, tuple(self.blocks), tuple(self.sections))
