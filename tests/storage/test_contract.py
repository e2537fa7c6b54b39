"""What every store promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from msgspec.structs import replace

from bot.core.model import (
    Carried,
    Change,
    Day,
    Flagged,
    Hold,
    HoldKind,
    HoldSet,
    Learner,
    LogEntry,
    PolicySet,
    Practised,
    Reset,
    Stage,
    Step,
    TutorError,
    Undone,
)
from bot.core.ports import Store, Turn
from bot.core.rehearsal_model import Asked, Rehearsal
from bot.core.reply import Reply
from decks.model import Card
from scheduler.model import Memory, Phase, Policy, Progress, Rating

from .made import ANN, BOB, DAY, NOON, attempt, card, learner, progress, reviewed, said, session

T = TypeVar("T")


async def ask(store: Store, question: Callable[[Turn], T], account=ANN) -> T:
    """What a turn of this learner sees."""
    seen: list[T] = []

    def decide(turn: Turn) -> Reply:
        turn.learner(account)
        seen.append(question(turn))
        return said("seen")

    await store.run(account, "", decide)
    return seen[-1]


async def enrol(store: Store, account=ANN, who: Learner | None = None) -> None:
    def decide(turn: Turn) -> Reply:
        turn.enrol(account, who or learner())
        return said("hello")

    await store.run(account, "", decide)


async def save(store: Store, *cards: Card, account=ANN, **change) -> None:
    await ask(store, lambda turn: turn.save(Change(**change), cards), account)


async def test_a_stranger_is_nobody_until_enrolled(store: Store) -> None:
    assert await ask(store, lambda turn: turn.learner(ANN)) is None
    await enrol(store)
    assert await ask(store, lambda turn: turn.learner(ANN)) == learner()


async def test_two_accounts_can_be_one_learner(store: Store) -> None:
    await enrol(store)
    await enrol(store, BOB)
    await save(store, account=BOB, learner=learner(goal="facts"))
    assert await ask(store, lambda turn: turn.learner(ANN)) == learner(goal="facts")


async def test_settings_come_back_as_they_were_saved(store: Store) -> None:
    chosen = learner(zone="Asia/Kathmandu", day_start=90, stage=Stage.CITY, policy=Policy(retention=0.87, fuzz=False))
    await enrol(store)
    await save(store, learner=chosen)
    assert await ask(store, lambda turn: turn.learner(ANN)) == chosen


async def test_a_key_seen_before_gets_the_first_reply_and_changes_nothing(store: Store) -> None:
    await enrol(store)
    decided: list[int] = []

    def decide(turn: Turn) -> Reply:
        decided.append(len(decided))
        turn.save(Change(session=session(done=len(decided))), ())
        return said(f"reply {len(decided)}")

    first = await store.run(ANN, "update-7", decide)
    again = await store.run(ANN, "update-7", decide)
    other = await store.run(ANN, "update-8", decide)
    assert (first, again, other) == (said("reply 1"), said("reply 1"), said("reply 2"))
    assert len(decided) == 2


async def test_the_update_that_enrols_a_stranger_is_answered_once(store: Store) -> None:
    def decide(turn: Turn) -> Reply:
        assert turn.learner(ANN) is None
        turn.enrol(ANN, learner())
        return said("welcome")

    replies = await asyncio.gather(*(store.run(ANN, "first", decide) for _ in range(4)))
    assert replies == [said("welcome")] * 4


async def test_the_same_key_of_two_accounts_is_two_updates(store: Store) -> None:
    await enrol(store)
    await enrol(store, BOB, learner("bob"))
    assert await store.run(ANN, "7", lambda turn: said("ann")) == said("ann")
    assert await store.run(BOB, "7", lambda turn: said("bob")) == said("bob")


async def test_an_empty_key_is_decided_every_time(store: Store) -> None:
    await enrol(store)
    said_so = iter(["one", "two"])
    assert await store.run(ANN, "", lambda turn: said(next(said_so))) == said("one")
    assert await store.run(ANN, "", lambda turn: said(next(said_so))) == said("two")


async def test_what_the_learner_should_hear_undoes_the_turn_and_leaves_no_receipt(store: Store) -> None:
    await enrol(store)

    def refuse(turn: Turn) -> Reply:
        turn.learner(ANN)
        turn.save(Change(session=session(), entries=(reviewed(),)), ())
        raise TutorError("Not now.")

    with pytest.raises(TutorError, match="Not now"):
        await store.run(ANN, "k", refuse)
    assert await ask(store, lambda turn: (turn.session(), turn.entries(card().id))) == (None, [])
    assert await store.run(ANN, "k", lambda turn: said("now")) == said("now")


async def test_a_turn_that_fails_takes_no_other_turn_with_it(store: Store) -> None:
    people = [replace(ANN, external=f"p{number}") for number in range(30)]
    for number, account in enumerate(people):
        await enrol(store, account, learner(f"p{number}"))

    async def press(number: int) -> None:
        def decide(turn: Turn) -> Reply:
            turn.learner(people[number])
            turn.save(Change(session=session(done=number)), ())
            if number % 3 == 0:
                raise ZeroDivisionError
            return said("ok")

        await store.run(people[number], f"k{number}", decide)

    outcomes = await asyncio.gather(*map(press, range(30)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, type(None), type(None)] * 10
    for number, account in enumerate(people):
        kept = await ask(store, lambda turn: turn.session(), account)
        assert (kept is None) == (number % 3 == 0)


async def test_an_attempt_comes_back_with_the_card_as_it_was_shown(store: Store) -> None:
    await enrol(store)
    shown, edited = card(1), card(1, why="Because.")
    await save(store, shown, attempts=(attempt(1),), session=session(attempt="attempt0001"))
    await save(store, edited, attempts=(attempt(2, edited, step=Step.ANSWERED, given="\0 ünï ‱"),))
    assert await ask(store, lambda turn: turn.attempt("attempt0001")) == (attempt(1), shown)
    expected = (attempt(2, edited, step=Step.ANSWERED, given="\0 ünï ‱"), edited)
    assert await ask(store, lambda turn: turn.attempt("attempt0002")) == expected


async def test_an_attempt_changes_in_place(store: Store) -> None:
    await enrol(store)
    await save(store, card(), attempts=(attempt(),))
    await save(store, attempts=(attempt(step=Step.RATED, rating=Rating.HARD),))
    assert await ask(store, lambda turn: turn.attempt("attempt0001")) == (
        attempt(step=Step.RATED, rating=Rating.HARD),
        card(),
    )


@pytest.mark.parametrize("garbage", ["", "nobody", "attempt0001'", "\0", "a\nb", "ä", "\udcff", "x" * 5000])
async def test_unknown_and_foreign_attempts_are_alike(store: Store, garbage: str) -> None:
    await enrol(store)
    await enrol(store, BOB, learner("bob"))
    await save(store, card(), attempts=(attempt(),))
    assert await ask(store, lambda turn: turn.attempt(garbage)) is None
    assert await ask(store, lambda turn: turn.attempt("attempt0001"), BOB) is None


async def test_an_attempt_whose_card_is_not_stored_is_refused(store: Store) -> None:
    await enrol(store)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await save(store, attempts=(attempt(),))


PROGRESS = {
    "t:learning": progress(phase=Phase.LEARNING, step=1, due_at=NOON + 600_000, memory=Memory(0.1 + 0.2, 1 / 3 + 1)),
    "t:review": progress(memory=Memory(36500.0, 10.0), interval=3650, reps=99, lapses=12),
    "t:relearning": progress(phase=Phase.RELEARNING, step=0, due_day=DAY + 1, memory=Memory(5e-324, 1.0), lapses=1),
}


async def test_progress_comes_back_to_the_last_bit(store: Store) -> None:
    await enrol(store)
    await save(store, progress=tuple(PROGRESS.items()))
    assert await ask(store, lambda turn: turn.progress([*PROGRESS, "t:unmet"])) == PROGRESS
    assert await ask(store, lambda turn: turn.progress([])) == {}
    await save(store, progress=(("t:review", None), ("t:learning", progress())))
    assert await ask(store, lambda turn: turn.progress(list(PROGRESS))) == {
        "t:learning": progress(),
        "t:relearning": PROGRESS["t:relearning"],
    }


async def test_cards_fall_due_in_order_within_the_limit(store: Store) -> None:
    await enrol(store)
    waiting = [(f"t:w{n}", progress(phase=Phase.LEARNING, step=0, due_at=NOON + n)) for n in (3, 1, 2)]
    days = [(f"t:d{n}", progress(due_day=DAY + n)) for n in (2, -5, 0, 1)]
    await save(store, progress=(*waiting, *days))
    assert [name for name, _ in await ask(store, lambda turn: turn.ready(NOON + 2, 9))] == ["t:w1", "t:w2"]
    assert [name for name, _ in await ask(store, lambda turn: turn.ready(NOON + 9, 1))] == ["t:w1"]
    assert [name for name, _ in await ask(store, lambda turn: turn.due(DAY + 1, 9))] == ["t:d-5", "t:d0", "t:d1"]
    assert [name for name, _ in await ask(store, lambda turn: turn.due(DAY + 1, 2))] == ["t:d-5", "t:d0"]
    assert await ask(store, lambda turn: turn.forecast(DAY, DAY + 2)) == {DAY: 1, DAY + 1: 1, DAY + 2: 1}


def hold(number: int, name: str, kind: HoldKind | None, until: int = 0) -> HoldSet:
    return HoldSet(id=f"hold{number}", at=NOON + number, study_day=DAY, card=name, kind=kind, until=until)


async def test_held_cards_are_not_due(store: Store) -> None:
    await enrol(store)
    names = ["t:free", "t:suspended", "t:buried", "t:lapsed"]
    await save(store, progress=tuple((name, progress(due_day=DAY)) for name in names))
    await save(
        store,
        entries=(
            hold(1, "t:suspended", HoldKind.SUSPENDED),
            hold(2, "t:buried", HoldKind.BURIED, DAY + 1),
            hold(3, "t:lapsed", HoldKind.BURIED, DAY),
        ),
    )
    assert sorted(name for name, _ in await ask(store, lambda turn: turn.due(DAY, 9))) == ["t:free", "t:lapsed"]
    assert await ask(store, lambda turn: turn.forecast(DAY, DAY)) == {DAY: 3}
    assert [name for name, _ in await ask(store, lambda turn: turn.held(2))] == ["t:lapsed", "t:buried"]
    assert await ask(store, lambda turn: turn.holds(names)) == {
        "t:suspended": Hold(HoldKind.SUSPENDED),
        "t:buried": Hold(HoldKind.BURIED, DAY + 1),
        "t:lapsed": Hold(HoldKind.BURIED, DAY),
    }


async def test_a_hold_is_released_or_taken_back(store: Store) -> None:
    await enrol(store)
    await save(store, entries=(hold(1, "t:a", HoldKind.SUSPENDED), hold(2, "t:b", HoldKind.SUSPENDED)))
    await save(store, entries=(hold(3, "t:a", None), hold(4, "t:b", HoldKind.BURIED, DAY + 1)))
    assert await ask(store, lambda turn: turn.holds(["t:a", "t:b"])) == {"t:b": Hold(HoldKind.BURIED, DAY + 1)}
    await save(store, entries=(Undone(id="u1", at=NOON + 9, study_day=DAY, card="t:b", entry="hold4"),))
    assert await ask(store, lambda turn: turn.holds(["t:b"])) == {"t:b": Hold(HoldKind.SUSPENDED)}


async def test_the_log_of_a_card_is_whole_and_in_order(store: Store) -> None:
    await enrol(store)
    base = {"study_day": DAY, "card": "t:n0001"}
    practised = {"account": ANN, "attempt": "x1", "rating": Rating.AGAIN, "took": 1, "mode": reviewed().mode}
    entries: tuple[LogEntry, ...] = (
        reviewed(1, given="naïve", wrong="t:n0002"),
        Undone(id="e2", at=NOON + 2, entry="entry0001", **base),
        Reset(id="e4", at=NOON + 4, **base),
        Practised(id="e3", at=NOON + 3, given="?", **base, **practised),
        hold(5, "t:n0001", HoldKind.BURIED, DAY + 1),
        Carried(id="e6", at=NOON + 6, was="t:before", progress=progress(), **base),
        Flagged(id="b", at=NOON + 6, revision="r", reason="wrong", **base),
        Flagged(id="a", at=NOON + 6, revision="r", reason="typo", **base),
    )
    await save(store, entries=(*entries, reviewed(2)))
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.id))
    assert await ask(store, lambda turn: turn.entries("t:n0001")) == ordered


async def test_policies_are_found_by_the_digest_a_review_names(store: Store) -> None:
    await enrol(store)
    strict, lax = Policy(retention=0.95), Policy(retention=0.8)
    await save(store, learner=learner(policy=strict))
    await save(store, entries=(PolicySet(id="p", at=NOON, study_day=DAY, policy=lax),))
    found = await ask(store, lambda turn: turn.policies([Policy().digest, strict.digest, lax.digest, "unknown"]))
    assert found == {policy.digest: policy for policy in (Policy(), strict, lax)}
    assert await ask(store, lambda turn: turn.policies([])) == {}


async def test_a_policy_whose_turn_failed_is_not_taken_for_stored(store: Store) -> None:
    await enrol(store)
    odd = Policy(retention=0.71)

    def fail(turn: Turn) -> Reply:
        turn.learner(ANN)
        turn.save(Change(learner=learner(policy=odd)), ())
        raise TutorError("no")

    with pytest.raises(TutorError):
        await store.run(ANN, "", fail)
    await save(store, learner=learner(policy=odd))
    assert await ask(store, lambda turn: turn.policies([odd.digest])) == {odd.digest: odd}


async def test_a_review_by_rules_nobody_had_is_refused(store: Store) -> None:
    await enrol(store)
    with pytest.raises(ValueError, match="never in force"):
        await save(store, entries=(reviewed(policy="0" * 16),))


async def test_an_attempt_is_rated_once(store: Store) -> None:
    await enrol(store)
    await save(store, entries=(reviewed(1),))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await save(store, entries=(reviewed(2, attempt="attempt0001"),))
    assert len(await ask(store, lambda turn: turn.entries(card(1).id))) == 1


async def test_days_are_counted_per_study_day(store: Store) -> None:
    await enrol(store)
    days = tuple(Day(study_day=DAY + n, reviews=5, new=1, due=3, kept=2, took=2**40) for n in (1, 0, 2))
    await save(store, days=(*days, Day(study_day=DAY + 3)))
    await save(store, days=(Day(study_day=DAY, reviews=6, new=1, due=3, kept=3, took=9),))
    found = await ask(store, lambda turn: turn.days(DAY, DAY + 1))
    assert found == [Day(study_day=DAY, reviews=6, new=1, due=3, kept=3, took=9), days[0]]
    assert await ask(store, lambda turn: turn.days(DAY + 3, DAY + 9)) == []


async def test_the_hardest_cards_lapsed_most(store: Store) -> None:
    await enrol(store)
    await save(store, progress=tuple((f"t:l{n}", progress(lapses=n)) for n in (2, 0, 9, 4)))
    assert [name for name, _ in await ask(store, lambda turn: turn.hardest(2))] == ["t:l9", "t:l4"]
    assert len(await ask(store, lambda turn: turn.hardest(9))) == 3


async def test_recall_counts_reviews_that_stand(store: Store) -> None:
    await enrol(store)
    of = {"card": "t:a", "phase": "review"}
    await save(
        store,
        entries=(
            reviewed(1, **of),
            reviewed(2, **of, rating=Rating.AGAIN),
            reviewed(3, **of, study_day=DAY - 9),
            reviewed(4, card="t:a", phase="learning"),
            reviewed(5, card="t:b", phase="review", rating=Rating.HARD),
            reviewed(6, **of, rating=Rating.AGAIN),
            Undone(id="u", at=NOON + 99, study_day=DAY, card="t:a", entry="entry0006"),
        ),
    )
    assert sorted(await ask(store, lambda turn: turn.recall(DAY - 1, DAY))) == [("t:a", 2, 1), ("t:b", 1, 1)]


async def test_nobody_sees_another_learners_rows(store: Store) -> None:
    await enrol(store)
    await enrol(store, BOB, learner("bob"))
    await save(
        store,
        card(),
        attempts=(attempt(),),
        session=session(),
        entries=(reviewed(1, phase="review"), hold(2, "t:held", HoldKind.SUSPENDED)),
        progress=(("t:n0001", progress(due_day=DAY, lapses=3)), ("t:w", progress(due_at=NOON))),
        days=(Day(study_day=DAY, reviews=1),),
    )

    def everything(turn: Turn) -> list[object]:
        return [
            turn.session(),
            turn.attempt("attempt0001"),
            dict(turn.progress(["t:n0001"])),
            list(turn.ready(NOON, 9)),
            list(turn.due(DAY, 9)),
            dict(turn.forecast(0, 2 * DAY)),
            list(turn.entries("t:n0001")),
            dict(turn.holds(["t:held"])),
            list(turn.held(9)),
            list(turn.days(0, 2 * DAY)),
            list(turn.hardest(9)),
            list(turn.recall(0, 2 * DAY)),
        ]

    assert not any(await ask(store, everything, BOB))
    seen = await ask(store, everything)
    assert all(seen)


async def test_a_turn_cannot_save_another_learner(store: Store) -> None:
    await enrol(store)
    with pytest.raises(ValueError, match="the learner it is about"):
        await save(store, learner=learner("bob"))


async def test_a_turn_begins_with_the_learner(store: Store) -> None:
    with pytest.raises(LookupError, match="begins with"):
        await store.run(ANN, "", lambda turn: said(str(turn.session())))


async def test_a_counter_that_many_turns_raise_misses_none(store: Store) -> None:
    await enrol(store)
    await enrol(store, BOB)
    await save(store, session=session())

    def press(turn: Turn) -> Reply:
        turn.learner(ANN)
        before = turn.session()
        assert before is not None
        turn.save(Change(session=replace(before, done=before.done + 1)), ())
        return said("ok")

    await asyncio.gather(*(store.run((ANN, BOB)[number % 2], f"k{number}", press) for number in range(40)))
    kept = await ask(store, lambda turn: turn.session())
    assert kept is not None
    assert kept.done == 40


def test_progress_in_these_tests_covers_both_dues() -> None:
    dues = {(one.due_at is None, one.due_day is None) for one in PROGRESS.values()}
    assert dues == {(True, False), (False, True)}
    assert all(isinstance(one, Progress) for one in PROGRESS.values())


async def test_the_latest_rehearsal_is_kept_with_its_cards_as_they_were_shown(store: Store) -> None:
    await enrol(store)
    await enrol(store, BOB, replace(learner(), id="another-learner"))
    shown = card(1)
    rehearsed = Rehearsal(
        id="r1", track="t", started_at=NOON, ends_at=NOON + 1, asked=(Asked(shown.id, shown.revision, "Loading"),)
    )

    def begin(turn: Turn) -> Reply:
        turn.learner(ANN)
        assert turn.rehearsal() is None
        turn.save(Change(rehearsal=rehearsed), (shown,))
        return said("begun")

    await store.run(ANN, "k1", begin)
    assert await ask(store, lambda turn: turn.rehearsal()) == rehearsed
    assert await ask(store, lambda turn: turn.shown([shown.revision, "gone"])) == {shown.revision: shown}
    assert await ask(store, lambda turn: turn.rehearsal(), BOB) is None
    later = replace(rehearsed, id="r2", handed_in=NOON + 1, right=(True,))

    def go_on(turn: Turn) -> Reply:
        turn.learner(ANN)
        turn.save(Change(rehearsal=later), ())
        return said("done")

    await store.run(ANN, "k2", go_on)
    assert await ask(store, lambda turn: turn.rehearsal()) == later
