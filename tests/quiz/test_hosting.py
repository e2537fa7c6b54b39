"""What the host does to a quiz that is under way: look ahead, swap, pause, void; and what that leaves of it."""

from __future__ import annotations

from pathlib import Path

from bot.core.quiz.actions import Preview, Swap

from .test_stories import started
from .world import Night


async def test_a_preview_in_mid_question_lists_what_comes_and_tells_no_answer(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:3", players)
        await mira.does(Preview())
        quiz = await night.quiz()
        assert quiz.question is not None
        assert quiz.question.card.id not in quiz.plan
        assert len(quiz.plan) == 2, "the first is being asked"
        assert [button.label for row in mira.reply.rows for button in row] == ["Swap 2", "Swap 3"]
        said = mira.screen
        for _ in range(2):
            for player in players:
                await player.answers(right=True)
            await night.time.passes(12)
            asked = (await night.quiz()).question
            assert asked is not None
            assert asked.card.id == quiz.plan[asked.number - 2]
            right = asked.options[asked.right].text
            assert f"*{right}*" not in said


async def test_a_swap_means_the_question_it_was_shown_for_whatever_was_asked_since(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await mira.starts("txn-isolation questions:3")
        await mira.presses("Options")
        await mira.presses("Preview questions", private=True)
        first, second, third = (await night.quiz()).plan
        swap_first, swap_third = mira.button("Swap 1", private=True), mira.button("Swap 3", private=True)
        assert (swap_first.action, swap_third.action) != (swap_third.action, swap_first.action)
        await mira.presses("Start now")
        await night.time.passes(1)
        await mira.does(Swap(night.here.quiz, 3))
        quiz = await night.quiz()
        assert quiz.plan[0] == second
        assert quiz.plan[1] != third
        assert quiz.barred == (third,)
        await mira.does(Swap(night.here.quiz, 1))
        assert mira.reply.toast == "That question has been asked. What comes after it can still be swapped."
        assert (await night.quiz()).past == ()
        assert first not in (await night.quiz()).plan


async def test_where_no_other_card_is_left_a_question_stays(tmp_path: Path) -> None:
    one = "---\ndeck: facts\ntitle: Facts\nabout: Facts.\nlevel: beginner\nsource: general\n---\n\n"
    note = "Q: What is fact {0}?\nA: Answer {0}\nnot: Wrong one\nnot: Wrong two\nnot: Wrong three\nid: f{0}\n\n"
    async with Night(tmp_path, {"facts": one + "".join(note.format(n) for n in range(3))}) as night:
        mira = night.player("Mira")
        await mira.starts("facts questions:3")
        await mira.does(Preview())
        plan = (await night.quiz()).plan
        await mira.presses("Swap 2", private=True)
        assert mira.reply.toast == "There is no other card to ask in its place."
        assert (await night.quiz()).plan == plan
