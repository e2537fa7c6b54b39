"""One and sixty players, typed answers and presses from everywhere, in a simulated Discord."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import InQuiz
from bot.core.ask import answer_of
from bot.core.buttons import encode
from bot.core.quiz.actions import MyResult, Void
from bot.core.quiz.buttons import fold_in
from bot.core.quiz.fold import seat_of
from bot.core.quiz.model import Ending, Stage
from bot.core.quiz.results import scores
from tests.quiz.learners import evidence, studies

from .people import shown
from .quiz_night import night
from .test_quiz import assert_decent

LAST_DAY = {"decks": "txn-isolation", "questions": 1}


# --- how many play ---------------------------------------------------------------------------------------------------


async def test_one_player_types_over_a_restart(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        ana = here.player("Ana")
        await ana.starts(decks="txn-isolation", questions=2, answers="typed", pace="40s")
        await ana.presses("Join")
        await ana.presses("Start now")
        await here.passes(1)
        form = await ana.presses("Answer")
        assert form.modal is not None
        assert form.modal["components"][0]["content"] in here.screen, "the question stands above the field"
        assert "<t:" not in form.modal["components"][0]["content"]
        await here.restart(30)
        await ana.sends(form, answer_of((await ana.asked()).card))
        await here.passes(3)
        assert "**Right** Ana" in here.screen
        assert "[Answer]" not in here.screen, "a closed question takes no text"
        await here.passes(12)
        form = await ana.presses("Answer")
        await here.passes(45)
        await ana.sends(form, "a phantom, I think")
        assert "You had typed: a phantom, I think" in shown(ana.messages[-1])
        quiz = await here.quiz()
        assert [score.right for score in scores(quiz, await here.pressed())] == [1]
        assert_decent(here)


async def test_sixty_players_play_and_the_channel_is_edited_at_most_once_in_two_seconds(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, *_ = players = here.players(*(f"Player {number}" for number in range(60)))
        await mira.starts(decks="txn-isolation", questions=2)
        for player in players:
            await player.presses("Join")
        await here.passes(16)
        for number in range(2):
            for place, player in enumerate(players):
                await player.answers(right=place % 3 != number)
            await here.passes(12)
        await here.passes(30)
        quiz = await here.quiz()
        assert quiz.ending is Ending.PLAYED
        found = {score.seat: score.right for score in scores(quiz, await here.pressed())}
        assert [found[seat_of(quiz.id, player.account)] for player in players] == [
            sum(place % 3 != number for number in range(2)) for place in range(60)
        ]
        assert "2 questions, 60 players" in here.screen
        assert len([message for message in here.messages if not message.flags.ephemeral]) == 4
        assert len(here.running.drawings) < 30, "not one for each press"
        assert_decent(here)


async def test_each_learners_evidence_arrives_once_whatever_is_pressed_again(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        cards = [card.id for card in here.running.decks.cards_by_deck["txn-isolation"]]
        for player in (mira, ana):
            await studies(here, player.account, cards)
        await mira.starts(**LAST_DAY)
        for player in (mira, ana):
            await player.presses("Join")
        await here.passes(16)
        first = here.messages[-1]
        payload = f"a.{(await here.quiz()).id}.1.0"
        await ana.answers(right=False)
        for option in (0, 1, 2):
            await ana.picks(option)
            assert "One answer each" in ana.screen
        await mira.answers(right=False)
        await here.restart(3)
        await here.passes(12)
        for player in (mira, ana):
            await player.sends_raw(
                3, {"custom_id": f"b0:{encode(InQuiz(payload))}", "component_type": 2}, message=first
            )
            assert "That quiz is over." in player.screen
        await here.restart(3)
        quiz = await here.quiz()
        assert quiz.stage is Stage.FINISHED
        for player in (mira, ana):
            assert len(await evidence(here, player.account, quiz.past[0].card)) == 1
        assert [len((await here.pressed()).to(1))] == [2]


# --- buttons of others -----------------------------------------------------------------------------------------------


async def test_a_payload_carries_no_authority_and_shows_everybody_their_own(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana, eve = here.players("Mira", "Ana", "Eve")
        await mira.starts(**LAST_DAY)
        await ana.presses("Join")
        await here.passes(16)
        await ana.answers(right=True)
        await here.passes(30)
        quiz = await here.quiz()
        for action, says in ((Void(quiz.id, 1), "Only whoever started"), (MyResult(quiz.id), "You are not in this")):
            data = {"custom_id": f"b0:{encode(fold_in(action))}", "component_type": 2}
            await eve.sends_raw(3, data, message=here.messages[-1])
            assert says in eve.screen
        assert not (await here.quiz()).past[0].void
        await eve.sends_raw(3, {"custom_id": "b0:Q.zz.1", "component_type": 2}, message=here.messages[-1])
        assert "from another version" in eve.screen


async def test_a_button_that_was_redrawn_meanwhile_still_counts(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(**LAST_DAY)
        await here.passes(1)
        lobby = here.messages[-1]
        await ana.presses("Join")
        await here.passes(16)
        quiz = await here.quiz()
        join = InQuiz(f"j.{quiz.id}")
        await mira.sends_raw(3, {"custom_id": f"b0:{encode(join)}", "component_type": 2}, message=lobby)
        await ana.answers(right=True)
        await mira.answers(right=True)
        await here.passes(3)
        assert "**Right** Ana" in here.screen
