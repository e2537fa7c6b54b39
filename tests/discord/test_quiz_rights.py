"""Who may start a quiz, where, and whom it may tell, in a simulated Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.core.quiz.model import Ending, Stage
from bot.core.servers import Hosts, Server
from bot.discord import quiz_words as words

from .quiz_night import Night, night
from .test_quiz import assert_decent

LAST_DAY = {"decks": "txn-isolation", "questions": 1}


async def settles(here: Night, **settings: Any) -> None:
    await here.running.tutor.servers.save(Server(platform="discord", external=str(here.guild.id), **settings))


async def test_only_the_servers_hosts_start_quizzes(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        hosts = here.guild.create_role("Quiz hosts")
        managers = here.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        ana, ben, mia = here.player("Ana"), here.player("Ben", roles=[hosts]), here.player("Mia", roles=[managers])
        await settles(here, hosts=Hosts.ROLE, role=str(hosts.id))
        await ana.starts(**LAST_DAY)
        assert "started by members of Quiz hosts" in ana.screen
        await ben.starts(**LAST_DAY)
        assert await here.host_is(ben)
        await mia.commands("quiz-stop")
        await here.passes(1)
        await settles(here, hosts=Hosts.MANAGERS)
        await ben.presses("Same again")
        assert "Here only some people may start a quiz" in ben.screen
        await mia.presses("Same again")
        assert await here.host_is(mia)


async def test_quizzes_are_started_in_the_servers_channels_and_their_threads(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        lounge = here.guild.create_text_channel("lounge")
        await settles(here, channels=(str(here.channel.id),))
        ana = here.player("Ana", channel=lounge)
        await ana.starts(**LAST_DAY)
        assert "Quizzes are started in #study here." in ana.screen
        thread = await here.thread("quiz night")
        ben = here.player("Ben", channel=thread)
        await ben.starts(**LAST_DAY)
        await ben.presses("Join")
        assert (await here.quiz(channel=thread)).stage is Stage.LOBBY
        await here.player("Cleo").starts(decks="scd-types", questions=1)
        assert (await here.quiz()).stage is Stage.LOBBY, "two at once, a channel and its thread"
        await here.passes(17)
        await ben.answers(right=True)
        await here.passes(30)
        assert (await here.quiz(channel=thread)).ending is Ending.PLAYED
        assert (await here.quiz()).ending is not None


async def test_a_channel_the_bot_cannot_write_in_is_said_so_before_anything_starts(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mute = {here.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
        closed = here.guild.create_text_channel("closed", overwrites=mute)
        ana = here.player("Ana", channel=closed)
        await ana.starts(**LAST_DAY)
        assert "I cannot write in this channel yet: allow me Send Messages here." in ana.screen
        with pytest.raises(AssertionError):
            await here.quiz(channel=closed)


async def test_in_a_thread_the_permission_for_threads_is_named(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        thread = await here.thread("quiz night")
        channel = here.running.env.bot.get_channel(here.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(channel.guild.default_role, send_messages_in_threads=False)
        ana = here.player("Ana", channel=thread)
        await ana.starts(**LAST_DAY)
        assert "allow me Send Messages in Threads here." in ana.screen


async def test_one_role_is_told_once_and_only_by_those_who_may(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        team = here.guild.create_role("Team")
        managers = here.guild.create_role(
            "Managers", permissions=discord.Permissions(manage_guild=True, mention_everyone=True)
        )
        ana, mia = here.player("Ana"), here.player("Mia", roles=[managers])
        await ana.starts(**LAST_DAY, role=team)
        assert words.CANNOT_MENTION in ana.screen
        await mia.starts(**LAST_DAY, role=team)
        await ana.presses("Join")
        await here.passes(4)
        told = [call.json for call in here.running.sent if f"<@&{team.id}>" in str(call.json)]
        assert [body["allowed_mentions"]["roles"] for body in told] == [[team.id]]
        assert_decent(here)


async def test_the_options_lists_change_decks_and_role(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        team = here.guild.create_role("Team")
        ana, ben = here.players("Ana", "Ben")
        await ana.starts(**LAST_DAY)
        await ben.presses("Options")
        assert "Only whoever started the quiz" in ben.screen
        await ana.presses("Options")
        quiz = await here.quiz()
        message = ana.messages[-1]
        await ana.actor.select(message, ["scd-types", "txn-isolation"], custom_id=f"q:o:{quiz.id}:decks")
        await ana.actor.select(message, ["40s"], custom_id=f"q:o:{quiz.id}:pace")
        changed = (await here.quiz()).options
        assert (changed.source, changed.window) == ("scd-types + txn-isolation", 40)
        await ana.actor.select(message, [team], custom_id=f"q:o:{quiz.id}:role")
        assert (await here.quiz()).options.role == "", "Ana may not mention that role"
