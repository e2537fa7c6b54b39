"""What a host does with the options, and what everybody reads of it."""

from __future__ import annotations

from pathlib import Path

from bot.core.quiz.actions import Dispute, MyResult, Open, SameAgain, SetOption, ShowOptions, Void
from bot.core.quiz.model import Ending, Stage
from bot.core.reply import Reply, Weight

from .world import Night


def in_force(reply: Reply) -> list[str]:
    return [button.label for row in reply.rows for button in row if button.weight is Weight.PRIMARY]


async def test_a_lobby_waits_for_the_host_at_the_options(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation")
        await night.passes(12)
        await mira.presses("Options")
        await night.passes(20)
        assert (await night.quiz()).stage is Stage.LOBBY
        await mira.presses("40 s", private=True)
        await night.passes(20)
        await mira.presses("Preview", private=True)
        await night.passes(29)
        assert (await night.quiz()).stage is Stage.LOBBY
        await ana.does(ShowOptions(night.here.quiz))
        await night.passes(2)
        quiz = await night.quiz()
        assert quiz.stage is Stage.QUESTION, "only its host holds it, and not for ever"
        await mira.does(ShowOptions(quiz.id))
        assert "The quiz has started" in mira.screen


async def test_a_scheduled_lobby_is_held_for_no_longer_than_it_is_open_anyway(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (mira,) = night.players(["Mira"])
        await mira.does(Open("decks:txn-isolation", wait=5 * 60))
        await night.time.rest()
        before = (await night.quiz()).deadline
        await mira.presses("Options")
        assert (await night.quiz()).deadline == before
        await night.passes(290)
        await mira.presses("Options")
        assert (await night.quiz()).deadline > before
        await night.passes(40)
        assert (await night.quiz()).ending is Ending.NOBODY, (
            "five minutes in which nobody came are not made good by its host's look"
        )


async def test_the_options_mark_what_is_in_force_whatever_a_command_asked_for(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (mira,) = night.players(["Mira"])
        await mira.starts("decks:txn-isolation questions:12 pace:75s answers:typed play:relaxed")
        await mira.presses("Options")
        assert in_force(mira.reply) == ["12 questions", "75 s", "typed", "relaxed", "hints off"]
        assert "Questions from Isolation levels and anomalies are picked" in " ".join(mira.screen.split())
        await mira.does(SetOption(night.here.quiz, "pace", "none"))
        assert "no time limit" in in_force(mira.reply)


async def test_from_the_preview_one_comes_back_to_the_options_while_they_can_be_changed(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        (mira,) = night.players(["Mira"])
        await mira.starts("decks:txn-isolation questions:2")
        await mira.presses("Options")
        await mira.presses("Preview", private=True)
        await mira.presses("Swap 1", private=True)
        planned = (await night.quiz()).plan
        await mira.presses("Options", private=True)
        await mira.presses("No weekly board", private=True)
        await mira.presses("Options", private=True)
        assert in_force(mira.reply)
        assert (await night.quiz()).plan == planned, "looking at the options changes nothing"


async def test_a_question_that_does_not_count_is_not_disputed(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation questions:2")
        await ana.presses("Join")
        await night.passes(16)
        await mira.presses("Skip")
        await night.passes(2)
        assert "This question does not count" in night.here.screen
        assert "Dispute" not in night.here.screen
        await ana.does(MyResult(night.here.quiz))
        assert ana.reply.toast == "You answered nothing here that counts."
        await ana.does(Dispute(night.here.quiz, 1, "which version?"))
        assert "does not count any more" in ana.screen
        await mira.does(Void(night.here.quiz, 1))
        assert "Question 1 is void" in mira.screen


async def test_whoever_plays_again_mentions_no_role_that_another_host_chose(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation questions:1 role:123")
        await ana.presses("Join")
        await night.passes(16)
        await ana.answers(right=True)
        await night.passes(30)
        await ana.does(SameAgain(night.here.quiz))
        await night.time.rest()
        again = await night.quiz()
        assert (again.stage, again.options.role) == (Stage.LOBBY, "")


async def test_a_quiz_of_misses_says_that_there_are_none_and_names_no_command_for_fixed_questions(
    tmp_path: Path,
) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation order:missed-here")
        assert mira.reply.toast.startswith("Nothing of this was missed in this channel")
        assert night.here.sends == 0
        await mira.starts("decks:txn-isolation questions:1 pace:none")
        await ana.presses("Join")
        await night.passes(16)
        await ana.answers(right=False)
        await night.passes(30)
        assert "questions:1 pace:none" in " ".join(night.here.screen.split())
        await ana.presses("Replay misses")
        await night.time.rest()
        await ana.presses("Join")
        await night.passes(16)
        await ana.answers(right=True)
        await night.passes(30)
        assert (await night.quiz()).ending is Ending.PLAYED
        assert "/quiz" not in night.here.screen, "no command asks these questions again"
        await ana.starts("decks:txn-isolation order:missed-by-me questions:1")
        await night.passes(60)
        await mira.presses("Same again")
        await night.passes(16)
        assert (await night.quiz()).ending is Ending.NO_CARDS
        assert "The host missed nothing of this" in " ".join(night.here.screen.split())


async def test_a_press_in_a_channel_that_was_closed_says_why_nothing_happens(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        await mira.starts("decks:txn-isolation questions:2")
        await ana.presses("Join")
        await night.passes(16)
        night.here.gone = True
        await ana.answers(right=True)
        await night.passes(5)
        await ana.does(SameAgain("Z" * 26))
        await ana.answers(right=True, quiet=False)
        assert "I could not write here any more" in ana.screen
