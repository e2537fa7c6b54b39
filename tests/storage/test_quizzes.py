"""Quizzes in the store: one log, one answer each, moves that wait for presses; on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select, text, update

from bot.core.model import Account, TutorError
from bot.core.ports import Store, Turn
from bot.core.quiz.actions import Join, Pick, StartNow, Tick
from bot.core.quiz.clock import due_at
from bot.core.quiz.desk import SILENT, Upcoming
from bot.core.quiz.fold import begin, gather, move_id, replay, seat_of
from bot.core.quiz.keep import Saved, Standing, Timetable
from bot.core.quiz.lay import Stepped, take
from bot.core.quiz.model import Opened, Person, Place, Player, Quiz, Stage
from bot.core.quiz.options import Options
from bot.core.quiz.ports import Quizzes
from storage.check import check
from storage.engine import address, sync_engine
from storage.quiz_tables import quiz_log, quiz_players, quiz_standings, quizzes
from tests.quiz.test_machine import CATALOGUE, UPCOMING

HERE = Place("discord", "550", "77")
NOW = 1_767_268_800_000
QUIZ = "QZ" * 13

Found = TypeVar("Found")


async def within(store: Store, work: Callable[[Quizzes], Found]) -> Found:
    found: list[Found] = []

    def decide(turn: Turn):
        found.clear()
        found.append(work(turn.quizzes()))
        return SILENT

    await store.run(Account("", ""), "", decide)
    return found[0]


def person(number: int) -> Person:
    return Person(account=Account("discord", f"p{number}"), name=f"Player {number}")


async def opened(store: Store, quiz: str = QUIZ, place: Place = HERE) -> Quiz:
    host = seat_of(quiz, person(0).account)
    row = Opened(
        id=move_id(1),
        number=1,
        at=NOW,
        place=place,
        host=host,
        options=Options(questions=2),
        deadline=NOW + 15_000,
    )
    fresh = begin(quiz, row)
    player = Player(seat=host, account=person(0).account, name="Player 0")
    await within(store, lambda quizzes: quizzes.save(quiz, (row,), fresh, player, due_at(fresh)))
    return fresh


async def does(
    store: Store,
    who: int,
    action: Stepped,
    key: str,
    now: int,
    upcoming: tuple[Upcoming, ...] | None = UPCOMING,
):
    asks = None if isinstance(action, Tick) else person(who)

    def work(quizzes: Quizzes):
        return take(quizzes, HERE, asks, action, quiz=QUIZ, key=key, now=now, catalogue=CATALOGUE, upcoming=upcoming)[0]

    return await within(store, work)


async def test_a_quiz_is_found_by_its_place_while_it_is_open_and_by_its_id_always(store: Store) -> None:
    quiz = await opened(store)
    assert await within(store, lambda quizzes: quizzes.here(HERE, moving=True)) == quiz
    assert await within(store, lambda quizzes: quizzes.find(QUIZ, moving=False)) == quiz
    assert await within(store, lambda quizzes: quizzes.here(Place("discord", "551"), moving=False)) is None
    assert await within(store, lambda quizzes: quizzes.find("\x00garbage", moving=False)) is None
    assert await within(store, lambda quizzes: list(quizzes.open_on("discord"))) == [quiz]
    assert await within(store, lambda quizzes: list(quizzes.open_on("telegram"))) == []


async def test_a_place_has_one_open_quiz_at_a_time(store: Store) -> None:
    await opened(store)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await opened(store, "OTHER" + "0" * 21)
    await opened(store, "OTHER" + "0" * 21, Place("discord", "551", "77"))
    assert len(await within(store, lambda quizzes: quizzes.open_on("discord"))) == 2


async def test_sixty_answers_at_once_are_sixty_rows_and_the_close_counts_them_all(store: Store) -> None:
    await opened(store)
    await does(store, 0, StartNow(QUIZ), "start", NOW + 1000)
    presses = [does(store, who, Pick(QUIZ, 1, who % 4), f"k{who}", NOW + 2000 + who) for who in range(60)]
    again = [does(store, who, Pick(QUIZ, 1, 0), f"again{who}", NOW + 3000 + who) for who in range(0, 60, 7)]
    outcomes = await asyncio.gather(*presses, *again)
    refused = [outcome for outcome in outcomes if not outcome.rows]
    assert len(refused) == len(again), "a second answer is explained, whichever of the two came first"
    closing = await does(store, 0, Tick(), "", NOW + 60_000)
    assert closing.quiz is not None
    assert closing.quiz.stage is Stage.CLOSED
    log = await within(store, lambda quizzes: quizzes.log(QUIZ))
    answers = gather(log).answers
    assert len({answer.seat for answer in answers}) == len(answers) == 60
    assert replay(QUIZ, log) == closing.quiz
    players = await within(store, lambda quizzes: quizzes.players(QUIZ))
    assert {player.name for player in players.values()} == {f"Player {number}" for number in range(60)}


async def test_answers_beside_a_close_are_counted_or_refused_and_never_lost(store: Store) -> None:
    """The close is made at the deadline by several workers while answers arrive: whoever was told yes is counted."""
    await opened(store)
    await does(store, 0, StartNow(QUIZ), "start", NOW + 1000)

    async def press(who: int) -> bool:
        try:
            outcome = await does(store, who, Pick(QUIZ, 1, 0), f"k{who}", NOW + 2000)
        except TutorError:  # refused: the close was first
            return False
        return bool(outcome.rows)

    ticks = [does(store, 0, Tick(), "", NOW + 60_000) for _ in range(3)]
    pressing = [press(who) for who in range(30)]
    mixed = [job for pair in zip(pressing[:3], ticks, strict=True) for job in pair] + pressing[3:]
    results = await asyncio.gather(*mixed)
    taken = sum(result is True for result in results)
    log = await within(store, lambda quizzes: quizzes.log(QUIZ))
    answers = gather(log).answers
    assert len(answers) == taken
    quiz = await within(store, lambda quizzes: quizzes.find(QUIZ, moving=True))
    assert quiz == replay(QUIZ, log)
    assert quiz is not None
    assert len(quiz.past) == 1, "three closes are one"


async def test_a_press_delivered_twice_is_one_row(store: Store) -> None:
    await opened(store)
    for _ in range(3):
        await does(store, 1, Join(QUIZ), "same", NOW + 10)
    log = await within(store, lambda quizzes: quizzes.log(QUIZ, presses=True))
    assert len(log) == 1


async def test_what_was_missed_is_found_by_place_and_by_person(store: Store) -> None:
    await opened(store)
    await does(store, 0, StartNow(QUIZ), "start", NOW + 1000)
    quiz = await within(store, lambda quizzes: quizzes.find(QUIZ, moving=False))
    assert quiz is not None
    assert quiz.question is not None
    card = quiz.question.card.id
    wrong = (quiz.question.right + 1) % 4
    await does(store, 1, Pick(QUIZ, 1, wrong), "a", NOW + 2000)
    await does(store, 2, Pick(QUIZ, 1, quiz.question.right), "b", NOW + 2000)
    assert await within(store, lambda quizzes: quizzes.missed_here(HERE, NOW)) == {card}
    assert await within(store, lambda quizzes: quizzes.missed_here(HERE, NOW + 3000)) == frozenset()
    assert await within(store, lambda quizzes: quizzes.missed_by(person(1).account, NOW, NOW + 9000)) == {card}
    assert await within(store, lambda quizzes: quizzes.missed_by(person(2).account, NOW, NOW + 9000)) == frozenset()


async def test_whoever_is_forgotten_becomes_someone_everywhere(store: Store) -> None:
    quiz = await opened(store)
    await does(store, 1, Join(QUIZ), "a", NOW + 10)
    seat = seat_of(QUIZ, person(1).account)
    standing = Standing(seat=seat, at=NOW, right=3, answered=4, turned=1)
    await within(store, lambda quizzes: quizzes.set_standings(quiz, [standing]))
    await within(store, lambda quizzes: quizzes.forget(person(1).account))
    players = await within(store, lambda quizzes: quizzes.players(QUIZ))
    assert players[seat] == Player(seat=seat, account=None, name="")
    (found,) = await within(store, lambda quizzes: quizzes.standings(HERE, NOW, NOW + 1))
    assert found == (standing, players[seat])


async def test_the_hidden_are_left_out_of_standings(store: Store) -> None:
    quiz = await opened(store)
    await does(store, 1, Join(QUIZ), "a", NOW + 10)
    standing = Standing(seat=seat_of(QUIZ, person(1).account), at=NOW, right=3, answered=4, turned=1)
    await within(store, lambda quizzes: quizzes.set_standings(quiz, [standing]))
    account = person(1).account
    for hidden, count in ((True, 0), (True, 0), (False, 1)):
        await within(store, lambda quizzes, hidden=hidden: quizzes.set_hidden(account, hidden=hidden))
        assert len(await within(store, lambda quizzes: quizzes.standings(HERE, NOW, NOW + 1))) == count


async def test_saved_quizzes_and_timetables_belong_to_their_server(store: Store) -> None:
    saved = Saved(name="monday", options=Options(cards=("a", "b")), at=NOW)
    await within(store, lambda quizzes: quizzes.set_saved("discord", "77", saved))
    assert await within(store, lambda quizzes: list(quizzes.saved("discord", "77"))) == [saved]
    assert await within(store, lambda quizzes: list(quizzes.saved("discord", "78"))) == []
    weekly = Timetable(id="t", place=HERE, text="", days=(0,), minute=540, zone="UTC", due_at=NOW + 5)
    await within(store, lambda quizzes: quizzes.set_timetable(weekly))
    assert await within(store, lambda quizzes: quizzes.next_timetable("discord")) == NOW + 5
    assert await within(store, lambda quizzes: list(quizzes.due_timetables("discord", NOW))) == []
    assert await within(store, lambda quizzes: list(quizzes.due_timetables("discord", NOW + 5))) == [weekly]
    await within(store, lambda quizzes: quizzes.move_place("discord", "550", "551"))
    moved = replace(weekly, place=replace(HERE, channel="551"))
    assert await within(store, lambda quizzes: list(quizzes.timetables("discord", "77"))) == [moved]
    await within(store, lambda quizzes: quizzes.drop_timetable("discord", "77", "t"))
    assert await within(store, lambda quizzes: quizzes.next_timetable("discord")) == 0


async def test_a_message_is_known_again(store: Store) -> None:
    await opened(store)
    for message in ("111", "112"):
        await within(store, lambda quizzes, message=message: quizzes.keep_message(QUIZ, "q1", message))
    assert await within(store, lambda quizzes: dict(quizzes.messages(QUIZ))) == {"q1": "112"}


async def test_a_quiz_is_settled_unless_it_has_moved_meanwhile(store: Store) -> None:
    quiz = await opened(store)
    done = replace(quiz, stage=Stage.FINISHED, moved_at=NOW + 1)
    await within(store, lambda quizzes: quizzes.save(QUIZ, (), done, None, 0))
    assert await within(store, lambda quizzes: [quiz.id for quiz in quizzes.unsettled("discord")]) == [QUIZ]
    await within(store, lambda quizzes: quizzes.settle(quiz))
    assert await within(store, lambda quizzes: [quiz.id for quiz in quizzes.unsettled("discord")]) == [QUIZ]
    await within(store, lambda quizzes: quizzes.settle(done))
    assert await within(store, lambda quizzes: list(quizzes.unsettled("discord"))) == []


SPOILT: dict[str, Callable[[], object]] = {
    "the quiz": lambda: update(quizzes).values(data='{"garbage": 1}'),
    "its columns": lambda: update(quizzes).values(channel="elsewhere"),
    "its row is gone": lambda: delete(quizzes),
    "a press": lambda: update(quiz_log).where(quiz_log.c.kind == "Joined").values(data="{"),
    "columns of a press": lambda: update(quiz_log).where(quiz_log.c.kind == "Answered").values(card="another"),
    "a seat": lambda: delete(quiz_players).where(quiz_players.c.name == "Player 1"),
}


@pytest.mark.parametrize("what", SPOILT)
async def test_check_finds_and_mends_what_is_spoilt(store: Store, where: str, what: str) -> None:
    await opened(store)
    await does(store, 1, Join(QUIZ), "a", NOW + 10)
    await does(store, 0, StartNow(QUIZ), "start", NOW + 1000)
    await does(store, 1, Pick(QUIZ, 1, 0), "b", NOW + 2000)
    assert check(where) == []
    engine = sync_engine(address(where))
    with engine.begin() as connection:
        connection.execute(SPOILT[what]())  # type: ignore[call-overload]
    engine.dispose()
    assert check(where) != []
    assert all(problem.repaired for problem in check(where, repair=True))
    assert check(where) == []


async def test_check_finds_a_leaderboard_that_counts_otherwise(store: Store, where: str) -> None:
    await opened(store)
    await does(store, 0, StartNow(QUIZ), "start", NOW + 1000)
    await does(store, 1, Pick(QUIZ, 1, 0), "b", NOW + 2000)
    now = NOW + 2000
    while (quiz := await within(store, lambda quizzes: quizzes.find(QUIZ, moving=False))) and quiz.is_open:
        now = max(now, due_at(quiz))
        await does(store, 0, Tick(), "", now)
    assert quiz is not None
    log = await within(store, lambda quizzes: quizzes.log(QUIZ))
    (answer,) = gather(log).answers
    true = Standing(seat=answer.seat, at=quiz.ended_at, right=int(answer.right), answered=1, turned=0)
    await within(store, lambda quizzes: quizzes.set_standings(quiz, [true]))
    await within(store, lambda quizzes: quizzes.settle(quiz))
    assert check(where) == []
    engine = sync_engine(address(where))
    with engine.begin() as connection:
        connection.execute(update(quiz_standings).values(answered=text("answered + 5")))
    engine.dispose()
    assert [problem.table for problem in check(where, repair=True)] == ["quiz_standings"]
    with engine.begin() as connection:
        assert connection.execute(select(quiz_standings.c.answered)).scalar_one() == 1
    engine.dispose()


async def test_the_best_of_a_person_is_over_all_their_quizzes_before(store: Store) -> None:
    account = person(0).account
    for number, right in ((1, 3), (2, 5), (3, 4)):
        name = f"{number}" * 26
        quiz = await opened(store, name, Place("discord", f"{number}", "77"))
        standing = Standing(seat=quiz.host, at=NOW + number, right=right, answered=9, turned=0)
        await within(store, lambda quizzes, quiz=quiz, standing=standing: quizzes.set_standings(quiz, [standing]))
    found = [
        await within(store, lambda quizzes, until=until: quizzes.best_of(account, until))
        for until in (NOW, NOW + 2, NOW + 9)
    ]
    assert found == [0, 3, 5]
