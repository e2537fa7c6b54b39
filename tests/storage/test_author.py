"""What the author of a deck is told: reports, contested answers, how often a card fails, and on what."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.core.model import Change, Flagged, Undone
from bot.core.ports import Store, StoreError, Turn
from bot.core.reply import Reply
from scheduler.model import Rating
from storage.author import ENOUGH, CardReport, Report, report
from storage.open import open_store

from .made import ANN, DAY, NOON, attempt, card, learner, reviewed, said


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def live(store: Store, name: str, *ratings: tuple[int, Rating], wrong: str = "", flags: tuple = ()) -> None:
    """One learner rates cards, by number, and reports some."""
    who = replace(ANN, external=name)
    entries = [
        reviewed(at, card=card(number).id, rating=rating, attempt=f"{name}{at}", wrong=wrong if rating == 1 else "")
        for at, (number, rating) in enumerate(ratings, 1)
    ]

    def decide(turn: Turn) -> Reply:
        turn.enrol(who, learner(name))
        shown = [card(number) for number in sorted({number for number, _ in ratings})]
        attempts = tuple(attempt(one, of, id=f"{name}-shown-{one}") for one, of in enumerate(shown))
        turn.save(Change(entries=(*entries, *flags), attempts=attempts), shown)
        return said("done")

    await store.run(who, "", decide)


def flagged(number: int, reason: str, at: int = 50, given: str = "") -> Flagged:
    base = {"study_day": DAY, "revision": card(number).revision}
    return Flagged(id=f"flag{at}", at=NOON + at, card=card(number).id, reason=reason, given=given, **base)


def by_card(found: tuple[CardReport, ...]) -> dict[str, CardReport]:
    return {one.card: one for one in found}


async def test_reports_and_contested_answers_come_first_and_apart(store: Store, where: str) -> None:
    flags = (flagged(2, "typo"), flagged(2, "wrong", at=60), flagged(2, "contested", at=70, given="ünï"))
    await live(store, "ann", (1, Rating.AGAIN), (2, Rating.GOOD), (3, Rating.GOOD), flags=flags)
    found = report(where)
    assert [one.card for one in found] == [card(2).id, card(1).id]
    assert [flag.reason for flag in found[0].flags] == ["wrong", "typo"]
    assert found[0].contested == (Report("contested", "ünï", NOON + 70, card(2).revision),)
    assert found[0].front == card(2).front


async def test_a_fail_rate_is_told_once_enough_learners_have_seen_the_card(store: Store, where: str) -> None:
    for number in range(ENOUGH):
        ratings = [(1, Rating.AGAIN if number < 2 else Rating.GOOD)]
        await live(store, f"p{number}", *ratings, *([(2, Rating.AGAIN)] if number == 0 else []))
    found = by_card(report(where))
    assert (found[card(1).id].again, found[card(1).id].reviews, found[card(1).id].learners) == (2, ENOUGH, ENOUGH)
    assert found[card(1).id].rate == pytest.approx(2 / ENOUGH)
    assert card(2).id not in found, "one learner says nothing about a card among many learners"


async def test_one_learner_at_home_is_told_of_every_card(store: Store, where: str) -> None:
    await live(store, "ann", (1, Rating.AGAIN), (1, Rating.GOOD))
    assert by_card(report(where))[card(1).id].rate == pytest.approx(0.5)


async def test_the_commonest_wrong_answers_are_named(store: Store, where: str) -> None:
    for number, wrong in enumerate(["t:n0009", "t:n0009", "type two", "b", "c"]):
        await live(store, f"p{number}", (1, Rating.AGAIN), wrong=wrong)
    (found,) = report(where)
    assert found.wrong[0] == ("t:n0009", 2)
    assert len(found.wrong) == 3


async def test_what_was_taken_back_does_not_count(store: Store, where: str) -> None:
    back = {"study_day": DAY, "card": card(1).id}
    undone = Undone(id="u1", at=NOON + 90, entry="entry0001", **back)
    unflagged = Undone(id="u2", at=NOON + 91, entry="flag50", **back)
    await live(store, "ann", (1, Rating.AGAIN), flags=(flagged(1, "wrong"), undone, unflagged))
    assert report(where) == ()


async def test_the_report_names_no_learner_and_keeps_to_its_length(store: Store, where: str) -> None:
    for number in range(ENOUGH):
        ratings = [(one, Rating.AGAIN) for one in range(1, 9)]
        await live(store, f"secret{number}", *ratings, flags=(flagged(1, "unclear", given="a guess"),))
    told = report(where, limit=3)
    assert len(told) == 3
    assert "secret" not in str(told)
    assert "learner-" not in str(told)
    assert (told[0].card, told[0].front) == (card(1).id, card(1).front)
    assert {(flag.reason, flag.given) for flag in told[0].flags} == {("unclear", "a guess")}
    assert (told[0].again, told[0].reviews, told[0].rate, told[0].learners) == (ENOUGH, ENOUGH, 1.0, ENOUGH)


async def test_there_must_be_a_database_to_report_on(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        report(tmp_path / "nothing.db")
    store = await open_store(tmp_path / "backfill.db")
    await store.close()
    assert report(tmp_path / "backfill.db") == ()
