"""What the tutor answers: a screen of semantic blocks and the buttons that may be pressed next. Pure values.

Every sentence is made in `bot.core.words`; adapters decide only how a block looks. Texts are in the dialect of
`decks.text`, so an adapter renders them with `decks.text.spans` and never has to trust their content.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from bot.core.actions import Action


class Screen(StrEnum):
    """Which screen this is; adapters may choose a layout by it, never wording."""

    WELCOME = "welcome"
    QUESTION = "question"
    ANSWER = "answer"
    SUMMARY = "summary"
    MENU = "menu"
    DECKS = "decks"
    STATS = "stats"
    CARD = "card"
    SETTINGS = "settings"
    SETUP = "setup"
    EXAM = "exam"
    NOTICE = "notice"


class Line(Struct, frozen=True, tag="line"):
    """A paragraph."""

    text: str


class Aside(Struct, frozen=True, tag="aside"):
    """A quieter paragraph: a source, a date."""

    text: str


class Listing(Struct, frozen=True, tag="code"):
    """Code, shown as it is; `language` may be empty."""

    text: str
    language: str = ""


class Marker(StrEnum):
    """What stands before the items of a list."""

    LETTER = "letter"  # A, B, C ...
    NUMBER = "number"  # 1, 2, 3 ...
    BULLET = "bullet"


class Items(Struct, frozen=True, tag="items"):
    """A list; `ticked` are the zero-based items marked as said, `struck` those marked as wrong."""

    items: tuple[str, ...]
    marker: Marker = Marker.BULLET
    ticked: tuple[int, ...] = ()


class Table(Struct, frozen=True, tag="table"):
    """Aligned columns of plain text (no dialect), at most 40 columns wide in all; a heatmap is one too."""

    rows: tuple[tuple[str, ...], ...]


Block = Line | Aside | Listing | Items | Table


class Weight(StrEnum):
    """How much a button asks to be pressed."""

    PLAIN = "plain"
    PRIMARY = "primary"  # suggested: one tap accepts it
    DANGER = "danger"


class Button(Struct, frozen=True):
    """One thing to press. `wait` says when the card returns ("10m"); shown after the label."""

    label: str
    action: Action
    wait: str = ""
    weight: Weight = Weight.PLAIN
    key: str = ""  # keyboard shortcut: " ", "1".."4", "u", ...


class Reply(Struct, frozen=True, kw_only=True):
    """One screen. `attempt` is the card's showing on it, `answers` whether text sent now answers it.

    `typing` says that an answer in text is what the card asks for: a keyboard may be opened for it.
    """

    screen: Screen
    body: tuple[Block, ...]
    rows: tuple[tuple[Button, ...], ...] = ()
    toast: str = ""  # at most 200 characters: what just happened
    attempt: str = ""
    answers: bool = False
    link: str = ""  # a deep link's payload, for https://t.me/<bot>?start=<link>: opened elsewhere, it links accounts
    typing: bool = False
    sends: bool = False  # the files of an export go with it
