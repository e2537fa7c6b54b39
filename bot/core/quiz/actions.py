"""Everything people can do in a group quiz, as values. Adapters decode presses, commands and texts into these.

`quiz` is the quiz a button was drawn for; commands leave it empty and mean the one in the channel. Actions marked
*typed* carry text and never stand on a button.
"""

from __future__ import annotations

from msgspec import Struct


class Open(Struct, frozen=True, tag="o"):
    """`/quiz ...` (typed): start one here. `text` is what follows the command, as `bot.core.quiz.command` reads it.

    `wait` is how long the lobby stays open, in seconds: 15, or 300 when scheduled.
    """

    text: str = ""
    wait: int = 15


class Join(Struct, frozen=True, tag="j"):
    """Play; also in mid-game."""

    quiz: str = ""


class Leave(Struct, frozen=True, tag="l"):
    """Stop playing. It costs nothing."""

    quiz: str = ""


class StartNow(Struct, frozen=True, tag="b"):
    """Do not wait for more players (host, moderators)."""

    quiz: str = ""


class ShowOptions(Struct, frozen=True, tag="e"):
    """The options, in private (host, moderators)."""

    quiz: str = ""


class SetOption(Struct, frozen=True, tag="E"):
    """Change one option in the lobby (host, moderators); the value is text, as a command has it."""

    quiz: str
    name: str
    value: str


class Preview(Struct, frozen=True, tag="p"):
    """The questions to come, in private (host, moderators); they will be asked in this order."""

    quiz: str = ""


class Swap(Struct, frozen=True, tag="w"):
    """Another card for a question that was previewed (host, moderators)."""

    quiz: str
    question: int


class Pick(Struct, frozen=True, tag="a"):
    """Answer a choice by the shown position of an option."""

    quiz: str
    question: int
    option: int


class Write(Struct, frozen=True, tag="y"):
    """Answer in text (typed). Question 0 is the one that is open."""

    text: str
    quiz: str = ""
    question: int = 0


class ShowHint(Struct, frozen=True, tag="h"):
    """The hint, in private."""

    quiz: str
    question: int


class Skip(Struct, frozen=True, tag="k"):
    """Vote to skip the open question; the host's vote is enough."""

    quiz: str = ""
    question: int = 0


class Next(Struct, frozen=True, tag="n"):
    """Close this question, or ask the one after it; question 0: whichever comes next (host, moderators)."""

    quiz: str = ""
    question: int = 0
    ask: bool = False


class Pause(Struct, frozen=True, tag="u"):
    """Stop the clock (host, moderators)."""

    quiz: str = ""


class Unpause(Struct, frozen=True, tag="U"):
    """Let the clock go on (host, moderators)."""

    quiz: str = ""


class Stop(Struct, frozen=True, tag="q"):
    """End the quiz with its results so far (host, moderators)."""

    quiz: str = ""


class ShowSource(Struct, frozen=True, tag="s"):
    """Where the answer comes from, in private."""

    quiz: str
    question: int


class ToDrill(Struct, frozen=True, tag="d"):
    """Add the question's card to one's own drill."""

    quiz: str
    question: int


class Dispute(Struct, frozen=True, tag="D"):
    """Say what is wrong with a question. Without a reason: ask for one (adapters open a form, or say how to reply)."""

    quiz: str
    question: int
    reason: str = ""


class ShowDisputes(Struct, frozen=True, tag="x"):
    """What players dispute, in private, with buttons to void or keep (host, moderators)."""

    quiz: str = ""


class Void(Struct, frozen=True, tag="v"):
    """Let a question count for nothing, in scores and in everybody's schedule (host, moderators)."""

    quiz: str
    question: int


class Uphold(Struct, frozen=True, tag="V"):
    """Keep a disputed question as it is (host, moderators)."""

    quiz: str
    question: int


class MyResult(Struct, frozen=True, tag="m"):
    """One's own figures, in private."""

    quiz: str = ""


class DrillMisses(Struct, frozen=True, tag="M"):
    """Add the cards one missed to one's own drill."""

    quiz: str = ""


class ReplayMisses(Struct, frozen=True, tag="r"):
    """A new quiz from what this one's players missed."""

    quiz: str = ""


class SameAgain(Struct, frozen=True, tag="g"):
    """A new quiz with the same options."""

    quiz: str = ""


class QuizIt(Struct, frozen=True, tag="Q"):
    """A new quiz on the topic that the channel knew least in a week ("2026-W48"), else on what it missed."""

    week: str


class PostBoard(Struct, frozen=True, tag="W"):
    """Whether the week's board is posted in this channel by itself (whoever started the quiz, moderators)."""

    quiz: str
    on: bool


class Save(Struct, frozen=True, tag="S"):
    """Save the channel's latest quiz by name (typed); whoever opens `saved:<name>` gets the same questions."""

    name: str


class ShowSaved(Struct, frozen=True, tag="L"):
    """The saved and scheduled quizzes of this server."""


class Schedule(Struct, frozen=True, tag="t"):
    """Start a quiz here regularly (typed): "weekdays 09:00", "mon wed 18:30"; `text` are its options, as for Open."""

    when: str
    text: str = ""
    zone: str = ""  # IANA name; empty: the one this server used last, else UTC


class Unschedule(Struct, frozen=True, tag="T"):
    """Take a schedule away."""

    schedule: str


class ShowSetup(Struct, frozen=True, tag="c"):
    """What the server's managers have settled for its quizzes (moderators)."""


class LetHost(Struct, frozen=True, tag="C"):
    """Let everybody start quizzes in this server, or only those who moderate it (moderators)."""

    everybody: bool


class SetDecks(Struct, frozen=True, tag="f"):
    """What /quiz alone asks from in this server (moderators; typed): decks as after /quiz, none for everything."""

    text: str


class Board(Struct, frozen=True, tag="B"):
    """The week's leaderboard of the channel; 0 is this week, 1 the one before. `whole` shows every place.

    `week` ("2026-W48") names a week whenever the button is pressed; it goes before `back`.
    """

    back: int = 0
    whole: bool = False
    week: str = ""


class Hide(Struct, frozen=True, tag="H"):
    """Take oneself off leaderboards, or back on."""

    hidden: bool = True


class KeepSeparate(Struct, frozen=True, tag="z"):
    """ "Keep it separate": quiz answers shall not touch one's own drill; or "Fine": they may."""

    separate: bool = True


class Unread(Struct, frozen=True, tag="!"):
    """A payload nobody can read: explained, nothing changed."""


QuizAction = (
    Open
    | Join
    | Leave
    | StartNow
    | ShowOptions
    | SetOption
    | Preview
    | Swap
    | Pick
    | Write
    | ShowHint
    | Skip
    | Next
    | Pause
    | Unpause
    | Stop
    | ShowSource
    | ToDrill
    | Dispute
    | ShowDisputes
    | Void
    | Uphold
    | MyResult
    | DrillMisses
    | ReplayMisses
    | SameAgain
    | QuizIt
    | PostBoard
    | Save
    | ShowSaved
    | Schedule
    | Unschedule
    | ShowSetup
    | LetHost
    | SetDecks
    | Board
    | Hide
    | KeepSeparate
    | Unread
)
TYPED = (Open, Write, Save, Schedule, SetDecks)
"""Actions whose text never goes into a button."""


class Tick(Struct, frozen=True):
    """The clock: make the moves that are due."""


class Wake(Struct, frozen=True):
    """Backfill has started again; nothing happened for `away` ms."""

    away: int
