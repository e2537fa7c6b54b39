"""Draws a Reply as Telegram messages: HTML and an inline keyboard. The only place where markup is made. Pure.

A message is built as runs of text, each with one tag, so that it can be measured as Telegram measures (UTF-16 units
without the tags), cut between characters, and never end inside a tag. Content is escaped when the runs are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.core.buttons import encode
from bot.core.graphemes import cut, units
from bot.core.reply import Aside, Block, Button, Items, Line, Reply, Screen, Weight
from bot.telegram import rich
from bot.telegram.runs import Run, paragraphs, printable, written
from decks.text import escape as text_escape
from decks.text import plain

TEXT_UNITS = 4096  # of a message, after entities: https://core.telegram.org/bots/api#sendmessage
TOAST_UNITS = 200  # https://core.telegram.org/bots/api#answercallbackquery
ENTITIES = 90  # Telegram drops all after a hundred without a word; a <pre> with a language counts as two
NOTHING = "–"  # shown for a screen without a single character
ROW = 8  # buttons; clients drop a ninth without a word

_STYLES = {Weight.PRIMARY: "primary", Weight.DANGER: "danger"}  # Bot API 9.4; older apps show a plain button


Keyboard = dict[str, list[list[dict[str, Any]]]]
"""https://core.telegram.org/bots/api#inlinekeyboardmarkup"""


class Drawn(NamedTuple):
    """A screen as messages: nearly always one. The keyboard belongs to the last.

    `rich` is the whole screen once more, for servers that know rich messages, where it reads better so; else empty.
    """

    texts: tuple[str, ...]
    keyboard: Keyboard | None
    rich: str = ""


def draw(reply: Reply, notice: str = "") -> Drawn:
    """The messages of a reply; `notice` is a quiet line above, in the dialect."""
    body = (Aside(notice), *reply.body) if notice else reply.body
    return Drawn(texts(body), keyboard(reply.rows), rich.page(body))


def sentence(text: str) -> Reply:
    """A screen that says one plain sentence."""
    return Reply(screen=Screen.NOTICE, body=(Line(text_escape(text)),))


def toast(reply: Reply) -> str:
    """What just happened, as plain text that fits a callback answer."""
    return brief(plain(reply.toast))


def brief(text: str) -> str:
    """Plain text that fits a callback answer."""
    first, rest = cut(printable(text), TOAST_UNITS)
    return cut(first, TOAST_UNITS - 1)[0] + "…" if rest else first


def texts(body: Sequence[Block]) -> tuple[str, ...]:
    """HTML of each message that the blocks need, in order, each within Telegram's limits; at least one."""
    seen = (part for part in _parts(body) if any(run.text.strip() for run in part))  # Telegram refuses mere blanks
    return tuple(written(part) for part in seen) or (NOTHING,)


def keyboard(rows: Iterable[Sequence[Button]]) -> Keyboard | None:
    """The buttons in their rows; a row wider than Telegram shows goes on below."""
    drawn = [row[start : start + ROW] for row in rows for start in range(0, len(row), ROW)]
    return {"inline_keyboard": [[_button(button) for button in row] for row in drawn]} if drawn else None


def _button(button: Button) -> dict[str, Any]:
    label = f"{button.label} {button.wait}" if button.wait else button.label
    drawn = {"text": printable(label), "callback_data": encode(button.action)}
    return drawn | {"style": _STYLES[button.weight]} if button.weight in _STYLES else drawn


# --- runs as messages --------------------------------------------------------------------------------------------


def _parts(body: Sequence[Block]) -> Iterator[list[Run]]:
    """Whole paragraphs while they fit; a paragraph longer than a message is cut between characters."""
    part: list[Run] = []
    for gap, runs in _spaced(body):
        for piece in _pieces(runs):
            joined = [*part, Run(gap), *piece] if part else piece
            if _fits(joined):
                part = joined
            else:
                yield part
                part = piece
    if part:
        yield part


def _spaced(body: Sequence[Block]) -> Iterator[tuple[str, list[Run]]]:
    """Each paragraph with what parts it from the one before."""
    before: tuple[Block, list[Run]] | None = None
    for block in body:
        for runs in paragraphs(block):
            yield _gap(before, block, runs), runs
            before = block, runs


def _gap(before: tuple[Block, list[Run]] | None, block: Block, runs: list[Run]) -> str:
    """A blank line starts a new thought; headings, code, lists and sources stand close to what they belong to."""
    if before is None:
        return ""
    last, said = before
    after_code = said[0].tag.startswith("pre")
    if (after_code and runs[0].tag != "b") or runs[0].tag.startswith("pre") or isinstance(block, Aside):
        return "\n"
    if not isinstance(last, Line):
        return "\n\n"
    if isinstance(block, Items):
        introduces = said[-1].text.endswith(":") or (len(said) == 1 and said[0].tag == "b")
        return "\n" if introduces else "\n\n"
    asks = runs[-1].text.endswith("?") and said[-1].text.endswith(".")  # a question after a sentence
    return "\n" if said[0].tag == "b" and not asks else "\n\n"


def _pieces(runs: list[Run]) -> Iterator[list[Run]]:
    """A paragraph in as many pieces as it needs."""
    piece: list[Run] = []
    waiting = list(reversed(runs))
    while waiting:
        run = waiting.pop()
        room = TEXT_UNITS - _size(piece)
        if _fits([*piece, run]):
            piece.append(run)
            continue
        first, rest = cut(run.text, room) if len(piece) < ENTITIES else ("", run.text)
        if first:
            piece.append(Run(first, run.tag))
        yield piece
        piece = []
        waiting.append(Run(rest, run.tag))
    if piece:
        yield piece


def _fits(runs: Sequence[Run]) -> bool:
    return _size(runs) <= TEXT_UNITS and sum(bool(run.tag) for run in runs) <= ENTITIES


def _size(runs: Iterable[Run]) -> int:
    return sum(units(run.text) for run in runs)
