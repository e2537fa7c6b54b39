"""The check finds what was spoilt by hand, repairs it from the log, and is content afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from bot.core.fold import fold_days, fold_progress
from bot.core.model import Account, Carried, Change, HoldKind, HoldSet, PolicySet, Reset, RestSet, Step, Undone
from bot.core.ports import Turn
from bot.core.reminder_model import Kind, Letter, Reminders, State
from bot.core.reply import Reply
from scheduler.model import Policy, Rating
from storage.backup import automatic
from storage.check import check
from storage.errors import StoreError
from storage.open import open_store
from tests.databases import migrated_at

from .made import ANN, DAY, NOON, attempt, card, learner, progress, reviewed, said, session

ANOTHER = Policy(retention=0.85)


async def lived_in(where: str) -> None:
    """A database with a bit of everything, made as the tutor would: the caches are folds of the log."""
    log = [reviewed(number, phase="new") for number in range(1, 6)]
    log += [reviewed(11, card=card(1).id, phase="learning", at=NOON + 700_000)]
    log += [reviewed(12, card=card(1).id, phase="review", at=NOON + 86_400_000 * 3, study_day=DAY + 3)]
    log += [reviewed(13, card=card(2).id, phase="learning", rating=Rating.AGAIN)]
    undone = Undone(id="undone1", at=NOON + 800_000, study_day=DAY, card=card(2).id, entry="entry0013")
    held = HoldSet(id="held1", at=NOON + 900_000, study_day=DAY, card=card(3).id, kind=HoldKind.BURIED, until=DAY + 1)
    changed = PolicySet(id="policy1", at=NOON + 900_001, study_day=DAY, policy=ANOTHER)
    renamed = (
        Carried(id="r1", at=NOON + 5, study_day=DAY, card=card(6).id, was="t:before", progress=progress()),
        Reset(id="r2", at=NOON + 5, study_day=DAY, card="t:before"),
    )
    rested = RestSet(id="rest1", at=NOON + 900_002, study_day=DAY, weekday=2)
    entries = (*log, undone, held, changed, rested, *renamed)
    policies = {policy.digest: policy for policy in (Policy(), ANOTHER)}
    cards = [card(number) for number in range(1, 7)]
    of_cards = (*log, undone, *renamed)
    folded = [(one.id, fold_progress([e for e in of_cards if e.card == one.id], policies, one.id)) for one in cards]
    attempts = [attempt(number, step=Step.RATED, entry=f"entry{number:04}") for number in range(1, 6)]
    attempts += [attempt(13, card(2), step=Step.DROPPED), attempt(99, card(4))]

    reminders = Reminders(on=True, platform="telegram", quiet=(0, 0), next_at=NOON + 6 * 3_600_000 + 30 * 60_000)
    waits = {"kind": Kind.CARDS, "platform": "telegram", "external": "9", "at": NOON, "expires_at": NOON + 1}
    letters = (
        Letter(learner="", key="day.2026-01-01", **waits, state=State.SENT),  # type: ignore[arg-type]
        Letter(learner="", key="day.2026-01-02", **waits, state=State.FAILED, reason="late"),  # type: ignore[arg-type]
        Letter(learner="", key="day.2026-01-03", **waits, state=State.SENDING, worker="one", lease=NOON),  # type: ignore[arg-type]
    )

    def decide(turn: Turn) -> Reply:
        turn.enrol(ANN, learner())
        turn.enrol(Account("telegram", "9"), learner())
        turn.save(
            Change(
                entries=entries,
                progress=tuple(folded),
                attempts=tuple(attempts),
                session=session(attempt="attempt0099", history=("attempt0001", "attempt0002")),
                days=fold_days(entries),
                learner=learner(policy=ANOTHER, rest=2),
                reminders=reminders,
                letters=letters,
            ),
            cards,
        )
        return said("done")

    store = await open_store(migrated_at(where))
    await store.run(ANN, "first", decide)
    await store.close()


SPOILT = {
    "progress altered": "UPDATE progress SET due_day = due_day + 1 WHERE card = 't:n0001'",
    "memory altered": "UPDATE progress SET stability = stability * 1.001 WHERE card = 't:n0001'",
    "progress missing": "DELETE FROM progress WHERE card = 't:n0002'",
    "progress of nothing": "UPDATE progress SET card = 't:gone' WHERE card = 't:n0003'",
    "a taken-back review counted": "UPDATE progress SET reps = 3 WHERE card = 't:n0002'",
    "day miscounted": "UPDATE days SET reviews = reviews + 1",
    "day missing": "DELETE FROM days",
    "day invented": "UPDATE days SET study_day = study_day + 100",
    "hold lost": "DELETE FROM holds",
    "hold altered": "UPDATE holds SET kind = 'suspended', until = 0",
    "hold invented": "UPDATE holds SET card = 't:n0005'",
    "log column altered": "UPDATE log SET card = 't:n0004' WHERE entry = 'entry0001'",
    "log rating column altered": "UPDATE log SET rating = 1 WHERE entry = 'entry0012'",
    "log entry unreadable": "UPDATE log SET data = '{' WHERE entry = 'entry0005'",
    "what was carried over altered": "UPDATE progress SET reps = 9 WHERE card = 't:n0006'",
    "undo unreadable": "UPDATE log SET data = 'null' WHERE entry = 'undone1'",
    "review missing under a rated attempt": "DELETE FROM log WHERE entry = 'entry0004'",
    "attempt open though rated": "UPDATE attempts SET step = 'asked', data = replace(data, '\"rated\"', '\"asked\"')"
    " WHERE attempt = 'attempt0003'",
    "attempt column altered": "UPDATE attempts SET step = 'dropped' WHERE attempt = 'attempt0001'",
    "attempt unreadable": "UPDATE attempts SET data = '[]' WHERE attempt = 'attempt0002'",
    "open attempt gone": "DELETE FROM attempts WHERE attempt = 'attempt0099'",
    "session unreadable": "UPDATE sessions SET data = '{}'",
    "session column altered": "UPDATE sessions SET attempt = 'other'",
    "shown card altered": "UPDATE revisions SET data = replace(data, 'fact 4', 'fact 5') WHERE card = 't:n0004'",
    "policy altered": "UPDATE policies SET data = replace(data, '0.85', '0.99')",
    "policy of the log missing": "DELETE FROM policies WHERE data LIKE '%0.9,%'",
    "learner unreadable": "UPDATE learners SET data = 'x'",
    "day of rest altered": "UPDATE learners SET data = replace(data, '\"rest\":2', '\"rest\":3')",
    "reminders unreadable": "UPDATE reminders SET data = 'x'",
    "next reminder altered": "UPDATE reminders SET next_at = next_at + 1",
    "next reminder forgotten": "UPDATE reminders SET next_at = NULL",
    "letter of no known kind": "UPDATE outbox SET kind = 'poem'",
    "letter held by nobody": "UPDATE outbox SET worker = '' WHERE state = 'sending'",
    "letter without a reason": "UPDATE outbox SET reason = '' WHERE state = 'failed'",
    "receipt unreadable": "UPDATE receipts SET reply = 'x'",
    "account of nobody": "INSERT INTO accounts (platform, external, learner) VALUES ('web', 'z', 'nobody')",
}
SPOILT_ON_SQLITE = {  # where foreign keys can be switched off
    "learner gone": "DELETE FROM learners",
    "rows of nobody": "UPDATE holds SET learner = 'nobody'",
}


@contextmanager
def by_hand(where: str) -> Iterator[Callable[[str], object]]:
    if where.startswith("postgresql"):
        with psycopg.connect(where) as server:
            yield lambda statement: server.execute(statement.replace("%", "%%").encode(), ())
    else:
        with closing(sqlite3.connect(where)) as file, file:
            yield file.execute


def rows_of(where: str, table: str) -> list[object]:
    with by_hand(where) as do:
        return sorted(do(f"SELECT * FROM {table}"), key=repr)  # type: ignore[call-overload]


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def lived(where: str) -> str:
    await lived_in(where)
    return where


async def test_a_database_the_store_wrote_has_no_problem(lived: str) -> None:
    assert check(lived) == []
    assert check(lived, repair=True) == []


@pytest.mark.parametrize("harm", SPOILT)
async def test_harm_is_found_and_repaired(lived: str, harm: str) -> None:
    with by_hand(lived) as do:
        do(SPOILT[harm])
    spoilt = {table: rows_of(lived, table) for table in ("log", "progress", "days", "holds", "attempts")}
    found = check(lived)
    assert found
    assert not any(problem.repaired for problem in found)
    assert spoilt == {table: rows_of(lived, table) for table in spoilt}, "looking changed something"
    assert all(problem.repaired for problem in check(lived, repair=True))
    assert check(lived) == []


@pytest.mark.parametrize("harm", ["progress altered", "progress missing", "hold lost", "day missing", "day miscounted"])
async def test_a_repair_brings_the_very_rows_back(lived: str, harm: str) -> None:
    tables = ("log", "progress", "days", "holds", "attempts", "sessions", "learners")
    before = {table: rows_of(lived, table) for table in tables}
    with by_hand(lived) as do:
        do(SPOILT[harm])
    check(lived, repair=True)
    assert {table: rows_of(lived, table) for table in tables} == before


@pytest.mark.parametrize("harm", SPOILT_ON_SQLITE)
async def test_rows_without_their_learner_are_kept(tmp_path: Path, harm: str) -> None:
    where = str(tmp_path / "backfill.db")
    await lived_in(where)
    with by_hand(where) as do:
        do(SPOILT_ON_SQLITE[harm])
    reviews = rows_of(where, "log")
    assert check(where)
    check(where, repair=True)
    assert check(where) == []
    assert rows_of(where, "log") == reviews


async def test_an_unreadable_review_is_rebuilt_from_its_columns(lived: str) -> None:
    with by_hand(lived) as do:
        do(SPOILT["log entry unreadable"])
    check(lived, repair=True)
    store = await open_store(lived)
    rebuilt: list[object] = []

    def look(turn: Turn) -> Reply:
        turn.learner(ANN)
        rebuilt.extend(turn.entries(card(5).id))
        return said("")

    await store.run(ANN, "", look)
    await store.close()
    lost = {"account": replace(ANN, platform="", external=""), "took": 0, "policy": ANOTHER.digest}
    assert rebuilt == [reviewed(5, phase="new", **lost)]


async def test_what_only_an_unreadable_entry_knew_is_left_as_it_is(lived: str) -> None:
    before = rows_of(lived, "progress")
    with by_hand(lived) as do:
        do("UPDATE log SET data = '{' WHERE kind = 'Carried'")
    assert [problem.repaired for problem in check(lived, repair=True)] == [False]
    assert rows_of(lived, "progress") == before


async def test_a_repair_is_preceded_by_a_backup(tmp_path: Path) -> None:
    where = tmp_path / "backfill.db"
    await lived_in(str(where))
    check(where)
    assert not automatic(where)
    check(where, repair=True)
    assert [copy.name.split(".")[-2] for copy in automatic(where)] == ["before-repair"]


async def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path) -> None:
    where = tmp_path / "backfill.db"
    await lived_in(str(where))
    with where.open("r+b") as file:
        file.seek(4096 * 6)
        file.write(b"\xff" * 8192)
    damaged = where.read_bytes()
    assert "damaged" in verdict(where) or "cannot be read" in verdict(where)
    assert where.read_bytes() == damaged


def verdict(where: Path) -> str:
    try:
        return " ".join(problem.text for problem in check(where))
    except StoreError as refusal:
        return str(refusal)


async def test_there_must_be_a_database_to_check(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        check(tmp_path / "nothing.db")
    (tmp_path / "text.db").write_text("not a database, but long enough to be taken for one by its size alone")
    with pytest.raises(StoreError, match="cannot be read"):
        check(tmp_path / "text.db")
