"""A person with two accounts, who played one quiz with both, and links them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.core.actions import Action, Agree, Link, Part, Set, ShowLink, Unlink
from bot.core.link_model import code_of
from bot.core.model import Account, Evidence
from bot.core.ports import Turn
from bot.core.quiz.actions import KeepSeparate, ShowDisputes, Void
from bot.core.reply import Reply

from .learners import evidence, known, studies
from .test_evidence import cards_of, play
from .test_stories import started
from .world import Night, Player


async def agreed(night: Night, one: Account, other: Account) -> None:
    """Both accounts belong to one learner from now on."""

    async def does(account: Account, action: Action) -> Reply:
        return await night.tutor.handle(account, action, night.key())

    offered = await does(one, Link(name="@one"))
    asked = await does(other, Link(code_of(offered.link.removeprefix("l_")), "@other"))
    yes = next(button.action for row in asked.rows for button in row if isinstance(button.action, Agree))
    await does(other, yes)
    await does(one, ShowLink(yes.offer))
    await does(one, yes)


def two_accounts(night: Night) -> tuple[Player, Player]:
    """Ana in Discord, and on Telegram."""
    here, there = night.player("Ana", manages=True), night.player("Ana on the train")
    there.account = Account("telegram", "100")
    there.person = replace(there.person, account=there.account)
    return here, there


async def test_both_answers_arrive_in_one_log_and_a_void_takes_both_back(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        here, there = two_accounts(night)
        for player in (here, there):
            await studies(night, player.account, await cards_of(night))
        quiz, cards = await play(night, [here, there], [False, False])
        before = [await evidence(night, player.account, cards[0]) for player in (here, there)]
        assert [len(found) for found in before] == [1, 1]
        await agreed(night, here.account, there.account)
        after = [await evidence(night, player.account, cards[0]) for player in (here, there)]
        assert after[0] == after[1]
        assert len({entry.attempt for entry in after[0]}) == 2
        await here.does(Void(quiz, 1))
        await night.time.rest()
        _, entries = await known(night, here.account, cards[0])
        undone = {entry.entry for entry in entries if type(entry).__name__ == "Undone"}  # type: ignore[union-attr]
        assert undone == {entry.id for entry in entries if isinstance(entry, Evidence)}


async def entries_of(night: Night, account: Account, card: str) -> list[tuple[str, str]]:
    """(kind, platform) of each entry that the log of the account's learner has of a card; nothing for a stranger."""

    def work(turn: Turn) -> list[tuple[str, str]]:
        if turn.learner(account) is None:
            return []
        found = turn.entries(card)
        return [(type(one).__name__, one.account.platform if isinstance(one, Evidence) else "") for one in found]

    return await night.quizzes._book.as_(account, work)


@pytest.mark.parametrize("parting", ["Take the merge back", "Unlink Telegram"])
async def test_answers_stay_with_whom_they_reached_and_are_taken_back_from_there(tmp_path: Path, parting: str) -> None:
    async with Night(tmp_path) as night:
        here, there = two_accounts(night)
        for player in (here, there):
            await studies(night, player.account, await cards_of(night))
        await agreed(night, here.account, there.account)
        quiz, (first, second) = await play(night, [here, there], [False, False])
        reached = await entries_of(night, here.account, second)
        assert [entry for entry in reached if entry[0] == "Evidence"] == [
            ("Evidence", "discord"),
            ("Evidence", "telegram"),
        ]
        await parts(night, here.account, parting)
        await here.does(Void(quiz, 1))
        await night.time.passes(3)
        both = [await entries_of(night, account, first) for account in (here.account, there.account)]
        assert sorted(entry for found in both for entry in found if entry[0] in ("Evidence", "Undone")) == [
            ("Evidence", "discord"),
            ("Evidence", "telegram"),
            ("Undone", ""),
            ("Undone", ""),
        ]
        both = [await entries_of(night, account, second) for account in (here.account, there.account)]
        assert sorted(entry for found in both for entry in found if entry[0] == "Evidence") == [
            ("Evidence", "discord"),
            ("Evidence", "telegram"),
        ], "each answer is in one log, once"


async def parts(night: Night, account: Account, label: str) -> None:
    """The account's learner takes the merge back, or lets an account go."""
    reply = await night.tutor.handle(account, Unlink(), night.key())
    (action,) = [button.action for row in reply.rows for button in row if button.label.startswith(label)]
    reply = await night.tutor.handle(account, action, night.key())
    for part in [button.action for row in reply.rows for button in row if isinstance(button.action, Part)]:
        await night.tutor.handle(account, part, night.key())


async def test_what_one_missed_elsewhere_is_asked_again_here(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        here, there = night.player("Ana"), night.player("Ana on the train", channel="551")
        there.account = Account("telegram", "100")
        there.person = replace(there.person, account=there.account)
        await started(night, "txn-isolation questions:1", [there])
        await there.answers(right=False)
        await night.time.passes(30)
        missed = (await night.quiz(there.channel.quiz)).asked
        await here.starts("txn-isolation order:missed-by-me")
        assert here.reply.toast == "The host missed nothing of this lately, so there is nothing to ask."
        await agreed(night, here.account, there.account)
        await started(night, "txn-isolation order:missed-by-me", [here])
        await here.answers(right=True)
        await night.time.passes(30)
        assert (await night.quiz()).asked == missed
        assert "Ana: 1 card right now" in night.here.screen
        await here.starts("sql-joins order:missed-here")
        assert here.reply.toast == "Nothing of this was missed in this channel lately, so there is nothing to ask."


async def test_what_is_kept_separate_counts_again_from_the_settings(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, await cards_of(night))
        await night.tutor.handle(ana.account, Set("skip", ""), night.key())
        await ana.does(KeepSeparate(True))
        assert "/settings lets them count again." in ana.reply.toast
        shown = await night.tutor.handle(ana.account, Set("quizzes", "separate"), night.key())
        (back,) = [button for row in shown.rows for button in row if button.label == "Quiz answers"]
        counting = await night.tutor.handle(ana.account, back.action, night.key())
        assert not [button for row in counting.rows for button in row if button.label == "Quiz answers"]
        _, cards = await play(night, [ana, night.player("Ben")], [False, False])
        assert len(await evidence(night, ana.account, cards[0])) == 1


async def test_a_dispute_reaches_the_host_once_and_ends_with_keeping_or_voiding(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        mira, ana = night.players(["Mira", "Ana"])
        from bot.core.quiz.actions import Dispute

        quiz, _ = await play(night, [mira, ana], [True, False])
        await ana.does(Dispute(quiz, 1))
        assert ana.reply.toast == "Say in a few words what is wrong with the question."
        await ana.does(Dispute(quiz, 1, "  which\nversion?  "))
        await ana.does(ShowDisputes(quiz))
        assert ana.reply.toast == "Only whoever started the quiz and moderators can do that."
        await mira.does(ShowDisputes(quiz))
        assert "Ana disputes question 1: “which version?”" in mira.screen
        await mira.presses("Keep question 1", private=True)
        await mira.does(ShowDisputes(quiz))
        assert mira.reply.toast == "Nobody disputes anything."
        await ana.does(Dispute(quiz, 1, "really"))
        await mira.does(ShowDisputes(quiz))
        assert "really" in mira.screen
        assert "version" not in mira.screen
        await mira.presses("Void question 1", private=True)
        assert (await night.quiz(quiz)).past[0].void
