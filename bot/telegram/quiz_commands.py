"""What a command in a group asks of the quiz there. Pure.

Each has a name of its own in the menu and may as well follow /quiz: `/stopquiz` is `/quiz stop`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from bot.core.quiz.actions import (
    Board,
    Dispute,
    Hide,
    Join,
    KeepSeparate,
    Leave,
    MyResult,
    Next,
    Open,
    Pause,
    Preview,
    QuizAction,
    Save,
    Schedule,
    SetDecks,
    ShowDisputes,
    ShowOptions,
    ShowSaved,
    ShowSetup,
    Skip,
    Stop,
    Unpause,
)


class Other(Enum):
    """What is asked of the adapter itself."""

    EXPORT = "export"
    HELP = "help"


Asked = QuizAction | Other


def read(name: str, argument: str) -> Asked | None:
    """What "/name argument" asks for; None: nothing of a quiz."""
    argument = " ".join(argument.split())
    if name == "quiz":
        return _after_quiz(argument)
    word = _NAMES.get(name)
    return _WORDS[word](argument) if word else None


def _after_quiz(argument: str) -> Asked:
    """A word of ours alone, or with what it takes; anything else says what the quiz is about."""
    word, _, rest = argument.partition(" ")
    word = word.casefold()
    if word in _WORDS and (not rest or word in _TAKING):
        return _WORDS[word](rest)
    return Open(argument)


def _dispute(argument: str) -> Asked:
    """ "3 which version?" names the question; without a number it is the one answered last."""
    number, reason = re.fullmatch(r"(\d{1,2}(?!\S))?\s*(.*)", argument, re.S).groups()  # type: ignore[union-attr]
    return Dispute("", int(number or 0), reason)


def _schedule(argument: str) -> Asked:
    """ "weekdays 09:00 zone:Europe/Berlin dbt": until the time of day it says when, and the zone may stand anywhere."""
    zone = re.search(r"(?<!\S)zone:(\S+)", argument, re.IGNORECASE)
    rest = argument.replace(zone[0], "", 1) if zone else argument
    found = re.match(r"(.*?\d{1,2}[:.]\d\d)(?!\S)(.*)", rest.strip())
    when, text = (found[1], found[2].strip()) if found else (rest.strip(), "")
    return Schedule(when, text, zone[1] if zone else "")


def _board(argument: str) -> Asked:
    match argument.casefold():
        case "hide":
            return Hide(True)
        case "show":
            return Hide(False)
        case "all":
            return Board(whole=True)
        case "last":
            return Board(back=1)
    return Board()


_WORDS: dict[str, Callable[[str], Asked]] = {
    "join": lambda _: Join(),
    "leave": lambda _: Leave(),
    "result": lambda _: MyResult(),
    "board": _board,
    "hide": lambda _: Hide(True),
    "show": lambda _: Hide(False),
    "skip": lambda _: Skip(),
    "dispute": _dispute,
    "disputes": lambda _: ShowDisputes(),
    "next": lambda _: Next(),
    "pause": lambda _: Pause(),
    "resume": lambda _: Unpause(),
    "stop": lambda _: Stop(),
    "options": lambda _: ShowOptions(),
    "preview": lambda _: Preview(),
    "save": Save,
    "saved": lambda _: ShowSaved(),
    "schedule": _schedule,
    "setup": lambda text: SetDecks(text) if text else ShowSetup(),
    "separate": lambda _: KeepSeparate(True),
    "together": lambda _: KeepSeparate(False),
    "export": lambda _: Other.EXPORT,
    "help": lambda _: Other.HELP,
}
_TAKING = ("board", "dispute", "save", "schedule", "setup")
_NAMES = {
    "joinquiz": "join",
    "leavequiz": "leave",
    "myresult": "result",
    "leaderboard": "board",
    "skip": "skip",
    "dispute": "dispute",
    "disputes": "disputes",
    "next": "next",
    "pausequiz": "pause",
    "resumequiz": "resume",
    "stopquiz": "stop",
    "quizoptions": "options",
    "savequiz": "save",
    "savedquizzes": "saved",
    "schedulequiz": "schedule",
    "exportquiz": "export",
    "setup": "setup",
    "help": "help",
}
