"""What a channel is to show: one message for each slot, drawn again as the quiz goes on. Pure values.

A `Show` is the whole content of one message at a moment, never a change to it: whoever draws may leave out all but the
latest. Private answers to whoever pressed are ordinary `Reply`s.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from bot.core.quiz.model import Place
from bot.core.reply import Block, Reply

LOBBY = "lobby"
END = "end"
BOARD = "board"


def question_slot(number: int) -> str:
    """The slot of a question: open, then closed, in the same message."""
    return f"q{number}"


class Timing(Struct, frozen=True):
    """When something happens: "Starts", "Closes" or "Next", and the instant in ms. Discord counts down by itself."""

    label: str
    at: int


class Ballot(Struct, frozen=True):
    """A choice that nobody is hurried over, as a platform's own poll may show it. Texts are plain."""

    question: str
    options: tuple[str, ...]
    right: int  # position
    why: str
    after: tuple[Block, ...] = ()  # once it is closed: the answer, why, who had it; what a poll cannot say itself


class Show(Struct, frozen=True, kw_only=True):
    """One message of a channel, from top to bottom: `reply.body`; a line of `timing` and `crowd`; `foot`; `reply.rows`.

    `message` is what drawing this slot returned before, empty while nothing shows it: then send, else edit.
    """

    place: Place
    quiz: str  # of a week's board: an id of its channel's own
    slot: str
    reply: Reply
    timing: Timing | None = None
    crowd: str = ""  # who is in, a line of the dialect: "**In (3)** Ana, Ben, Chidi"
    foot: tuple[Block, ...] = ()
    message: str = ""
    mention: str = ""  # the platform's id of a role to mention, on the first drawing only
    live: bool = True  # whether presses on it still change the quiz
    passed: bool = False  # a newer message stands below it: somebody who deleted it shall not find it there again
    typed: bool = False  # whether the open question is answered in text: ask for replies, or offer a form
    ballot: Ballot | None = None  # of a relaxed choice that plain text can say


class Posted(Struct, frozen=True, kw_only=True):
    """Where an open quiz is played, and which message shows which of its slots."""

    place: Place
    quiz: str
    messages: Mapping[str, str]


class NotNow(Exception):
    """The platform wants a pause: nothing was shown, and the message's latest state is drawn later."""


class PlaceGone(Exception):
    """The channel cannot be written to any more: deleted, forbidden, or the bot was removed. Ends its quiz."""
