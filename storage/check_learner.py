"""The check of one learner: the log first, then everything that has to follow from it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any

from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, Row, Table, select

from bot.core.fold import fold_days, fold_holds, fold_progress, standing
from bot.core.model import (
    Account,
    Attempt,
    Day,
    Hold,
    HoldSet,
    Learner,
    LogEntry,
    Mode,
    Practised,
    Reset,
    Reviewed,
    Scheduling,
    Session,
    Step,
    Undone,
    Wanted,
)
from scheduler.model import Policy, Progress, Rating
from storage import rows
from storage.findings import Findings, Fix, readable
from storage.tables import attempts, days, holds, log, progress, receipts, sessions

ROWS_AT_ONCE = 1_000
# Relative. The same code computes the same floats; another release of the memory model may round otherwise.
SAME_MEMORY = 1e-9

_OPEN = (Step.ASKED, Step.ANSWERED)


class LearnerCheck:
    """One pass over one learner's rows. Memory grows with cards and attempts, not with the log."""

    def __init__(self, findings: Findings, learner: Learner, policies: dict[str, Policy]) -> None:
        self._findings = findings
        self._db = findings.db
        self._learner = learner
        self._policies = policies
        self._progress: dict[str, Progress] = {}
        self._unreplayable: set[str] = set()
        self._holds: dict[str, tuple[Hold, int]] = {}  # with the instant of its entry
        self._days: dict[int, Counter[str]] = {}
        self._rated: dict[str, tuple[str, bool]] = {}  # attempt -> the entry that rated it, whether it stands

    def run(self) -> None:
        self._entries()
        for card, entries in self._by_card():
            self._fold(card, entries)
        self._check_progress()
        self._check_holds()
        self._check_days()
        self._check_attempts()
        self._check_session()
        self._check_receipts()

    # --- the log -----------------------------------------------------------------------------------------------

    def _entries(self) -> None:
        """Each entry can be read, and its columns say what it says."""
        fixes: list[Fix] = []  # made after the pass: a row written during it could be met again
        for row in self._stream(select(log).where(self._own(log))):
            entry = readable(rows.entry_of, row.data)
            if entry is None:
                entry, sentence = _rebuilt(row, self._learner), f"The entry {row.entry} cannot be read."
            elif _differs(row, rows.entry_row(entry)):
                sentence = f"The columns of the entry {row.entry} contradict it."
            else:
                sentence = ""
            if sentence:
                fix = self._fix(log, {"entry": row.entry}, rows.entry_row(entry)) if entry else None
                self._found(log, sentence, partial(fixes.append, fix) if fix else None)
            if isinstance(entry, Scheduling) and entry.policy not in self._policies:
                self._found(log, f"The entry {row.entry} names the policy {entry.policy}, which is missing.", None)
        for fix in fixes:
            fix()

    def _by_card(self) -> Iterator[tuple[str, list[LogEntry]]]:
        mine = select(log.c.card, log.c.data).where(self._own(log), log.c.card.is_not(None)).order_by(log.c.card)
        for card, group in groupby(self._stream(mine), key=lambda row: row.card):
            entries = [readable(rows.entry_of, row.data) for row in group]
            if None in entries:
                self._unreplayable.add(card)  # which was said: what is stored is the best there is
            yield card, [entry for entry in entries if entry is not None]

    def _fold(self, card: str, entries: list[LogEntry]) -> None:
        counting = standing(entries)
        stands = {entry.id for entry in counting}
        for entry in entries:
            if isinstance(entry, Reviewed | Practised):
                self._rated[entry.attempt] = (entry.id, entry.id in stands)
        for day in fold_days(entries):
            self._days.setdefault(day.study_day, Counter()).update(_counters(day))
        if (hold := fold_holds(entries).get(card)) is not None:
            at = max(entry.at for entry in counting if isinstance(entry, HoldSet))
            self._holds[card] = (hold, at)
        try:
            folded = fold_progress(entries, self._policies, card)
        except KeyError:
            self._unreplayable.add(card)  # a policy is missing: likewise
            return
        if folded is not None:
            self._progress[card] = folded

    # --- what follows from it ----------------------------------------------------------------------------------

    def _check_progress(self) -> None:
        columns = [column for column in progress.c if column.name != "learner"]
        stored = dict(map(rows.progress_of, self._db.execute(select(*columns).where(self._own(progress)))))
        for card in sorted((stored.keys() | self._progress.keys()) - self._unreplayable):
            expected = self._progress.get(card)
            if not _same(stored.get(card), expected):
                row = rows.progress_row(card, expected) if expected else None
                sentence = f"The progress of {card} is not what its log adds up to."
                self._found(progress, sentence, self._fix(progress, {"card": card}, row))

    def _check_holds(self) -> None:
        stored = {row.card: row for row in self._db.execute(select(holds).where(self._own(holds)))}
        for card in sorted((stored.keys() | self._holds.keys()) - self._unreplayable):
            row = stored.get(card)
            expected = self._holds.get(card)
            now = Hold(row.kind, row.until) if row else None
            if now != (expected[0] if expected else None):
                fix = self._fix(holds, {"card": card}, rows.hold_row(card, *expected) if expected else None)
                self._found(holds, f"The hold on {card} is not what its log says.", fix)

    def _check_days(self) -> None:
        columns = [column for column in days.c if column.name != "learner"]
        stored = {row[0]: rows.day_of(row) for row in self._db.execute(select(*columns).where(self._own(days)))}
        for number in sorted(stored.keys() | self._days.keys()):
            expected = Day(study_day=number, **dict(self._days.get(number, ())))
            if stored.get(number, Day(study_day=number)) != expected:
                fix = self._fix(days, {"study_day": number}, rows.day_row(expected) if expected.reviews else None)
                self._found(days, f"The counters of study day {number} are not what the log adds up to.", fix)

    # --- what was on screen ------------------------------------------------------------------------------------

    def _check_attempts(self) -> None:
        fixes: list[Fix] = []
        for row in self._stream(select(attempts).where(self._own(attempts))):
            stored = readable(rows.attempt_of, row.data)
            expected = self._expected(stored) if stored else None
            if stored is None or expected is None:
                sentence = f"The attempt {row.attempt} cannot be read; it is dropped."
            elif _differs(row, rows.attempt_row(stored)):
                sentence = f"The columns of the attempt {row.attempt} contradict it."
            elif stored != expected:
                sentence = f"The attempt {row.attempt} is {stored.step.value}, the log says {expected.step.value}."
            else:
                continue
            values = rows.attempt_row(expected) if expected else None
            fix = self._fix(attempts, {"attempt": row.attempt}, values)
            self._found(attempts, sentence, partial(fixes.append, fix))
        for fix in fixes:
            fix()

    def _expected(self, attempt: Attempt) -> Attempt:
        """An attempt is open while nothing in the log rated it, and rated while what rated it stands."""
        entry, stands = self._rated.get(attempt.id, ("", False))
        if attempt.step in _OPEN and entry:
            return replace(attempt, step=Step.RATED if stands else Step.DROPPED, entry=entry)
        if attempt.step is Step.RATED and not stands:
            return replace(attempt, step=Step.DROPPED)
        return attempt

    def _check_session(self) -> None:
        row = self._db.execute(select(sessions).where(self._own(sessions))).first()
        if row is None:
            return
        session = readable(rows.session_of, row.data)
        expected = self._expected_session(session) if session else None
        if session is None or expected is None:
            self._found(sessions, "The session cannot be read; it is dropped.", self._fix(sessions, {}, None))
        elif session != expected or row.attempt != session.attempt:
            values = rows.session_row(expected)
            sentence = "The session refers to attempts that are not there."
            self._found(sessions, sentence, self._fix(sessions, {}, values))

    def _expected_session(self, session: Session) -> Session:
        named = {session.attempt, *session.history} - {""}
        mine = select(attempts.c.attempt).where(self._own(attempts))
        there = set(self._db.scalars(mine.where(attempts.c.attempt.in_(named)))) if named else set()
        if named <= there:
            return session
        gone = session.attempt not in there
        return replace(
            session,
            attempt="" if gone else session.attempt,
            closed=session.closed or gone,
            history=tuple(attempt for attempt in session.history if attempt in there),
        )

    def _check_receipts(self) -> None:
        fixes: list[Fix] = []
        for row in self._stream(select(receipts).where(self._own(receipts))):
            if readable(rows.reply_of, row.reply) is None:
                key = {"platform": row.platform, "external": row.external, "key": row.key}
                fix = self._fix(receipts, key, None)
                self._found(receipts, "A receipt cannot be read.", partial(fixes.append, fix))
        for fix in fixes:
            fix()

    # --- the pieces --------------------------------------------------------------------------------------------

    def _own(self, table: Table) -> ColumnElement[bool]:
        return table.c.learner == self._learner.id

    def _stream(self, statement: Any) -> Iterator[Row[Any]]:
        return iter(self._db.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)))

    def _found(self, table: Table, sentence: str, fix: Fix | None) -> None:
        self._findings.add(table, self._learner.id, sentence, fix)

    def _fix(self, table: Table, key: rows.Parameters, row: rows.Parameters | None) -> Fix:
        owner = {"learner": self._learner.id}
        return self._findings.rewrite(table, owner | key, owner | row if row is not None else None)


def _counters(day: Day) -> dict[str, int]:
    return {name: count for name, count in asdict(day).items() if name != "study_day"}


def _differs(row: Row[Any], expected: rows.Parameters) -> bool:
    return any(getattr(row, name) != value for name, value in expected.items() if name != "data")


def _same(stored: Progress | None, expected: Progress | None) -> bool:
    if stored is None or expected is None:
        return stored is expected
    close = all(
        math.isclose(one, other, rel_tol=SAME_MEMORY)
        for one, other in (
            (stored.memory.stability, expected.memory.stability),
            (stored.memory.difficulty, expected.memory.difficulty),
        )
    )
    return close and replace(stored, memory=expected.memory) == expected


def _rebuilt(row: Row[Any], learner: Learner) -> LogEntry | None:
    """What the columns of an unreadable entry still say; None where that is not enough.

    Of a review they lack the time it took, which counts as none, and the policy, which is taken to be today's.
    """
    base = {"id": row.entry, "at": row.at, "study_day": row.study_day, "card": row.card}
    match row.kind:
        case "Reviewed" | "Practised" if row.attempt and row.rating:
            rated = {
                "account": Account("", ""),
                "attempt": row.attempt,
                "rating": Rating(row.rating),
                "took": 0,
                "mode": Mode.REVEAL,
            }
            if row.kind == "Practised":
                return Practised(**base, **rated)
            return Reviewed(**base, **rated, policy=learner.policy.digest, phase=row.phase)
        case "Wanted":
            return Wanted(**base, policy=learner.policy.digest)
        case "Undone":
            return Undone(**base | {"card": row.card or ""}, entry=row.undoes)
        case "Reset":
            return Reset(**base)
        case _:
            return None
