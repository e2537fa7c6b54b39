"""Whatever two learners did: merged they know what their logs add up to, and parted what they knew before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import storage.link
from bot.core.fold import fold_days, fold_holds, fold_progress
from bot.core.link_model import LinkChange, Merge, Side
from bot.core.model import (
    Account,
    Change,
    Flagged,
    HoldKind,
    HoldSet,
    Learner,
    LogEntry,
    Practised,
    Reset,
    Reviewed,
    Undone,
)
from scheduler.model import Policy, Rating
from storage.check import check
from storage.engine import connect_sqlite
from storage.sql import sqlite_statements
from storage.turn import Known, SqlTurn
from tests.databases import migrated

from .made import DAY, NOON, reviewed

CARDS = tuple("abcde")
POLICIES = (Policy(), Policy(retention=0.8, learning_steps=()), Policy(fuzz=False))
KNOWN = {policy.digest: policy for policy in POLICIES}

Done = tuple[str, str, Rating, Policy, int]
doings = st.lists(
    st.tuples(
        st.sampled_from(["rate", "rate", "rate", "undo", "practise", "suspend", "release", "flag", "reset"]),
        st.sampled_from(CARDS),
        st.sampled_from(Rating),
        st.sampled_from(POLICIES),
        st.integers(0, 2 * 86_400_000),  # ms since the last
    ),
    max_size=25,
)


def log_of(name: str, account: Account, done: list[Done]) -> list[LogEntry]:
    """The log of somebody who did these things, one after another."""
    log: list[LogEntry] = []
    at = NOON
    for number, (what, card, rating, policy, after) in enumerate(done):
        at += after + 1
        base = {"id": f"{at:012x}{name}{number}", "at": at, "study_day": DAY + (at - NOON) // 86_400_000, "card": card}
        rated = {"account": account, "attempt": f"{name}{number}", "rating": rating, "took": 100}
        taken = {entry.entry for entry in log if isinstance(entry, Undone)}
        match what:
            case "rate":
                before = fold_progress(log, KNOWN, card)
                phase = before.phase.value if before else "new"
                log.append(reviewed(**base, **rated, policy=policy.digest, phase=phase))
            case "practise":
                log.append(Practised(**base, **rated, mode=reviewed().mode))
            case "undo":
                last = [e for e in log if isinstance(e, Reviewed | Practised) and e.card == card and e.id not in taken]
                log += [Undone(**base, entry=last[-1].id)] if last else []
            case "suspend" | "release":
                log.append(HoldSet(**base, kind=HoldKind.SUSPENDED if what == "suspend" else None))
            case "flag":
                log.append(Flagged(**base, revision="r", reason="typo"))
            case _:
                log.append(Reset(**base))
    return log


class Database:
    """A database in one file, without a writer's thread."""

    def __init__(self, path: Path) -> None:
        self._connection = connect_sqlite(migrated(path))
        self._cursor = self._connection.cursor()
        self.names = map(str, itertools.count())

    def turn(self) -> SqlTurn:
        return SqlTurn(self._cursor, sqlite_statements(), Known())

    def grows(self, name: str, account: Account, log: list[LogEntry]) -> Learner:
        """A learner with this log, and everything that follows from it."""
        learner = Learner(id=f"{account.platform}-{name}", created_at=NOON)
        turn = self.turn()
        turn.enrol(account, learner)
        for policy in POLICIES:
            turn.save(Change(learner=Learner(id=learner.id, created_at=NOON, policy=policy)), ())
        progress = tuple((card, fold_progress(log, KNOWN, card)) for card in CARDS)
        change = Change(learner=learner, entries=tuple(log), progress=progress, days=fold_days(log))
        turn.save(change, ())
        return learner

    def memory(self, account: Account) -> tuple[object, ...]:
        turn = self.turn()
        assert turn.learner(account) is not None
        log = {card: list(turn.entries(card)) for card in CARDS}
        return log, dict(turn.progress(CARDS)), dict(turn.holds(CARDS)), list(turn.days(0, 2 * DAY))

    def unites(self, merge: Merge, kept: Learner) -> None:
        self.turn().links().save(LinkChange(merge=merge, sides=(Side(learner=kept),)))
        while not merge.done:
            merge = self.turn().links().unite(merge)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("linked") / "backfill.db"
    opened = Database(path)
    yield opened
    opened.close()
    assert check(path) == []


def followed(log: list[LogEntry]) -> tuple[object, ...]:
    """What somebody with this log has to know."""
    ordered = sorted(log, key=lambda entry: (entry.at, entry.id))
    by_card = {card: [entry for entry in ordered if entry.card == card] for card in CARDS}  # type: ignore[union-attr]
    folded = {card: fold_progress(log, KNOWN, card) for card in CARDS}
    progress = {card: known for card, known in folded.items() if known is not None}
    return by_card, progress, fold_holds(log), list(fold_days(log))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=doings, other=doings, at_once=st.integers(1, 12))
def test_merged_they_know_what_their_logs_add_up_to_and_parted_what_they_knew(
    database: Database, one, other, at_once
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.link, "ENTRIES_AT_ONCE", at_once)
        merge_and_part(database, one, other)


def merge_and_part(database: Database, one: list[Done], other: list[Done]) -> None:
    name = next(database.names)
    ann, bob = Account("web", name), Account("telegram", name)
    anns, bobs = log_of("a" + name, ann, one), log_of("b" + name, bob, other)
    kept, left = database.grows(name, ann, anns), database.grows(name, bob, bobs)
    merge = Merge(id="m", kept=kept.id, other=left.id, accounts=(bob,), at=NOON)
    before = database.memory(ann), database.memory(bob)
    assert before == (followed(anns), followed(bobs))
    database.unites(merge, kept)
    assert database.memory(ann) == followed(anns + bobs)
    database.unites(Merge(id="m", kept=kept.id, other=left.id, accounts=(bob,), at=NOON, parted_at=NOON), kept)
    assert (database.memory(ann), database.memory(bob)) == before
