"""Sentences that only the terminal needs: its keys, and leaving it. Pure, in the dialect of `decks.text`."""

from __future__ import annotations

from decks.text import escape

ENTER = "Enter"
TICKED = "✓"
PROMPT = "> "

KEYS = (
    "**Here** every line ends with Enter. Type the key in brackets to press what stands behind it; "
    "Enter alone presses the one marked Enter.",
    "Any other text answers the open card. An answer of a single letter or digit needs a space before it.",
    "**?** shows this; **q** or Ctrl-D ends the session with its summary; Ctrl-C leaves the card open for later.",
)

LEFT = "Until next time."
KEPT = "Left. The open card waits for you."
NO_DEFAULT = "Nothing is suggested here: type a key in brackets, or ? for help."
NO_COMMAND = "There is no such command; ? lists them. A space before it makes it an answer. Nothing was changed."
NOT_A_KEY = "That is none of the keys in brackets; ? for help. Nothing was changed."


def perhaps_a_key(text: str) -> str:
    """A single letter or digit that presses nothing here; it needs no escaping."""
    return f"{text} is no key here. To answer with it, put a space before it. Nothing was changed."


def written(name: str) -> str:
    """A file of the learner's data is in the folder the terminal is in."""
    return f"Written here: {escape(name)}"


def not_written(reason: str) -> str:
    """It is not."""
    return f"The files could not be written here: {escape(reason)}. Change to another folder and try again."
