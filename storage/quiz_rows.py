"""Between the values and the rows of quizzes: one pair of functions per type. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import msgspec

from bot.core.model import Account
from bot.core.quiz.keep import Saved, Timetable
from bot.core.quiz.model import (
    Answered,
    Closed,
    Disputed,
    Joined,
    Left,
    Move,
    Player,
    Quiz,
    QuizRow,
    Skipped,
    Voided,
)
from storage.rows import text

Parameters = dict[str, Any]

quiz_of = msgspec.json.Decoder(Quiz).decode
row_of = msgspec.json.Decoder(QuizRow).decode
saved_of = msgspec.json.Decoder(Saved).decode
timetable_of = msgspec.json.Decoder(Timetable).decode


def quiz_row(quiz: Quiz, due_at: int) -> Parameters:
    """A quiz that moves has new evidence, or has it to be taken back: it is not settled."""
    return {
        "quiz": quiz.id,
        "platform": quiz.place.platform,
        "channel": quiz.place.channel,
        "open": int(quiz.is_open),
        "due_at": due_at,
        "settled": 0,
        "moved_at": quiz.moved_at,
        "data": text(quiz),
    }


def log_row(row: QuizRow) -> Parameters:
    """All columns but `quiz`."""
    found: Parameters = {
        "row": row.id,
        "kind": type(row).__name__,
        "at": row.at,
        "number": None,
        "seat": None,
        "question": None,
        "card": None,
        "right": None,
        "data": text(row),
    }
    if isinstance(row, Move):
        return found | {"number": row.number, "question": _voids(row)}
    match row:
        case Answered():
            more = {"question": row.question, "card": row.card, "right": int(row.right)}
        case Skipped() | Disputed():
            more = {"question": row.question}
        case Joined() | Left():
            more = {}
        case _:
            assert_never(row)
    return found | {"seat": row.seat} | more


def _voids(move: Move) -> int | None:
    """The question that a move makes count for nothing."""
    match move:
        case Voided(question=question):
            return question
        case Closed(skipped=True, question=question):
            return question or None
        case _:
            return None


def player_row(player: Player) -> Parameters:
    """All columns but `quiz`."""
    account = player.account
    return {
        "seat": player.seat,
        "platform": account.platform if account else None,
        "external": account.external if account else None,
        "name": player.name,
    }


def player_of(row: Sequence[Any]) -> Player:
    """From seat, platform, external, name."""
    seat, platform, external, name = row
    return Player(seat=seat, account=Account(platform, external) if platform else None, name=name)


def saved_row(saved: Saved) -> Parameters:
    return {"name": saved.name, "data": text(saved)}


def timetable_row(timetable: Timetable) -> Parameters:
    return {
        "platform": timetable.place.platform,
        "server": timetable.place.server,
        "timetable": timetable.id,
        "due_at": timetable.due_at,
        "data": text(timetable),
    }
