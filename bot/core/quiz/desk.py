"""The desk of a quiz: all that one step may look at, and all that it changed. Pure values.

A press looks at its own player only; a move, made under the quiz's lock, looks at everybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from bot.core.quiz.fold import Pressed
from bot.core.quiz.model import Answer, Person, Place, Player, Quiz, QuizRow
from bot.core.reply import Reply, Screen
from decks.model import Card

SILENT = Reply(screen=Screen.NOTICE, body=())
"""Nothing to say to whoever pressed: the channel shows what happened."""


class Upcoming(Struct, frozen=True):
    """A card that may be asked next: how many players have met it, how many of those are expected to know it."""

    card: Card
    met: int = 0
    expected: float = 0.0


class QuizDesk(Struct, frozen=True, kw_only=True):
    """All one step may look at. `now` is ms, `row` the id of the row a press would write."""

    now: int
    place: Place
    person: Person | None = None  # None: the clock
    quiz: Quiz | None = None
    seat: str = ""
    row: str = ""
    known: bool = False  # whether the player is registered with the quiz
    mine: tuple[Answer, str] | None = None  # this player's answer to the question spoken of, and its row
    fresh: bool = False  # whether this player has answered no other question of any quiz
    pressed: Pressed = Pressed()
    players: Mapping[str, Player] = {}
    posts_board: bool = True  # whether the week's board is posted here by itself
    upcoming: tuple[Upcoming, ...] | None = None  # None: not looked for yet

    @property
    def host(self) -> bool:
        """Whether whoever pressed may change this quiz: its starter, and moderators."""
        person, quiz = self.person, self.quiz
        return person is not None and quiz is not None and (person.manages or self.seat == quiz.host)


class QuizOutcome(Struct, frozen=True, kw_only=True):
    """What one step answered and changed."""

    reply: Reply = SILENT
    rows: tuple[QuizRow, ...] = ()
    quiz: Quiz | None = None  # as its new moves leave it; None where only presses were written, or nothing
    player: Player | None = None  # to be registered
    wanting: bool = False  # nothing was done yet: the next card is wanted, and `upcoming` was not given
