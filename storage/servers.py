"""The settings of servers in the store: one small shared table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.servers import Server
from storage import rows
from storage.sql import Statements

if TYPE_CHECKING:
    from storage.turn import Cursor


class SqlServers:
    """A `bot.core.ports.Servers` in the transaction of a turn."""

    def __init__(self, cursor: Cursor, sql: Statements) -> None:
        self._cursor = cursor
        self._sql = sql

    def find(self, platform: str, external: str) -> Server | None:
        self._cursor.execute(self._sql.find_server, {"platform": platform, "external": external})
        row = self._cursor.fetchone()
        return rows.server_of(row[0]) if row else None

    def save(self, server: Server) -> None:
        self._cursor.execute(self._sql.set_server, rows.server_row(server))
