"""The outbox in the store: which letters are due, who has them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from bot.core.reminder_model import Letter, State
from storage import rows
from storage.sql import Statements

if TYPE_CHECKING:
    from storage.turn import Cursor


class SqlOutbox:
    """A `bot.core.ports.Outbox` in the transaction of a turn."""

    def __init__(self, cursor: Cursor, sql: Statements) -> None:
        self._cursor = cursor
        self._sql = sql

    # --- when and whose ----------------------------------------------------------------------------------------

    def come(self, now: int, limit: int) -> Sequence[str]:
        return [learner for (learner,) in self._all(self._sql.next_reminders, {"now": now, "limit": limit})]

    def beyond(self, horizon: int, limit: int) -> Sequence[str]:
        return [learner for (learner,) in self._all(self._sql.far_reminders, {"now": horizon, "limit": limit})]

    def soonest(self, platforms: Sequence[str]) -> int | None:
        letter = self._one(self._sql.soonest_letter, {"platforms": rows.text(platforms)})
        found = [self._one(self._sql.soonest_reminder, {}), letter]
        return min((row[0] for row in found if row and row[0] is not None), default=None)

    def put_off(self, learner: str, at: int) -> None:
        self._do(self._sql.put_off_reminder, {"learner": learner, "when": at})

    def letter(self, learner: str, key: str) -> Letter | None:
        row = self._one(self._sql.letter, {"learner": learner, "key": key})
        return rows.letter_of(row) if row else None

    def is_sending(self, learner: str) -> bool:
        return self._one(self._sql.letters_sending, {"learner": learner}) is not None

    # --- from due to settled -----------------------------------------------------------------------------------

    def claim(self, worker: str, platforms: Sequence[str], *, now: int, until: int, limit: int) -> Sequence[Letter]:
        wanted = {"holder": worker, "platforms": rows.text(platforms), "now": now, "until": until, "limit": limit}
        return sorted(self._letters(self._sql.claim_letters, wanted), key=lambda letter: (letter.at, letter.key))

    def claim_late(self, worker: str, *, now: int, until: int, limit: int) -> Sequence[Letter]:
        return self._letters(self._sql.claim_late, {"holder": worker, "now": now, "until": until, "limit": limit})

    def take(self, letter: Letter, *, now: int, until: int) -> bool:
        return self._changed(self._sql.take_letter, _held(letter) | {"now": now, "until": until})

    def settle(self, letter: Letter, state: State, reason: str, at: int) -> bool:
        became = {"to": state.value, "because": reason, "when": at, "left": letter.left_at}
        return self._changed(self._sql.settle_letter, _held(letter) | became)

    def release(self, worker: str) -> None:
        self._do(self._sql.release_letters, {"holder": worker})

    def lapse(self, now: int, repeating: Sequence[str], since: int, reason: str) -> Sequence[Letter]:
        self._do(self._sql.free_letters, {"now": now})
        self._do(self._sql.repeat_letters, {"now": now, "platforms": rows.text(repeating), "since": since})
        return self._letters(self._sql.doubt_letters, {"now": now, "because": reason})

    def prune(self, before: int, limit: int) -> None:
        self._do(self._sql.prune_letters, {"before": before, "limit": limit})

    # --- the cursor --------------------------------------------------------------------------------------------

    def _do(self, statement: str, parameters: rows.Parameters) -> None:
        self._cursor.execute(statement, parameters)

    def _changed(self, statement: str, parameters: rows.Parameters) -> bool:
        self._do(statement, parameters)
        return self._cursor.rowcount == 1

    def _one(self, statement: str, parameters: rows.Parameters) -> Any:
        self._do(statement, parameters)
        return self._cursor.fetchone()

    def _all(self, statement: str, parameters: rows.Parameters) -> Sequence[Any]:
        self._do(statement, parameters)
        return self._cursor.fetchall()

    def _letters(self, statement: str, parameters: rows.Parameters) -> list[Letter]:
        return [letter for row in self._all(statement, parameters) if (letter := _read(row)) is not None]


def _read(row: rows.Row) -> Letter | None:
    """None for a kind of letter this version does not know: it stays for a newer worker, and `check` names it."""
    try:
        return rows.letter_of(row)
    except msgspec.ValidationError:
        return None


def _held(letter: Letter) -> rows.Parameters:
    return {"learner": letter.learner, "key": letter.key, "holder": letter.worker}
