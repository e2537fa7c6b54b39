"""Draws a Reply as Discord messages: Markdown texts, and the rows of buttons below the last. Pure.

Lengths are counted in UTF-16 units: never less than Discord counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from bot.core.columns import WIDTH, aligned
from bot.core.graphemes import cut, units
from bot.core.reply import Aside, Block, Items, Line, Listing, Marker, Reply, Table
from bot.discord.markdown import Piece, fenced, pieces, printable, quiet, written
from bot.discord.rows import Row, rows
from decks.text import CodeBlock, Paragraph, Style, blocks, spans
from decks.text import escape as text_escape

TEXT = 4000  # of all texts of a message: https://discord.com/developers/docs/components/reference#text-display
FENCE = 40  # what a code block's fence may take beside the code
NOTHING = "–"  # shown for a screen without a single character


class Drawn(NamedTuple):
    """A screen as messages: nearly always one. The rows belong to the last."""

    texts: tuple[str, ...]
    rows: tuple[Row, ...] = ()


def draw(reply: Reply, notice: str = "", elsewhere: str = "") -> Drawn:
    """The messages of a reply; `notice`, or what just happened, is a quiet line above (in the dialect).

    `elsewhere` is the address that a deep link's payload is put behind.
    """
    above = notice or reply.toast
    body = (Aside(above), *reply.body) if above else reply.body
    return Drawn(texts(body), rows(reply, elsewhere))


def sentence(text: str) -> Drawn:
    """A screen that says one plain sentence."""
    return Drawn(texts((Line(text_escape(text)),)))


class _Paragraph(NamedTuple):
    """Stretches of text with what comes before them, or code."""

    parts: list[Piece]
    mark: str = ""
    quiet: bool = False
    code: bool = False
    language: str = ""

    def __str__(self) -> str:
        if self.code:
            return fenced(self.parts[0].text, self.language)
        text = self.mark + written(self.parts)
        return quiet(text) if self.quiet else text

    @property
    def is_empty(self) -> bool:
        return not any(part.text.strip() for part in self.parts)

    @property
    def is_heading(self) -> bool:
        """Whether it begins with a bold title or sentence, not with a bold word."""
        if self.code or self.mark or not self.parts or self.parts[0].style is not Style.BOLD:
            return False
        first, *more = self.parts
        return not more or first.text.endswith((".", "?", ":", "…")) or more[0].text.startswith((" ·", "."))


def texts(body: Sequence[Block]) -> tuple[str, ...]:
    """Markdown of each message that the blocks need, in order, each within Discord's limit; at least one."""
    messages: list[str] = []
    message = ""
    for gap, paragraph in _spaced(body):
        for text in _fitting(paragraph):
            joined = f"{message}{gap}{text}" if message else text
            if units(joined) <= TEXT:
                message = joined
            else:
                messages.append(message)
                message = text
    return (*messages, message or NOTHING)


def _paragraphs(block: Block) -> Iterator[_Paragraph]:
    match block:
        case Line(text=text):
            yield from _read(text)
        case Aside(text=text):
            yield from (part if part.code else part._replace(quiet=True) for part in _read(text))
        case Listing(text=text, language=language):
            yield _Paragraph([Piece(printable(text))], code=True, language=language)
        case Items():
            yield from _items(block)
        case Table(rows=cells):
            yield _Paragraph([Piece(printable(aligned(cells, WIDTH)))], code=True)
        case _:
            assert_never(block)


def _read(text: str) -> Iterator[_Paragraph]:
    for part in blocks(text):
        match part:
            case Paragraph(text=inner):
                yield _Paragraph(pieces(spans(inner)))
            case CodeBlock(text=code, language=language):
                yield _Paragraph([Piece(printable(code))], code=True, language=language)
            case _:
                assert_never(part)


def _items(block: Items) -> Iterator[_Paragraph]:
    for place, item in enumerate(block.items):
        first, *more = _read(item) if item.strip() else (_Paragraph([]),)
        yield (
            first
            if first.code
            else first._replace(mark=_mark(block.marker, place, "✓" if place in block.ticked else ""))
        )
        yield from more


def _mark(marker: Marker, place: int, tick: str) -> str:
    match marker:
        case Marker.LETTER:
            return f"**{chr(65 + place)}** {tick} "
        case Marker.NUMBER:
            return f"**{place + 1}** {tick} "
        case Marker.BULLET:
            return f"{tick or '·'} "
        case _:
            assert_never(marker)


def _spaced(body: Sequence[Block]) -> Iterator[tuple[str, _Paragraph]]:
    """Each paragraph with what parts it from the one before."""
    before: tuple[Block, _Paragraph] | None = None
    for block in body:
        for paragraph in _paragraphs(block):
            if not paragraph.is_empty or paragraph.mark:
                yield _gap(before, block, paragraph), paragraph
                before = block, paragraph


def _gap(before: tuple[Block, _Paragraph] | None, block: Block, paragraph: _Paragraph) -> str:
    """A blank line starts a new thought; headings, code, lists and sources stand close to what they belong to."""
    if before is None:
        return ""
    last, said = before
    if paragraph.code or paragraph.quiet or (said.code and not paragraph.is_heading) or last is block:
        return "\n"
    if isinstance(block, Items):
        after_list = isinstance(last, Items)
        asked = bool(said.parts) and said.parts[-1].text.endswith("?")
        introduced = block.marker is not Marker.LETTER and not asked and not after_list
        return "\n" if introduced else "\n\n"
    return "\n" if isinstance(last, Line) and said.is_heading else "\n\n"


def _fitting(paragraph: _Paragraph) -> Iterator[str]:
    """A paragraph in as many texts as it needs. Escapes at most double what is cut, so half the room is enough."""
    whole = str(paragraph)
    if units(whole) <= TEXT:
        yield whole
        return
    for part in paragraph.parts:
        rest = part.text
        while rest:
            first, rest = cut(rest, (TEXT - FENCE) // 2)
            if first.strip():
                yield str(paragraph._replace(parts=[part._replace(text=first)]))
