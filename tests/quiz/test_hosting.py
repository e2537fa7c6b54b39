"""What the host does to a quiz that is under way: look ahead, swap, pause, void; and what that leaves of it."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import InQuiz
from bot.core.model import Scope, ScopeKind
from bot.core.quiz.actions import Next, Pause, Pick, Preview, SetOption, Skip, StartNow, Stop, Unpause, Void
from bot.core.quiz.buttons import unfold
from bot.core.quiz.model import Stage
from bot.core.servers import Server

from .facts import facts
from .learners import studies
from .test_stories import started
from .world import Night


async def test_a_preview_in_mid_question_lists_what_comes_and_tells_no_answer(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, _ = players = night.players(["Mira", "Ana"])
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
        buttons = [mira.button(label, private=True).action for label in ("Swap 1", "Swap 3")]
        swap_first, swap_third = [unfold(action) for action in buttons if isinstance(action, InQuiz)]
        await mira.presses("Start now")
        await night.time.passes(1)
        await mira.does(swap_third)
        quiz = await night.quiz()
        assert quiz.plan[0] == second
        assert quiz.plan[1] != third
        assert quiz.barred == (third,)
        await mira.does(swap_first)
        assert mira.reply.toast == "That question has been asked. What comes after it can still be swapped."
        assert (await night.quiz()).asked == (first,)


async def test_a_swap_outlives_a_change_of_pace_and_a_plan_that_of_what_is_drawn_does_not(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        await mira.starts("txn-isolation questions:3")
        await mira.does(Preview())
        _, swapped, _ = (await night.quiz()).plan
        await mira.presses("Swap 2", private=True)
        planned = (await night.quiz()).plan
        await mira.does(SetOption(night.here.quiz, "pace", "40s"))
        assert (await night.quiz()).plan == planned
        await mira.does(SetOption(night.here.quiz, "answers", "typed"))
        await mira.does(Preview())
        quiz = await night.quiz()
        assert quiz.plan != planned
        assert swapped not in quiz.plan
        await mira.presses("Start now")
        await night.time.passes(1)
        assert night.here.show.typed
        await mira.does(SetOption(night.here.quiz, "decks", "sql-joins"))
        assert mira.reply.toast == "The quiz has started; its options stay as they are."


async def test_where_no_other_card_is_left_a_question_stays(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1, 2)}) as night:
        mira = night.player("Mira")
        await mira.starts("facts questions:3")
        await mira.does(Preview())
        plan = (await night.quiz()).plan
        await mira.presses("Swap 2", private=True)
        assert mira.reply.toast == "There is no other card to ask in its place."
        assert (await night.quiz()).plan == plan


async def test_other_decks_chosen_in_the_lobby_are_known_to_whoever_studies_them(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira = night.player("Mira")
        studied = [card.id for card in night.catalogue.cards_by_deck["sql-joins"]][::3]
        await studies(night, mira.account, studied)
        await mira.starts("txn-isolation questions:4")
        await mira.presses("Join")
        await mira.does(Preview())
        await mira.does(SetOption(night.here.quiz, "decks", "sql-joins"))
        await mira.does(Preview())
        assert set((await night.quiz()).plan) <= set(studied)


async def test_a_servers_decks_that_are_gone_leave_quiz_alone_everything(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": facts(0, 1, 2)}) as night:
        mira = night.player("Mira")
        for slug, source in (("facts", "facts"), ("gone", "")):
            server = Server(platform="discord", external="77", scope=Scope(ScopeKind.DECK, slug))
            await night.quizzes._book.read(lambda turn, _, server=server: turn.servers().save(server))
            await mira.starts("questions:1")
            assert (await night.quiz()).options.source == source
            await mira.does(Stop())
            await night.time.passes(5)


async def test_a_double_press_on_next_closes_a_question_and_asks_no_other(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:3 pace:host", players)
        await ana.answers(right=True)
        stood = []
        for _ in range(2):
            pressed = mira.button("Next").action
            assert isinstance(pressed, InQuiz)
            for _ in range(2):
                await mira.does(unfold(pressed))
            await night.time.passes(3)
            quiz = await night.quiz()
            stood.append((quiz.stage, len(quiz.asked)))
        assert stood == [(Stage.CLOSED, 1), (Stage.QUESTION, 2)], "the group has the answer to talk about"
        for _ in range(2):
            await mira.does(Next())
        assert len((await night.quiz()).asked) == 3, "a command means whatever is next"


# --- pause -------------------------------------------------------------------------------------------------------


async def test_a_paused_lobby_says_so_and_goes_on_with_the_time_it_had(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("txn-isolation questions:1")
        await night.time.passes(5)
        await mira.does(Pause())
        await night.time.passes(2)
        assert "The quiz is paused." in night.here.screen
        assert "[Start now]" not in night.here.screen
        await mira.does(StartNow(night.here.quiz))
        assert mira.reply.toast.startswith("The quiz is paused.")
        await ana.presses("Join")
        await night.time.passes(600)
        await mira.presses("Go on")
        await night.time.passes(9)
        assert (await night.quiz()).stage is Stage.LOBBY
        await night.time.passes(2)
        assert (await night.quiz()).stage is Stage.QUESTION


async def test_a_paused_question_is_not_skipped_and_none_waits_longer_for_a_pause(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = players = night.players(["Mira", "Ana"])
        await started(night, "txn-isolation questions:2", players)
        await mira.does(Pause())
        await night.time.passes(600)
        await mira.does(Skip())
        assert mira.reply.toast.startswith("The quiz is paused.")
        await mira.does(Unpause())
        await mira.does(Skip())
        await night.time.passes(3)
        await mira.does(Pause())
        await night.time.passes(60)
        assert "The quiz is paused." in night.here.screen
        await ana.does(Pick(night.here.quiz, 1, 0))
        assert ana.reply.toast.startswith("The question closed 63 s earlier"), "there is nothing to wait for"
        await mira.presses("Go on")
        await night.time.passes(7.5)
        assert (await night.quiz()).asked[1:]


# --- void --------------------------------------------------------------------------------------------------------


async def test_whoever_a_void_question_put_out_is_in_again(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:5 play:hardcore", players)
        for player, right in ((mira, True), (ana, False), (ben, True)):
            await player.answers(right=right)
        await night.time.passes(12)
        await mira.answers(right=True)
        await ben.answers(right=False)
        await night.time.passes(12)
        await mira.does(Void(night.here.quiz, 1))
        assert len((await night.quiz()).out) == 1, "Ben missed the second"
        await mira.answers(right=True)
        await night.time.passes(12)
        assert len((await night.quiz()).out) == 1, "the third was asked while Ana was out"
        await ana.answers(right=True)
        await mira.answers(right=True)
        await night.time.passes(12)
        await mira.answers(right=True)
        await night.time.passes(30)
        quiz = await night.quiz()
        assert len(quiz.out) == 2, "and the last was not"
        assert "*1* Mira 4 · *2* Ana 1" in night.here.screen


async def test_how_late_a_press_was_does_not_depend_on_what_the_host_did_since(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana, ben = players = night.players(["Mira", "Ana", "Ben"])
        await started(night, "txn-isolation questions:2 pace:none", players[:2])
        for player in (mira, ana):
            await player.answers(right=True)
        await night.time.passes(5)
        await mira.does(Void(night.here.quiz, 1))
        await night.time.passes(1)
        await ben.answers(right=True)
        assert ben.reply.toast == "The question closed 5.8 s earlier, so this one does not count."
