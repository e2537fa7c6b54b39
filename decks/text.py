"""The small Markdown dialect of card texts: read into blocks and spans, and escape foreign text into it. Pure.

`**bold**`, `` `code` `` and fenced code blocks mean something; a backslash makes the next character literal.
Anything unclosed is literal text, so every string is valid.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct


class Style(StrEnum):
    """How a span is set."""

    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"


class Span(Struct, frozen=True):
    """A run of text in one style, escapes already resolved."""

    text: str
    style: Style = Style.PLAIN


class Paragraph(Struct, frozen=True, tag=True):
    """Running text in the dialect."""

    text: str


class CodeBlock(Struct, frozen=True, tag=True):
    """Literal code; `language` as after the fence, or empty."""

    text: str
    language: str = ""


READ = 8192  # texts kept as read: a catalogue's are asked for again and again

_FENCE = re.compile(r"^```([\w+-]*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"\\([\\`*\[\]{}|])|`([^`\n]+)`|\*\*(.+?)\*\*", re.DOTALL)
_MARKED = re.compile(r"[\\`*\n]")  # without one of these a text is one plain paragraph
_SPECIAL = re.compile(r"([\\`*])")


@lru_cache(maxsize=READ)
def blocks(text: str) -> tuple[Paragraph | CodeBlock, ...]:
    """Split a text into paragraphs (single line breaks become spaces) and fenced code blocks."""
    found: list[Paragraph | CodeBlock] = []
    end = 0
    for fence in _FENCE.finditer(text):
        found += _paragraphs(text[end : fence.start()])
        found.append(CodeBlock(fence[2].rstrip("\n"), fence[1]))
        end = fence.end()
    return (*found, *_paragraphs(text[end:]))


@lru_cache(maxsize=READ)
def spans(text: str) -> tuple[Span, ...]:
    """Split a paragraph's text into styled runs. Bold does not nest."""
    runs: list[Span] = []
    plain: list[str] = []
    end = 0

    def flush() -> None:
        if plain:
            runs.append(Span("".join(plain)))
            plain.clear()

    for match in _SPAN.finditer(text):
        plain.append(text[end : match.start()])
        end = match.end()
        literal, code, bold = match.groups()
        if literal is not None:
            plain.append(literal)
        else:
            flush()
            runs += [Span(code, Style.CODE)] if code is not None else _bold(bold)
    plain.append(text[end:])
    plain[:] = [part for part in plain if part]
    flush()
    return tuple(runs)


def escape(text: str) -> str:
    """Make foreign text (a learner's answer, a file's name) literal in the dialect."""
    return _SPECIAL.sub(r"\\\1", text)


@lru_cache(maxsize=READ)
def plain(text: str) -> str:
    """The text as it reads with all markup gone; code blocks keep their lines."""
    if not _MARKED.search(text):
        return text.strip()
    parts = [
        block.text if isinstance(block, CodeBlock) else "".join(span.text for span in spans(block.text))
        for block in blocks(text)
    ]
    return "\n".join(parts)


def brief(text: str, most: int) -> str:
    """The text on one line without markup, at most so many characters of it."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _paragraphs(text: str) -> list[Paragraph | CodeBlock]:
    pieces = (re.sub(r"[ \t]*\n[ \t]*", " ", piece.strip()) for piece in re.split(r"\n[ \t]*\n", text))
    return [Paragraph(piece) for piece in pieces if piece]


def _bold(text: str) -> list[Span]:
    """Bold text may hold code; code keeps its own style."""
    return [Span(run.text, Style.BOLD if run.style is Style.PLAIN else run.style) for run in spans(text)]
