"""One learner's turn on a database cursor: the same code for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from bot.core.fold import fold_holds
from bot.core.link_model import OFFER_LIVES, TRIES_COUNT
from bot.core.model import (
    Account,
    Attempt,
    Change,
    Day,
    Evidence,
    Flagged,
    Hold,
    HoldSet,
    Learner,
    LogEntry,
    PolicySet,
    Reviewed,
    Session,
    Thanked,
    Undone,
    Wanted,
)
from bot.core.ports import Arrivals, Erasures, Links, Outbox, Servers, Turn
from bot.core.quiz.ports import Quizzes
from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Reminders
from bot.core.reply import Reply
from decks.model import Card
from scheduler.model import Policy, Progress
from storage import rows
from storage.arrivals import SqlArrivals
from storage.erase import SqlErasures
from storage.link import SqlLinks
from storage.outbox import SqlOutbox
from storage.quizzes import SqlQuizzes
from storage.servers import SqlServers
from storage.sql import Statements

RECEIPTS_KEPT = 48 * 3_600_000  # ms; platforms repeat updates for up to 24 hours
PRUNED_AT_ONCE = 1_000  # receipts: a few milliseconds of work


class Cursor(Protocol):
    """What a turn needs of the driver's cursor (PEP 249)."""

    def execute(self, statement: str, parameters: dict[str, Any], /) -> object: ...

    def executemany(self, statement: str, parameters: list[dict[str, Any]], /) -> object: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> Sequence[Any]: ...

    @property
    def rowcount(self) -> int: ...


class Known:
    """Content hashes known to be stored. They are never deleted, so knowing them cannot become wrong."""

    def __init__(self) -> None:
        self.revisions: set[str] = set()
        self.policies: set[str] = set()

    def learn(self, other: Known) -> None:
        """Only what was committed may be learnt: a rolled-back turn stored nothing."""
        self.revisions |= other.revisions
        self.policies |= other.policies


class _Opening(NamedTuple):
    """What `Statements.opening` found: of one learner, for one update."""

    learner: str
    reply: str | None
    session: Session | None
    showing: tuple[Attempt, Card] | None  # the session's, on screen
    reminders: Reminders | None


class SqlTurn:
    """A `bot.core.ports.Turn` inside a transaction that somebody else begins and commits."""

    def __init__(self, cursor: Cursor, sql: Statements, known: Known) -> None:
        self._cursor = cursor
        self._sql = sql
        self._known = known
        self._account: Account | None = None  # the one looked up last
        self._learner: Learner | None = None
        self._opening: _Opening | None = None  # until something is saved
        self.stored = Known()  # hashes this turn wrote

    # --- who ---------------------------------------------------------------------------------------------------

    def learner(self, account: Account) -> Learner | None:
        if account == self._account:
            return self._learner
        parameters = {"platform": account.platform, "external": account.external}
        self._account, self._learner = account, None
        before, owner = None, self._one(self._sql.find_account, parameters)
        while owner is not None and owner != before:
            data = self._one(self._sql.lock_learner, {"learner": owner[0]})
            self._learner = rows.learner_of(data[0]) if data else None
            if self._learner is None or not self._learner.into:
                break
            # Linked while this turn waited for the lock: the account has another learner now.
            before, owner = owner, self._one(self._sql.find_account, parameters)
        if owner is None:
            self._learner = None  # a stranger, or deleted while this turn waited
        return self._learner

    def enrol(self, account: Account, learner: Learner) -> None:
        self._do(self._sql.add_learner, {"learner": learner.id, "data": rows.text(learner)})
        parameters = {"platform": account.platform, "external": account.external, "learner": learner.id}
        self._do(self._sql.add_account, parameters)
        self._account, self._learner = account, learner
        self._keep_policy(learner.policy)

    # --- what is known -----------------------------------------------------------------------------------------

    def session(self) -> Session | None:
        return self._opened().session

    def attempt(self, attempt: str) -> tuple[Attempt, Card] | None:
        if not (attempt.isascii() and attempt.isprintable()):
            return None  # never one of ours, and not every database takes such text
        showing = self._opened().showing
        if showing is not None and showing[0].id == attempt:
            return showing
        row = self._one(self._sql.attempt, self._mine(attempt=attempt))
        return (rows.attempt_of(row[0]), rows.card_of(row[1])) if row else None

    def progress(self, cards: Sequence[str]) -> Mapping[str, Progress]:
        if not cards:
            return {}
        return dict(map(rows.progress_of, self._all(self._sql.progress, self._mine(cards=rows.text(cards)))))

    def ready(self, until: int, limit: int) -> Sequence[tuple[str, Progress]]:
        """Suspended cards are left out; lapsed and unlapsed burials are not told apart here."""
        return [*map(rows.progress_of, self._all(self._sql.ready, self._mine(until=until, limit=limit)))]

    def due(self, day: int, limit: int) -> Sequence[tuple[str, Progress]]:
        """Suspended cards, and those buried beyond `day`, are left out."""
        return [*map(rows.progress_of, self._all(self._sql.due, self._mine(day=day, limit=limit)))]

    def forecast(self, first: int, last: int) -> Mapping[int, int]:
        return dict(map(tuple, self._all(self._sql.forecast, self._mine(first=first, last=last))))

    def entries(self, card: str) -> Sequence[LogEntry]:
        entries = [rows.entry_of(data) for (data,) in self._all(self._sql.entries, self._mine(card=card))]
        return sorted(entries, key=lambda entry: (entry.at, entry.id))

    def policies(self, hashes: Sequence[str]) -> Mapping[str, Policy]:
        found = self._all(self._sql.policies, {"policies": rows.text(hashes)}) if hashes else ()
        return {digest: rows.policy_of(data) for digest, data in found}

    def holds(self, cards: Sequence[str]) -> Mapping[str, Hold]:
        if not cards:
            return {}
        return dict(map(rows.hold_of, self._all(self._sql.holds, self._mine(cards=rows.text(cards)))))

    def held(self, limit: int) -> Sequence[tuple[str, Hold]]:
        return [*map(rows.hold_of, self._all(self._sql.held, self._mine(limit=limit)))]

    def days(self, first: int, last: int) -> Sequence[Day]:
        return [*map(rows.day_of, self._all(self._sql.days, self._mine(first=first, last=last)))]

    def studied(self, limit: int) -> Sequence[int]:
        return sorted(day for (day,) in self._all(self._sql.studied, self._mine(limit=limit)))

    def instants(self, days: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        found = self._all(self._sql.instants, self._mine(days=rows.text(days))) if days else ()
        return {day: (first, last) for day, first, last in found if first is not None}  # counted, but not in the log

    def habit(self) -> Sequence[LogEntry]:
        return [rows.entry_of(data) for (data,) in self._all(self._sql.habit, self._mine())]

    def hardest(self, limit: int) -> Sequence[tuple[str, Progress]]:
        return [*map(rows.progress_of, self._all(self._sql.hardest, self._mine(limit=limit)))]

    def recall(self, first: int, last: int) -> Sequence[tuple[str, int, int]]:
        found = self._all(self._sql.recall, self._mine(first=first, last=last))
        return [(card, ratings, kept) for card, ratings, kept in found]

    def reminders(self) -> Reminders | None:
        return self._opened().reminders

    def rehearsal(self) -> Rehearsal | None:
        row = self._one(self._sql.rehearsal, self._mine())
        return rows.rehearsal_of(row[0]) if row else None

    def shown(self, revisions: Sequence[str]) -> Mapping[str, Card]:
        found = self._all(self._sql.shown, {"revisions": rows.text(revisions)}) if revisions else ()
        return {revision: rows.card_of(data) for revision, data in found}

    def reports(self, limit: int) -> Sequence[Flagged | Thanked]:
        entries = [rows.entry_of(data) for (data,) in self._all(self._sql.reports, self._mine(limit=limit))]
        return [entry for entry in entries if isinstance(entry, Flagged | Thanked)]

    # --- what changes ------------------------------------------------------------------------------------------

    def save(self, change: Change, cards: Sequence[Card]) -> None:
        self._opening = None
        if change.learner is not None:
            self._set_learner(change.learner)
        asked = {question.revision for question in change.rehearsal.asked} if change.rehearsal else set()
        self._keep_revisions({attempt.revision for attempt in change.attempts} | asked, cards)
        if change.rehearsal is not None:
            self._do(self._sql.set_rehearsal, self._mine(data=rows.text(change.rehearsal)))
        for attempt in change.attempts:
            self._do(self._sql.set_attempt, self._mine(**rows.attempt_row(attempt)))
        if change.session is not None:
            self._do(self._sql.set_session, self._mine(**rows.session_row(change.session)))
        for entry in change.entries:
            self._append(entry)
        for card, progress in change.progress:
            self._set_progress(card, progress)
        for day in change.days:
            self._do(self._sql.set_day, self._mine(**rows.day_row(day)))
        if change.reminders is not None:
            self._do(self._sql.set_reminders, self._mine(**rows.reminders_row(change.reminders)))
        for letter in change.letters:
            self._do(self._sql.add_letter, rows.letter_row(letter) | self._mine())

    def _set_learner(self, learner: Learner) -> None:
        if learner.id != self._id:
            raise ValueError("a turn saves the learner it is about")
        self._do(self._sql.set_learner, {"learner": learner.id, "data": rows.text(learner)})
        self._learner = learner
        self._keep_policy(learner.policy)

    def _append(self, entry: LogEntry) -> None:
        match entry:
            case Reviewed() | Evidence() | Wanted():
                self._need_policy(entry.policy)
            case PolicySet():
                self._keep_policy(entry.policy)
            case _:
                pass
        self._do(self._sql.add_entry, self._mine(**rows.entry_row(entry)))
        match entry:
            case HoldSet():
                hold = None if entry.kind is None else Hold(entry.kind, entry.until)
                self._set_hold(entry.card, hold, entry.at)
            case Undone() if entry.card:  # what it takes back may have been a hold
                self._set_hold(entry.card, fold_holds(self.entries(entry.card)).get(entry.card), entry.at)
            case _:
                pass

    def _set_hold(self, card: str, hold: Hold | None, at: int) -> None:
        if hold is None:
            self._do(self._sql.drop_hold, self._mine(card=card))
        else:
            self._do(self._sql.set_hold, self._mine(**rows.hold_row(card, hold, at)))

    def _set_progress(self, card: str, progress: Progress | None) -> None:
        if progress is None:
            self._do(self._sql.drop_progress, self._mine(card=card))
        else:
            self._do(self._sql.set_progress, self._mine(**rows.progress_row(card, progress)))

    def _keep_revisions(self, revisions: set[str], cards: Sequence[Card]) -> None:
        unknown = revisions - self._known.revisions
        for card in cards if unknown else ():
            revision = card.revision
            if revision in unknown:
                self._do(self._sql.add_revision, {"revision": revision, "card": card.id, "data": rows.text(card)})
                self.stored.revisions.add(revision)

    def _keep_policy(self, policy: Policy) -> None:
        digest = policy.digest
        if digest not in self._known.policies:
            self._do(self._sql.add_policy, {"policy": digest, "data": rows.text(policy)})
            self.stored.policies.add(digest)

    def _need_policy(self, digest: str) -> None:
        """A review that names a policy nobody stored could never be replayed."""
        if digest in self._known.policies or digest in self.stored.policies:
            return
        if self._learner and self._learner.policy.digest == digest:
            # Stored under another digest if a newer version has given policies a new field since.
            self._keep_policy(self._learner.policy)
        elif not self.policies([digest]):
            raise ValueError(f"a review names the policy {digest}, which was never in force")

    # --- other learners ----------------------------------------------------------------------------------------

    def links(self) -> Links:
        return SqlLinks(self._cursor, self._sql, self._beside, self._forget)

    def servers(self) -> Servers:
        return SqlServers(self._cursor, self._sql)

    def quizzes(self) -> Quizzes:
        return SqlQuizzes(self._cursor, self._sql)

    def outbox(self) -> Outbox:
        return SqlOutbox(self._cursor, self._sql)

    def erasures(self) -> Erasures:
        return SqlErasures(self._cursor, self._sql, self.links(), self.quizzes(), self._forget)

    def arrivals(self) -> Arrivals:
        return SqlArrivals(self._cursor, self._sql)

    def _beside(self, learner: Learner) -> Turn:
        turn = SqlTurn(self._cursor, self._sql, self._known)
        turn.stored, turn._learner = self.stored, learner
        return turn

    def _forget(self) -> None:
        """Look the account up again when it is next asked for."""
        self._account = None

    # --- receipts ----------------------------------------------------------------------------------------------

    def receipt(self, account: Account, key: str) -> Reply | None:
        """The first reply to this update, if there was one and its account has a learner."""
        if self.learner(account) is None:
            return None
        self._opening = None
        reply = self._opened(account, key).reply
        try:
            return rows.reply_of(reply) if reply else None
        except msgspec.ValidationError:
            return None  # of another version: decide again; an attempt that was rated still says so

    def keep_receipt(self, account: Account, key: str, reply: Reply, at: int) -> None:
        """A stranger who stays one has changed nothing, so there is nothing to repeat."""
        if self.learner(account) is not None:
            row = {"platform": account.platform, "external": account.external, "key": key, "at": at}
            self._do(self._sql.set_receipt, self._mine(**row, reply=rows.text(reply)))

    def _opened(self, account: Account | None = None, key: str = "") -> _Opening:
        """Asked once a turn, with the receipt; no receipt has an empty key."""
        if self._opening is None or self._opening.learner != self._id:
            update = account or Account("", "")
            parameters = self._mine(platform=update.platform, external=update.external, key=key)
            reply, session, attempt, card, reminders = self._one(self._sql.opening, parameters)
            self._opening = _Opening(
                learner=self._id,
                reply=reply,
                session=rows.session_of(session) if session else None,
                showing=(rows.attempt_of(attempt), rows.card_of(card)) if attempt and card else None,
                reminders=rows.reminders_of(reminders) if reminders else None,
            )
        return self._opening

    # --- the cursor --------------------------------------------------------------------------------------------

    @property
    def _id(self) -> str:
        if self._learner is None:
            raise LookupError("a turn begins with learner() or enrol()")
        return self._learner.id

    def _mine(self, **parameters: Any) -> rows.Parameters:
        parameters["learner"] = self._id
        return parameters

    def _do(self, statement: str, parameters: rows.Parameters) -> None:
        self._cursor.execute(statement, parameters)

    def _one(self, statement: str, parameters: rows.Parameters) -> Any:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchone()

    def _all(self, statement: str, parameters: rows.Parameters) -> Sequence[Any]:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchall()


def perform(turn: SqlTurn, account: Account, key: str, decide: Callable[[Turn], Reply], at: int) -> Reply:
    """Decide once per key: a key seen before gets its first reply. An empty key is not remembered."""
    if key and (first := turn.receipt(account, key)) is not None:
        return first
    reply = decide(turn)
    if key:
        turn.keep_receipt(account, key, reply, at)
    return reply


def prune(cursor: Cursor, sql: Statements, at: int) -> bool:
    """Delete some receipts that have had their time, and offers and misses of linking; True when there may be more
    receipts."""
    cursor.execute(sql.prune_offers, {"before": at - OFFER_LIVES})
    cursor.execute(sql.prune_misses, {"before": at - TRIES_COUNT})
    cursor.execute(sql.prune_receipts, {"before": at - RECEIPTS_KEPT, "limit": PRUNED_AT_ONCE})
    return cursor.rowcount == PRUNED_AT_ONCE
