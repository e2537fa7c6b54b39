"""The options of a quiz in Discord: lists that show what is in force, through which every deck is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.core.quiz.source import terms
from bot.discord import quiz_words as words
from decks.model import Catalogue

from .backfill import catalogue
from .limits import departures
from .people import raw, shown, walk
from .quiz_night import Night, Player, night
from .test_quiz import assert_decent


@pytest.fixture(scope="module")
def everything() -> Catalogue:
    """All built-in decks: more than one list holds."""
    return catalogue()


def the_list(player: Player, name: str) -> dict[str, Any]:
    """One of the lists on the newest message with options."""
    for message in reversed(player.messages):
        for part in walk(raw(message)):
            if str(part.get("custom_id", "")).endswith(f":{name}"):
                assert departures(raw(message)) == []
                return part
    raise AssertionError(f"no list of {name}")


def in_force(player: Player, name: str) -> list[str]:
    return [option["value"] for option in the_list(player, name)["options"] if option.get("default")]


async def chooses(here: Night, player: Player, name: str, *chosen: Any) -> None:
    listed = the_list(player, name)
    message = next(one for one in reversed(player.messages) if listed["custom_id"] in str(raw(one)))
    player._tell(f"({name})", await player.actor.select(message, list(chosen), custom_id=listed["custom_id"]))


async def test_what_is_in_force_is_chosen_in_its_list(tmp_path: Path, everything: Catalogue) -> None:
    async with night(tmp_path, everything) as here:
        mira = here.player("Mira")
        await mira.starts(decks="scd-types(1-40) 70% + txn-isolation + dbt", questions=12, pace="60s", play="first")
        await mira.presses("Options")
        assert in_force(mira, "decks") == ["scd-types(1-40)", "txn-isolation", "dbt"]
        found = {name: in_force(mira, name) for name in ("questions", "pace", "answers", "play", "hints")}
        assert found == {
            "questions": ["12"],
            "pace": ["60s"],
            "answers": ["choice"],
            "play": ["first"],
            "hints": ["off"],
        }
        await chooses(here, mira, "decks", "txn-isolation", "everything")
        assert in_force(mira, "decks") == ["txn-isolation", "everything"]
        await chooses(here, mira, "decks")
        assert (await here.quiz()).options.source == "", "none is everything"
        assert in_force(mira, "decks") == []


async def test_every_deck_and_track_is_reached_and_what_is_in_force_stays_in_sight(
    tmp_path: Path, everything: Catalogue
) -> None:
    async with night(tmp_path, everything) as here:
        mira = here.player("Mira")
        await mira.starts(decks="sql-joins")
        await mira.presses("Options")
        first = [option["value"] for option in the_list(mira, "decks")["options"]]
        tracks = list(everything.tracks)
        assert first[: len(tracks) + 1] == ["sql-joins", *tracks], "what is in force, then tracks"
        seen = set(first)
        for _ in range(9):
            await mira.presses("More decks")
            page = [option["value"] for option in the_list(mira, "decks")["options"]]
            assert in_force(mira, "decks") == ["sql-joins"]
            if page == first:
                break
            seen |= set(page)
        assert seen == {*everything.decks, *everything.tracks}
        await mira.presses("More decks")
        last = the_list(mira, "decks")["options"][-1]["value"]
        await chooses(here, mira, "decks", "sql-joins", last)
        assert in_force(mira, "decks") == ["sql-joins", last]


async def test_a_role_that_is_told_stands_in_its_list(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        team = here.guild.create_role("Team", mentionable=True)
        mira = here.player("Mira")
        await mira.starts(decks="txn-isolation", role=team)
        await mira.presses("Options")
        assert the_list(mira, "role")["default_values"] == [{"id": str(team.id), "type": "role"}]
        assert_decent(here)
        await chooses(here, mira, "role")
        assert (await here.quiz()).options.role == ""
        assert "default_values" not in the_list(mira, "role") or not the_list(mira, "role")["default_values"]


async def test_a_choice_that_is_refused_leaves_the_options_as_they_are(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        team = here.guild.create_role("Team")
        mira = here.player("Mira")
        await mira.starts(decks="txn-isolation")
        await mira.presses("Options")
        await chooses(here, mira, "role", team)
        assert words.CANNOT_MENTION in mira.screen
        assert the_list(mira, "pace"), "the options are still there"
        await chooses(here, mira, "pace", "40s")
        assert (await here.quiz()).options.window == 40
        await here.passes(31)
        await chooses(here, mira, "pace", "20s")
        told = [shown(message) for message in mira.messages if "The quiz has started" in shown(message)]
        assert len(told) == 1
        assert "▾" not in told[0], "there is nothing to choose any more"


async def test_what_is_refused_leaves_the_preview_there(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira = here.player("Mira")
        await mira.starts(decks="txn-isolation", questions=2)
        await mira.presses("Options")
        await mira.presses("Preview")
        swap = next(message for message in mira.messages if "[Swap 1]" in shown(message))
        await mira.presses("Start now")
        await here.passes(1)
        await mira.presses("Swap 1", message=swap)
        assert "has been asked" in mira.screen
        assert any("[Swap 2]" in shown(message) for message in mira.messages)


async def test_nobody_has_a_role_told_that_they_may_not_mention_by_naming_two(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        friends, team = here.guild.create_role("Friends", mentionable=True), here.guild.create_role("Team")
        ana = here.player("Ana")
        await ana.starts(decks=f"txn-isolation role:{friends.id} role:{team.id}")
        assert words.CANNOT_MENTION in ana.screen
        await here.passes(1)
        assert not any(f"<@&{team.id}>" in str(call.json) for call in here.running.sent)


async def test_a_role_the_bot_may_not_mention_is_said_so(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        me = here.running.env.bot.guilds[0].me
        assert me is not None
        managers = here.guild.create_role(
            "Managers", permissions=discord.Permissions(manage_guild=True, mention_everyone=True)
        )
        team = here.guild.create_role("Team")
        mia = here.player("Mia", roles=[managers])
        quiet = {me: discord.PermissionOverwrite(mention_everyone=False)}
        lounge = here.guild.create_text_channel("lounge", overwrites=quiet)
        elsewhere = here.player("Mio", roles=[managers], channel=lounge)
        await elsewhere.starts(decks="txn-isolation", role=team)
        assert words.CANNOT_NOTIFY in elsewhere.screen
        await mia.starts(decks="txn-isolation", role=team)
        assert (await here.quiz()).options.role == str(team.id)


def test_terms_can_be_written_again(everything: Catalogue) -> None:
    line = "Slowly changing dimensions(1-40) 70% + txn-isolation, dbt"
    assert terms(line, everything) == (
        ("scd-types(1-40)", "Slowly changing dimensions 1 to 40"),
        ("txn-isolation", everything.decks["txn-isolation"].title),
        ("dbt", everything.tracks["dbt"].title if "dbt" in everything.tracks else "dbt"),
    )
    again = " + ".join(written for written, _ in terms(line, everything))
    assert terms(again, everything) == terms(line, everything)
    assert terms("", everything) == ()
    assert terms("all", everything) == (("all", "All"),), "what means every card has a name as well"
    assert terms("gone-deck", everything) == ()
