"""What quizzes need of the store, inside one transaction. Part of the same transaction as its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from bot.core.model import Account
from bot.core.quiz.keep import Due, Saved, Standing, Timetable
from bot.core.quiz.model import Answered, Place, Player, Quiz, QuizRow


class Mine(Struct, frozen=True, kw_only=True):
    """What is known of one player when they press."""

    known: bool  # registered with this quiz
    fresh: bool  # never answered any other question of a quiz
    answer: Answered | None  # to the question spoken of


class Quizzes(Protocol):
    """Quizzes, their logs and what is kept about them.

    A quiz looked up with `moving` is locked until the turn ends: moves follow each other, and no press slips between.
    Without, presses share the quiz with each other and wait only for a move.
    """

    def here(self, place: Place, *, moving: bool) -> Quiz | None:
        """The open quiz of a place."""

    def find(self, quiz: str, *, moving: bool) -> Quiz | None:
        """A quiz by its id, open or finished."""

    def latest(self, place: Place) -> Quiz | None:
        """The quiz moved last in a place, open or finished."""

    def mine(self, quiz: Quiz, seat: str, question: int, account: Account) -> Mine:
        """One player."""

    def log(self, quiz: str, *, presses: bool = False) -> Sequence[QuizRow]:
        """A quiz's log, or only what was pressed."""

    def players(self, quiz: str) -> Mapping[str, Player]:
        """Players by seat."""

    def save(self, quiz: str, new: Sequence[QuizRow], after: Quiz | None, player: Player | None, due_at: int) -> None:
        """Append rows; keep the quiz as its moves leave it (with when the clock is next wanted), register a player."""

    def messages(self, quiz: str) -> Mapping[str, str]:
        """Slot -> the message that shows it."""

    def keep_message(self, quiz: str, slot: str, message: str) -> None:
        """Remember which message shows a slot."""

    def open_on(self, platform: str) -> Sequence[Quiz]:
        """Every open quiz of a platform."""

    def unsettled(self, platform: str) -> Sequence[Quiz]:
        """Finished quizzes whose evidence has not reached every player's log."""

    def settle(self, quiz: Quiz) -> None:
        """Note that it has, unless the quiz has moved since."""

    def carriers(self, quiz: str) -> Mapping[str, str]:
        """Seat -> the learner into whose log its answers are carried; seats of strangers are left out."""

    def set_carrier(self, quiz: str, seat: str, learner: str) -> None:
        """Note it, unless there is one: they are carried into one log only."""

    def missed_here(self, place: Place, since: int) -> frozenset[str]:
        """Cards answered wrongly in a place since an instant (ms)."""

    def answered_here(self, place: Place, since: int, until: int) -> Sequence[tuple[str, int, int]]:
        """(card, right answers, answers) in a place between two instants (ms)."""

    def missed_by(self, account: Account, since: int, until: int) -> frozenset[str]:
        """Cards an account answered wrongly in any quiz between two instants (ms), the second not included."""

    def set_standings(self, quiz: Quiz, standings: Sequence[Standing]) -> None:
        """What the leaderboard counts of a finished quiz, in the place of what it counted before."""

    def standings(self, place: Place, since: int, until: int) -> Sequence[tuple[Standing, Player]]:
        """What everybody did in a place's quizzes that ended between two instants (ms); hidden players left out."""

    def plan_board(self, due: Due) -> None:
        """Let a week's board be posted, unless that is planned already or was done."""

    def due_boards(self, platform: str, until: int) -> Sequence[Due]:
        """Boards not posted yet that are due at or before an instant (ms)."""

    def next_board(self, platform: str) -> int:
        """When the next board of a platform is due (ms); 0: none."""

    def done_board(self, due: Due) -> None:
        """A week's board was posted, or is left out."""

    def posts_board(self, place: Place) -> bool:
        """Whether the week's board is posted in a place."""

    def set_posts_board(self, place: Place, *, on: bool) -> None:
        """Post the week's board in a place, or do not."""

    def best_of(self, account: Account, until: int) -> int:
        """The most right answers of an account in a quiz that ended before an instant (ms); 0: there was none."""

    def set_hidden(self, account: Account, *, hidden: bool) -> None:
        """Take an account off leaderboards, or put it back."""

    def forget(self, account: Account) -> None:
        """Take an account and its name out of every quiz: it becomes "someone"."""

    def quizzes_in(self, place: Place) -> Sequence[str]:
        """Every quiz of a place, open and finished."""

    def move_place(self, platform: str, old: str, new: str) -> None:
        """A channel's id changed: its leaderboard and timetables go with it."""

    def saved(self, platform: str, server: str) -> Sequence[Saved]:
        """A server's saved quizzes by name."""

    def set_saved(self, platform: str, server: str, saved: Saved) -> None:
        """Keep a quiz by name."""

    def timetables(self, platform: str, server: str) -> Sequence[Timetable]:
        """A server's schedules."""

    def due_timetables(self, platform: str, until: int) -> Sequence[Timetable]:
        """Schedules due at or before an instant (ms), locked until the turn ends."""

    def next_timetable(self, platform: str) -> int:
        """When the next schedule of a platform is due (ms); 0: none."""

    def set_timetable(self, timetable: Timetable) -> None:
        """Keep a schedule."""

    def drop_timetable(self, platform: str, server: str, timetable: str) -> None:
        """Take a schedule away."""
