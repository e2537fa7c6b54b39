"""SQL of a card, played on PostgreSQL: two sessions side by side, each statement's outcome written down."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from decks.model import Card
from decks.text import CodeBlock, blocks

Outcome = str | None  # a result's values, an SQLSTATE, or None for a statement that returns nothing
_PATIENCE = 20  # seconds for a statement to be seen waiting, before the test gives up


class Stage:
    """Sessions A and B in a schema of their own, in autocommit mode as psql is."""

    def __init__(self, url: str, schema: str) -> None:
        self._url, self._schema = url, schema
        self._sessions: dict[str, psycopg.Connection[TupleRow]] = {}
        self._watch = self._connect()
        self._watch.execute(f"CREATE SCHEMA {schema}".encode())
        self._pool = ThreadPoolExecutor(2)

    def close(self) -> None:
        for session in (*self._sessions.values(), self._watch):
            session.close()
        self._pool.shutdown()

    def prepare(self, script: str) -> None:
        self._watch.execute(script.encode())

    def value(self, query: str) -> Outcome:
        """The values a fresh look at the tables shows."""
        return _run(self._watch, query)

    def play(self, card: Card) -> list[str]:
        """Play a card's code; outcomes in the order of the statements that returned or failed."""
        return self.script(code_of(card))

    def script(self, text: str) -> list[str]:
        """Play a text: `-- A` and `-- B` hand over, `(waits)` beside them starts what the other lets go on."""
        pending: list[Future[Outcome]] = []
        for who, waits, statement in _statements(text):
            future = self._pool.submit(_run, self._session(who), statement)
            if waits:
                self._until_waiting(who)
            else:
                future.result(_PATIENCE)
            pending.append(future)
        return [outcome for outcome in (future.result(_PATIENCE) for future in pending) if outcome is not None]

    def _session(self, who: str) -> psycopg.Connection[TupleRow]:
        if who not in self._sessions:
            self._sessions[who] = self._connect()
        return self._sessions[who]

    def _connect(self) -> psycopg.Connection[TupleRow]:
        return psycopg.connect(self._url, autocommit=True, options=f"-c search_path={self._schema}")

    def _until_waiting(self, who: str) -> None:
        blocked = b"SELECT cardinality(pg_blocking_pids(%s)) > 0"
        deadline = time.monotonic() + _PATIENCE
        while self._watch.execute(blocked, [self._session(who).info.backend_pid]).fetchone() != (True,):
            assert time.monotonic() < deadline, f"{who} was expected to wait"
            time.sleep(0.005)


@contextmanager
def stage(url: str, schema: str) -> Iterator[Stage]:
    """A stage that is cleared away afterwards."""
    opened = Stage(url, schema)
    try:
        yield opened
    finally:
        opened.close()


def code_of(card: Card) -> str:
    """The code on a card's front."""
    return next(block.text for block in blocks(card.front) if isinstance(block, CodeBlock))


def plan_of(opened: Stage, query: str, *, settings: str = "") -> str:
    """The plan's lines."""
    return "\n".join(opened.script(f"{settings} EXPLAIN (COSTS off) {query};"))


def _statements(text: str) -> Iterator[tuple[str, bool, str]]:
    who, waits, statement = "A", False, ""
    for line in text.splitlines():
        if found := re.match(r"-- ([AB])\b(.*)", line):
            who, waits = found[1], "(waits" in found[2]
        code = line.split("--", 1)[0]
        *ended, statement = (statement + "\n" + code).split(";")
        yield from ((who, waits, one.strip()) for one in ended)
    assert not statement.strip(), f"no semicolon after {statement}"


def _run(session: psycopg.Connection[TupleRow], statement: str) -> Outcome:
    try:
        cursor = session.execute(statement.encode())
    except psycopg.Error as error:
        return error.sqlstate
    if cursor.description is None:
        return f"{cursor.rowcount} rows" if re.match("(?i)update|delete", statement) else None
    return "\n".join(" ".join(str(value) for value in row) for row in cursor.fetchall())
