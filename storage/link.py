"""Linking in the store: offers, accounts that change hands, and merges of two logs by pieces.

Rules kept here:
- After every piece the kept learner's progress, holds and counters are what their log adds up to.
- The other learner's rows stay as they are: they are what a merge taken back goes on from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from bot.core.fold import fold_days, fold_holds, fold_progress, standing
from bot.core.habit_model import fold_habit
from bot.core.link_model import OFFER_LIVES, TRIES_COUNT, LinkChange, Merge, Offer, Tally
from bot.core.model import Account, Change, Day, HoldSet, Learner, LogEntry, Scheduling
from bot.core.ports import Turn
from scheduler.model import Policy
from storage import rows
from storage.sql import Statements
from storage.tables import log

if TYPE_CHECKING:
    from storage.turn import Cursor

ENTRIES_AT_ONCE = 50  # of the other log, brought over in one transaction: about 8 ms of work (docs/decisions/0007)
CARDS_AT_ONCE = 100
RECEIPTS_CARRIED = 200  # the latest first answers of an account: more than any platform still repeats

LOG_COLUMNS = tuple(column.name for column in log.c if column.name != "learner")

Log = Mapping[str, Sequence[LogEntry]]
"""Entries by card."""


class SqlLinks:
    """A `bot.core.ports.Links` in the transaction of a turn."""

    def __init__(
        self,
        cursor: Cursor,
        sql: Statements,
        beside: Callable[[Learner], Turn],
        forget: Callable[[], None],
    ) -> None:
        self._cursor = cursor
        self._sql = sql
        self._forget = forget
        self.beside = beside

    # --- what there is -----------------------------------------------------------------------------------------

    def owner(self, account: Account) -> Learner | None:
        found = self._one(self._sql.find_account, asdict(account))
        data = self._one(self._sql.learner, {"learner": found[0]}) if found else None
        return rows.learner_of(data[0]) if data else None

    def lock(self, learner: str) -> Learner:
        data = self._one(self._sql.lock_learner, {"learner": learner})
        if data is None:
            raise LookupError(f"there is no learner {learner}")
        return rows.learner_of(data[0])

    def accounts(self, learner: str) -> Sequence[Account]:
        return [Account(*row) for row in self._all(self._sql.accounts, {"learner": learner})]

    def tally(self, learner: str) -> Tally:
        used, reviews, cards = self._one(self._sql.tally, {"learner": learner})
        return Tally(bool(used), int(reviews), int(cards))

    def offer(self, offer: str) -> Offer | None:
        if not (offer.isascii() and offer.isprintable()):
            return None  # never one of ours, and not every database takes such text
        return self._offer(self._sql.offer, {"link": offer})

    def offer_by(self, fingerprint: str) -> Offer | None:
        return self._offer(self._sql.offer_by, {"secret": fingerprint})

    def offered(self, maker: Account) -> Offer | None:
        return self._offer(self._sql.offered, asdict(maker))

    def misses(self, since: int, limit: int) -> Sequence[Account]:
        return [Account(*row) for row in self._all(self._sql.misses, {"since": since, "limit": limit})]

    def merge(self, learner: str) -> Merge | None:
        row = self._one(self._sql.merge, {"learner": learner})
        return rows.merge_of(row[0]) if row else None

    def _offer(self, statement: str, parameters: rows.Parameters) -> Offer | None:
        row = self._one(statement, parameters)
        return rows.offer_of(row[0]) if row else None

    # --- what changes ------------------------------------------------------------------------------------------

    def save(self, change: LinkChange) -> None:
        if change.dropped:
            self._do(self._sql.drop_offer, {"link": change.dropped})
        if change.offer is not None:
            self._do(self._sql.prune_offers, {"before": change.at - OFFER_LIVES})
            self._do(self._sql.set_offer, rows.offer_row(change.offer))
        if change.missed is not None:
            self._do(self._sql.prune_misses, {"before": change.at - TRIES_COUNT})
            self._do(self._sql.add_miss, rows.miss_row(change.missed))
        for side in change.sides:
            self._do(self._sql.add_learner, {"learner": side.learner.id, "data": rows.text(side.learner)})
            change_here = Change(
                learner=side.learner,
                session=side.session,
                attempts=side.attempts,
                reminders=side.reminders,
                rehearsal=side.rehearsal,
            )
            self.beside(side.learner).save(change_here, ())
        for account, learner in change.given:
            self._give(account, learner)
        if change.merge is not None:
            self._keep(change.merge)

    def _give(self, account: Account, learner: str) -> None:
        """An account, with the first answers to its latest updates, goes to another learner."""
        was = self._one(self._sql.find_account, asdict(account))[0]
        self._do(self._sql.give_account, asdict(account) | {"learner": learner})
        mine = asdict(account) | {"learner": was, "limit": RECEIPTS_CARRIED}
        for key, at, reply in self._all(self._sql.receipts, mine):
            receipt = {"learner": learner, "key": key, "at": at, "reply": reply}
            self._do(self._sql.set_receipt, asdict(account) | receipt)
        self._forget()

    def _keep(self, merge: Merge) -> None:
        self._do(self._sql.set_merge, rows.merge_row(merge) | {"learner": merge.kept})

    # --- merging -----------------------------------------------------------------------------------------------

    def unite(self, merge: Merge) -> Merge:
        if not merge.after:
            self._bring_habit(merge)
        cards = self._next_cards(merge)
        if cards:
            self._bring(merge, cards)
            merge = replace(merge, after=cards[-1])
        else:
            merge = replace(merge, done=True)
            kept = replace(self.lock(merge.kept), merging="", rest=self._rest(merge.kept))
            self.beside(kept).save(Change(learner=kept), ())
        self._keep(merge)
        return merge

    def _next_cards(self, merge: Merge) -> list[str]:
        """Some cards of the other log, at least one while any is left."""
        page = {"learner": merge.other, "after": merge.after, "limit": CARDS_AT_ONCE}
        chosen: list[str] = []
        entries = 0
        for card, count in self._all(self._sql.logged, page):
            entries += count
            if chosen and entries > ENTRIES_AT_ONCE:
                break
            chosen.append(card)
        return chosen

    def _bring_habit(self, merge: Merge) -> None:
        """The other's rest days, breaks and plans: entries about no card, few in any life."""
        self._copy(merge, self._all(self._sql.habit_rows, {"learner": merge.other}))

    def _bring(self, merge: Merge, cards: Sequence[str]) -> None:
        """Copy the other's entries on some cards into the kept log, or take them out, and fold those cards again."""
        before = self._log(merge.kept, cards)
        self._copy(merge, self._all(self._sql.log_rows, {"learner": merge.other, "cards": rows.text(cards)}))
        after = self._log(merge.kept, cards)
        self._set_progress(merge.kept, cards, after)
        self._set_holds(merge.kept, cards, after)
        self._set_days(merge.kept, before, after)

    def _rest(self, learner: str) -> int | None:
        """The weekday of rest that a learner's log names last."""
        found = self._all(self._sql.habit, {"learner": learner})
        return fold_habit(rows.entry_of(data) for (data,) in found).rest

    def _copy(self, merge: Merge, theirs: Iterable[rows.Row]) -> None:
        """Write entries into the kept log, or, once the two are parted again, take them out."""
        copies = [dict(zip(LOG_COLUMNS, row, strict=True)) | {"learner": merge.kept} for row in theirs]
        if merge.parted_at:
            ids = rows.text([copy["entry"] for copy in copies])
            self._do(self._sql.drop_entries, {"learner": merge.kept, "entries": ids})
        else:
            self._many(self._sql.add_entry, copies)

    def _log(self, learner: str, cards: Sequence[str]) -> Log:
        entries: defaultdict[str, list[LogEntry]] = defaultdict(list)
        for row in self._all(self._sql.log_rows, {"learner": learner, "cards": rows.text(cards)}):
            found = dict(zip(LOG_COLUMNS, row, strict=True))
            entries[found["card"]].append(rows.entry_of(found["data"]))
        return entries

    def _set_progress(self, learner: str, cards: Sequence[str], entries: Log) -> None:
        policies = self._policies(entries.values())
        written: list[rows.Parameters] = []
        for card in cards:
            known = fold_progress(entries.get(card, ()), policies, card)
            if known is None:
                self._do(self._sql.drop_progress, {"learner": learner, "card": card})
            else:
                written.append(rows.progress_row(card, known) | {"learner": learner})
        self._many(self._sql.set_progress, written)

    def _policies(self, logs: Iterable[Sequence[LogEntry]]) -> Mapping[str, Policy]:
        used = sorted({entry.policy for entries in logs for entry in entries if isinstance(entry, Scheduling)})
        found = self._all(self._sql.policies, {"policies": rows.text(used)}) if used else ()
        return {digest: rows.policy_of(data) for digest, data in found}

    def _set_holds(self, learner: str, cards: Sequence[str], entries: Log) -> None:
        for card in cards:
            of_card = entries.get(card, ())
            hold = fold_holds(of_card).get(card)
            if hold is None:
                self._do(self._sql.drop_hold, {"learner": learner, "card": card})
            else:
                at = max(entry.at for entry in standing(of_card) if isinstance(entry, HoldSet))
                self._do(self._sql.set_hold, rows.hold_row(card, hold, at) | {"learner": learner})

    def _set_days(self, learner: str, before: Log, after: Log) -> None:
        """Counters are sums over cards: only what these cards count for changes."""
        change = _counted(after.values())
        for number, counters in _counted(before.values()).items():
            change[number].subtract(counters)
        if not change:
            return
        span = {"learner": learner, "first": min(change), "last": max(change)}
        known = {row[0]: rows.day_of(row) for row in self._all(self._sql.days, span)}
        for number, counters in change.items():
            counters.update(_counters(known.get(number, Day(study_day=number))))
            day = Day(study_day=number, **counters)
            self._do(self._sql.set_day, rows.day_row(day) | {"learner": learner})

    # --- the cursor --------------------------------------------------------------------------------------------

    def _do(self, statement: str, parameters: rows.Parameters) -> None:
        self._cursor.execute(statement, parameters)

    def _many(self, statement: str, parameters: list[rows.Parameters]) -> None:
        if parameters:
            self._cursor.executemany(statement, parameters)

    def _one(self, statement: str, parameters: rows.Parameters) -> Any:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchone()

    def _all(self, statement: str, parameters: rows.Parameters) -> Sequence[Any]:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchall()


def _counted(logs: Iterable[Sequence[LogEntry]]) -> defaultdict[int, Counter[str]]:
    """Study day -> what some cards count for on it."""
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for entries in logs:
        for day in fold_days(entries):
            sums[day.study_day].update(_counters(day))
    return sums


def _counters(day: Day) -> dict[str, int]:
    return {name: count for name, count in asdict(day).items() if name != "study_day"}
