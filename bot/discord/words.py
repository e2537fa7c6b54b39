"""Sentences that only Discord needs: its menu, forms, and trouble on the way. Pure."""

from __future__ import annotations

from decks.text import escape

COMMANDS = {
    "drill": "Today's cards",
    "decks": "What there is to learn",
    "find": "Search the cards",
    "exam": "How ready you are for an exam, and its date",
    "stats": "How it is going",
    "card": "The history of the card on screen",
    "undo": "Take back the last rating",
    "break": "Keep your streak while you are away",
    "settings": "How much, how often, which buttons",
    "link": "Use one memory here and on other platforms",
    "unlink": "Your linked accounts, and how to separate them",
    "help": "What you can type and press",
    "privacy": "What is kept about you",
    "export": "Everything kept about you, as files",
    "delete": "Delete everything kept about you",
}
"""Each command with what Discord's menu says of it: at most 100 characters."""

DECK_OPTION = "A deck or a track; leave it out for everything that is due"

FIND_OPTION = "Words on the card"

UNTIL_OPTION = "The day you are back, such as 7 Dec or two weeks; leave it out to choose"

DATE_OPTION = "The day of the exam, such as 16 Jan; leave it out to see how ready you are"

CODE_OPTION = "The code the other account shows; leave it out to get a code for the other account"

TYPE_ANSWER = "Type answer"
TYPE_IT = "Type it"
FORM_TITLE = "Your answer"
FORM_LABEL = "Your answer"
TYPE_DATE = "Type a date"
TYPE_CODE = "Type a code"
OPEN_TELEGRAM = "Open Telegram"
CHOOSE = "Choose one"
CHANGE = "Change a setting"

NOT_YOUR_CARD = "That is not your card. /drill brings you your own; only you can see it."
ONLY_TEXT = "I can read text and presses, nothing else. Type your answer, or press a button above."
NOT_A_COMMAND = "That command is from another version of Backfill. Type / again: Discord then shows what there is."
CANNOT_SAVE = "That could not be saved just now. Nothing is lost: try it again in a moment."
OLD_FORM = "That form is from another version of Backfill, so your answer did not count."

ENDPOINT_SET = (
    "The application has an Interactions Endpoint URL, so Discord sends commands there and not here: empty that field "
    "in the developer portal, page General Information."
)
NOT_INSTALLABLE = (
    "The application can be installed only to servers or only to people: tick both in the developer portal, page "
    "Installation."
)


def serving(link: str) -> str:
    """Said to whoever started the process."""
    return f"Discord: {link}"


def first_of(characters: int) -> str:
    """Said above the result when more was typed than is read."""
    return f"Only the first {characters} characters were read."


def typed_back(text: str) -> str:
    """A learner's own words as plain text, returned because they were not used."""
    return f"You had typed: {text}"


def unused(said: str, text: str) -> str:
    """What became of an answer that came too late, with the answer itself (in the dialect)."""
    return f"{said} {escape(typed_back(text))}".strip()
