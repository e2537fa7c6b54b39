"""What the store tells of a learner's habit, on SQLite and on PostgreSQL."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.habit_desk import lay_record
from bot.core.habit_model import Break, Habit
from bot.core.link_model import Side
from bot.core.model import BreakSet, CatchUpSet, Change, LogEntry, PolicySet, RestSet, Undone
from bot.core.ports import Store
from scheduler.model import Policy
from storage.check import check

from .made import ANN, BOB, DAY, NOON, learner, reviewed
from .test_link import MERGE, ask, enrol, grow, link

REST = RestSet(id="r1", at=NOON, study_day=DAY, weekday=2)
BREAK = BreakSet(id="b1", at=NOON + 1, study_day=DAY + 1, until=DAY + 9)
TAKEN_BACK = Undone(id="u1", at=NOON + 2, study_day=DAY + 1, entry="b1")
PLAN = CatchUpSet(id="c1", at=NOON + 3, study_day=DAY + 2, per_day=25)


async def keep(store: Store, *entries: LogEntry) -> None:
    await ask(store, lambda turn: turn.save(Change(entries=entries), ()))


async def test_the_entries_about_no_card_are_found_beside_a_log_of_reviews(store: Store) -> None:
    await enrol(store, ANN, learner())
    await grow(store, ANN, [reviewed(1)])
    changed = PolicySet(id="p1", at=NOON, study_day=DAY, policy=Policy())
    await keep(store, REST, BREAK, PLAN, changed)
    assert sorted(await ask(store, lambda turn: turn.habit()), key=lambda entry: entry.at) == [REST, BREAK, PLAN]
    began = Break(DAY + 1, DAY + 9)
    habit = Habit(rests=((DAY, 2),), breaks=(began,), catch_up=PLAN, pause=BREAK)
    assert (await ask(store, lay_record)).habit == habit
    await keep(store, TAKEN_BACK)
    assert (await ask(store, lay_record)).habit == Habit(rests=((DAY, 2),), catch_up=PLAN)


async def test_study_days_and_their_instants_are_those_of_ratings_that_stand(store: Store) -> None:
    await enrol(store, ANN, learner())
    log: list[LogEntry] = [
        reviewed(1),
        reviewed(2, at=NOON + 50),
        reviewed(3, at=NOON + 90),
        Undone(id="u3", at=NOON + 91, study_day=DAY, card="t:n0003", entry="entry0003"),
        reviewed(4, at=NOON + 1000, study_day=DAY + 1),
        Undone(id="u4", at=NOON + 1001, study_day=DAY + 1, card="t:n0004", entry="entry0004"),
        reviewed(5, at=NOON + 2000, study_day=DAY + 2),
    ]
    await grow(store, ANN, log)
    assert await ask(store, lambda turn: turn.studied(9)) == [DAY, DAY + 2]
    assert await ask(store, lambda turn: turn.studied(1)) == [DAY + 2]
    instants = {DAY: (NOON + 1, NOON + 50), DAY + 2: (NOON + 2000, NOON + 2000)}
    assert await ask(store, lambda turn: turn.instants([DAY, DAY + 1, DAY + 2])) == instants
    assert await ask(store, lambda turn: turn.instants([])) == {}
    found = (await ask(store, lay_record)).streak(DAY + 2, NOON + 2000)
    assert (found.days, found.covers) == (2, ()), "two seconds cannot hold a missed day"


async def test_merged_learners_have_the_habits_of_both_and_parted_ones_their_own(store: Store, where: str) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    await keep(store, REST)
    await ask(store, lambda turn: turn.save(Change(entries=(BREAK, PLAN)), ()), BOB)
    for merge, expected in ((MERGE, [REST, BREAK, PLAN]), (replace(MERGE, parted_at=NOON), [REST])):
        busy = replace(learner(), merging="m1")
        await link(store, merge=merge, sides=(Side(learner=busy),))
        while not merge.done:
            merge = await ask(store, lambda turn: turn.links().unite(merge))  # noqa: B023
            assert check(where) == []
        assert sorted(await ask(store, lambda turn: turn.habit()), key=lambda entry: entry.at) == expected
        assert await ask(store, lambda turn: len(turn.habit()), BOB) == 2, "the other's own stay as they are"
