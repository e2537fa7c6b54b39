"""Pauses: what still counts, what the channel shows, and how it goes on."""

from __future__ import annotations

from pathlib import Path

from bot.core.quiz.actions import Pause, Skip, Write
from bot.core.quiz.model import Ending

from .test_stories import started
from .world import Night


async def test_in_a_relaxed_quiz_answers_count_while_it_is_paused_and_the_pause_takes_no_time(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:1 play:relaxed", players)
        await night.time.passes(4)
        await mira.does(Pause())
        await night.passes(600)
        assert "answers count all the same" in night.here.screen
        await ana.answers(right=True)
        assert ana.reply.toast.startswith("Locked in.")
        await night.passes(3)
        assert "**In (1)** Ana" in night.here.screen
        await mira.presses("Go on")
        await ben.answers(right=False)
        await night.passes(14)
        assert [round(answer.took / 1000) for answer in (await night.pressed()).answers] == [5, 5]


async def test_after_a_long_absence_nothing_looks_open_any_more(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:2", players)
        await night.restart(16 * 60)
        await night.passes(5)
        assert (await night.quiz()).ending is Ending.AWAY
        assert all(not show.live for show in list(night.here.shows.values())[1:])
        assert "Question 1 counts for nobody." in night.here.screen


async def test_results_say_which_questions_count_for_nobody(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, *_ = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:3", players)
        await mira.does(Skip())
        await night.passes(12)
        for player in players:
            await player.answers(right=True)
        await night.passes(12)
        await mira.does(Skip())
        await night.passes(12)
        assert "Questions 1 and 3 count for nobody." in night.here.screen


async def test_what_is_written_below_a_closed_choice_is_talk(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        _, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:2", players)
        await ana.does(Write("B", question=1))
        assert ana.reply.toast == "This question is answered by its buttons."
        for player in players:
            await player.answers(right=True)
        await night.passes(2)
        reply = await ana.does(Write("that was hard", question=1))
        assert (reply.body, reply.toast) == ((), "")
