"""What linking promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from msgspec.structs import replace

import storage.link
from bot.core import link_words
from bot.core.actions import Action, Agree, Begin, Link, Start, Unlink, Unmerge
from bot.core.fold import fold_days, fold_holds, fold_progress
from bot.core.link_model import (
    OFFER_LIVES,
    TRIES,
    TRIES_COUNT,
    LinkChange,
    Merge,
    Miss,
    Offer,
    Side,
    Tally,
    code_of,
    fingerprint,
)
from bot.core.model import Account, Change, Flagged, HoldKind, HoldSet, Learner, LogEntry, Reset, Step, Undone
from bot.core.ports import Store, Turn
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from scheduler.model import Policy, Progress, Rating
from storage.audience import audience
from storage.author import report
from storage.check import check

from .drilling import Driller
from .made import ANN, BOB, DAY, NOON, attempt, card, catalogue, learner, reviewed, said, session

T = TypeVar("T")
EVE = Account("discord", "1003")
CARDS = [f"t:n{number:04}" for number in range(1, 9)]


async def ask(store: Store, question: Callable[[Turn], T], account: Account = ANN) -> T:
    """What a turn of this learner sees or does."""
    seen: list[T] = []

    def decide(turn: Turn) -> Reply:
        turn.learner(account)
        seen.append(question(turn))
        return said("seen")

    await store.run(account, "", decide)
    return seen[-1]


async def enrol(store: Store, account: Account, who: Learner) -> None:
    await store.run(account, "", lambda turn: turn.enrol(account, who) or said("hello"))


async def link(store: Store, **change: object) -> None:
    await ask(store, lambda turn: turn.links().save(LinkChange(at=NOON, **change)))  # type: ignore[arg-type]


def offer(name: str = "o1", **fields: object) -> Offer:
    base: dict[str, object] = {"id": name, "maker": ANN, "made_at": NOON}
    base |= {"code": fingerprint(name + "code"), "token": fingerprint(name + "token")}
    return Offer(**base | fields)  # type: ignore[arg-type]


async def test_an_offer_is_found_by_its_id_and_both_secrets(store: Store) -> None:
    await enrol(store, ANN, learner())
    made = offer(maker_name="Ann", taker=BOB, agreed=True)
    await link(store, offer=made)
    assert await ask(store, lambda turn: turn.links().offer("o1")) == made
    for secret in ("o1code", "o1token"):
        assert await ask(store, lambda turn: turn.links().offer_by(fingerprint(secret))) == made  # noqa: B023
    assert await ask(store, lambda turn: turn.links().offered(ANN)) == made
    assert await ask(store, lambda turn: turn.links().offered(BOB)) is None
    for unknown in ("", "o2", "o1code", made.code, "\0", "\ud800"):
        assert await ask(store, lambda turn: turn.links().offer(unknown)) is None  # noqa: B023
    await link(store, offer=replace(made, done=True))
    assert await ask(store, lambda turn: turn.links().offer("o1")) == replace(made, done=True)
    await link(store, dropped="o1")
    assert await ask(store, lambda turn: turn.links().offer("o1")) is None


async def test_offers_past_their_time_go_when_another_is_made(store: Store) -> None:
    await enrol(store, ANN, learner())
    await link(store, offer=offer("old", made_at=NOON - OFFER_LIVES - 1))
    await link(store, offer=offer("new"))
    assert await ask(store, lambda turn: turn.links().offer("old")) is None
    assert await ask(store, lambda turn: turn.links().offered(ANN)) == offer("new")


async def test_wrong_codes_of_the_last_hour_are_remembered(store: Store) -> None:
    await enrol(store, ANN, learner())
    tried = ((ANN, NOON - TRIES_COUNT - 1), (ANN, NOON - 5), (BOB, NOON - 3), (ANN, NOON))
    for number, (account, at) in enumerate(tried):
        miss = Miss(f"miss{number}", account, at)
        await ask(store, lambda turn: turn.links().save(LinkChange(missed=miss, at=at)))  # noqa: B023
    found = await ask(store, lambda turn: turn.links().misses(0, 9))
    assert found == [ANN, BOB, ANN]
    assert await ask(store, lambda turn: turn.links().misses(NOON - 3, 9)) == [ANN, BOB]
    assert await ask(store, lambda turn: turn.links().misses(0, 2)) == [ANN, BOB]


async def test_an_account_changes_hands_with_its_receipts(store: Store) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    await store.run(BOB, "k1", lambda turn: said("first"))
    await link(store, given=((BOB, learner().id),))
    assert await ask(store, lambda turn: turn.learner(BOB), BOB) == learner()
    assert await ask(store, lambda turn: turn.links().accounts(learner().id)) == [BOB, ANN]
    assert await ask(store, lambda turn: turn.links().accounts(learner("bob").id)) == []
    assert await ask(store, lambda turn: turn.links().owner(BOB)) == learner()
    assert await store.run(BOB, "k1", lambda turn: said("again")) == said("first")


async def test_the_turn_that_gives_its_own_account_away_is_remembered_by_the_new_learner(store: Store) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))

    def give(turn: Turn) -> Reply:
        turn.learner(BOB)
        turn.links().save(LinkChange(at=NOON, given=((BOB, learner().id),)))
        return said("given")

    assert await store.run(BOB, "k", give) == said("given")
    assert await store.run(BOB, "k", lambda turn: said("twice")) == said("given")


async def test_a_side_is_created_if_new_and_only_its_rows_change(store: Store) -> None:
    await enrol(store, ANN, learner())
    await ask(store, lambda turn: turn.save(Change(session=session()), ()))
    await enrol(store, EVE, learner("eve"))
    fresh = learner("fresh", zone="Asia/Tokyo")
    await link(store, sides=(Side(learner=fresh, session=session(id="theirs")),), given=((EVE, fresh.id),))
    assert await ask(store, lambda turn: (turn.learner(EVE), turn.session()), EVE) == (fresh, session(id="theirs"))
    assert await ask(store, lambda turn: turn.session()) == session()


async def test_beside_is_another_learner_in_the_same_transaction(store: Store) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))

    def both(turn: Turn) -> None:
        found = turn.links().lock(learner("bob").id)
        assert found == learner("bob")
        turn.links().beside(found).save(Change(session=session(id="bobs")), ())
        assert turn.session() is None

    await ask(store, both)
    assert await ask(store, lambda turn: turn.session(), BOB) == session(id="bobs")
    with pytest.raises(LookupError, match="no learner"):
        await ask(store, lambda turn: turn.links().lock("nobody"))


async def test_a_tally_counts_reviews_and_cards_and_knows_who_is_unused(store: Store) -> None:
    await enrol(store, ANN, learner())
    assert await ask(store, lambda turn: turn.links().tally(learner().id)) == Tally(used=False)
    await grow(store, ANN, [reviewed(1), reviewed(2), reviewed(3, card="t:n0001")])
    assert await ask(store, lambda turn: turn.links().tally(learner().id)) == Tally(used=True, reviews=3, cards=2)


# --- merging -----------------------------------------------------------------------------------------------------


async def grow(store: Store, account: Account, entries: list[LogEntry]) -> None:
    """Append entries with everything that follows from them."""

    def decide(turn: Turn) -> None:
        policies = {Policy().digest: Policy()}
        names = sorted({entry.card for entry in entries if hasattr(entry, "card")})
        progress = tuple((name, fold_progress(entries, policies, name)) for name in names)
        turn.save(Change(entries=tuple(entries), progress=progress, days=fold_days(entries)), ())

    await ask(store, decide, account)


def of(name: str, number: int, **fields: object) -> dict[str, object]:
    return {"id": f"{name}{number:03}", "attempt": f"{name}-attempt{number}", "at": NOON + number} | fields


ANNS: list[LogEntry] = [
    reviewed(**of("a", 1, card="t:n0001", rating=Rating.AGAIN)),
    reviewed(**of("a", 30, card="t:n0001", phase="learning")),
    reviewed(**of("a", 2, card="t:n0002", study_day=DAY - 4)),
    HoldSet(id="a040", at=NOON + 40, study_day=DAY, card="t:n0004", kind=HoldKind.SUSPENDED),
    HoldSet(id="a041", at=NOON + 41, study_day=DAY, card="t:n0005", kind=HoldKind.BURIED, until=DAY + 1),
]
BOBS: list[LogEntry] = [
    reviewed(**of("b", 20, card="t:n0001", rating=Rating.EASY, account=BOB)),
    reviewed(**of("b", 3, card="t:n0003", account=BOB)),
    reviewed(**of("b", 4, card="t:n0003", account=BOB, phase="learning")),
    Undone(id="b005", at=NOON + 5, study_day=DAY, card="t:n0003", entry="b004"),
    HoldSet(id="b039", at=NOON + 39, study_day=DAY, card="t:n0004", kind=None),
    HoldSet(id="b042", at=NOON + 42, study_day=DAY, card="t:n0005", kind=HoldKind.SUSPENDED),
    Flagged(id="b050", at=NOON + 50, study_day=DAY, card="t:n0006", revision="r", reason="typo"),
    reviewed(**of("b", 6, card="t:n0007", account=BOB)),
    Reset(id="b060", at=NOON + 60, study_day=DAY, card="t:n0007"),
]
MERGE = Merge(id="m1", kept=learner().id, other=learner("bob").id, accounts=(BOB,), at=NOON)


async def whole(store: Store, account: Account = ANN) -> tuple[object, ...]:
    """A learner's memory: log, progress, holds and days."""

    def look(turn: Turn) -> tuple[object, ...]:
        log = [entry for name in CARDS for entry in turn.entries(name)]
        return log, dict(turn.progress(CARDS)), dict(turn.holds(CARDS)), list(turn.days(0, 2 * DAY))

    return await ask(store, look, account)


def followed(entries: list[LogEntry]) -> tuple[object, ...]:
    """What a learner with this log has to know."""
    log = [e for name in CARDS for e in sorted((e for e in entries if e.card == name), key=lambda e: (e.at, e.id))]  # type: ignore[union-attr]
    folded = {name: fold_progress(entries, {Policy().digest: Policy()}, name) for name in CARDS}
    progress: dict[str, Progress] = {name: known for name, known in folded.items() if known is not None}
    return log, progress, fold_holds(entries), list(fold_days(entries))


@pytest.mark.parametrize("at_once", [1, 3, 100])
async def test_every_piece_of_a_merge_leaves_a_log_and_what_follows_from_it(
    store: Store, where: str, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(storage.link, "ENTRIES_AT_ONCE", at_once)
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    await grow(store, ANN, ANNS)
    await grow(store, BOB, BOBS)
    before, theirs = await whole(store), await whole(store, BOB)
    assert (before, theirs) == (followed(ANNS), followed(BOBS))
    for merge, end in ((MERGE, followed(ANNS + BOBS)), (replace(MERGE, parted_at=NOON), before)):
        busy = replace(learner(), merging="m1")
        await link(store, merge=merge, sides=(Side(learner=busy),))
        pieces = 0
        while not merge.done:
            merge = await ask(store, lambda turn: turn.links().unite(merge))  # noqa: B023
            assert check(where) == []
            assert await ask(store, lambda turn: turn.links().merge(learner().id)) == merge
            pieces += 1
        assert await whole(store) == end
        assert await whole(store, BOB) == theirs
        assert await ask(store, lambda turn: turn.learner(ANN)) == learner()
        assert pieces == {1: 7, 3: 5, 100: 2}[at_once]


async def test_turns_that_met_a_merge_on_their_way_act_for_whoever_is_kept(store: Store, where: str) -> None:
    """An account's turns begin while the link is being made: none may be lost with the learner left behind."""
    clock = iter(range(NOON, NOON + 10**9, 1000))
    tutor = Tutor(store, lambda: catalogue(30), lambda: next(clock))
    drillers = [Driller(store, account, catalogue(30), lambda: next(clock), account.platform) for account in (ANN, BOB)]
    for driller in drillers:
        await driller.arrive()
        await driller.reveal()
        await driller.rate(Rating.GOOD)
    agree = await agreed(tutor, ANN, BOB)
    starts = [tutor.handle(account, Start(extra=3), f"s{n}") for n in range(10) for account in (ANN, BOB)]
    await asyncio.gather(*starts[:10], tutor.handle(ANN, agree, "yes"), *starts[10:])
    one, other = [await ask(store, lambda turn: turn.learner(account), account) for account in (ANN, BOB)]  # noqa: B023
    assert one is not None
    assert one == other
    assert (one.into, one.merging) == ("", "")
    assert len((await whole(store))[0]) == 2  # type: ignore[arg-type]
    assert check(where) == []


async def agreed(tutor: Tutor, maker: Account, taker: Account) -> Action:
    """As far as the maker's last press."""
    offered = await tutor.handle(maker, Link(), "l1")
    asked = await tutor.handle(taker, Link(code_of(offered.link.removeprefix("l_"))), "l2")
    agree = asked.rows[0][0].action
    assert isinstance(agree, Agree)
    await tutor.handle(taker, agree, "l3")
    return agree


async def test_of_two_who_use_a_code_at_once_exactly_one_may_link(store: Store) -> None:
    clock = iter(range(NOON, NOON + 10**9, 1000))
    tutor = Tutor(store, lambda: catalogue(3), lambda: next(clock))
    people = [Account("telegram", str(number)) for number in range(8)]
    await asyncio.gather(*(tutor.handle(account, Begin(), "b") for account in (ANN, *people)))
    code = code_of((await tutor.handle(ANN, Link(), "l")).link.removeprefix("l_"))
    replies = await asyncio.gather(*(tutor.handle(account, Link(code), "e") for account in people))
    assert sum(isinstance(reply.rows[0][0].action, Agree) for reply in replies) == 1


async def test_guesses_made_at_once_are_counted_one_by_one(store: Store) -> None:
    tutor = Tutor(store, lambda: catalogue(3), lambda: NOON)
    await tutor.handle(EVE, Begin(), "b")
    replies = await asyncio.gather(*(tutor.handle(EVE, Link(f"0000000{n}"), f"g{n}") for n in range(9)))
    assert sum(link_words.NO_SUCH_CODE in str(reply.body) for reply in replies) == TRIES


async def test_the_last_yes_said_many_times_at_once_links_once(store: Store, where: str) -> None:
    clock = iter(range(NOON, NOON + 10**9, 1000))
    tutor = Tutor(store, lambda: catalogue(3), lambda: next(clock))
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    await grow(store, ANN, ANNS)
    await grow(store, BOB, BOBS)
    agree = await agreed(tutor, BOB, ANN)
    await asyncio.gather(*(tutor.handle(account, agree, f"y{n}") for n in range(6) for account in (ANN, BOB)))
    assert await whole(store) == await whole(store, BOB) == followed(ANNS + BOBS)
    offered = await tutor.handle(ANN, Unlink(), "u")
    back = [button.action for row in offered.rows for button in row if isinstance(button.action, Unmerge)]
    await asyncio.gather(*(tutor.handle(account, back[0], f"z{n}") for n in range(6) for account in (ANN, BOB)))
    assert (await whole(store), await whole(store, BOB)) == (followed(ANNS), followed(BOBS))
    assert check(where) == []


async def test_a_dropped_copy_of_the_others_open_attempt_is_kept_in_order(store: Store, where: str) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    shown = attempt(1, session="bobs")
    change = Change(attempts=(shown,), session=session(id="bobs", account=BOB, attempt=shown.id))
    await ask(store, lambda turn: turn.save(change, (card(1),)), BOB)
    dropped = replace(shown, step=Step.DROPPED)
    await link(store, sides=(Side(learner=learner(), session=session(), attempts=(dropped,)),))
    assert await ask(store, lambda turn: turn.attempt(shown.id)) == (dropped, card(1))
    assert await ask(store, lambda turn: turn.attempt(shown.id), BOB) == (shown, card(1))
    assert check(where) == []


async def test_an_author_hears_of_a_merged_learner_once(store: Store, where: str) -> None:
    await enrol(store, ANN, learner())
    await enrol(store, BOB, learner("bob"))
    await grow(store, ANN, ANNS)
    await grow(store, BOB, BOBS)
    before = report(where)
    merge = MERGE
    await link(store, merge=merge, given=((BOB, learner().id),))
    while not merge.done:
        merge = await ask(store, lambda turn: turn.links().unite(merge))  # noqa: B023
    after = report(where)
    assert {one.card: (one.flags, one.reviews, one.again) for one in before} == {
        one.card: (one.flags, one.reviews, one.again) for one in after
    }
    assert max(one.learners for one in before) == 2
    assert max(one.learners for one in after) == 1
    with audience(where) as people:
        assert people.counts() == {"t:n0001": 1, "t:n0002": 1, "t:n0003": 1}
        assert people.learners(CARDS) == 1


# --- the check ---------------------------------------------------------------------------------------------------

SPOILT = {
    "offer unreadable": "UPDATE links SET data = '{'",
    "merge unreadable": "UPDATE merges SET data = '{'",
    "merge gone": "DELETE FROM merges",
}


@pytest.mark.parametrize("harm", SPOILT)
async def test_harm_to_what_linking_keeps_is_found_and_repaired(store: Store, where: str, harm: str) -> None:
    from .test_check import by_hand

    await enrol(store, ANN, learner())
    await link(store, offer=offer(), merge=MERGE, sides=(Side(learner=replace(learner(), merging="m1")),))
    assert check(where) == []
    with by_hand(where) as do:
        do(SPOILT[harm])
    assert check(where) != []
    assert all(problem.repaired for problem in check(where, repair=True))
    assert check(where) == []


async def test_a_learner_said_to_be_gone_who_has_accounts_is_told_and_lives(store: Store, where: str) -> None:
    await enrol(store, ANN, replace(learner(), into="somebody"))
    assert (await ask(store, lambda turn: turn.learner(ANN))) is not None, "and nobody looks for them for ever"
    assert len(check(where, repair=True)) == 1
    assert await ask(store, lambda turn: turn.learner(ANN)) == learner()
