"""Deleting a learner, on SQLite and on PostgreSQL: nothing is left, nobody else is touched, however it is cut."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import asdict, replace
from sqlalchemy import Table, select

import storage.erase
from bot.core.actions import Begin, Erase, Export, ShowPrivacy
from bot.core.link_model import Merge, Miss, Offer, Side
from bot.core.model import Account, Change
from bot.core.my_data_words import ASK_TITLE, DELETED, NOTHING
from bot.core.ports import Store, Turn
from bot.core.rehearsal_model import Asked, Rehearsal
from bot.core.reminder_model import Kind, Letter, Reminders
from bot.core.reply import Line, Reply
from bot.core.tutor import Tutor
from scheduler.model import Rating
from storage.check import check
from storage.engine import address, sync_engine
from storage.erase_sql import BY_ACCOUNT, ERASED, LAST, NOBODYS
from storage.tables import metadata

from .drilling import Driller
from .made import ANN, BOB, NOON, attempt, card, catalogue, learner, reviewed, said, session
from .test_link import EVE, ask, enrol, link, offer

GHOST = Account("telegram", "77001177")
LINKED = Account("discord", "88001188")
MARKS = (GHOST.external, LINKED.external, "learner-ghost", "learner-older", "learner-oldest")


def everything(where: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    engine = sync_engine(address(where))
    with engine.begin() as connection:
        rows = {
            table.name: [str(tuple(row)) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return rows


def traces(where: str) -> set[str]:
    """Tables in which anything still names the deleted one."""
    found = everything(where)
    return {table for table, rows in found.items() if any(mark in row for row in rows for mark in MARKS)}


def tutor(store: Store) -> Tutor:
    return Tutor(store, lambda: catalogue(3), lambda: NOON + 5)


async def haunt(store: Store) -> None:
    """Ghost, who is in every table that can hold anybody; and Ann and Bob, whose rows touch theirs."""
    for account, who in ((ANN, "ann"), (BOB, "bob"), (GHOST, "ghost"), (EVE, "older")):
        await enrol(store, account, learner(who))
    await ask(store, lambda turn: turn.enrol(LINKED, learner("ghost")), GHOST)
    rehearsal = Rehearsal(
        id="r1", track="t", started_at=NOON, ends_at=NOON + 9, asked=(Asked(card().id, card().revision, "d"),)
    )
    whole = Change(
        entries=(reviewed(1), reviewed(2, id="e2", attempt="a2")),
        attempts=(attempt(1),),
        session=session(account=GHOST),
        rehearsal=rehearsal,
        reminders=Reminders(platform="telegram"),
        letters=(_letter("learner-ghost"),),
    )
    await ask(store, lambda turn: turn.save(whole, (card(),)), GHOST)
    theirs = replace(whole, session=session(), letters=(_letter("learner-ann"),))
    await ask(store, lambda turn: turn.save(theirs, (card(),)), ANN)
    await store.run(GHOST, "k1", lambda turn: said("for ghost"))
    engine_rows = Merge(id="m1", kept="learner-ann", other="learner-ghost", accounts=(GHOST,), at=NOON, done=True)
    await link(store, merge=engine_rows)
    await link(store, merge=replace(engine_rows, id="m2", kept="learner-ghost", other="learner-older"))
    gone = tuple(
        Side(learner=learner(name, into=f"learner-{to}")) for name, to in (("older", "ghost"), ("oldest", "older"))
    )
    await link(store, sides=gone, given=((EVE, "learner-ghost"),))
    await link(store, offer=Offer(**asdict(offer("o1")) | {"maker": BOB, "taker": GHOST}))
    await link(store, offer=Offer(**asdict(offer("o2")) | {"maker": LINKED}))
    await link(store, missed=Miss("miss1", GHOST, NOON))
    await ask(store, _plays, GHOST)


def _letter(whose: str) -> Letter:
    return Letter(
        learner=whose, key="day.1", kind=Kind.CARDS, platform="telegram", external=GHOST.external, at=1, expires_at=2
    )


def _plays(turn: Any) -> None:
    turn.quizzes().set_hidden(GHOST, hidden=True)
    turn.quizzes().set_carrier("q1", "s1", "learner-ghost")
    turn.quizzes().set_carrier("q1", "s2", "learner-bob")
    turn._do(turn._sql.add_quiz_player, _seat("s1", GHOST, "Ghost") | {"quiz": "q1"})
    turn._do(turn._sql.add_quiz_player, _seat("s2", BOB, "Bob") | {"quiz": "q1"})


def _seat(seat: str, account: Account, name: str) -> dict[str, Any]:
    return {"seat": seat, "platform": account.platform, "external": account.external, "name": name}


async def erased(store: Store, account: Account = GHOST, key: str = "") -> Reply:
    return await tutor(store).handle(account, Erase(asked=NOON), key)


def rows_of(table: Table) -> bool:
    return "learner" in table.c or {"platform", "external"} <= set(table.c.keys())


def test_every_table_that_can_name_somebody_has_a_rule() -> None:
    naming = {table.name for table in metadata.sorted_tables if rows_of(table)}
    ruled = [table.name for table in (*ERASED, *LAST, *BY_ACCOUNT, *NOBODYS)]
    assert sorted(ruled) == sorted(naming)


async def test_nothing_names_the_deleted_one_any_more(store: Store, where: str) -> None:
    await haunt(store)
    before = traces(where)
    can_name = {table.name for table in (*ERASED, *LAST, *BY_ACCOUNT)} - {"erasures"}
    derived = {"progress", "holds", "days"}  # the next test's
    assert can_name - derived <= before
    assert (await erased(store)).body[0] == Line(DELETED)
    assert traces(where) == set()


async def drills(store: Store, account: Account, cards: int) -> Driller:
    clock = itertools.count(NOON, 7_000)
    driller = Driller(store, account, catalogue(40), lambda: next(clock), account.external)
    await driller.arrive()
    for number in range(cards):
        await driller.reveal()
        await driller.rate(Rating.AGAIN if number % 4 == 3 else Rating.EASY)
    return driller


async def test_what_was_learnt_goes_too_and_nobody_elses(store: Store, where: str) -> None:
    for account in (GHOST, ANN):
        await drills(store, account, 9)
    gone = await ask(store, lambda turn: turn.links().owner(GHOST), GHOST)
    assert gone is not None
    before = everything(where)
    assert all(any(gone.id in row for row in before[name]) for name in ("log", "attempts", "progress", "days"))
    await erased(store)
    after = everything(where)
    assert not any(gone.id in row or GHOST.external in row for rows in after.values() for row in rows)
    for name, rows in before.items():
        assert sorted(after[name]) == sorted(row for row in rows if gone.id not in row), name
    assert check(where) == []


async def test_deleting_twice_is_deleting_once(store: Store, where: str) -> None:
    await drills(store, GHOST, 2)
    assert (await erased(store, key="k")).body == (Line(DELETED),)
    after = everything(where)
    assert (await erased(store, key="k")).body == (Line(NOTHING),)
    assert everything(where) == after


async def test_nobody_is_written_down_by_asking_what_is_kept(store: Store, where: str) -> None:
    for action in (ShowPrivacy(), Export(), Erase(), Erase(asked=NOON)):
        reply = await tutor(store).handle(GHOST, action, "k")
        assert reply.body[0] == Line(NOTHING)
        assert not reply.sends
    assert everything(where)["learners"] == []


async def test_a_confirmation_that_is_ten_minutes_old_asks_again(store: Store) -> None:
    await drills(store, GHOST, 1)
    for asked in (0, NOON - 11 * 60_000, NOON + 60_000_000):
        reply = await tutor(store).handle(GHOST, Erase(asked=asked), "")
        assert Line(ASK_TITLE) in reply.body
    assert await ask(store, lambda turn: turn.links().owner(GHOST), GHOST) is not None


async def test_whoever_comes_back_is_somebody_new(store: Store, where: str) -> None:
    await drills(store, GHOST, 2)
    before = await ask(store, lambda turn: turn.links().owner(GHOST), GHOST)
    await erased(store)
    assert await ask(store, lambda turn: turn.learner(GHOST), GHOST) is None
    await tutor(store).handle(GHOST, Begin(), "k9")
    after = await ask(store, lambda turn: turn.learner(GHOST), GHOST)
    assert before is not None
    assert after is not None
    assert after.id != before.id
    assert check(where) == []


class Cut(Exception):
    """The process ends here."""


class Dying:
    """A store whose process ends after some transactions."""

    def __init__(self, store: Store, left: int) -> None:
        self.store, self.left = store, left

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        if not self.left:
            raise Cut
        self.left -= 1
        return await self.store.run(account, key, decide)

    async def close(self) -> None:
        await self.store.close()


async def test_a_deletion_cut_anywhere_is_finished_by_the_next_process(
    store: Store, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.erase, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(storage.erase, "LEARNERS_AT_ONCE", 1)
    cuts = 0
    for turns in itertools.count(2):  # the first writes down what has come into the decks
        await drills(store, GHOST, 6)
        dying = tutor(Dying(store, turns))
        try:
            await dying.handle(GHOST, Erase(asked=NOON), "k")
        except Cut:
            cuts += 1
        else:
            break
        assert check(where) == []
        assert await ask(store, lambda turn: turn.learner(GHOST), GHOST) is None
        assert (await tutor(store).handle(GHOST, Erase(asked=NOON), "k")).body == (Line(NOTHING),)
        await tutor(store).finish()
        assert everything(where)["learners"] == []
        assert everything(where)["log"] == []
    assert cuts > 8


async def test_a_merge_that_is_being_taken_back_is_taken_back_first(store: Store, where: str) -> None:
    await drills(store, GHOST, 5)
    await drills(store, ANN, 3)
    ghost, ann = [await ask(store, lambda turn, a=a: turn.links().owner(a), a) for a in (GHOST, ANN)]
    assert ghost is not None
    assert ann is not None
    before = everything(where)
    merge = Merge(id="m", kept=ann.id, other=ghost.id, accounts=(GHOST,), at=NOON)
    await link(store, sides=(Side(learner=replace(ann, merging="m")),), merge=merge)
    while not merge.done:
        merge = await ask(store, lambda turn: turn.links().unite(merge), ANN)  # noqa: B023
    assert len(everything(where)["log"]) == len(before["log"]) + 5
    await link(
        store,
        sides=(Side(learner=replace(ann, merging="m")),),
        merge=replace(merge, parted_at=NOON, after="", done=False),
    )
    await erased(store)
    after = everything(where)
    assert not any(ghost.id in row for rows in after.values() for row in rows)
    assert sorted(after["log"]) == sorted(row for row in before["log"] if ann.id in row)
    await tutor(store).handle(ANN, Begin(), "")  # whoever kept goes on
    assert check(where) == []


async def test_a_turn_that_waited_for_the_deletion_meets_a_stranger(store: Store, where: str) -> None:
    await drills(store, GHOST, 3)
    outcomes = await asyncio.gather(
        erased(store, key="k1"),
        *(tutor(store).handle(GHOST, Begin(), f"b{number}") for number in range(4)),
        erased(store, key="k2"),
    )
    assert len(outcomes) == 6
    await tutor(store).finish()
    assert len(everything(where)["learners"]) <= 1
    assert everything(where)["log"] == []
    assert check(where) == []
