"""The buttons of a Reply as rows of buttons and menus within Discord's limits. Pure.

What is made here is data; `bot.discord.components` puts it into discord.py's classes. Limits are those of
https://discord.com/developers/docs/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat
from typing import NamedTuple

from bot.core.actions import DATING, Choose, Reveal, Set, Tick
from bot.core.buttons import encode
from bot.core.graphemes import cut
from bot.core.link_model import TYPED
from bot.core.reply import Button, Reply, Weight
from bot.core.setup_screens import SETTINGS, setting_choices
from bot.discord import words
from bot.discord.markdown import printable

COMPONENTS = 40  # of a message, nested ones included
ROW = 5  # buttons
LABEL = 80  # UTF-16 units of a button's label
OPTIONS = 25  # of a menu
OPTION = 100  # UTF-16 units of an option's label
FEW = 6  # buttons of one kind with a row each; more of them read better as a menu
NO_LABEL = "–"  # Discord refuses a button without one


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


class Door(NamedTuple):
    """A button that leads elsewhere."""

    label: str
    url: str


class Menu(NamedTuple):
    """A drop-down list: what each option says, and the payload of its action."""

    options: tuple[Key, ...]
    placeholder: str


Buttons = Sequence[Button]
Row = tuple[Key | Pen | Door, ...] | Menu


def rows(reply: Reply, elsewhere: str = "") -> tuple[Row, ...]:
    """The buttons in their rows, with one for typing where the screen takes an answer in text.

    `elsewhere` is the address that a deep link's payload is put behind; empty where there is none.
    """
    asked, lists = _settings([row for row in reply.rows if row])
    drawn = _with_pen(reply, [tuple(_key(button) for button in row) for row in asked])
    doors: list[Row] = [(Door(words.OPEN_TELEGRAM, elsewhere + reply.link),)] if elsewhere and reply.link else []
    parts = [*doors, *lists, *_menus(asked, drawn)]
    return tuple(parts if _count(parts) < COMPONENTS - 1 else _condensed(parts))


def brief(text: str, most: int) -> str:
    """A label of at most `most` units; never empty."""
    flat = " ".join(printable(text).split()) or NO_LABEL
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
    if not _takes_text(reply):
        return [*keys]
    if reply.typing:
        first, *more = keys or [()]
        pen = Pen(words.TYPE_ANSWER, reply.attempt, False, Weight.PRIMARY)
        return [(pen, *(key._replace(weight=Weight.PLAIN) for key in first)), *more]
    *before, last = keys or [()]
    label = {TYPED: words.TYPE_CODE, DATING: words.TYPE_DATE}.get(reply.attempt, words.TYPE_IT)
    return [*before, (Pen(label, reply.attempt, Reveal in _deeds(reply)), *last)]


def _takes_text(reply: Reply) -> bool:
    """Whether a form is offered: not where the answer is tapped, nor on a card's second layer of buttons."""
    looks = Reveal in _deeds(reply) and _deeds(reply).isdisjoint((Choose, Tick))
    return reply.answers and (looks or reply.attempt in ("", TYPED, DATING))


def _deeds(reply: Reply) -> set[type]:
    return {type(button.action) for row in reply.rows for button in row}


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
    """More buttons than a message holds: all that mean an action become menus."""
    single = [key for part in parts for key in (part.options if isinstance(part, Menu) else part)]
    kept: list[Row] = [(key,) for key in single if not isinstance(key, Key)]
    return [*kept, *_menu([key for key in single if isinstance(key, Key)])][: (COMPONENTS - 2) // 2]
