"""Draws a Reply as lines of text, at any width from 40 columns. The only place where the terminal's looks are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, groupby
from typing import assert_never

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from bot.core.reply import Aside, Block, Items, Line, Listing, Marker, Reply, Table, Weight
from bot.terminal import words
from bot.terminal.keys import Choice, choices
from decks.text import CodeBlock, Paragraph, Style, blocks, spans

WIDEST = 80  # columns; longer lines are hard to read
CODE_INDENT = 2  # columns, where the code is narrow enough
TAB = 4  # columns
BETWEEN = "  "  # choices on one line
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a deck or an answer must not steer the terminal
_FIGURE = re.compile(r"[\d.,%–-]+|")
_WEIGHTS = {Weight.PLAIN: "", Weight.PRIMARY: "bold", Weight.DANGER: "red"}


def show(console: Console, reply: Reply, before: Reply | None = None) -> None:
    """Print a screen and its choices; of the card that `before` showed already, only what is new."""
    tell(console, reply, before)
    lines = [line for group in _groups(choices(reply)) for line in _choice_lines(group, _width(console), console)]
    if lines:
        _print(console, [Text(), *lines])


def tell(console: Console, reply: Reply, before: Reply | None = None) -> None:
    """Print a screen without its choices, after an empty line."""
    parts = [_dim(_dialect(reply.toast, console))] if reply.toast else []
    body = _unseen(reply, before)
    for place, block in enumerate(body):
        if parts and not (place and _together(body[place - 1], block)):
            parts.append([Text()])
        parts.append(_block(block, console))
    if parts:
        _print(console, [Text(), *(line for part in parts for line in part)])


def say(console: Console, sentence: str) -> None:
    """Print one sentence in the dialect, after an empty line."""
    _print(console, [Text(), *_dialect(sentence, console)])


def _print(console: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)


def _width(console: Console) -> int:
    return min(console.width, WIDEST)


def _unseen(reply: Reply, before: Reply | None) -> tuple[Block, ...]:
    """The body from its first block on that does not stand just above: an answer follows its question."""
    if before is None or not reply.attempt or reply.attempt != before.attempt:
        return reply.body
    return tuple(dropwhile(before.body.__contains__, reply.body))


def _together(one: Block, other: Block) -> bool:
    """Whether two blocks stand without an empty line between them."""
    match one, other:
        case Aside(), Aside():
            return True
        case Line(text=text), Items() | Table() | Listing():
            return text.endswith((":", ":**")) or (text.startswith("**") and text.find("**", 2) == len(text) - 2)
        case _:
            return False


# --- blocks ------------------------------------------------------------------------------------------------------


def _block(block: Block, console: Console) -> list[Text]:
    match block:
        case Line(text=text):
            return _dialect(text, console)
        case Aside(text=text):
            return _dim(_dialect(text, console))
        case Listing(text=text, language=language):
            return _code(text, language, _width(console))
        case Items():
            return _items(block, console)
        case Table(rows=rows):
            return _table(rows, console)
    assert_never(block)


def _dialect(text: str, console: Console, taken: int = 0) -> list[Text]:
    """A text's paragraphs and code, in lines that leave `taken` columns free."""
    width = _width(console) - taken
    lines: list[Text] = []
    for part in blocks(text):
        if isinstance(part, CodeBlock):
            lines += _code(part.text, part.language, width)
        else:
            lines += _styled(part, console).wrap(console, width, overflow="fold")
    return lines


def _styled(part: Paragraph, console: Console) -> Text:
    """Without colours, code keeps the marks it was written with."""
    in_colour = console.color_system is not None and not console.no_color
    text = Text()
    for span in spans(part.text):
        content = _clean(span.text)
        match span.style:
            case Style.PLAIN:
                text.append(content)
            case Style.BOLD:
                text.append(content, "bold")
            case Style.CODE if in_colour:
                text.append(content, "cyan")
            case Style.CODE:
                text.append(f"`{content}`")
            case _:
                assert_never(span.style)
    return text


def _code(text: str, language: str, width: int) -> list[Text]:
    """Code keeps its lines; one wider than the terminal is folded."""
    from rich.syntax import Syntax  # it loads every lexer's table: not before there is code to show

    source = _clean(text).expandtabs(TAB)
    coloured = Syntax(source, language or "text", theme="ansi_dark", background_color="default").highlight(source)
    lines = list(coloured.split("\n", allow_blank=False))
    indent = CODE_INDENT if max((line.cell_len for line in lines), default=0) + CODE_INDENT <= width else 0
    folded = (piece for line in lines for piece in _folded(line, width))
    return [Text(" " * indent) + piece for piece in folded]


def _folded(line: Text, width: int) -> Iterator[Text]:
    yield from line.divide(range(width, len(line), width)) if len(line) > width else [line]


def _items(block: Items, console: Console) -> list[Text]:
    gap = "  " if block.ticked else "" if block.marker is Marker.BULLET else " "
    lines: list[Text] = []
    for place, text in enumerate(block.items):
        ticked = f" {words.TICKED}" if place in block.ticked else gap
        lines += _hanging(f"{_marker(block.marker, place)}{ticked} ", text, console)
    return lines


def _marker(marker: Marker, place: int) -> str:
    match marker:
        case Marker.LETTER:
            return chr(ord("A") + place)
        case Marker.NUMBER:
            return str(place + 1)
        case Marker.BULLET:
            return "·"
    assert_never(marker)


def _hanging(mark: str, text: str, console: Console) -> list[Text]:
    first, *rest = _dialect(text, console, len(mark)) or [Text()]
    return [Text.assemble((mark, "bold"), first), *(Text(" " * len(mark)) + line for line in rest)]


def _table(rows: Sequence[Sequence[str]], console: Console) -> list[Text]:
    grid = Grid.grid(padding=(0, 2), pad_edge=False)
    for column in zip(*rows, strict=False):
        figures = all(map(_FIGURE.fullmatch, column[1:])) and len(column) > 1 and any(column[1:])
        grid.add_column(overflow="fold", justify="right" if figures else "left")
    for row in rows:
        grid.add_row(*(Text(_clean(cell)) for cell in row))
    drawn = console.render_lines(grid, console.options.update_width(_width(console)), pad=False)
    return [Text("".join(segment.text for segment in line)) for line in drawn]


# --- choices -----------------------------------------------------------------------------------------------------


def _groups(rows: Sequence[Sequence[Choice]]) -> list[list[Choice]]:
    """What stands on lines of its own: what numbers press, and the rest; long options one by one."""
    found: list[list[Choice]] = []
    for numbered, same in groupby((row for row in rows if row), key=lambda row: row[0].keys[0].isdigit()):
        together = list(same)
        menu = numbered and all(len(row) == 1 for row in together)
        found += [list(row) for row in together] if menu else [[choice for row in together for choice in row]]
    return found


def _is_bare(choice: Choice) -> bool:
    """Whether the key says it all: the letter of an option, the number of a point to tick."""
    label = choice.button.label.removesuffix(words.TICKED).strip().lower()
    return choice.keys[0].removeprefix("t") == label or choice.keys[0] == label


def _choice_lines(group: Sequence[Choice], width: int, console: Console) -> list[Text]:
    """Choices side by side, as many on a line as it holds; one wider than that stands alone."""
    lines: list[Text] = []
    room = 0
    for drawn in map(_choice, group):
        wanted = len(BETWEEN) + drawn.cell_len
        if wanted <= room:
            lines[-1] = lines[-1] + Text(BETWEEN) + drawn
            room -= wanted
        else:
            lines += drawn.wrap(console, width, overflow="fold")
            room = width - drawn.cell_len
    return lines


def _choice(choice: Choice) -> Text:
    """ "[3, Enter] Good 10m"."""
    button = choice.button
    shown = [choice.keys[0] or words.ENTER, *(words.ENTER for key in choice.keys[1:] if not key)]
    ticked = [words.TICKED] if button.label.endswith(words.TICKED) else []
    label = ticked if _is_bare(choice) else [_clean(button.label).strip()]
    text = Text.assemble((f"[{', '.join(shown)}]", "cyan"))
    for part in label:
        text.append(f" {part}", _WEIGHTS[button.weight])
    return text.append(f" {button.wait}", "dim") if button.wait else text


def _dim(lines: Iterable[Text]) -> list[Text]:
    made = list(lines)
    for line in made:
        line.stylize("dim")
    return made


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
