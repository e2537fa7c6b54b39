"""When each card first stood in the decks: one small shared table, written as decks change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.sql import Statements

if TYPE_CHECKING:
    from storage.turn import Cursor

BEGUN = ""  # no card: its row says that the first catalogue has been written down whole


class SqlArrivals:
    """A `bot.core.ports.Arrivals` in the transaction of a turn."""

    def __init__(self, cursor: Cursor, sql: Statements) -> None:
        self._cursor = cursor
        self._sql = sql

    def is_begun(self) -> bool:
        self._cursor.execute(self._sql.arrival, {"card": BEGUN})
        return self._cursor.fetchone() is not None

    def begin(self) -> None:
        self.note([BEGUN], 0)

    def note(self, cards: Sequence[str], at: int) -> None:
        if cards:
            self._cursor.executemany(self._sql.add_arrival, [{"card": card, "at": at} for card in cards])

    def since(self, at: int, limit: int) -> Sequence[str]:
        self._cursor.execute(self._sql.arrivals, {"after": at, "limit": limit})
        return [card for (card,) in self._cursor.fetchall()]
