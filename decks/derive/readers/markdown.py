"""Markdown -> Document, through markdown-it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from decks.derive.model import Builder, Code, Item, Listing, Paragraph, Section, Span, Table
from decks.derive.readers import html
from decks.text import escape

_TASK = re.compile(r"^\[([ xX])\]\s+")
_FRONT_MATTER = re.compile(r"\A---\s*\n(?:[\w-]+:.*\n|[ \t-].*\n)*---\s*\n")
# The parser's own link rules look for the end of every bracket again and again: 200,000 brackets take minutes.
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["link", "image"])
_TARGET = r"(?:\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"'\n]*[\"'])?\s*\)|\[[^\[\]\n]*\])"
_IMAGE = re.compile(rf"!\[[^\[\]]*\]{_TARGET}")
_LINK = re.compile(rf"\[([^\[\]]*)\]{_TARGET}")
_ADDRESS = re.compile(r"<[^<>\n]*>|https?://\S+")


def read(text: str) -> Section:
    """The tree of a Markdown text."""
    matter = _FRONT_MATTER.match(text)
    if matter:  # keep the line numbers
        text = "\n" * matter[0].count("\n") + text[matter.end() :]
    reading = _Reading(_PARSER.parse(text), text.split("\n"))
    reading.run()
    return reading.builder.build()


def inline(tokens: Sequence[Token]) -> str:
    """Inline tokens in the dialect; bold does not nest, images and raw tags go."""
    parts: list[str] = []
    bold = 0
    for token in tokens:
        match token.type:
            case "text":
                parts.append(escape(token.content))
            case "code_inline":
                parts.append(code(token.content))
            case "strong_open":
                bold += 1
                parts.append("**" if bold == 1 else "")
            case "strong_close":
                bold -= 1
                parts.append("**" if bold == 0 else "")
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "html_inline":
                parts.append("\n" if token.content.lower().startswith("<br") else "")
            case _:
                pass  # emphasis keeps only what they hold, which are tokens of their own
    return tidy(_LINK.sub(r"\1", _IMAGE.sub("", "".join(parts))))


def is_link(source: str) -> bool:
    """Whether Markdown holds links and not a word besides."""
    bare = _ADDRESS.sub("", _LINK.sub("", _IMAGE.sub("", source)))
    return bare != source and bool(_LINK.search(source) or "://" in source) and not re.search(r"[^\W_]", bare)


def code(text: str) -> str:
    """A code span of the dialect, which has no way to quote a backtick."""
    text = " ".join(text.split())
    return f"`{text}`" if text and "`" not in text else escape(text)


def tidy(text: str) -> str:
    """Spaces and empty bold gone."""
    text = re.sub(r"\*\*(\s*)\*\*", r"\1", text)
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


class _Reading:
    """The token stream, taken block by block."""

    def __init__(self, tokens: Sequence[Token], lines: Sequence[str]) -> None:
        self.tokens = tokens
        self.lines = lines
        self.at = 0
        self.builder = Builder()
        self._later: list[Code | Table] = []  # what stood inside a list, to follow it

    def run(self) -> None:
        while self.at < len(self.tokens):
            self._block(self.tokens[self.at])

    def _block(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.builder.open(int(token.tag[1]), inline(self._children(1)), self._span(token).first)
                self.at += 3
            case "paragraph_open":
                self._paragraph(inline(self._children(1)), self._span(token))
                self.at += 3
            case "bullet_list_open" | "ordered_list_open":
                span, ordered = self._span(token), token.type == "ordered_list_open"
                items = self._items()
                if items:
                    self.builder.add(Listing(items, ordered, span))
                for later in self._later:
                    self.builder.add(later)
                self._later.clear()
            case "fence" | "code_block":
                self.builder.add(self._code(token))
                self.at += 1
            case "table_open":
                if table := self._table():
                    self.builder.add(table)
            case "html_block":
                first = self._span(token).first
                for block in html.fragment(token.content, first):
                    self.builder.add(block)
                self.at += 1
            case _:
                self.at += 1

    def _paragraph(self, text: str, span: Span) -> None:
        if text:
            self.builder.add(Paragraph(text, span))

    def _children(self, offset: int) -> Sequence[Token]:
        return self.tokens[self.at + offset].children or ()

    def _items(self) -> tuple[Item, ...]:
        """From a list's opening token to behind its closing one."""
        items: list[Item] = []
        self.at += 1
        while self.tokens[self.at].type != "list_item_close" or self.tokens[self.at].level:
            token = self.tokens[self.at]
            if token.type in ("bullet_list_close", "ordered_list_close"):
                break
            self.at += 1
            if token.type == "list_item_open":
                items.append(self._item())
        self.at += 1
        return tuple(item for item in items if item.text or item.items)

    def _item(self) -> Item:
        texts: list[str] = []
        below: list[Item] = []
        while (token := self.tokens[self.at]).type != "list_item_close":
            match token.type:
                case "inline":
                    texts.append(inline(token.children or ()))
                    self.at += 1
                case "bullet_list_open" | "ordered_list_open":
                    below += self._items()
                case "fence" | "code_block":
                    self._later.append(self._code(token))
                    self.at += 1
                case "table_open":
                    if table := self._table():
                        self._later.append(table)
                case _:
                    self.at += 1
        self.at += 1
        text = " ".join(part.replace("\n", " ") for part in texts if part)
        task = _TASK.match(text)
        done = None if task is None else task[1] != " "
        return Item(text[task.end() :] if task else text, tuple(below), done)

    def _table(self) -> Table | None:
        span = self._span(self.tokens[self.at])
        rows: list[list[str]] = []
        links = 0
        while (token := self.tokens[self.at]).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                links += len(rows) > 1 and bool(rows[-1]) and is_link(token.content)
                rows[-1].append(inline(token.children or ()).replace("\n", " "))
            self.at += 1
        self.at += 1
        return table(rows, span, links)

    def _code(self, token: Token) -> Code:
        language = token.info.split()[0].lower() if token.info.split() else ""
        return Code(token.content.rstrip("\n"), language.strip("{}."), self._span(token))

    def _span(self, token: Token) -> Span:
        """The lines of a block; the blank ones behind a list are not its own."""
        first, last = token.map or (0, 1)
        while last > first + 1 and not self.lines[last - 1].strip():
            last -= 1
        return Span(first + 1, max(last, first + 1))


def table(rows: Sequence[Sequence[str]], span: Span, links: int = 0) -> Table | None:
    """Rows of cells, the first being the header, all brought to its width; None where there is no row under it."""
    wide = len(rows[0]) if rows else 0
    body = tuple((*row[:wide], *[""] * (wide - len(row))) for row in rows[1:] if any(row))
    return Table(tuple(rows[0]), body, span, links) if wide and body else None
