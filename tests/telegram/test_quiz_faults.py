"""What goes wrong around a quiz in a group: Telegram, the group itself, the network, the store; nothing is lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.ports import StoreError
from bot.core.quiz.actions import QuizAction
from bot.core.quiz.model import Ending, Place, Stage
from bot.core.quiz.model import Person as QuizPerson
from bot.core.reply import Reply
from bot.telegram import intake, quiz_send, words
from decks.model import Catalogue
from tests.quiz.world import Faulty

from .backfill import catalogue
from .quiz_decks import TYPED, jobs
from .quiz_night import DRAWING, SENDING, Night, night, points, shown_points
from .server import Answer, BotApiServer, Fault, LostAfter, LostBefore, Person, flood, refusals, server_error


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("anomalies", TYPED), ("jobs", jobs(12))):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made


# --- the group ---------------------------------------------------------------------------------------------------


async def test_a_deleted_question_is_sent_anew_and_played_on(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira, ana)
    question = evening.group.messages[-1]
    mira.deletes(question)
    evening.tap(mira, (await evening.asked()).right, question)
    await evening.server.idle()
    await evening.passes(4)
    assert len(evening.drawn(*SENDING)) == 3
    await evening.answers(ana, right=True)
    await evening.passes(12)
    assert len((await evening.pressed()).answers) == 2
    assert "1 of 1" in evening.group.screen


async def test_an_answer_somebody_deleted_is_not_sent_again_below_the_next_question(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2", mira, ana)
    question = evening.group.messages[-1]
    for player in (mira, ana):
        await evening.answers(player, right=True)
    await evening.passes(4)
    mira.deletes(question)
    await evening.passes(15)
    assert "2 of 2" in evening.group.screen
    assert not any("1 of 2" in message.text for message in evening.group.messages if message is not question)


async def test_a_press_on_a_deleted_message_still_counts(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira, ana)
    question = evening.group.messages[-1]
    mira.deletes(question)
    evening.tap(ana, 0, question)
    await evening.server.idle()
    assert len((await evening.pressed()).answers) == 1


@pytest.mark.parametrize("told", [True, False])
async def test_a_bot_that_is_removed_ends_its_quiz_and_keeps_the_results(evening: Night, told: bool) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:3", mira, ana)
    await evening.answers(ana, right=True)
    await evening.answers(mira, right=False)
    await evening.passes(11)
    name = await evening.latest()
    if told:
        evening.group.kicks_the_bot(by=mira)
    else:
        evening.group.chat.standing = type(evening.group.chat.standing).LEFT
    await evening.server.idle()
    await evening.passes(40)
    quiz, pressed = await evening.quiz(name), await evening.pressed(name)
    assert (quiz.stage, quiz.ending) == (Stage.FINISHED, Ending.GONE)
    assert points(quiz, pressed) == shown_points(quiz, pressed)
    assert sorted(points(quiz, pressed).values()) == [0, 1]
    refused = [call for call in evening.server.calls if call.method in DRAWING and call.status == 403]
    assert len(refused) <= 2, "a group that cannot be written to is left alone"


async def test_a_group_that_takes_away_the_right_to_write_ends_its_quiz(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:3", mira)
    name = await evening.latest()
    evening.group.chat.mute = True
    await evening.passes(40)
    assert (await evening.quiz(name)).ending is Ending.GONE


@pytest.mark.parametrize("lost", ["deleted", "closed"])
async def test_a_lost_topic_ends_its_quiz_and_no_other(
    server: BotApiServer, tmp_path: Path, decks: Catalogue, lost: str
) -> None:
    async with night(server, tmp_path, decks, "SQL", "Spark") as forum:
        mira, ana = forum.persons("Mira", "Ana")
        mira.write("/quiz jobs questions:3", forum.group, thread=2)
        ana.write("/quiz jobs questions:3 pace:host", forum.group, thread=3)
        await server.idle()
        await forum.passes(16)
        sql, spark = (forum.group.topic(topic)[-1].buttons[0]["callback_data"].split(".")[2] for topic in (2, 3))
        if lost == "deleted":
            forum.group.loses_topic(2)
        else:
            forum.group.chat.closed_topics.add(2)
        await forum.passes(40)
        assert (await forum.quiz(sql)).ending is Ending.GONE
        assert (await forum.quiz(spark)).is_open


# --- a group becomes a supergroup --------------------------------------------------------------------------------

SIGNS = ("the old group says so", "the new group says so", "a send is refused")


@pytest.mark.parametrize("order", list(itertools.permutations(SIGNS)))
async def test_three_signs_in_any_order_are_one_migration(
    server: BotApiServer, tmp_path: Path, decks: Catalogue, order: tuple[str, ...]
) -> None:
    async with night(server, tmp_path, decks, basic=True) as evening:
        mira, ana = evening.persons("Mira", "Ana")
        old, before = evening.group, evening.group.chat.id
        await evening.starts(mira, "jobs questions:2", mira, ana)
        name = await evening.latest()
        await evening.answers(mira, right=True)
        await evening.answers(ana, right=True)
        await evening.passes(1)
        await mira.says("/savequiz warm-up", old)
        evening.group = new = old.migrates(-1_000_000_000_777)
        for sign in order:
            match sign:
                case "the old group says so":
                    old.says_migrate_to(new.chat.id, mira)
                case "the new group says so":
                    new.says_migrate_from(before, mira)
                case _:
                    await evening.passes(12)
            await server.idle()
        await evening.passes(4)
        await evening.answers(ana, right=True)
        await evening.passes(90)
        quiz = await evening.quiz(name)
        assert (quiz.ending, quiz.place.channel, quiz.place.server) == (
            Ending.PLAYED,
            str(new.chat.id),
            quiz.place.channel,
        )
        assert len((await evening.pressed(name)).answers) == 3
        assert "<b>1</b> Ana 2" in new.screen
        await mira.says("/savedquizzes", new)
        assert "warm-up" in new.screen
        await mira.says("/myresult", new)
        assert "1 of 1 right" in mira.screen


# --- limits and the network --------------------------------------------------------------------------------------


async def test_after_429_nothing_is_written_until_its_time_and_the_latest_state_comes_then(evening: Night) -> None:
    sixty = evening.persons(*(f"Player {number}" for number in range(1, 61)))
    await evening.starts(sixty[0], "jobs questions:2 pace:60s", *sixty)
    evening.server.faults.plan(flood(14), "editMessageText")
    for player in sixty[1:]:
        await evening.answer(player, right=True)
    await evening.server.idle(60)
    await evening.passes(40)
    assert evening.server.faults.hits["Answer"] == 1
    refused = next(call.at for call in evening.server.calls if call.status == 429)
    assert not [at for at in evening.drawn() if refused < at < refused + 14]
    assert "<b>In (59)</b>" in evening.group.screen
    assert len((await evening.pressed()).answers) == 59
    assert all(one.toasts for one in sixty[1:])


@pytest.mark.parametrize("fault", [LostAfter(), LostBefore(), server_error(502)])
async def test_a_question_of_unknown_fate_is_sent_once_more_and_never_a_third_time(
    evening: Night, fault: Fault
) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await mira.says("/quiz jobs questions:1 pace:40s", evening.group)
    ana.press("Join", where=evening.group)
    await evening.server.idle()
    evening.server.faults.plan(fault, "sendMessage", times=5)
    await evening.passes(40)
    asked = [call for call in evening.server.called("sendMessage") if "1 of 1" in call.params["text"]]
    delivered = [message for message in evening.group.messages if "1 of 1" in message.text]
    struck = evening.server.faults.hits[type(fault).__name__]
    assert struck == quiz_send.SENDS
    assert len(delivered) == (quiz_send.SENDS if isinstance(fault, LostAfter) else 0)
    assert len(asked) == (0 if isinstance(fault, LostBefore) else quiz_send.SENDS)
    evening.server.faults.plans.clear()
    await evening.passes(30)


async def test_an_edit_that_failed_is_made_again(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira, ana)
    evening.server.faults.plan(LostBefore(), "editMessageText", times=2)
    await evening.answers(ana, right=True)
    await evening.passes(12)
    assert evening.server.faults.hits["LostBefore"] == 2
    assert "<b>In (1)</b> Ana" in evening.group.screen


async def test_a_server_that_knows_no_times_gets_words(evening: Night) -> None:
    unknown = refusals.cannot_parse('Unsupported start tag "tg-time" at byte offset 40')
    evening.server.faults.plan(Answer(lambda: unknown), "sendMessage")
    mira = evening.person("Mira")
    await evening.starts(mira, "jobs questions:1", mira)
    assert "Closes in 20 seconds" in evening.group.screen
    assert len(evening.drawn(*SENDING)) == 3


async def test_a_press_that_cannot_be_saved_is_brought_again_and_counts_once(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira, ana)
    handle, failures = evening.quizzes.handle, [StoreError("The disk is full.")] * 2

    async def failing(*asked: object) -> object:
        if failures:
            raise failures.pop()
        return await handle(*asked)  # type: ignore[arg-type]

    evening.quizzes.handle = failing  # type: ignore[method-assign, assignment]
    await evening.answers(ana, right=True)
    assert failures == []
    assert len((await evening.pressed()).answers) == 1
    assert "I cannot save just now" in ana.toasts[0]


async def test_a_store_that_fails_at_the_start_holds_an_open_quiz_up_and_no_more(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1 pace:60s", mira, ana)
    await evening.answers(mira, right=True)
    await evening.made.stop()
    store = Faulty(evening.made.store, failing=4)  # of which two meet the schedules and boards
    evening.quizzes._book._store = store
    await evening.made.start()
    while evening.made.running is not None and evening.made.running.busy:
        await asyncio.sleep(0.001)
        if ringing := evening.ticker.due(evening.made.clock.at + 5000):
            evening.made.clock.at, timer = ringing
            timer.set_result(None)
    assert store.failing == 0
    assert not evening.made.ending.done()
    await evening.passes(4)
    assert "Question 1 starts again" in evening.group.screen
    await evening.answers(ana, right=True)
    await evening.passes(12)
    assert len((await evening.pressed()).answers) == 2
    assert (await evening.quiz()).ending is Ending.PLAYED


def failing(evening: Night, times: int, *people: Person) -> list[int]:
    """The store fails so many updates of these people; the list grows by each failure."""
    handle, failed = evening.quizzes.handle, list[int]()

    async def fail(place: Place, person: QuizPerson, action: QuizAction, key: str) -> Reply:
        if len(failed) < times and any(person.account.external == str(one.id) for one in people):
            failed.append(len(failed))
            raise StoreError("The disk is full.")
        return await handle(place, person, action, key)

    evening.quizzes.handle = fail  # type: ignore[method-assign]
    return failed


async def test_a_group_hears_once_that_nothing_can_be_saved_however_many_write(evening: Night) -> None:
    four = evening.persons("Mira", "Ana", "Ben", "Chidi")
    await evening.starts(four[0], "anomalies answers:typed questions:1", *four)
    failed = failing(evening, 8, *four)
    for player in four:
        player.write("phantom read", evening.group, reply_to=evening.group.messages[-1])
    await evening.server.idle()
    assert len(failed) == 8
    assert len([one for one in evening.group.messages if one.text == words.CANNOT_SAVE]) == 1
    assert len((await evening.pressed()).answers) == 4


async def test_a_vote_that_alone_cannot_be_saved_is_let_go_after_ten_minutes(
    evening: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_pauses", lambda: iter([0.01] * 1000))
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1 play:relaxed pace:host", mira, ana)
    poll = evening.group.messages[-1]
    assert poll.poll is not None
    failed = failing(evening, 10_000, ana)
    ana.vote(poll, poll.poll.options[0])
    async with asyncio.timeout(10):
        while not failed:  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)
        evening.made.clock.forward(60_000)
        mira.press("Skip", on=poll)
        while not mira.toasts:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    evening.made.clock.forward(10 * 60_000)
    await evening.server.idle()
    assert evening.server.updates.waiting == []


async def test_rights_that_cannot_be_asked_for_leave_the_starter_theirs(evening: Night) -> None:
    mira, olga = evening.person("Mira"), evening.server.people[99]
    evening.server.faults.plan(server_error(502), "getChatAdministrators", times=2)
    await evening.starts(mira, "jobs questions:2", mira)
    await olga.says("/stopquiz", evening.group)
    assert (await evening.quiz()).is_open
    await mira.says("/stopquiz", evening.group)
    assert (await evening.quiz()).ending is Ending.STOPPED


# --- late --------------------------------------------------------------------------------------------------------


async def test_after_a_long_outage_old_commands_start_nothing(evening: Night) -> None:
    mira = evening.person("Mira")
    await evening.made.stop()
    for _ in range(250):
        mira.write("/quiz jobs", evening.group)
        mira.write("/leaderboard", evening.group)
    evening.made.clock.forward(15 * 60_000)
    await evening.made.start()
    await evening.server.idle(30)
    assert evening.group.messages == []
    await mira.says("/quiz jobs", evening.group)
    assert len(evening.group.messages) == 1


async def test_a_press_of_an_hour_ago_is_explained(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:1", mira)
    question = evening.group.messages[-1]
    await evening.answers(mira, right=True)
    await evening.passes(15)
    evening.made.clock.forward(60 * 60_000)
    option = next(button for button in question.gone if button["callback_data"].startswith("Q.a."))
    await ana.presses(option["text"], on=question)
    assert ana.toasts == ["That quiz is over."]
