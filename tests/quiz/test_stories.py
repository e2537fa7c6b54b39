"""Quiz nights with one, five and sixty players, as the channel and each player see them."""

from __future__ import annotations

from pathlib import Path

from bot.core.quiz.actions import Board, MyResult
from bot.core.quiz.model import Ending, Stage

from .world import Night


async def test_a_whole_game_of_five(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben, chidi, dana = night.players(["Mira", "Ana", "Ben", "Chidi", "Dana"])
        await mira.starts("decks:txn-isolation questions:3 hints:on")
        for player in (ana, ben, chidi):
            await player.presses("Join")
            await night.time.passes(1)
        await night.passes(12)
        await night.time.passes(2.9)
        await ana.answers(right=True, quiet=False)
        await night.passes(1.3)
        await ben.answers(right=False)
        await ben.answers(right=True, quiet=False)
        await night.passes(14)
        await dana.answers(right=True)
        await night.passes(15)
        assert "Nobody" not in night.here.screen
        await ana.answers(right=True)
        await ben.answers(right=True)
        await chidi.answers(right=True)
        await dana.answers(right=False)
        await night.passes(12)
        for player in (ana, ben, chidi, dana):
            await player.answers(right=False)
        await night.passes(12)
        quiz = await night.quiz()
        assert (quiz.stage, quiz.ending) == (Stage.FINISHED, Ending.PLAYED)
        assert "*1* Ana 2" in night.here.screen
        await ben.does(MyResult(quiz.id))
        await ben.presses("Drill my misses", private=True)
        await ben.does(Board())


async def test_a_press_after_the_close_is_explained_with_figures(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation questions:2")
        await mira.presses("Start now")
        await night.passes(21)
        assert night.here.show.timing is not None
        assert night.here.show.timing.label == "Next"
        await ana.answers(right=True)
        assert ana.reply.toast == "The question closed 1.0 s earlier, so this one does not count."


async def test_a_restart_in_mid_question_starts_it_again_and_keeps_what_is_in(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = night.players(["Mira", "Ana", "Ben"])
        await mira.starts("decks:txn-isolation questions:2")
        for player in (ana, ben):
            await player.presses("Join")
        await night.passes(16)
        await ana.answers(right=True)
        await night.restart(9)
        assert "Back after 9 seconds. Question 1 starts again; answers already in are kept." in " ".join(
            night.here.screen.split()
        )
        assert night.here.sends == 2, "the lobby and the question: its own message is edited"
        await ana.answers(right=False)
        assert ana.reply.toast.startswith("You locked in")
        await ben.answers(right=True)
        await night.passes(2)
        assert "*Right* Ana 1.0 s, Ben 0.0 s" in night.here.screen
