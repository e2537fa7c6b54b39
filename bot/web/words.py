"""Sentences that only the page needs: about its address, its keyboard and a lost connection. Pure."""

from __future__ import annotations

from bot.core.habit_words import STREAK, TAKE_A_BREAK
from bot.core.link_words import ACCOUNTS
from bot.core.my_data_words import ASK_DELETE, EXPORT, MY_DATA
from bot.core.words import DECKS, DRILL, HELP, HISTORY, LINK, SETTINGS, STATS, UNDO

COMMANDS = {
    "drill": DRILL,
    "decks": DECKS,
    "stats": STATS,
    "settings": SETTINGS,
    "help": HELP,
    "undo": UNDO,
    "find late-arriving": "Type its words, such as late-arriving.",
    "find": "the field there",
    "exam 16 Jan": "16 Jan",  # what the field there takes
    "break 7 Dec": "7 Dec",  # so too
    "exam": "Exam view",
    "card": f"{HISTORY} (under More)",
    "privacy": f"{MY_DATA} (under {SETTINGS})",
    "export": EXPORT,
    "delete": ASK_DELETE,
    "break": f"{TAKE_A_BREAK} (under {SETTINGS}, {STREAK})",
}  # what the sentences of the core call by a command, by its name on the page
EXPLAINED = COMMANDS | {
    "link": f"{LINK} (under {SETTINGS})",
    "unlink": f"{ACCOUNTS} (there)",
}  # in bold, where a command is explained; elsewhere these are to be sent on the other surface

FILES = {"export.json": "Download all of it (JSON)", "export.csv": "Download your answers as a table (CSV)"}

TITLE = "Backfill"
CLOSED = "This page opens with the address that Backfill printed when it started. Copy it from there, whole."
FOREIGN = "This request came from another site or by another name, so it was refused."
NOT_HERE = "There is nothing at this address."
NOT_UNDERSTOOD = "This page could not read that request. Nothing was changed."
TOO_LONG = "That text is too long to send. Nothing was changed."
TO_THE_CARDS = "To the cards"
SKIP_TO_CARD = "Skip to the card"

YOUR_ANSWER = "Your answer"
DATE = "The day, such as 16 Jan"
FIND = "Find cards by words"
DAY_BACK = "The day you are back"
SEND = "Send"
OPEN_TELEGRAM = "Open Telegram"
CODE = "Code"
TABLE = "Table"
TICKED = "ticked"

OFFLINE = "The tutor does not answer; perhaps it was stopped. Once it runs again, the same press is safe to repeat."
TRY_AGAIN = "Try again"

KEYS_TITLE = "Keys"
KEYS = (
    ("Space", "show, or accept what is suggested"),
    ("1 2 3 4", "the options, or the ratings"),
    ("U", "take back the last rating"),
    ("Enter", "type an answer, then send it"),
    ("Shift Enter", "a new line in the answer"),
    ("Esc", "leave the text field"),
    ("?", "these keys"),
)

_UNITS = {"m": "minute", "h": "hour", "d": "day", "mo": "month", "y": "year"}


def spoken_wait(wait: str) -> str:
    """A button's wait as it is read aloud: "10m" -> "back in 10 minutes"; an unknown unit stays as it is."""
    count = wait.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _UNITS.get(wait[len(count) :])
    if not count or unit is None:
        return f"back in {wait}"
    return f"back in {count} {unit if count == '1' else unit + 's'}"


def another_browser(address: str) -> str:
    """Printed once an address was used: it opens one browser only."""
    return f"Opened. For another browser: {address}"
