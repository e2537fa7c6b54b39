"""Between values and rows: one pair of functions per type. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import msgspec

from bot.core.link_model import Merge, Miss, Offer
from bot.core.model import (
    Attempt,
    BreakSet,
    Carried,
    CatchUpSet,
    Corrected,
    Day,
    Evidence,
    Flagged,
    Hold,
    HoldKind,
    HoldSet,
    Learner,
    LogEntry,
    PolicySet,
    Practised,
    Reset,
    RestSet,
    Reviewed,
    Session,
    Thanked,
    Undone,
    Wanted,
)
from bot.core.my_data_model import Erasure
from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Letter, Reminders
from bot.core.reply import Reply
from bot.core.servers import Server
from decks.model import Card
from scheduler.model import Memory, Phase, Policy, Progress

Row = Sequence[Any]
Parameters = dict[str, Any]

_encoder = msgspec.json.Encoder()


def text(value: object) -> str:
    """A value as the JSON that is stored."""
    return _encoder.encode(value).decode()


learner_of = msgspec.json.Decoder(Learner).decode
session_of = msgspec.json.Decoder(Session).decode
attempt_of = msgspec.json.Decoder(Attempt).decode
card_of = msgspec.json.Decoder(Card).decode
policy_of = msgspec.json.Decoder(Policy).decode
reply_of = msgspec.json.Decoder(Reply).decode
rehearsal_of = msgspec.json.Decoder(Rehearsal).decode
entry_of = msgspec.json.Decoder(LogEntry).decode
offer_of = msgspec.json.Decoder(Offer).decode
merge_of = msgspec.json.Decoder(Merge).decode
erasure_of = msgspec.json.Decoder(Erasure).decode
server_of = msgspec.json.Decoder(Server).decode
reminders_of = msgspec.json.Decoder(Reminders).decode


def session_row(session: Session) -> Parameters:
    return {"attempt": session.attempt, "data": text(session)}


def server_row(server: Server) -> Parameters:
    return {"platform": server.platform, "external": server.external, "data": text(server)}


def reminders_row(reminders: Reminders) -> Parameters:
    return {"next_at": reminders.next_at, "data": text(reminders)}


def letter_row(letter: Letter) -> Parameters:
    """The columns of `outbox`, the learner included."""
    return msgspec.structs.asdict(letter) | {"kind": letter.kind.value, "state": letter.state.value}


def letter_of(row: Row) -> Letter:
    """From the columns of `outbox` in the order of the table."""
    return msgspec.convert(dict(zip(_LETTER, row, strict=True)), Letter)


_LETTER = (
    *("learner", "key", "kind", "platform", "external", "at", "expires_at", "state", "lease", "worker"),
    *("tries", "left_at", "reason"),
)


def offer_row(offer: Offer) -> Parameters:
    return {
        "link": offer.id,
        "code": offer.code,
        "token": offer.token,
        "platform": offer.maker.platform,
        "external": offer.maker.external,
        "at": offer.made_at,
        "data": text(offer),
    }


def miss_row(miss: Miss) -> Parameters:
    return {"miss": miss.id, "platform": miss.account.platform, "external": miss.account.external, "at": miss.at}


def merge_row(merge: Merge) -> Parameters:
    return {"merge": merge.id, "at": merge.at, "data": text(merge)}


def attempt_row(attempt: Attempt) -> Parameters:
    return {
        "attempt": attempt.id,
        "card": attempt.card,
        "revision": attempt.revision,
        "step": attempt.step.value,
        "asked_at": attempt.asked_at,
        "data": text(attempt),
    }


def entry_row(entry: LogEntry) -> Parameters:
    row: Parameters = {
        "entry": entry.id,
        "at": entry.at,
        "study_day": entry.study_day,
        "kind": type(entry).__name__,
        "card": None,
        "attempt": None,
        "undoes": None,
        "phase": None,
        "rating": None,
        "data": text(entry),
    }
    match entry:
        case Reviewed():
            row |= {
                "card": entry.card,
                "attempt": entry.attempt,
                "phase": entry.phase,
                "rating": int(entry.rating),
            }
        case Evidence():
            row |= {"card": entry.card, "attempt": entry.attempt}
        case Practised():
            row |= {"card": entry.card, "attempt": entry.attempt, "rating": int(entry.rating)}
        case Undone():
            row |= {"card": entry.card or None, "undoes": entry.entry}
        case Reset() | HoldSet() | Flagged() | Carried() | Corrected() | Thanked() | Wanted():
            row["card"] = entry.card
        case PolicySet() | RestSet() | BreakSet() | CatchUpSet():
            pass
        case _:
            assert_never(entry)
    return row


def progress_row(card: str, progress: Progress) -> Parameters:
    return {
        "card": card,
        "phase": progress.phase.value,
        "stability": progress.memory.stability,
        "difficulty": progress.memory.difficulty,
        "step": progress.step,
        "due_at": progress.due_at,
        "due_day": progress.due_day,
        "reviewed_at": progress.reviewed_at,
        "reviewed_day": progress.reviewed_day,
        "interval": progress.interval,
        "reps": progress.reps,
        "lapses": progress.lapses,
    }


def progress_of(row: Row) -> tuple[str, Progress]:
    """From the columns of `progress` after `learner`, in the order of the table."""
    return row[0], Progress(
        phase=Phase(row[1]),
        memory=Memory(row[2], row[3]),
        step=row[4],
        due_at=row[5],
        due_day=row[6],
        reviewed_at=row[7],
        reviewed_day=row[8],
        interval=row[9],
        reps=row[10],
        lapses=row[11],
    )


def hold_row(card: str, hold: Hold, at: int) -> Parameters:
    return {"card": card, "kind": hold.kind.value, "until": hold.until, "at": at}


def hold_of(row: Row) -> tuple[str, Hold]:
    """From card, kind, until."""
    return row[0], Hold(HoldKind(row[1]), row[2])


def day_row(day: Day) -> Parameters:
    return msgspec.structs.asdict(day)


def day_of(row: Row) -> Day:
    """From the columns of `days` after `learner`, in the order of the table."""
    return Day(study_day=row[0], reviews=row[1], new=row[2], due=row[3], kept=row[4], took=row[5])
