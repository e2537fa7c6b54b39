"""What the outbox promises, on every store: one claim for each letter, and every lease ends somewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from msgspec.structs import replace

from bot.core.model import Account, Change, Day
from bot.core.ports import Outbox, Store, Turn
from bot.core.reminder_model import Kind, Letter, Reminders, State
from bot.core.reply import Reply
from storage.postgres import PostgresStore

from .made import ANN, NOON, learner, said

T = TypeVar("T")
MINUTE = 60_000
BOTH = ("telegram", "discord")


def letter(name: str = "ann", key: str = "day.2026-01-01", **fields: object) -> Letter:
    base = {"kind": Kind.CARDS, "platform": "telegram", "external": "7", "at": NOON, "expires_at": NOON + 60 * MINUTE}
    return Letter(learner=f"learner-{name}", key=key, **base | fields)  # type: ignore[arg-type]


async def enrol(store: Store, name: str, *letters: Letter, reminders: Reminders | None = None) -> None:
    account = Account("web", name)

    def decide(turn: Turn) -> Reply:
        if turn.learner(account) is None:
            turn.enrol(account, learner(name))
        turn.save(Change(letters=letters, reminders=reminders), ())
        return said("hello")

    await store.run(account, "", decide)


async def within(store: Store, work: Callable[[Outbox], T]) -> T:
    found: list[T] = []

    def decide(turn: Turn) -> Reply:
        found[:] = [work(turn.outbox())]
        return said("done")

    await store.run(Account("", ""), "", decide)
    return found[0]


async def claim(store: Store, worker: str, *, now: int = NOON, limit: int = 10, platforms: tuple[str, ...] = BOTH):
    return await within(store, lambda box: box.claim(worker, platforms, now=now, until=now + MINUTE, limit=limit))


async def look(store: Store, of: Letter) -> Letter:
    found = await within(store, lambda box: box.letter(of.learner, of.key))
    assert found is not None
    return found


async def test_settings_of_reminders_are_kept_and_found_by_their_next_instant(store: Store) -> None:
    later = Reminders(on=True, platform="telegram", time=450, quiet=(0, 0), weekly=True, next_at=NOON + 5)
    await enrol(store, "ann", reminders=later)
    await enrol(store, "bob", reminders=replace(later, next_at=NOON))
    await enrol(store, "cleo", reminders=replace(later, next_at=None))
    assert await within(store, lambda box: box.come(NOON - 1, 10)) == []
    assert await within(store, lambda box: box.come(NOON + 5, 10)) == ["learner-bob", "learner-ann"]
    assert await within(store, lambda box: box.come(NOON + 5, 1)) == ["learner-bob"]
    assert await within(store, lambda box: box.beyond(NOON, 10)) == ["learner-ann"]
    assert await within(store, lambda box: box.soonest(BOTH)) == NOON
    found: list[Reminders | None] = []

    def read(turn: Turn) -> Reply:
        turn.learner(Account("web", "ann"))
        found.append(turn.reminders())
        return said("read")

    await store.run(ANN, "", read)
    assert found == [later]


async def test_a_key_is_put_into_the_outbox_once(store: Store) -> None:
    await enrol(store, "ann", letter(), letter(at=NOON + 1))
    await claim(store, "one")
    await enrol(store, "ann", letter(at=NOON + 2))
    assert (await look(store, letter())).at == NOON
    assert (await look(store, letter())).state is State.CLAIMED


async def test_a_letter_goes_from_due_to_sent_under_one_worker(store: Store) -> None:
    await enrol(store, "ann", letter())
    (mine,) = await claim(store, "one")
    assert (mine.state, mine.worker, mine.lease) == (State.CLAIMED, "one", NOON + MINUTE)
    stolen = replace(mine, worker="two")
    assert not await within(store, lambda box: box.take(stolen, now=NOON, until=NOON + MINUTE))
    assert await within(store, lambda box: box.take(mine, now=NOON + 1, until=NOON + MINUTE))
    assert not await within(store, lambda box: box.take(mine, now=NOON + 2, until=NOON + MINUTE))
    assert await within(store, lambda box: box.is_sending(mine.learner))
    assert not await within(store, lambda box: box.settle(stolen, State.SENT, "", NOON))
    assert await within(store, lambda box: box.settle(replace(mine, left_at=NOON + 1), State.SENT, "", NOON + 9))
    sent = await look(store, mine)
    assert (sent.state, sent.at, sent.left_at, sent.tries) == (State.SENT, NOON + 9, NOON + 1, 1)
    assert not await within(store, lambda box: box.settle(mine, State.FAILED, "again", NOON))


async def test_only_what_is_due_on_the_platforms_asked_for_is_claimed_oldest_first(store: Store) -> None:
    await enrol(store, "ann", letter(at=NOON + 3), letter(key="b", at=NOON + 1), letter(key="c", platform="discord"))
    await enrol(store, "bob", letter("bob", at=NOON + 2), letter("bob", "later", at=NOON + 4))
    found = await claim(store, "one", now=NOON + 3, platforms=("telegram",))
    assert [one.at for one in found] == [NOON + 1, NOON + 2, NOON + 3]
    assert await claim(store, "two", now=NOON + 3, platforms=("telegram",)) == []
    assert [one.platform for one in await claim(store, "two", now=NOON + 3)] == ["discord"]


async def test_workers_claiming_at_once_share_the_letters(store: Store) -> None:
    for number in range(30):
        await enrol(store, f"p{number}", letter(f"p{number}"))
    claims = await asyncio.gather(*(claim(store, f"w{number}", limit=4) for number in range(12)))
    learners = [one.learner for found in claims for one in found]
    assert len(learners) == len(set(learners)) == 30


async def test_leases_that_are_over_give_back_what_cannot_have_left_and_doubt_the_rest(store: Store) -> None:
    told, asked, never = letter(key="told"), letter(key="asked", platform="discord"), letter(key="never")
    await enrol(store, "ann", told, asked, never)
    claimed = {one.key: one for one in await claim(store, "one")}
    for name in ("told", "asked"):
        assert await within(store, lambda box, n=name: box.take(claimed[n], now=NOON, until=NOON + MINUTE))  # type: ignore[misc]
    lapse = lambda at: within(store, lambda box: box.lapse(at, ["discord"], at - 2 * MINUTE, "ended"))  # noqa: E731
    assert await lapse(NOON + MINUTE - 1) == []
    doubted = await lapse(NOON + MINUTE)
    assert [(one.key, one.state, one.reason) for one in doubted] == [("told", State.UNCERTAIN, "ended")]
    assert (await look(store, asked)).state is State.DUE, "Discord shows the same nonce once"
    assert (await look(store, never)).state is State.DUE
    assert await within(store, lambda box: box.settle(claimed["told"], State.SENT, "", NOON)), "it did arrive"


async def test_discord_is_not_asked_again_after_two_minutes(store: Store) -> None:
    await enrol(store, "ann", letter(platform="discord"))
    (mine,) = await claim(store, "one")
    await within(store, lambda box: box.take(mine, now=NOON, until=NOON + MINUTE))
    (doubted,) = await within(store, lambda box: box.lapse(NOON + 3 * MINUTE, ["discord"], NOON + MINUTE, "ended"))
    assert doubted.state is State.UNCERTAIN


async def test_a_worker_gives_back_what_it_has_not_taken(store: Store) -> None:
    await enrol(store, "ann", letter(), letter(key="b"))
    first, _second = await claim(store, "one")
    await within(store, lambda box: box.take(first, now=NOON, until=NOON + MINUTE))
    await within(store, lambda box: box.release("one"))
    assert {(await look(store, letter(key=key))).state for key in (first.key,)} == {State.SENDING}
    assert len(await claim(store, "two")) == 1


async def test_what_has_waited_too_long_is_claimed_on_any_platform(store: Store) -> None:
    await enrol(store, "ann", letter(platform="discord"), letter(key="b", expires_at=NOON + 99 * MINUTE))
    late = lambda at: within(store, lambda box: box.claim_late("one", now=at, until=at + 1, limit=9))  # noqa: E731
    assert await late(NOON + 60 * MINUTE) == []
    assert [one.platform for one in await late(NOON + 60 * MINUTE + 1)] == ["discord"]
    assert await within(store, lambda box: box.soonest(("discord",))) is None
    assert await within(store, lambda box: box.soonest(("telegram",))) == NOON


async def test_settled_letters_are_deleted_after_a_while(store: Store) -> None:
    await enrol(store, "ann", letter(), letter(key="b"))
    for mine in await claim(store, "one"):
        await within(store, lambda box, mine=mine: box.settle(mine, State.FAILED, "late", NOON))  # type: ignore[misc]
    await enrol(store, "ann", letter(key="c"))
    await within(store, lambda box: box.prune(NOON, 10))
    assert (await look(store, letter())).reason == "late"
    await within(store, lambda box: box.prune(NOON + 1, 1))
    await within(store, lambda box: box.prune(NOON + 1, 10))
    left = [await within(store, lambda box, k=k: box.letter("learner-ann", k)) for k in ("day.2026-01-01", "b", "c")]  # type: ignore[misc]
    assert [one.key if one else None for one in left] == [None, None, "c"]


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_claim_passes_over_rows_that_another_worker_is_claiming(where: str) -> None:
    """SKIP LOCKED: nobody waits for a transaction that is still open."""
    store = await PostgresStore.open(where)
    await enrol(store, "ann", letter())
    await enrol(store, "bob", letter("bob", at=NOON + 1))
    import psycopg

    with psycopg.connect(where) as other:
        other.execute(b"UPDATE outbox SET worker = 'other' WHERE learner = 'learner-ann'")
        async with asyncio.timeout(20):
            found = await claim(store, "one", now=NOON + 1)
        other.rollback()
    await store.close()
    assert [one.learner for one in found] == ["learner-bob"]


async def test_a_day_that_is_counted_but_not_in_the_log_has_no_instants(store: Store) -> None:
    """As in a database damaged by hand: whoever's it is can still be thought about."""
    account, found = Account("web", "ann"), []

    def decide(turn: Turn) -> Reply:
        turn.enrol(account, learner("ann"))
        turn.save(Change(days=(Day(study_day=739_000, reviews=3),)), ())
        found.append((list(turn.studied(10)), dict(turn.instants([739_000]))))
        return said("hello")

    await store.run(account, "", decide)
    assert found[-1] == ([739_000], {})
