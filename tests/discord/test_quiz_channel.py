"""Messages, channels and decks that go away in mid-quiz, for a while or for ever, in a simulated Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.core.actions import InQuiz
from bot.core.buttons import encode
from bot.core.quiz.model import Ending, Stage
from bot.discord import quiz_words as words

from .people import shown
from .quiz_night import Night, Player, night
from .test_quiz import assert_decent

SENDS, EDITS = "/channels/*/messages", "/channels/*/messages/*"
FORBIDDEN, ARCHIVED, LOCKED = (403, 50013), (400, 50083), (403, 160005)


async def in_question(here: Night, **options: Any) -> tuple[Player, Player]:
    """The first question is open; Mira hosts, Ana plays."""
    mira, ana = here.players("Mira", "Ana")
    await mira.starts(**({"decks": "txn-isolation", "questions": 2} | options))
    await ana.presses("Join")
    await here.passes(17)
    return mira, ana


def fails(here: Night, method: str, path: str, fault: tuple[int, int], times: int | None = None) -> None:
    here.running.env.inject_error(method, path, status=fault[0], code=fault[1], times=times)


async def test_a_deleted_message_is_sent_again(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=1)
        await ana.presses("Join")
        await here.passes(16)
        gone = here.messages[-1]
        await here.deletes(gone)
        await mira.sends_raw(
            3,
            {"custom_id": f"b0:{encode(InQuiz(f'a.{(await here.quiz()).id}.1.0'))}", "component_type": 2},
            message=here.messages[-1],
        )
        await here.passes(3)
        assert here.messages[-1].id != gone.id
        assert "**In (1)** Mira" in here.screen
        assert (await here.quiz()).stage is Stage.QUESTION


@pytest.mark.parametrize("fault", ["deleted", "forbidden", "removed"])
async def test_a_channel_that_is_gone_ends_the_quiz_and_keeps_its_results(tmp_path: Path, fault: str) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=3)
        await ana.presses("Join")
        await here.passes(16)
        await ana.answers(right=True)
        match fault:
            case "deleted":
                await here.running.env.bot.get_channel(here.channel.id).delete()  # type: ignore[union-attr]
            case "forbidden":
                here.running.env.inject_error("*", "/channels/*/messages*", status=403, code=50013, times=None)
            case "removed":
                here.running.env.inject_error("*", "/channels/*/messages*", status=403, code=50001, times=None)
                await here.running.env.bot.guilds[0].leave()
        await here.running.env.advance_time(15)
        quiz = await here.quiz()
        assert quiz.ending is Ending.GONE
        assert [answer.right for answer in (await here.pressed()).to(1)] == [True]


async def test_a_deck_changed_in_mid_game_changes_no_open_question(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=2)
        await ana.presses("Join")
        await here.passes(16)
        asked, before = await ana.asked(), here.screen
        here.running.decks = here.without(asked.card.id)
        await ana.answers(right=True)
        await here.passes(3)
        assert "**Right** Ana" in here.screen
        assert before.splitlines()[1] in here.screen
        await here.passes(10)
        assert (await ana.asked()).number == 2


async def test_a_question_that_could_not_be_sent_is_sent_as_soon_as_it_can(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=1, pace="60s")
        await ana.presses("Join")
        await here.passes(4)
        fails(here, "POST", SENDS, (503, 0), times=3)
        await here.passes(14)
        assert "### Quiz" in here.screen, "three times Discord was not there"
        await here.passes(8)
        assert "### 1 of 1" in here.screen
        await ana.answers(right=True)
        await here.passes(3)
        assert "**Right** Ana" in here.screen
        sent = [call.json["nonce"] for call in here.running.sent if call.path.endswith("/messages")]
        assert len(set(sent)) == 2, "the same message each time: the lobby, the question"


async def test_an_answer_that_could_not_be_shown_is_shown_as_soon_as_it_can(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        _, ana = await in_question(here)
        fails(here, "PATCH", EDITS, (503, 0), times=2)
        await ana.answers(right=True)
        await here.passes(8)
        assert "**Right** Ana" in here.screen
        assert_decent(here)


async def test_a_message_in_an_archived_thread_is_sent_again_which_wakes_it(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        _, ana = await in_question(here)
        before = here.messages[-1]
        fails(here, "PATCH", f"/channels/{here.channel.id}/messages/{before.id}", ARCHIVED)
        await ana.answers(right=True)
        await here.passes(3)
        newest = [message for message in here.messages if not message.flags.ephemeral][-1]
        assert newest.id != before.id
        assert "**Right** Ana" in shown(newest)
        assert (await here.quiz()).stage is not Stage.FINISHED


@pytest.mark.parametrize("fault", [FORBIDDEN, ARCHIVED, LOCKED])
async def test_whoever_started_it_is_told_alone_that_the_channel_is_shut(
    tmp_path: Path, fault: tuple[int, int]
) -> None:
    async with night(tmp_path) as here:
        mira, ana = await in_question(here)
        fails(here, "PATCH", EDITS, fault)
        fails(here, "POST", SENDS, fault)
        await ana.answers(right=True)
        await here.passes(4)
        quiz = await here.quiz()
        assert quiz.ending is Ending.GONE
        assert [answer.right for answer in (await here.pressed()).to(1)] == [True]
        assert words.SHUT_OUT in mira.screen
        assert mira.messages[-1].flags.ephemeral
        assert not any(words.SHUT_OUT in shown(message) for message in ana.messages)
        await ana.picks(0)
        assert "I could not write here any more" in ana.screen


async def test_a_quiz_that_cannot_be_shown_at_all_is_told_to_whoever_started_it(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        fails(here, "POST", SENDS, FORBIDDEN)
        mira = here.player("Mira")
        await mira.starts(decks="txn-isolation")
        await here.passes(2)
        assert words.SHUT_OUT in mira.screen
        assert (await here.quiz()).ending is Ending.GONE


async def test_an_answer_somebody_deleted_is_not_sent_again_below_the_next_question(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        _, ana = await in_question(here)
        await ana.answers(right=True)
        await here.passes(3)
        await here.deletes([message for message in here.messages if not message.flags.ephemeral][-1])
        await here.passes(12)
        told = [shown(message) for message in here.messages if not message.flags.ephemeral]
        assert "### 2 of 2" in told[-1]
        assert not any("### 1 of 2" in text for text in told)
