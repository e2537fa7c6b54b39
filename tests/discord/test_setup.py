"""/setup: managers settle channels, default cards and hosts; newcomers there begin with the default."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import discord
import pytest
from structlog.testing import capture_logs

from bot.core.model import Scope, ScopeKind
from bot.core.servers import Hosts, Server
from bot.discord import setup_words as words
from bot.discord.setup import ALL, changed, screen

from .backfill import Backfill, catalogue
from .limits import departures as refused
from .people import Person, raw, walk
from .spec import assert_in_spec
from .transcript import assert_kept


class Place:
    """A server with two channels, a role, somebody who manages it and somebody who does not."""

    def __init__(self, running: Backfill) -> None:
        self.running = running
        self.guild = running.env.create_guild()
        self.study = self.guild.create_text_channel("study")
        self.lobby = self.guild.create_text_channel("lobby")
        self.hosts = self.guild.create_role("Quiz hosts")
        managers = self.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        self.mia = Person(running, "Mia", self.study, roles=[managers])
        self.bob = Person(running, "Bob", self.study)

    async def picks(self, field: str, *values: object) -> None:
        message = self.mia.messages[-1]
        result = await self.mia.actor.select(message, list(values), custom_id=f"c:{field}")
        self.mia._tell(
            f"(Mia picks {field}) {', '.join(getattr(value, 'name', str(value)) for value in values)}", result
        )

    async def settled(self) -> Server:
        return await self.running.tutor.servers.find("discord", str(self.guild.id))


@pytest.fixture
def place(running: Backfill) -> Place:
    return Place(running)


async def test_a_manager_settles_channels_cards_and_hosts(place: Place) -> None:
    await place.mia.commands("setup")
    await place.picks("channels", place.study, place.lobby)
    await place.picks("cards", "modelling")
    await place.picks("role", place.hosts)
    await place.running.restart()
    await place.picks("hosts", "managers")
    assert place.mia.messages[-1].flags.ephemeral
    assert await place.settled() == Server(
        platform="discord",
        external=str(place.guild.id),
        channels=(str(place.study.id), str(place.lobby.id)),
        scope=Scope(ScopeKind.TRACK, "modelling"),
        hosts=Hosts.MANAGERS,
    )
    assert len(place.mia.messages) == 1
    assert_kept("setup", place.mia.story)
    assert refused(raw(place.mia.messages[-1])) == []
    assert_in_spec((call.method, call.path, call.json) for call in place.running.env.http_requests if call.json)


async def test_channels_in_which_the_bot_cannot_write_are_named(place: Place) -> None:
    nobody_writes = {place.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    closed = place.guild.create_text_channel("closed", overwrites=nobody_writes)
    await place.mia.commands("setup")
    await place.picks("channels", closed)
    assert "I cannot write in" in place.mia.screen


async def test_a_deck_may_be_named_in_the_command(place: Place) -> None:
    await place.mia.commands("setup", deck="every kind")
    assert (await place.settled()).scope == Scope(ScopeKind.DECK, "kinds")
    await place.mia.commands("setup", deck="no such")
    assert words.NO_SUCH_DECK.split(".")[0] in place.mia.screen
    choices = await place.mia.actor.autocomplete(place.study, "setup", "deck", "jo")
    assert [choice["value"] for choice in choices] == ["jobs"]


async def test_only_managers_are_offered_the_command(place: Place) -> None:
    assert "setup" in place.mia.actor.available_commands(place.study)
    assert "setup" not in place.bob.actor.available_commands(place.study)
    ann = Person(place.running, "Ann")
    assert "setup" not in ann.actor.available_commands()


async def test_a_list_carries_no_authority(place: Place) -> None:
    """Mia lost the permission after the screen was shown; and somebody forges a press."""
    await place.mia.commands("setup")
    stored = place.running.env.backend.get_guild(place.guild.id)
    stored.members[place.mia.id].role_ids.clear()
    await place.picks("hosts", "managers")
    assert words.NOT_MANAGER in place.mia.screen
    assert (await place.settled()).hosts is Hosts.EVERYONE


async def test_a_newcomer_in_the_server_begins_with_its_default(place: Place) -> None:
    await place.mia.commands("setup", deck="jobs")
    await place.bob.commands("drill")
    assert "**Jobs**" in place.bob.screen
    await place.bob.presses("10 min")
    assert "1 of" in place.bob.screen
    await place.bob.commands("drill")
    assert "job 1" in place.bob.screen


async def test_a_newcomer_is_asked_where_the_default_is_gone(place: Place) -> None:
    gone = Server(platform="discord", external=str(place.guild.id), scope=Scope(ScopeKind.DECK, "gone"))
    await place.running.tutor.servers.save(gone)
    await place.bob.commands("drill")
    assert "What are you working towards?" in place.bob.screen


async def test_somebody_who_knows_what_they_want_keeps_it(place: Place) -> None:
    await place.bob.commands("drill", deck="kinds")
    await place.bob.presses("10 min")
    await place.mia.commands("setup", deck="jobs")
    await place.bob.commands("drill")
    assert "Every kind" in place.bob.screen


async def test_a_newcomer_elsewhere_is_asked(place: Place) -> None:
    await place.mia.commands("setup", deck="jobs")
    ann = Person(place.running, "Ann")
    await ann.commands("drill")
    assert "What are you working towards?" in ann.screen


async def test_settings_that_cannot_be_saved_are_said_so(place: Place, tmp_path: Path) -> None:
    await place.mia.commands("setup")
    with capture_logs(), full_disk(tmp_path / "backfill.db-wal"):
        await place.picks("hosts", "managers")
    assert "could not be saved" in place.mia.screen
    assert (await place.settled()).hosts is Hosts.EVERYONE
    await place.mia.commands("setup")
    await place.picks("hosts", "managers")
    assert (await place.settled()).hosts is Hosts.MANAGERS


@contextmanager
def full_disk(growing: Path) -> Iterator[None]:
    """No file of this process may grow beyond this one, which is what it writes to."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (growing.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("field", "values"), [("cards", ["gone"]), ("hosts", ["nobody"]), ("cards", []), ("x", ["y"])])
def test_what_makes_no_sense_changes_nothing(running: Backfill, field: str, values: list[str]) -> None:
    server = Server(platform="discord", external="1", hosts=Hosts.MANAGERS)
    assert changed(server, field, values, running.decks) == server


def test_a_default_that_was_removed_reads_as_everything(running: Backfill) -> None:
    server = Server(platform="discord", external="1", scope=Scope(ScopeKind.DECK, "gone"), channels=("5",) * 25)
    shown = screen(server, running.decks)
    text = next(component["content"] for component in walk(shown) if component["type"] == 10)
    assert "begin with everything." in text
    assert refused(shown) == []


def test_the_default_is_in_its_list_and_chosen_however_many_decks_there_are() -> None:
    decks = catalogue()
    for slug in ("", "sql-joins", "everything", "databricks-dea"):
        scope = Scope(ScopeKind.TRACK if slug in decks.tracks else ScopeKind.DECK, slug) if slug else Scope()
        made = screen(Server(platform="discord", external="1", scope=scope), decks)
        assert refused(made) == []
        assert words.ANY_DECK in str(made)
        listed = next(part for part in walk(made) if part.get("custom_id") == "c:cards")["options"]
        assert [option["value"] for option in listed if option["default"]] == [slug or ALL]
        labels = [option["label"] for option in listed if option["value"] != slug]
        assert len(set(labels)) == len(labels)
