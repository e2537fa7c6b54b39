"""Disputes: when they can be made and read, and what their host is told of them."""

from __future__ import annotations

from pathlib import Path

from bot.core.quiz.actions import Dispute, ShowDisputes, Uphold, Void
from bot.core.quiz.model import Stage

from .test_stories import started
from .world import Night, Player


async def told(night: Night, by: Player, question: int, reason: str = "which version?") -> str:
    """A dispute; what its host is to be shown of it."""
    key = night.key()
    await by.does(Dispute("", question, reason), key=key)
    found = await night.quizzes.disputed(by.place, by.person, "", key)
    return "" if found is None else f"{found[0].external}: {found[1].body}"


async def test_after_the_end_a_command_still_disputes_and_still_shows_disputes(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:1", players)
        for player in players:
            await player.answers(right=True)
        await night.passes(14)
        assert (await night.quiz()).stage is Stage.FINISHED
        await ana.does(Dispute("", 0, "which version?"))
        assert ana.reply.toast == "Thank you. Whoever started the quiz can read it now."
        await mira.does(ShowDisputes())
        assert "which version?" in mira.screen
        await ana.does(ShowDisputes())
        assert ana.reply.toast == "Only whoever started the quiz and moderators can do that."


async def test_a_host_is_told_of_a_question_once_however_many_dispute_it(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:3", players)
        for _ in range(2):
            for player in players:
                await player.answers(right=False)
            await night.passes(12)
        first = await told(night, ana, 1)
        assert first.startswith("id-mira: ")
        assert "Ana disputes question 1: “which version?”" in first
        assert await told(night, ben, 1) == ""
        assert await told(night, ana, 1, "really") == ""
        assert "question 2" in await told(night, ben, 2)
        await mira.does(Uphold("", 1))
        assert await told(night, ben, 1, "still") == ""
        await mira.does(Void("", 2))


async def test_a_host_who_was_deleted_is_told_nothing(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:1", players)
        for player in players:
            await player.answers(right=False)
        await night.passes(3)
        await night.quizzes._book.read(lambda _turn, quizzes: quizzes.forget(mira.account))
        assert await told(night, ana, 1) == ""


async def test_many_voices_against_one_question_hide_no_other(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:3", players)
        for _ in range(2):
            for player in players:
                await player.answers(right=False)
            await night.passes(12)
        await ana.does(Dispute("", 1, "which version?"))
        for number in range(9):
            await ben.does(Dispute("", 2, f"no {number}"))
        await mira.does(ShowDisputes())
        assert "which version?" in mira.screen
        assert ("“no 8”" in mira.screen, "“no 7”" in mira.screen, "“no 6”" in mira.screen) == (True, True, False)


async def test_after_one_decision_the_other_disputes_are_still_there_to_decide(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, _ = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:3", players)
        for _ in range(2):
            for player in players:
                await player.answers(right=False)
            await night.passes(12)
        for number in (1, 2):
            await ana.does(Dispute("", number, f"wrong {number}"))
        await mira.does(ShowDisputes())
        await mira.presses("Void question 1", private=True)
        assert "Question 1 is void: it changes no score and no schedule." in " ".join(mira.screen.split())
        await mira.presses("Keep question 2", private=True)
        assert "stays as it is" in mira.screen
        assert mira.reply.rows == ()
