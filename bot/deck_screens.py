"""A card as one surface shows it, drawn by that surface's own renderer and written as text: both sides, with buttons.

What a terminal cannot show (bold, colours, rounded buttons) is left out; a button stands in brackets.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from html.parser import HTMLParser

from msgspec import Struct

from bot.core import ask
from bot.core.desk import Desk, Showing
from bot.core.model import Account, Attempt, Learner, Mode, Scope, ScopeKind, Session, Stage
from bot.core.reply import Reply
from bot.core.screens import card_screen
from decks.model import Card, Catalogue

WIDTH = 38  # columns a phone shows beside its margins
TERMINAL = 80  # columns
RULE = "-" * WIDTH
_BUTTON = re.compile(r"\[[^][]{1,30}\]")
_GLUE = "\0"  # stands for a space where no line may end
_NOON = 1_795_521_600_000  # 2026-11-24 12:00 UTC, in ms: only waits are shown, and they are counted from it
_DAY = 739_944  # its study day
_ATTEMPT = "0" * 26


class Sides(Struct, frozen=True):
    """Both sides of a card as a surface shows them to somebody who has never met it."""

    question: str
    answer: str


def sides(card: Card, surface: str, catalogue: Catalogue) -> Sides:
    """A card on "telegram", "discord", "page" or "terminal"; a choice is answered right, anything else revealed."""
    draw = SURFACES[surface]
    question, answer = _replies(card, catalogue)
    return Sides(draw(question), draw(answer))


def _replies(card: Card, catalogue: Catalogue) -> tuple[Reply, Reply]:
    """The screens of a new card before and after its answer, as the drill makes them."""
    account, scope = Account("web", "preview"), Scope(ScopeKind.DECK, card.deck)
    learner = Learner(id="preview", created_at=_NOON, stage=Stage.DONE)
    session = Session(id="preview", account=account, scope=scope, started_at=_NOON, touched_at=_NOON, total=1)
    desk = Desk(
        account=account,
        learner=learner,
        now=_NOON,
        today=_DAY,
        chance="0" * 32,
        catalogue=catalogue,
        session=session,
    )
    posed = ask.pose(card, None, learner, session, attempt=_ATTEMPT, now=_NOON)
    answered = _answered(posed, learner)
    question, answer = (card_screen(desk, Showing(side, card), session) for side in (posed, answered))
    return question, answer


def _answered(posed: Attempt, learner: Learner) -> Attempt:
    right = [place for place, option in enumerate(posed.options) if option.right]
    if posed.mode is Mode.CHOICE and len(right) == 1:
        return ask.choose(posed, right[0], learner, _NOON)
    return ask.reveal(posed, learner, _NOON)


# --- the surfaces ------------------------------------------------------------------------------------------------


def _telegram(reply: Reply) -> str:
    from bot.telegram.render import draw

    drawn = draw(reply)
    rows = drawn.keyboard["inline_keyboard"] if drawn.keyboard else []
    text = "\n\n".join(_read(part, WIDTH) for part in drawn.texts)
    return _over(text, ([str(button["text"]) for button in row] for row in rows))


def _discord(reply: Reply) -> str:
    from bot.discord.render import draw
    from bot.discord.rows import Menu

    drawn = draw(reply)
    rows = ([f"{row.placeholder} ▾"] if isinstance(row, Menu) else [key.label for key in row] for row in drawn.rows)
    return _over("\n\n".join(_unmarked(part) for part in drawn.texts), rows)


def _page(reply: Reply) -> str:
    from bot.web.render import screen

    html = screen(reply, key="preview")
    return _read(html[html.index("<main") :], WIDTH)


def _terminal(reply: Reply) -> str:
    from rich.console import Console

    from bot.terminal.render import show

    console = Console(file=io.StringIO(), width=TERMINAL, color_system=None, highlight=False)
    with console.capture() as captured:
        show(console, reply)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


SURFACES: Mapping[str, Callable[[Reply], str]] = {
    "telegram": _telegram,
    "discord": _discord,
    "page": _page,
    "terminal": _terminal,
}


def _over(text: str, rows: Iterable[Iterable[str]]) -> str:
    """A text over its rows of buttons."""
    lines = (line for row in rows for line in _wrapped(" ".join(f"[{label}]" for label in row)))
    return "\n".join((text, *lines))


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    later = re.match(r"(?:[A-Z]|\d+)  |· ", text)
    indent = " " * len(later[0]) if later else ""
    whole = _BUTTON.sub(lambda button: button[0].replace(" ", _GLUE), text)
    lines = textwrap.wrap(whole, width, subsequent_indent=indent, break_on_hyphens=False)
    return [line.replace(_GLUE, " ") for line in lines] or [""]


# --- Discord's Markdown ------------------------------------------------------------------------------------------

_FENCED = re.compile(r"```\w*\n(.*?)\n?```", re.DOTALL)
_MARKS = re.compile(r"\\(.)|\*\*|^-# ", re.MULTILINE)


def _unmarked(text: str) -> str:
    """Markdown as it reads: marks gone, code kept, other lines wrapped."""
    lines: list[str] = []
    for place, part in enumerate(_FENCED.split(text)):
        if place % 2:
            lines += part.split("\n")
        else:
            plain = _MARKS.sub(lambda mark: mark[1] or "", part.strip("\n") if place else part.rstrip("\n"))
            lines += [piece for line in plain.split("\n") for piece in _wrapped(line)] if plain else []
    return "\n".join(lines)


# --- the HTML of Telegram and the page ---------------------------------------------------------------------------

_BLOCKS = ("p", "li", "tr", "ul", "ol", "section", "form")  # each begins on a line of its own


class _Reader(HTMLParser):
    """HTML as lines of text."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._width = width
        self._line = ""
        self._lists: list[tuple[str, int]] = []
        self._unseen = 0
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("class") or ""
        if tag == "span" and (self._unseen or kind == "unseen"):
            self._unseen += 1
        if tag in _BLOCKS or (tag == "div" and kind in ("row", "aside")):
            self.end_line()
        match tag:
            case "pre":
                self.end_line()
                self._in_code = True
            case "ul" | "ol":
                self._lists.append((kind, 0))
            case "li" if self._lists:
                kind, place = self._lists.pop()
                self._lists.append((kind, place + 1))
                self._line = {"letter": f"{chr(65 + place)}  ", "number": f"{place + 1}  "}.get(kind, "· ")
            case "td" if self._line:
                self._line += "  "
            case "button":
                self._line += " [" if self._line else "["
            case "span" if kind == "wait":
                self._line += " "
            case "textarea":
                self._line = f"({dict(attrs).get('placeholder')})"

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._unseen:
            self._unseen -= 1
        if tag == "button":
            self._line += "]"
        if tag == "pre":
            self.lines += self._line.strip("\n").split("\n")
            self._line, self._in_code = "", False
        if tag in _BLOCKS:
            self.end_line()
        if tag in ("ul", "ol"):
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._in_code:
            self._line += data
            return
        first, *more = data.split("\n")
        self._line += first
        for line in more:
            self.end_line(blank=True)
            self._line = line

    def end_line(self, *, blank: bool = False) -> None:
        if self._line.strip() or (blank and self.lines and self.lines[-1]):
            self.lines += _wrapped(self._line.rstrip(), self._width)
        self._line = ""


def _read(html: str, width: int) -> str:
    reader = _Reader(width)
    reader.feed(html)
    reader.close()
    reader.end_line()
    return "\n".join(reader.lines)
