"""Deleting a learner in the store: at once out of reach, then row by row in bounded pieces.

Rules kept here:
- The first transaction takes away the accounts, and with them every way to the learner; whoever uses one of them
  afterwards is a stranger.
- What is left to do is a row: a deletion that was interrupted is gone on with, and one carried out twice does nothing.
- Learners who were merged into the deleted one go as well. Other people's logs, and cards and policies that anybody may
  have been shown or been under, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from bot.core.model import Account, Learner
from bot.core.my_data_model import Erasure
from bot.core.ports import Links
from bot.core.quiz.ports import Quizzes
from storage import rows
from storage.erase_sql import ERASED, LAST
from storage.sql import Statements

if TYPE_CHECKING:
    from storage.turn import Cursor

ROWS_AT_ONCE = 1_000  # deleted in one transaction: about 10 ms of work
LEARNERS_AT_ONCE = 2_000  # looked through in one transaction for what speaks of the deleted one


class SqlErasures:
    """A `bot.core.ports.Erasures` in the transaction of a turn."""

    def __init__(
        self, cursor: Cursor, sql: Statements, links: Links, quizzes: Quizzes, forget: Callable[[], None]
    ) -> None:
        self._cursor = cursor
        self._sql = sql
        self._links = links
        self._quizzes = quizzes
        self._forget = forget

    def begin(self, learner: str, at: int) -> None:
        accounts = tuple(self._links.accounts(learner))
        for account in accounts:
            self._drop_account(account)
        self._mark(Erasure(learner=learner, accounts=accounts, at=at))
        for table in ("reminders", "outbox"):  # nothing is written to them any more
            self._do(getattr(self._sql, f"erase_{table}"), {"learner": learner, "limit": ROWS_AT_ONCE, "none": 0})
        self._forget()

    def further(self) -> bool:
        row = self._one(self._sql.erasures, {})
        if row is None:
            return False
        erasure = rows.erasure_of(row[0])
        if not erasure.looked:
            self._look(erasure)
        elif not self._drop_some(erasure.learner):
            for table in LAST:
                self._do(getattr(self._sql, f"end_{table.name}"), {"learner": erasure.learner})
        return True

    def _drop_account(self, account: Account) -> None:
        self._quizzes.forget(account)
        named = asdict(account)
        self._do(self._sql.drop_account, named)
        self._do(self._sql.drop_offers_of, named | {"mention": rows.text(account)})
        self._do(self._sql.drop_misses_of, named)

    def _mark(self, erasure: Erasure) -> None:
        """Nothing of the settings stays; a learner who has become themselves is on the way out."""
        gone = Learner(id=erasure.learner, created_at=0, into=erasure.learner)
        self._do(self._sql.set_learner, {"learner": gone.id, "data": rows.text(gone)})
        self._do(self._sql.add_erasure, {"learner": gone.id, "data": rows.text(erasure)})

    # --- what speaks of the deleted one ------------------------------------------------------------------------

    def _look(self, erasure: Erasure) -> None:
        """Among some others: learners merged into this one, merges with it, and what went to its accounts."""
        page = {"after": erasure.after, "limit": LEARNERS_AT_ONCE, "none": 0}
        found = [learner for (learner,) in self._all(self._sql.learners_after, page)]
        if not found:
            self._keep(replace(erasure, looked=True))
            return
        span = {"after": erasure.after, "upto": found[-1]}
        if self._unite(erasure, span):
            return
        mention = {"mention": f'"into":{rows.text(erasure.learner)}'}
        for (learner,) in self._all(self._sql.gone_into, span | mention):
            if learner != erasure.learner:
                self._mark(Erasure(learner=learner, accounts=erasure.accounts, at=erasure.at))
        for account in erasure.accounts:
            self._do(self._sql.drop_receipts_of, span | asdict(account) | {"at": erasure.at})
            self._do(self._sql.drop_letters_of, span | asdict(account))
        self._keep(replace(erasure, after=found[-1]))

    def _unite(self, erasure: Erasure, span: rows.Parameters) -> bool:
        """Forget merges with the deleted one. One that is still being taken back reads its log: that comes first."""
        mention = {"mention": f'"other":{rows.text(erasure.learner)}'}
        for (data,) in self._all(self._sql.merges_with, span | mention):
            merge = rows.merge_of(data)
            if merge.kept == erasure.learner:
                continue
            if not merge.done:
                self._links.unite(merge)
                return True
            self._do(self._sql.drop_merge, {"learner": merge.kept, "merge": merge.id})
        return False

    def _keep(self, erasure: Erasure) -> None:
        self._do(self._sql.set_erasure, {"learner": erasure.learner, "data": rows.text(erasure)})

    # --- its own rows ------------------------------------------------------------------------------------------

    def _drop_some(self, learner: str) -> bool:
        """Whether there was anything left to delete."""
        left = ROWS_AT_ONCE
        for table in ERASED:
            self._do(getattr(self._sql, f"erase_{table.name}"), {"learner": learner, "limit": left, "none": 0})
            left -= self._cursor.rowcount
            if left <= 0:
                return True
        return left < ROWS_AT_ONCE

    # --- the cursor --------------------------------------------------------------------------------------------

    def _do(self, statement: str, parameters: rows.Parameters) -> None:
        self._cursor.execute(statement, parameters)

    def _one(self, statement: str, parameters: rows.Parameters) -> Any:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchone()

    def _all(self, statement: str, parameters: rows.Parameters) -> Sequence[Any]:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchall()
