"""What goes wrong around a quiz: the store, the platform, the end of the process; it is played, shown and settled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.ports import StoreError
from bot.core.quiz.actions import Pick, Schedule, Void
from bot.core.quiz.model import Ending, Person, Place, Stage
from bot.core.quiz.words import HELD_UP, OVER

from .learners import evidence, studies
from .world import Night, Player


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    async with Night(tmp_path) as made:
        yield made


async def playing(night: Night, questions: int = 1) -> Player:
    """Ana hosts, has met every card, and has answered all but the last question; the last one wrongly."""
    ana = night.player("Ana", manages=True)
    await studies(night, ana.account, [card.id for card in night.catalogue.cards_by_deck["txn-isolation"]])
    await ana.starts(f"decks:txn-isolation questions:{questions}")
    await ana.presses("Join")
    await night.time.passes(16)
    for _ in range(questions - 1):
        await ana.answers(right=True)
        await night.time.passes(12)
    await ana.answers(right=False)
    return ana


async def settled(night: Night) -> bool:
    return not await night.quizzes._book.read(lambda _turn, quizzes: list(quizzes.unsettled("discord")))


async def test_an_end_that_was_not_shown_when_backfill_ended_is_shown_by_the_next_start(night: Night) -> None:
    ana = await playing(night)
    await night.time.passes(5)
    night.here.shy = True
    await night.time.passes(12)
    assert (await night.quiz()).ending is Ending.PLAYED
    night.here.shy = False
    await night.restart(60)
    assert "*1 question, 1 player*" in night.here.screen
    assert await settled(night)
    assert len(await evidence(night, ana.account, (await night.quiz()).past[0].card)) == 1


async def test_an_end_waits_for_a_platform_that_wants_a_long_pause(night: Night) -> None:
    await playing(night)
    await night.time.passes(5)
    night.here.shy = True
    await night.time.passes(90)
    night.here.shy = False
    await night.time.passes(5)
    assert "*1 question, 1 player*" in night.here.screen
    assert await settled(night)


async def test_an_end_that_failed_to_be_drawn_is_drawn_again(night: Night) -> None:
    await playing(night)
    await night.time.passes(5)
    night.here.broken = 2
    await night.time.passes(30)
    assert night.here.broken == 0
    assert "*1 question, 1 player*" in night.here.screen


async def test_what_can_never_be_drawn_is_given_up(night: Night) -> None:
    await playing(night)
    await night.time.passes(5)
    night.here.broken = 1000
    await night.time.passes(60)
    assert 990 <= night.here.broken < 1000
    assert await settled(night)


async def test_a_question_voided_while_the_end_is_being_drawn_is_void_on_it_and_in_every_schedule(
    night: Night,
) -> None:
    ana = await playing(night)
    await night.time.passes(5)
    night.here.shy = True
    await night.time.passes(8)
    quiz = await night.quiz()
    assert quiz.stage is Stage.FINISHED
    await ana.does(Void(quiz.id, 1))
    night.here.shy = False
    await night.time.passes(5)
    assert "*0 questions" in night.here.screen
    assert await evidence(night, ana.account, quiz.past[0].card) == []
    assert await settled(night)


async def test_a_question_voided_while_its_evidence_is_on_its_way_is_taken_back(night: Night) -> None:
    ana = await playing(night)
    over = night.quizzes.over

    async def slowly(quiz: str) -> None:
        await over(quiz)
        night.quizzes.over = over  # type: ignore[method-assign]
        await ana.does(Void(quiz, 1))

    night.quizzes.over = slowly  # type: ignore[method-assign]
    await night.time.passes(30)
    assert "*0 questions" in night.here.screen
    assert await settled(night)


async def test_a_channel_that_is_gone_ends_its_quiz_once_the_store_can_keep_that(night: Night) -> None:
    await playing(night, questions=2)
    night.here.gone = True
    night.store.failing = 5
    await night.time.passes(60)
    assert night.store.failing == 0
    assert (await night.quiz()).ending is Ending.GONE
    assert await settled(night)


async def test_a_message_that_could_not_be_kept_is_kept_with_its_next_drawing(night: Night) -> None:
    ana, ben = night.players(["Ana", "Ben"])
    await ana.starts("decks:txn-isolation questions:2 pace:60s")
    await ana.presses("Join")
    await ben.presses("Join")
    drawn, failing = night.quizzes.drawn, [1]

    async def fails(quiz: str, slot: str, message: str) -> None:
        night.store.failing = failing.pop() if failing else 0
        await drawn(quiz, slot, message)

    night.quizzes.drawn = fails  # type: ignore[method-assign]
    await night.time.passes(16)
    assert failing == []
    await ben.answers(right=True)
    await night.time.passes(3)
    sends = night.here.sends
    await night.restart(NONCE_OVER)
    assert night.here.sends == sends, "the question is edited, not sent again"


NONCE_OVER = 4 * 60  # seconds after which a message sent again is not known by its nonce


async def test_a_store_that_fails_at_the_start_is_asked_again_and_the_quiz_goes_on(night: Night) -> None:
    ana, ben = night.players(["Ana", "Ben"])
    await ana.starts("decks:txn-isolation questions:1")
    await ana.presses("Join")
    await ben.presses("Join")
    await night.time.passes(16)
    await ana.answers(right=True)
    await night.stop()
    night.time.now += 9000
    night.failing_at_the_start = 4  # of which two meet the schedules and boards
    starting = asyncio.create_task(night._start())
    await night.time.passes(4)
    assert not starting.done()
    await night.time.passes(8)
    await starting
    assert "Question 1 starts again" in night.here.screen
    await ben.answers(right=True)
    await night.time.passes(20)
    assert (await night.quiz()).ending is Ending.PLAYED
    assert "Right** Ana" in list(night.here.shows.values())[-2].reply.body[-1].text  # type: ignore[union-attr]


async def test_who_ends_while_the_store_fails_leaves_nothing_running(night: Night) -> None:
    await playing(night)
    await night.stop()
    night.failing_at_the_start = 1000
    before = asyncio.all_tasks()
    starting = asyncio.create_task(night._start())
    await night.time.passes(30)
    assert not starting.done()
    await night.quizzes.close()
    await starting
    assert asyncio.all_tasks() == before
    night.store.failing = 0


async def test_an_answer_delivered_again_later_is_told_what_it_was_told_before(night: Night) -> None:
    ana = night.player("Ana")
    await ana.starts("decks:txn-isolation questions:2")
    await ana.presses("Join")
    await night.time.passes(16)
    asked = (await night.quiz()).question
    assert asked is not None
    first = Pick(night.here.quiz, 1, asked.right)
    told = await ana.does(first, key="first")
    for _ in range(3):  # while it is open, once the next is, and after the end
        assert await ana.does(first, key="first") == told
        await night.time.passes(25)
    assert (await night.quiz()).stage is Stage.FINISHED
    assert (await ana.does(first, key="second")).toast == OVER


# --- clocks that are set -----------------------------------------------------------------------------------------


async def in_mid_question(night: Night) -> list[Player]:
    """Ana has answered, Ben has not."""
    players = night.players(["Ana", "Ben"])
    await players[0].starts("decks:txn-isolation questions:1")
    for player in players:
        await player.presses("Join")
    await night.time.passes(16)
    await players[0].answers(right=True)
    await night.time.passes(5)
    return players


async def test_a_clock_set_back_in_mid_question_starts_its_time_again(night: Night) -> None:
    _, ben = await in_mid_question(night)
    night.time.set(-86_400)
    await night.time.passes(16)
    assert (await night.quiz()).stage is Stage.QUESTION, "it starts again when it would have closed"
    await ben.answers(right=True)
    assert ben.reply.toast.startswith("Locked in")
    await night.time.passes(3)
    assert (await night.quiz()).stage is Stage.CLOSED
    await night.time.passes(12)
    assert (await night.quiz()).ending is Ending.PLAYED
    assert "*1 question, 2 players*" in night.here.screen


async def test_a_clock_set_back_keeps_no_question_open_that_nobody_answers(night: Night) -> None:
    await in_mid_question(night)
    night.time.set(-86_400)
    await night.time.passes(60)
    assert (await night.quiz()).ending is Ending.PLAYED


async def test_a_clock_set_forward_in_mid_question_starts_it_again_and_keeps_what_is_in(night: Night) -> None:
    _, ben = await in_mid_question(night)
    night.time.set(600)
    await ben.answers(right=True)
    assert ben.reply.toast == HELD_UP
    await night.time.passes(3)
    assert "Back after 10 minutes. Question 1 starts again" in night.here.screen
    await ben.answers(right=True)
    await night.time.passes(20)
    assert (await night.quiz()).ending is Ending.PLAYED
    assert "*1 question, 2 players*" in night.here.screen


async def test_a_clock_set_far_forward_ends_the_quiz_as_an_absence_would_and_says_so(night: Night) -> None:
    _, ben = await in_mid_question(night)
    night.time.set(86_400)
    await ben.answers(right=True)
    await night.time.passes(5)
    assert (await night.quiz()).ending is Ending.AWAY
    assert "Backfill was away too long" in night.here.screen


# --- schedules ---------------------------------------------------------------------------------------------------


async def scheduled(night: Night, *channels: str) -> None:
    """In each of these channels a quiz at 18:30, in half an hour."""
    for channel in channels:
        mira = night.player("Mira", manages=True, channel=channel)
        await mira.does(Schedule("mon 18:30", "txn-isolation questions:1"))
        assert "starts here" in mira.reply.toast


async def opened(night: Night, channel: str) -> int:
    """How many quizzes were ever played in a channel."""
    place = Place("discord", channel)
    return len(await night.quizzes._book.read(lambda _turn, quizzes: list(quizzes.quizzes_in(place))))


async def test_schedules_that_meet_a_failing_store_ring_when_it_works(night: Night) -> None:
    await scheduled(night, "550", "551")
    ring, failing = night.quizzes._bells["discord"]._ring, [3]

    async def fails(place: Place, person: Person, text: str, key: str) -> None:
        night.store.failing = failing.pop() if failing else night.store.failing
        await ring(place, person, text, key)

    night.quizzes._bells["discord"]._ring = fails
    await night.time.passes(0.6 * 3600)
    assert failing == []
    assert [await opened(night, channel) for channel in ("550", "551")] == [1, 1]


async def test_a_schedule_that_rang_just_before_backfill_ended_does_not_ring_twice(night: Night) -> None:
    await scheduled(night, "550")

    def fails(*_: object) -> None:
        raise StoreError("The disk is full.")

    night.quizzes._bells["discord"]._move_on = fails  # type: ignore[method-assign]
    await night.time.passes(0.5 * 3600 + 12)
    assert await opened(night, "550") == 1
    await night.restart(60)
    await night.time.passes(600)
    assert await opened(night, "550") == 1


async def test_a_schedule_rings_although_the_clock_was_set_forward(night: Night) -> None:
    await scheduled(night, "550")
    await night.time.passes(60)
    night.time.set(20 * 60)
    await night.time.passes(20 * 60)
    assert await opened(night, "550") == 1
