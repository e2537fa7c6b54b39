"""Checkpoints of the write-ahead log, beside the write path.

A checkpoint copies the log into the database and syncs it: 5-12 ms that no learner should wait for. A passive
one, on a connection and thread of its own, holds up nobody. But the log starts over only when a checkpoint finds
nothing new behind it, which under constant load never happens; so once the log is far too long the writer makes
one between two batches, which is short because nearly everything has been copied.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from storage.engine import connect_sqlite

CHECKPOINT_AT = 4 * 2**20  # bytes of log; SQLite's own default is 1,000 pages
RESET_AT = 8 * CHECKPOINT_AT

PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpointer:
    """Watches the log's length after every batch of the writer."""

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self._path = path
        self._log = path.with_name(path.name + "-wal")
        self._writer = writer
        # A log that starts over keeps its file. Cut to this size then, a file that is longer tells of a longer log.
        writer.execute(f"PRAGMA journal_size_limit={CHECKPOINT_AT}").fetchall()
        self._length = 0
        self._due = CHECKPOINT_AT  # the length at which the next checkpoint is made
        self._wanted = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="backfill-checkpoints", daemon=True)
        self._thread.start()

    def after_batch(self) -> None:
        """Called by the writer outside a transaction."""
        before, self._length = self._length, self._log.stat().st_size
        if self._length < before:
            self._due = CHECKPOINT_AT
        if self._length <= self._due:
            return
        self._due = self._length + CHECKPOINT_AT
        if self._length >= RESET_AT:
            self._writer.execute(PASSIVE).fetchall()
        else:
            self._wanted.set()

    def close(self) -> None:
        self._closing = True
        self._wanted.set()
        self._thread.join()

    def _serve(self) -> None:
        connection = connect_sqlite(self._path)
        while self._wanted.wait() and not self._closing:
            self._wanted.clear()
            try:
                connection.execute(PASSIVE).fetchall()
            except sqlite3.DatabaseError:
                # A full disk, a lock, damage: the log only stays longer, and whoever writes next is told what is wrong.
                continue
        connection.close()
