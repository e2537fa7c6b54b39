"""Turns the blocks of a Reply into runs of text, each with one tag, and writes runs as escaped HTML. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain
from typing import NamedTuple, assert_never

from bot.core.columns import WIDTH, aligned
from bot.core.reply import Aside, Block, Items, Line, Listing, Marker, Table
from decks.text import CodeBlock, Paragraph, Style, blocks, spans

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # refused, or turned into blanks
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


class Run(NamedTuple):
    """Text in one tag: "", "b", "i", "code", "pre", or "pre " and a language."""

    text: str
    tag: str = ""


def paragraphs(block: Block) -> Iterator[list[Run]]:
    """The block's paragraphs with what can be printed of them; none is empty."""
    for found in _runs(block):
        runs = [Run(text, run.tag) for run in found if (text := printable(run.text))]
        if runs:
            yield runs


def written(runs: Iterable[Run]) -> str:
    """The runs as HTML, content escaped."""
    return "".join(chain.from_iterable(_tagged(run) for run in runs))


def printable(text: str) -> str:
    """The text without what Telegram refuses."""
    return _UNPRINTABLE.sub("", text)


def _runs(block: Block) -> Iterator[list[Run]]:
    match block:
        case Line(text=text):
            yield from _paragraphs(text, "")
        case Aside(text=text):
            yield from _paragraphs(text, "i")
        case Listing(text=text, language=language):
            yield [_code(text, language)]
        case Items():
            yield list(_items(block))
        case Table(rows=rows):
            yield [Run(aligned(rows, WIDTH), "pre")]
        case _:
            assert_never(block)


def _paragraphs(text: str, tag: str) -> Iterator[list[Run]]:
    for part in blocks(text):
        match part:
            case Paragraph(text=inner):
                yield _inline(inner, tag)
            case CodeBlock(text=code, language=language):
                yield [_code(code, language)]
            case _:
                assert_never(part)


def _inline(text: str, tag: str) -> list[Run]:
    tags = {Style.PLAIN: tag, Style.BOLD: "b", Style.CODE: "code"}
    return [Run(span.text, tags[span.style]) for span in spans(text)]


def _code(text: str, language: str) -> Run:
    return Run(text, f"pre {language}" if _LANGUAGE.fullmatch(language) else "pre")


def _items(block: Items) -> Iterator[Run]:
    for place, item in enumerate(block.items):
        yield Run(("\n" if place else "") + _mark(block.marker, place, "✓" if place in block.ticked else ""))
        for number, runs in enumerate(_paragraphs(item, "")):
            yield from [Run("\n"), *runs] if number else runs


def _mark(marker: Marker, place: int, tick: str) -> str:
    match marker:
        case Marker.LETTER:
            return f"{chr(65 + place)} {tick} "
        case Marker.NUMBER:
            return f"{place + 1} {tick} "
        case Marker.BULLET:
            return f"{tick or '·'} "
        case _:
            assert_never(marker)


def _tagged(run: Run) -> tuple[str, ...]:
    text = escape(run.text, quote=False)
    name, _, language = run.tag.partition(" ")
    if language:
        return (f'<pre><code class="language-{escape(language)}">', text, "</code></pre>")
    return (f"<{name}>", text, f"</{name}>") if name else (text,)
