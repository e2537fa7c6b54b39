"""What stands beside a quiz in Discord: saved and scheduled ones, export, completion, and what is said in private."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord

from bot.core.quiz.model import Ending

from .limits import utf16
from .people import raw, walk
from .quiz_night import Player, night

LAST_DAY = {"decks": "txn-isolation", "questions": 1}


async def test_saving_scheduling_export_and_completion(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        managers = here.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        mira, ana = here.player("Mira", roles=[managers]), here.player("Ana")
        await mira.starts(**LAST_DAY)
        await ana.presses("Join")
        await here.passes(16)
        await ana.answers(right=True)
        await here.passes(30)
        await mira.saves("Warm up")
        assert "saved:warm-up" in mira.screen
        choices = await ana.actor.autocomplete(here.channel, "quiz", "saved", "wa")
        assert [choice["value"] for choice in choices] == ["warm-up"]
        choices = await ana.actor.autocomplete(here.channel, "quiz", "decks", "scd-types + isol")
        assert [choice["value"] for choice in choices] == ["scd-types + txn-isolation"]
        assert all(utf16(choice["name"]) <= 100 for choice in choices)
        await ana.commands("quiz-export")
        assert "Only whoever started" in ana.screen
        result = await mira.commands("quiz-export")
        (message,) = [found for found in mira.messages if found.attachments]
        assert message.flags.ephemeral
        assert message.attachments[0].filename == "quiz-2026-11-24.csv"
        assert result.acknowledged
        await ana.commands("quiz-schedule", when="weekdays 09:00", decks="txn-isolation", zone="Europe/Berlin")
        assert "Only moderators" in ana.screen
        await mira.commands("quiz-schedule", when="weekdays 09:00", decks="txn-isolation", zone="Europe/Berlin")
        assert "weekdays 09:00, Europe/Berlin" in mira.screen
        await mira.commands("quiz-saved")
        assert "warm-up: 1 question" in mira.screen
        await ana.starts(saved="warm-up")
        await here.passes(1)
        await ana.starts(decks="stop")
        assert (await here.quiz()).ending is Ending.STOPPED, "/quiz stop, as other quiz bots have it"


async def test_a_scheduled_quiz_opens_by_itself(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        managers = here.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        mira = here.player("Mira", roles=[managers])
        await mira.commands("quiz-schedule", when="daily 17:45", decks="txn-isolation")
        await here.passes(4 * 60)
        assert "### Quiz" in here.screen
        assert await here.host_is(mira)


async def test_quizzes_are_offered_in_servers_only(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        ana = here.player("Ana")
        assert "quiz" in ana.actor.available_commands(here.channel)
        stranger = here.running.env.create_user("stranger")
        assert "quiz" not in stranger.available_commands()


async def test_names_and_cards_of_awkward_letters_stay_what_they_are(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        eve = here.player("@everyone <t:1:R> **x** _y_ `z`")
        await eve.starts(**LAST_DAY)
        await eve.presses("Join")
        await here.passes(3)
        assert "\\@everyone \\<t:1:R> \\*\\*x\\*\\* \\_y\\_ \\`z\\`" in here.screen


async def test_what_the_end_names_as_the_command_can_be_chosen_so_in_discord(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        ana = here.player("Ana")
        given = {"pace": "30s", "answers": "typed", "play": "first", "order": "random", "hints": "on", "skip": "off"}
        await ana.starts(**LAST_DAY, **given)
        await ana.commands("quiz-stop")
        await here.passes(2)
        line = here.screen.splitlines()[-2]
        assert line == "-# /quiz decks:txn-isolation questions:1 " + " ".join(f"{k}:{v}" for k, v in given.items())


async def test_what_is_refused_names_what_was_typed_as_it_was_typed(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        ana = here.player("Ana")
        await ana.starts(decks="no_such *deck*")
        assert "“no\\_such \\*deck\\*”" in ana.screen, "its marks stand for themselves, once"


def buttons(message: Any) -> list[str]:
    return [found["label"] for found in walk(raw(message)) if found["type"] == 2]


async def test_nothing_is_said_in_the_channel_when_somebody_answers(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(**LAST_DAY)
        await ana.presses("Join")
        await here.passes(16)
        count = len(here.messages)
        result = await ana.answers(right=False)
        assert result.acknowledged
        assert len(here.messages) == count
        assert isinstance(ana, Player)
        assert ana.messages[-1].flags.ephemeral
        assert buttons(ana.messages[-1]) == ["Fine", "Keep it separate"]
