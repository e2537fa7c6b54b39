"""Sentences that only Telegram needs: its menu, groups, and trouble on the way. Pure."""

from __future__ import annotations

from bot.core.reply import Line, Reply, Screen

COMMANDS = (
    ("drill", "Today's cards"),
    ("decks", "What there is to learn"),
    ("find", "Look for cards: /find late-arriving"),
    ("exam", "How ready you are; its date: /exam 16 Jan"),
    ("stats", "How it is going"),
    ("card", "The history of the card on screen"),
    ("undo", "Take back the last rating"),
    ("break", "Keep your streak while away: /break 7 Dec"),
    ("settings", "How much, how often, which buttons"),
    ("link", "One memory here and elsewhere"),
    ("unlink", "The linked accounts, and the ways apart"),
    ("help", "What can be typed and pressed"),
    ("privacy", "What is kept about you"),
    ("export", "Everything kept about you, as files"),
    ("delete", "Delete everything kept about you"),
    ("start", "Begin, or go on where you were"),
)
"""The menu, in the order Telegram shows it."""

ABOUT = "A tutor for data engineers. One card at a time, brought back just before you would forget it."
SHORT_ABOUT = "Spaced repetition for data engineers, one card at a time."

IN_PRIVATE = "Cards are asked in our private chat, so that nobody sees another's answers."
OPEN_PRIVATE = "Open the private chat"
NOT_YOUR_CARD = "That is not your card. Write to me in private and you get your own."
ONLY_TEXT = "I can read text and presses, nothing else. Type your answer, or press a button above."
NOT_A_COMMAND = "I do not know that command. Here is what there is."
WHICH_PLACE = "Which of these has your time?"
OR_LOCATION = "Or share your location, with the paperclip beside the text field."
CANNOT_SAVE = "I cannot save just now and keep trying. If nothing changes in a few minutes, send it again."
GIVEN_UP = (
    "I could not save that and have stopped trying. What was saved before is safe; whoever runs this bot finds the "
    "reason in the log."
)


def serving(link: str) -> str:
    """Said to whoever started the process."""
    return f"Telegram: {link}"


def first_of(characters: int) -> str:
    """Said above the result when more was typed than is read."""
    return f"Only the first {characters} characters were read."


ONLY_TEXT_REPLY = Reply(screen=Screen.NOTICE, body=(Line(ONLY_TEXT),))
"""To a sticker, a photo, a voice message."""
