"""What a typed line means on the screen shown: which key presses which button, what is an answer. Pure.

A line is read in this order: a leading space makes it an answer; `q` and `?`; a command; a key of the screen; an
answer, if the screen takes one. A single letter or digit is no answer without that space: rating a card before it is
answered is a common slip, and would be judged. Keys are unlike one another on every screen, whatever the core suggests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from string import ascii_lowercase

from msgspec import Struct

from bot.core.actions import (
    DATING,
    Action,
    Begin,
    Break,
    Browse,
    Erase,
    Export,
    Find,
    Link,
    ShowCard,
    ShowExam,
    ShowHelp,
    ShowPrivacy,
    ShowSettings,
    ShowStats,
    Start,
    Tick,
    Type,
    Undo,
    Unlink,
)
from bot.core.reply import Button, Reply, Weight
from bot.terminal import words

COMMANDS: Mapping[str, Action] = {
    "/drill": Start(),
    "/decks": Browse(),
    "/exam": ShowExam(),
    "/stats": ShowStats(),
    "/card": ShowCard(),
    "/break": Break(),
    "/settings": ShowSettings(),
    "/link": Link(),
    "/unlink": Unlink(),
    "/undo": Undo(),
    "/privacy": ShowPrivacy(),
    "/export": Export(),
    "/delete": Erase(),
    "/help": ShowHelp(),
    "?": ShowHelp(),
}
LEAVE = ("q", "/quit")
RESERVED = ("q", "?")
_COMMAND = re.compile(r"/[a-z]+")
ESCAPE = "\x1b"
_SPOKEN = {" ": "", "escape": "b"}  # keys of a keyboard as lines: the space bar is an empty line


class Choice(Struct, frozen=True):
    """A button and the lines that press it, in lower case, the one to show first; "" is an empty line."""

    button: Button
    keys: tuple[str, ...]


class Leave(Struct, frozen=True, tag=True):
    """End the session and go."""


class Unclear(Struct, frozen=True, tag=True):
    """A line that means nothing here, with the sentence to say."""

    sentence: str


class Press(Struct, frozen=True, tag=True):
    """Something for the tutor."""

    action: Action


def understand(line: str, reply: Reply) -> Press | Leave | Unclear:
    """What a line without its line break means while `reply` is on screen."""
    text = line.strip()
    if text and line[0].isspace() and reply.answers:
        return Press(Type(text, reply.attempt))
    key = text.casefold()
    if key in LEAVE:
        return Leave()
    pressed = COMMANDS.get(key) or _with_words(text) or _pressed(key, reply)
    if pressed is not None:
        return Press(pressed)
    if not text:
        return Unclear(words.NO_DEFAULT) if reply.rows else Press(Begin())
    if _COMMAND.fullmatch(text):
        return Unclear(words.NO_COMMAND)
    if not reply.answers or text == ESCAPE:
        return Unclear(words.NOT_A_KEY)
    return Unclear(words.perhaps_a_key(text)) if _is_slip(text) else Press(Type(text, reply.attempt))


def choices(reply: Reply) -> tuple[tuple[Choice, ...], ...]:
    """The rows of a reply with the keys of each button. No two buttons share one and every button has one."""
    buttons = tuple(chain.from_iterable(reply.rows))
    given = _given(buttons)
    taken = {*RESERVED, *given.values()}
    keys: list[tuple[str, ...]] = []
    for place, button in enumerate(buttons):
        own = [given[place]] if place in given else []
        letter = _letter(button)
        if letter and letter not in taken:
            own.insert(0, letter)
        if not own:
            own.append(next(key for key in _free(button, reply) if key not in taken))
        if button.key == "Escape" and ESCAPE not in taken:
            own.append(ESCAPE)
        taken.update(own)
        keys.append(tuple(own))
    suggested = _suggested(buttons)
    if suggested is not None and "" not in taken:
        keys[suggested] = (*keys[suggested], "")
    made = iter(map(Choice, buttons, keys))
    return tuple(tuple(next(made) for _ in row) for row in reply.rows)


def _with_words(text: str) -> Link | Find | Break | Type | None:
    """ "/link K7QM-2XPR", the other side's code; "/find late-arriving"; "/break 7 Dec"; "/exam 16 Jan"."""
    command, _, said = text.partition(" ")
    match command.casefold(), said.strip():
        case "/link", code if code:
            return Link(code)
        case "/find", wanted:
            return Find(wanted)
        case "/break", until if until:
            return Break(until)
        case "/exam", day if day:
            return Type(day, DATING)
        case _:
            return None


def _pressed(key: str, reply: Reply) -> Action | None:
    found = (choice.button.action for row in choices(reply) for choice in row if key in choice.keys)
    return next(found, None)


def _is_slip(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalnum()


def _given(buttons: Iterable[Button]) -> dict[int, str]:
    """Place of a button -> the key the core gave it; the first of two with one key has it."""
    given: dict[int, str] = {}
    for place, button in enumerate(buttons):
        key = _SPOKEN.get(button.key.lower(), button.key.lower())
        if button.key and key not in given.values() and key not in RESERVED:
            given[place] = key
    return given


def _letter(button: Button) -> str:
    """The letter an option is labelled with, also once it is ticked."""
    label = button.label.removesuffix(words.TICKED).strip().lower()
    return label if len(label) == 1 and label in ascii_lowercase else ""


def _free(button: Button, reply: Reply) -> Iterator[str]:
    """Keys for a button without one, best first: digits rate cards, so a card's other buttons take letters."""
    if isinstance(button.action, Tick):
        yield f"t{button.action.item + 1}"
    if reply.attempt:
        yield from (letter for letter in button.label.lower() if letter in ascii_lowercase)
        yield from ascii_lowercase
    yield from map(str, count(1))


def _suggested(buttons: Iterable[Button]) -> int | None:
    return next((place for place, button in enumerate(buttons) if button.weight is Weight.PRIMARY), None)
