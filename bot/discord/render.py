"""Draws a Reply as Discord shows it: Markdown texts, rows of buttons and menus. Pure.

What is made here is data; `bot.discord.components` puts it into discord.py's classes. Limits are those of
https://discord.com/developers/docs/components/reference, lengths are counted in UTF-16 units: never less than
Discord counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat
from typing import NamedTuple, assert_never

from bot.core.actions import Choose, Reveal, Set, Tick
from bot.core.buttons import encode
from bot.core.columns import WIDTH, aligned
from bot.core.graphemes import cut, units
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.core.setup_screens import SETTINGS, setting_choices
from bot.discord import words
from bot.discord.markdown import Piece, fenced, pieces, printable, quiet, written
from decks.text import CodeBlock, Paragraph, Style, blocks, spans
from decks.text import escape as text_escape

TEXT = 4000  # of all texts of a message
COMPONENTS = 40  # of a message, nested ones included
ROW = 5  # buttons
LABEL = 80  # of a button
OPTIONS = 25  # of a menu
OPTION = 100  # of an option's label
FEW = 6  # buttons of one kind with a row each; more of them read better as a menu
FENCE = 40  # what a code block's fence may take beside the code
NOTHING = "–"  # shown for a screen without a single character, and on a button without one


class Key(NamedTuple):
    """A button: what it says, and the payload of the action it asks for."""

    label: str
    payload: str
    weight: Weight = Weight.PLAIN


class Pen(NamedTuple):
    """A button that opens a form for an answer in text to an attempt; `long` answers get several lines."""

    label: str
    attempt: str
    long: bool
    weight: Weight = Weight.PLAIN


class Menu(NamedTuple):
    """A drop-down list: what each option says, and the payload of its action."""

    options: tuple[Key, ...]
    placeholder: str


Buttons = Sequence[Button]
Row = tuple[Key | Pen, ...] | Menu


class Drawn(NamedTuple):
    """A screen as messages: nearly always one. The rows belong to the last."""

    texts: tuple[str, ...]
    rows: tuple[Row, ...] = ()


def draw(reply: Reply, notice: str = "") -> Drawn:
    """The messages of a reply; `notice`, or what just happened, is a quiet line above (in the dialect)."""
    above = notice or reply.toast
    body = (Aside(above), *reply.body) if above else reply.body
    return Drawn(texts(body), rows(reply))


def sentence(text: str) -> Drawn:
    """A screen that says one plain sentence."""
    return Drawn(texts((Line(text_escape(text)),)))


def notice(*sentences: str) -> Reply:
    """A screen of sentences in the dialect."""
    return Reply(screen=Screen.NOTICE, body=tuple(Line(said) for said in sentences))


# --- buttons -----------------------------------------------------------------------------------------------------


def rows(reply: Reply) -> tuple[Row, ...]:
    """The buttons in their rows, with one for typing where the screen takes an answer in text."""
    asked, lists = _settings([row for row in reply.rows if row])
    drawn = _with_pen(reply, [tuple(_key(button) for button in row) for row in asked])
    parts = [*lists, *_menus(asked, drawn)]
    return tuple(parts if _count(parts) < COMPONENTS - 1 else _condensed(parts))


def brief(text: str, most: int) -> str:
    """A label of at most `most` units; never empty."""
    flat = " ".join(printable(text).split()) or NOTHING
    first, rest = cut(flat, most)
    return cut(flat, most - 1)[0].rstrip() + "…" if rest else first


def _key(button: Button) -> Key:
    label = f"{button.label} {button.wait}" if button.wait else button.label
    return Key(brief(label, LABEL), encode(button.action), button.weight)


def _settings(asked: list[Buttons]) -> tuple[list[Buttons], list[Row]]:
    """Buttons that change a setting to its next value become one list of all values."""
    steps = [button for row in asked for button in row if _is_step(button)]
    if len(steps) < len(SETTINGS):
        return asked, []
    stepping = [row for row in asked if any(map(_is_step, row))]
    beside = [button for row in stepping for button in row if not _is_step(button)]
    left = [beside] * bool(beside) + [row for row in asked if row not in stepping]
    return left, [*_menu([_key(button) for button in setting_choices()], words.CHANGE)]


def _is_step(button: Button) -> bool:
    return isinstance(button.action, Set) and button.action.name in SETTINGS


def _with_pen(reply: Reply, keys: list[tuple[Key, ...]]) -> list[tuple[Key | Pen, ...]]:
    """Where a card asks for text the pen comes first; elsewhere it stands with the lesser buttons."""
    actions = {type(button.action) for row in reply.rows for button in row}
    looks = Reveal in actions and actions.isdisjoint((Choose, Tick))  # nothing to tap, nor a second layer of buttons
    if not reply.answers or (reply.attempt and not looks):
        return [*keys]
    first, *more = keys or [()]
    if reply.typing:
        pen = Pen(words.TYPE_ANSWER, reply.attempt, False, Weight.PRIMARY)
        return [(pen, *(key._replace(weight=Weight.PLAIN) for key in first)), *more]
    *before, last = keys or [()]
    return [*before, (Pen(words.TYPE_IT, reply.attempt, bool(reply.attempt)), *last)]


def _menus(asked: Sequence[Buttons], drawn: Sequence[tuple[Key | Pen, ...]]) -> Iterator[Row]:
    """Many lesser buttons with a row each become a menu; rows wider than Discord shows go on below."""
    kinds = chain((_kind_alone(row) for row in asked), repeat(None))
    alike = groupby(zip(drawn, kinds, strict=False), key=lambda pair: pair[1] if len(pair[0]) == 1 else None)
    for kind, pairs in alike:
        found = [row for row, _ in pairs]
        if kind is not None and len(found) > FEW:
            yield from _menu([key for row in found for key in row if isinstance(key, Key)])
        else:
            yield from (row[start : start + ROW] for row in found for start in range(0, len(row), ROW))


def _kind_alone(row: Buttons) -> type | None:
    """What a lesser button with a row for itself does."""
    first, *more = row
    return None if more or first.key or first.weight is not Weight.PLAIN else type(first.action)


def _menu(keys: Sequence[Key], placeholder: str = words.CHOOSE) -> Iterator[Menu]:
    for start in range(0, len(keys), OPTIONS):
        some = keys[start : start + OPTIONS]
        yield Menu(tuple(key._replace(label=brief(key.label, OPTION)) for key in some), placeholder)


def _count(parts: Iterable[Row]) -> int:
    """Components that the rows need, their action rows included."""
    return sum(2 if isinstance(part, Menu) else 1 + len(part) for part in parts)


def _condensed(parts: Sequence[Row]) -> list[Row]:
    """More buttons than a message holds: all that do not open a form become menus."""
    pens: list[Row] = [(key,) for part in parts if not isinstance(part, Menu) for key in part if isinstance(key, Pen)]
    keys = [key for part in parts for key in (part.options if isinstance(part, Menu) else part) if isinstance(key, Key)]
    return [*pens, *_menu(keys)][: (COMPONENTS - 2) // 2]


# --- texts -------------------------------------------------------------------------------------------------------


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
        if self.code or self.mark or self.parts[0].style is not Style.BOLD:
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
        yield first if first.code else first._replace(mark=_mark(block.marker, place))
        yield from more


def _mark(marker: Marker, place: int) -> str:
    match marker:
        case Marker.LETTER:
            return f"**{chr(65 + place)}**  "
        case Marker.NUMBER:
            return f"**{place + 1}**  "
        case Marker.BULLET:
            return "· "
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
        introduced = block.marker is not Marker.LETTER and not said.parts[-1].text.endswith("?") and not after_list
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
