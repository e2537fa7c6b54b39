"""One and sixty players, typed answers, rights, threads and faults, in a simulated Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.core.actions import InQuiz
from bot.core.ask import answer_of
from bot.core.buttons import encode
from bot.core.quiz.actions import MyResult, Void
from bot.core.quiz.buttons import fold_in
from bot.core.quiz.fold import seat_of
from bot.core.quiz.model import Ending, Stage
from bot.core.quiz.results import scores
from bot.core.servers import Hosts, Server
from bot.discord import quiz_words as words
from tests.quiz.learners import evidence, studies

from .limits import utf16
from .people import raw, shown, walk
from .quiz_night import Night, Player, night
from .test_quiz import assert_decent

LAST_DAY = {"decks": "txn-isolation", "questions": 1}


async def settles(here: Night, **settings: Any) -> None:
    await here.running.tutor.servers.save(Server(platform="discord", external=str(here.guild.id), **settings))


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


# --- who may, and where ----------------------------------------------------------------------------------------------


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


# --- faults ----------------------------------------------------------------------------------------------------------


async def test_a_deleted_message_is_sent_again(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(**LAST_DAY)
        await ana.presses("Join")
        await here.passes(16)
        gone = here.messages[-1]
        await here.deletes(gone)
        await mira.sends_raw(
            3,
            {"custom_id": f"b0:{encode(InQuiz(f'a.{(await here.quiz()).id}.1.0'))}", "component_type": 2},
            message=here.messages[-1],
        )
        await here.passes(3)
        assert here.messages[-1].id != gone.id
        assert "**In (1)** Mira" in here.screen
        assert (await here.quiz()).stage is Stage.QUESTION


@pytest.mark.parametrize("fault", ["deleted", "forbidden", "removed"])
async def test_a_channel_that_is_gone_ends_the_quiz_and_keeps_its_results(tmp_path: Path, fault: str) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=3)
        await ana.presses("Join")
        await here.passes(16)
        await ana.answers(right=True)
        match fault:
            case "deleted":
                await here.running.env.bot.get_channel(here.channel.id).delete()  # type: ignore[union-attr]
            case "forbidden":
                here.running.env.inject_error("*", "/channels/*/messages*", status=403, code=50013, times=None)
            case "removed":
                here.running.env.inject_error("*", "/channels/*/messages*", status=403, code=50001, times=None)
                await here.running.env.bot.guilds[0].leave()
        await here.running.env.advance_time(15)
        quiz = await here.quiz()
        assert quiz.ending is Ending.GONE
        assert [answer.right for answer in (await here.pressed()).to(1)] == [True]


async def test_a_deck_changed_in_mid_game_changes_no_open_question(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana = here.players("Mira", "Ana")
        await mira.starts(decks="txn-isolation", questions=2)
        await ana.presses("Join")
        await here.passes(16)
        asked, before = await ana.asked(), here.screen
        here.running.decks = here.without(asked.card.id)
        await ana.answers(right=True)
        await here.passes(3)
        assert "**Right** Ana" in here.screen
        assert before.splitlines()[1] in here.screen
        await here.passes(10)
        assert (await ana.asked()).number == 2


# --- beside the game -------------------------------------------------------------------------------------------------


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
