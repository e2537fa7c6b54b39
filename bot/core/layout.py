"""How screens are laid out for a phone: rows of buttons by their labels, a card's texts as blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import words
from bot.core.actions import CatchUp, Start
from bot.core.reply import Aside, Block, Button, Line, Listing, Weight
from decks.model import Card
from decks.text import CodeBlock, blocks

LETTERS = "ABCDEFGHIJ"
OPTION_LENGTH = 30  # characters that fit a button over a phone's whole width
ROW_LENGTHS = ((4, 9), (3, 11), (2, 16), (1, OPTION_LENGTH))  # buttons in a row, characters in each


def rows_of(buttons: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    """Buttons in rows that fit a phone, by the longest label."""
    every = tuple(buttons)
    longest = max((len(button.label) + len(button.wait) for button in every), default=0)
    width = next((count for count, most in ROW_LENGTHS if longest <= most), 1)
    return tuple(every[start : start + width] for start in range(0, len(every), width))


def packed(buttons: Iterable[Button]) -> list[tuple[Button, ...]]:
    """Buttons in as few rows as their own labels allow."""
    rows: list[tuple[Button, ...]] = [()]
    for button in buttons:
        wider = (*rows[-1], button)
        if len(rows_of(wider)) == 1:
            rows[-1] = wider
        else:
            rows.append((button,))
    return rows


def texts(text: str) -> list[Block]:
    """A text of a card as blocks."""
    return [
        Listing(block.text, block.language) if isinstance(block, CodeBlock) else Line(block.text)
        for block in blocks(text)
    ]


def source_of(card: Card) -> tuple[Block, ...]:
    """Where the fact comes from, and when it was true."""
    if card.source is None:
        told = words.source("", "", card.as_of).removeprefix(" · ")
        return (Aside(told[0].upper() + told[1:]),) if card.as_of else ()  # capitalize() would make May may
    return (Aside(words.source(card.source.title, card.source.section, card.as_of)),)


def start_button(label: str, action: Start | CatchUp) -> Button:
    """A button that starts or extends a sitting."""
    return Button(label, action, weight=Weight.PRIMARY, key=" ")
