"""Everything kept about one learner, as it stands at one moment: written in pieces, holding nobody up.

Memory does not grow with the log: rows are read and written a thousand at a time, out of one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Select, Table, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.core import export_csv
from bot.core.export_model import FORMAT, VERSION
from bot.core.model import Account, Learner, LogEntry, Scheduling
from storage import rows
from storage.engine import address, reading_engine
from storage.errors import StoreError, told
from storage.migrate import require_head
from storage.quiz_tables import quiz_hidden, quiz_log, quiz_players
from storage.tables import accounts, attempts, learners, log, policies, rehearsals, reminders, revisions, sessions

ROWS_AT_ONCE = 1_000
NAMED_AT_ONCE = 500


def export(where: str | Path | URL, account: Account, document: IO[bytes], table: IO[bytes], at: int) -> bool:
    """Write an account's learner as a JSON document and the log as a CSV table; False when there is nobody.

    Raises StoreError, also while accounts of the learner are being brought together.
    """
    engine = reading_engine(address(where))
    try:
        with engine.begin() as connection:
            require_head(connection)
            learner = _learner(connection, account)
            if learner is not None:
                _Export(connection, learner, document, table).write(at)
            return learner is not None
    except DBAPIError as error:
        raise told(error) from error
    finally:
        engine.dispose()


def _learner(db: Connection, account: Account) -> Learner | None:
    named = (accounts.c.platform == account.platform, accounts.c.external == account.external)
    data = db.scalar(select(learners.c.data).join(accounts, accounts.c.learner == learners.c.learner).where(*named))
    learner = rows.learner_of(data) if data else None
    if learner and learner.merging:
        raise StoreError("Two accounts of this learner are just being brought together. Try again in a minute.")
    return learner


class _Export:
    """One document on its way. Each part is a key with its value; the log comes before what it names."""

    def __init__(self, db: Connection, learner: Learner, document: IO[bytes], table: IO[bytes]) -> None:
        self._db = db
        self._learner = learner
        self._document = document
        self._table = table
        self._policies: set[str] = set()
        self._revisions: set[str] = set()

    def write(self, at: int) -> None:
        mine = self._accounts(accounts, accounts.c.learner == self._learner.id)
        hidden = [one for one in mine if one in self._accounts(quiz_hidden, quiz_hidden.c.external == one.external)]
        self._say("{\n", f'"format": {rows.text(FORMAT)},\n"version": {VERSION},\n"made_at": {at},\n')
        self._say('"learner": ', rows.text(self._learner), ",\n")
        self._say('"accounts": ', rows.text(mine), ',\n"hidden": ', rows.text(hidden), ",\n")
        self._say('"reminders": ', self._one(reminders), ",\n")
        self._sitting()
        self._list("log", self._log())
        self._named("policies", policies.c.policy, policies.c.data, self._policies)
        self._named("cards", revisions.c.revision, revisions.c.data, self._revisions)
        self._list("quizzes", self._quizzes(mine), end="\n}\n")

    def _sitting(self) -> None:
        """The latest session with the attempts it can still go back to, and the latest rehearsal."""
        data, rehearsed = self._one(sessions), self._one(rehearsals)
        session = rows.session_of(data) if data != "null" else None
        shown = sorted({session.attempt, *session.history} - {""}) if session else []
        found = [data for part in _parts(shown) for data in self._attempts(part)]
        self._revisions.update(rows.attempt_of(attempt).revision for attempt in found)
        if rehearsed != "null":
            self._revisions.update(asked.revision for asked in rows.rehearsal_of(rehearsed).asked)
        self._say('"session": ', data, ",\n")
        self._list("attempts", found)
        self._say('"rehearsal": ', rehearsed, ",\n")

    def _log(self) -> Iterator[str]:
        """The entries, each written into the table as well."""
        self._table.write(export_csv.header().encode())
        mine = select(log.c.data).where(log.c.learner == self._learner.id).order_by(log.c.at, log.c.entry)
        for (data,) in self._stream(mine):
            entry: LogEntry = rows.entry_of(data)
            if isinstance(entry, Scheduling):
                self._policies.add(entry.policy)
            if revision := getattr(entry, "revision", ""):
                self._revisions.add(revision)
            self._table.write(export_csv.row(entry).encode())
            yield data

    def _quizzes(self, mine: Sequence[Account]) -> Iterator[str]:
        """What these accounts pressed in group quizzes."""
        for account in mine:
            seats = (quiz_players.c.platform == account.platform, quiz_players.c.external == account.external)
            played = select(quiz_players.c.quiz, quiz_players.c.seat, quiz_players.c.name).where(*seats)
            for quiz, seat, name in self._db.execute(played.order_by(quiz_players.c.quiz)).all():
                pressed = select(quiz_log.c.data).where(quiz_log.c.quiz == quiz, quiz_log.c.seat == seat)
                rows_here = ",".join(self._db.scalars(pressed.order_by(quiz_log.c.at, quiz_log.c.row)))
                yield f'{{"quiz":{rows.text(quiz)},"name":{rows.text(name)},"pressed":[{rows_here}]}}'

    # --- pieces ------------------------------------------------------------------------------------------------

    def _accounts(self, table: Table, which: Any) -> list[Account]:
        found = select(table.c.platform, table.c.external).where(which).order_by(table.c.platform, table.c.external)
        return [Account(*row) for row in self._db.execute(found)]

    def _attempts(self, some: Sequence[str]) -> list[str]:
        mine = select(attempts.c.data).where(attempts.c.learner == self._learner.id, attempts.c.attempt.in_(some))
        return list(self._db.scalars(mine.order_by(attempts.c.attempt)))

    def _one(self, table: Table) -> str:
        """The learner's only row in a table, as JSON."""
        return self._db.scalar(select(table.c.data).where(table.c.learner == self._learner.id)) or "null"

    def _named(self, part: str, name: Any, data: Any, wanted: set[str]) -> None:
        """An object of what goes by a content hash."""
        self._say(f'"{part}": {{')
        between = "\n"
        for some in _parts(sorted(wanted)):
            for row in self._db.execute(select(name, data).where(name.in_(some)).order_by(name)):
                self._say(between, rows.text(row[0]), ": ", row[1])
                between = ",\n"
        self._say("},\n")

    def _list(self, part: str, items: Iterable[str], end: str = ",\n") -> None:
        self._say(f'"{part}": [')
        between = "\n"
        for item in items:
            self._say(between, item)
            between = ",\n"
        self._say("]", end)

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        return iter(self._db.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)))

    def _say(self, *texts: str) -> None:
        for text in texts:
            self._document.write(text.encode())


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + NAMED_AT_ONCE] for start in range(0, len(names), NAMED_AT_ONCE))
