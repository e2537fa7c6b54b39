"""What a channel is to show: one message for each slot, drawn again as the quiz goes on. Pure values.

A `Show` is the whole content of one message at a moment, never a change to it: whoever draws may leave out all but the
latest. Private answers to whoever pressed are ordinary `Reply`s.
"""

from __future__ import annotations

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


class Show(Struct, frozen=True, kw_only=True):
    """One message of a channel, from top to bottom: `reply.body`; a line of `timing` and `crowd`; `foot`; `reply.rows`.

    `message` is what drawing this slot returned before, empty while nothing shows it: then send, else edit.
    """

    place: Place
    quiz: str  # empty where it belongs to no quiz
    slot: str
    reply: Reply
    timing: Timing | None = None
    crowd: str = ""  # who is in, a line of the dialect: "**In (3)** Ana, Ben, Chidi"
    foot: tuple[Block, ...] = ()
    message: str = ""
    mention: str = ""  # the platform's id of a role to mention, on the first drawing only
    live: bool = True  # whether presses on it still change the quiz
    typed: bool = False  # whether the open question is answered in text: ask for replies, or offer a form


class PlaceGone(Exception):
    """The channel cannot be written to any more: deleted, forbidden, or the bot was removed. Ends its quiz."""
