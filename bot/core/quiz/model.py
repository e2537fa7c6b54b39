"""The words of a group quiz: where it is played, its questions, players and log. Pure values.

A quiz is the fold of its log (`bot.core.quiz.fold`). Rows are of two sorts: *moves* change what the channel sees, are
made one after the other and numbered; *presses* are what players do meanwhile, each one row that waits for nobody.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from bot.core.layout import OPTION_LENGTH
from bot.core.model import Account, Mode, Option
from bot.core.quiz.options import Options
from decks.model import Card
from decks.text import plain


class Place(Struct, frozen=True):
    """A channel, thread or topic; at most one quiz is played in it at a time.

    `channel` is the platform's own id as text and alone finds the place: a Telegram topic is "<chat>/<topic>".
    `server` is the guild or group it belongs to: saved quizzes and their zone are the server's.
    """

    platform: str
    channel: str
    server: str = ""


class Person(Struct, frozen=True, kw_only=True):
    """Whoever pressed. `name` is how the platform shows them and is kept with the quiz only; `manages` says that they
    may moderate here, and so change or stop a quiz somebody else started."""

    account: Account
    name: str
    manages: bool = False


class Stage(StrEnum):
    """Where a quiz stands."""

    LOBBY = "lobby"
    QUESTION = "question"  # open for answers
    CLOSED = "closed"  # the answer is shown, the next question waits
    FINISHED = "finished"


class Ending(StrEnum):
    """Why a quiz is over."""

    PLAYED = "played"
    LIMIT = "limit"  # somebody reached the score limit
    OUT = "out"  # hardcore: nobody is left
    STOPPED = "stopped"
    NOBODY = "nobody"  # nobody joined, or nobody was left
    AWAY = "away"  # Backfill was gone too long
    GONE = "gone"  # the channel cannot be written to any more
    NO_CARDS = "no-cards"


class Question(Struct, frozen=True, kw_only=True):
    """One question as it is shown: frozen, so that answers are judged by what the players saw."""

    number: int  # 1, 2, ...
    card: Card
    mode: Mode  # CHOICE or TYPED
    options: tuple[Option, ...] = ()  # of a choice; exactly one is right
    asked_at: int = 0  # ms
    closes_at: int = 0  # ms; 0: no time limit; once it is closed, when it was
    there: tuple[str, ...] = ()  # seats of those who were in when it was asked: it waits for them
    met: int = 0  # players who had met the card when it was asked
    expected: float = 0.0  # how many of those were expected to know it
    of: int = 0  # how many questions there are to be, itself included

    @property
    def right(self) -> int:
        """The position of the right option; -1 for a typed question."""
        return next((place for place, option in enumerate(self.options) if option.right), -1)

    @property
    def by_letters(self) -> bool:
        """Whether its buttons are letters, because an option is too long for one."""
        return any(len(plain(option.text)) > OPTION_LENGTH for option in self.options)


class Answer(Struct, frozen=True, kw_only=True):
    """What one player answered to one question."""

    seat: str
    question: int
    given: str  # the letter of an option, or the text typed (at most 500 characters)
    right: bool
    at: int  # ms, when it was received
    took: int  # ms since the question was asked


class Past(Struct, frozen=True, kw_only=True):
    """A question that was closed: what scores and results need of it."""

    number: int
    card: str
    brief: str  # the card in a few words
    mode: Mode
    void: bool = False
    asked_at: int = 0
    out: tuple[str, ...] = ()  # hardcore: seats that it put out


class Quiz(Struct, frozen=True, kw_only=True):
    """A quiz as its moves have left it; what players pressed since the last move is not in it."""

    id: str  # 26 characters, 128 random bits
    place: Place
    host: str  # seat of whoever started it
    options: Options
    stage: Stage = Stage.LOBBY
    opened_at: int = 0  # ms
    moved_at: int = 0  # ms of the last move
    moves: int = 0
    deadline: int = 0  # ms at which the clock makes the next move; 0: only a press does
    held: int = 0  # ms that the lobby stayed open longer for its host
    paused_at: int = 0  # ms; 0: running
    question: Question | None = None  # the open one, or the one last closed
    past: tuple[Past, ...] = ()  # questions that were closed, in order; the last one included
    plan: tuple[str, ...] = ()  # cards the host previewed: asked next, in this order
    barred: tuple[str, ...] = ()  # cards the host swapped out
    out: tuple[str, ...] = ()  # hardcore: seats that are out
    back: tuple[str, ...] = ()  # hardcore: seats that came back since the open question was asked
    upheld: tuple[tuple[int, int], ...] = ()  # (question, ms up to which what was said against it is settled)
    ended_at: int = 0  # ms; 0: not over
    away: int = 0  # ms Backfill was away before this question was asked again; 0: it was not
    ending: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still being played."""
        return self.stage is not Stage.FINISHED

    @property
    def asked(self) -> tuple[str, ...]:
        """The cards asked so far, in order; that of the open question is the last."""
        closed = tuple(past.card for past in self.past)
        if self.stage is not Stage.QUESTION or self.question is None:
            return closed
        return (*closed, self.question.card.id)


class Player(Struct, frozen=True, kw_only=True):
    """Somebody who pressed Join or answered. The account is None and the name empty once its learner is deleted."""

    seat: str
    account: Account | None
    name: str
    left: bool = False


# --- the log -----------------------------------------------------------------------------------------------------


class Row(Struct, frozen=True, kw_only=True):
    """What every row carries. `id` is made from the update that caused it, so that one delivered twice is one row."""

    id: str
    at: int  # ms


class Move(Row, frozen=True, kw_only=True):
    """A row that changes what the channel sees. Moves are numbered 1, 2, ... without gaps."""

    number: int


class Opened(Move, frozen=True, kw_only=True, tag=True):
    """A quiz was started: the lobby is open until `deadline`."""

    place: Place
    host: str
    options: Options
    deadline: int


class Changed(Move, frozen=True, kw_only=True, tag=True):
    """Options were changed in the lobby."""

    options: Options


class Planned(Move, frozen=True, kw_only=True, tag=True):
    """The host previewed the questions, or swapped one: these come next. `barred` will not come."""

    plan: tuple[str, ...]
    barred: tuple[str, ...] = ()


class Held(Move, frozen=True, kw_only=True, tag=True):
    """The lobby stays open until `deadline`, for its host is at the options."""

    deadline: int


class Asked(Move, frozen=True, kw_only=True, tag=True):
    """A question was opened."""

    question: Question
    deadline: int
    plan: tuple[str, ...] = ()


class Closed(Move, frozen=True, kw_only=True, tag=True):
    """The open question was closed; who is `out` now (hardcore). `skipped` ones count for nothing."""

    brief: str
    deadline: int  # of the next question; 0: when the host goes on
    out: tuple[str, ...] = ()
    skipped: bool = False
    question: int = 0  # its number


class Paused(Move, frozen=True, kw_only=True, tag=True):
    """The clock was stopped."""


class Unpaused(Move, frozen=True, kw_only=True, tag=True):
    """The clock goes on; an open question has its remaining time, `deadline` in all."""

    deadline: int


class Returned(Move, frozen=True, kw_only=True, tag=True):
    """Backfill was away for `away` ms: the open question starts again, answers already in are kept."""

    away: int
    deadline: int


class Voided(Move, frozen=True, kw_only=True, tag=True):
    """A question counts for nothing, as if never asked."""

    question: int


class Upheld(Move, frozen=True, kw_only=True, tag=True):
    """A disputed question stays as it is; what was said against it so far is settled."""

    question: int


class Rehoused(Move, frozen=True, kw_only=True, tag=True):
    """The place has another id now (a group became a supergroup)."""

    place: Place


class Finished(Move, frozen=True, kw_only=True, tag=True):
    """The quiz is over."""

    ending: Ending


class Joined(Row, frozen=True, kw_only=True, tag=True):
    """A player pressed Join."""

    seat: str


class Left(Row, frozen=True, kw_only=True, tag=True):
    """A player left; what they scored stays."""

    seat: str


class Answered(Row, frozen=True, kw_only=True, tag=True):
    """A player answered the open question: the first answer is the only one."""

    seat: str
    question: int
    card: str
    given: str
    right: bool
    took: int  # ms


class Skipped(Row, frozen=True, kw_only=True, tag=True):
    """A player voted to skip the open question."""

    seat: str
    question: int


class Disputed(Row, frozen=True, kw_only=True, tag=True):
    """A player disputes a question, in their own words (at most 200 characters)."""

    seat: str
    question: int
    reason: str


QuizMove = (
    Opened
    | Changed
    | Planned
    | Held
    | Asked
    | Closed
    | Paused
    | Unpaused
    | Returned
    | Voided
    | Upheld
    | Rehoused
    | Finished
)
QuizPress = Joined | Left | Answered | Skipped | Disputed
QuizRow = QuizMove | QuizPress
