"""The slash commands: what Discord's menu offers, to servers and to people, and the decks it completes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.core.actions import DATING, Action, Break, Find, Link, ShowDeck, ShowExam, Start, Type
from bot.core.model import Scope, ScopeKind
from bot.discord import words
from bot.discord.handlers import ACTIONS
from bot.discord.rows import OPTION, OPTIONS, brief
from decks.model import Catalogue

if TYPE_CHECKING:
    from bot.discord.app import Client

    Interaction = discord.Interaction[Client]

Tree = app_commands.CommandTree["Client"]
Shelf = Callable[[], Catalogue]
"""The catalogue as it is now."""

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
ANYBODY = app_commands.AppInstallationType(guild=True, user=True)


def plant(client: Client, shelf: Shelf) -> Tree:
    """The tree of commands."""
    tree: Tree = _Tree(client, allowed_contexts=EVERYWHERE, allowed_installs=ANYBODY)
    for name, about in words.COMMANDS.items():
        if name == "drill":
            _plant_drill(tree, about, shelf)
        elif name == "link":
            _plant_link(tree, about)
        elif name == "find":
            _plant_find(tree, about)
        elif name == "break":
            _plant_break(tree, about)
        elif name == "exam":
            _plant_exam(tree, about)
        else:
            _plant_action(tree, name, about, ACTIONS[name])
    return tree


def offered(catalogue: Catalogue, typed: str) -> list[app_commands.Choice[str]]:
    """The tracks and decks whose title or name holds every word typed; the first 25, as many as Discord takes."""
    wanted = typed.casefold().split()
    named = [(track.title, slug) for slug, track in catalogue.tracks.items()]
    named += [(deck.title, slug) for slug, deck in catalogue.decks.items()]
    fitting = [
        app_commands.Choice(name=brief(title, OPTION), value=slug)
        for title, slug in named
        if len(slug) <= OPTION and all(word in f"{title} {slug}".casefold() for word in wanted)
    ]
    return fitting[:OPTIONS]


def action_of(catalogue: Catalogue, deck: str) -> Action:
    """What /drill means with a deck or track that was picked, or typed by its name or title."""
    said = deck.strip().casefold()
    if not said:
        return Start()
    for kind, shelf in ((ScopeKind.TRACK, catalogue.tracks), (ScopeKind.DECK, catalogue.decks)):
        for slug, found in shelf.items():
            if said in (slug.casefold(), found.title.casefold()):
                return Start(Scope(kind, slug))
    return ShowDeck(deck.strip())  # says that there is none


class _Tree(app_commands.CommandTree["Client"]):
    """Errors of commands are answered like all others."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        await interaction.client.handlers.failed(interaction, error)


def _plant_action(tree: Tree, name: str, about: str, action: Action) -> None:
    @tree.command(name=name, description=about)
    async def command(interaction: Interaction) -> None:
        await interaction.client.handlers.command(interaction, action)


def _plant_break(tree: Tree, about: str) -> None:
    @tree.command(name="break", description=about)
    @app_commands.describe(until=words.UNTIL_OPTION)
    async def command(interaction: Interaction, until: str = "") -> None:
        await interaction.client.handlers.command(interaction, Break(until.strip()))


def _plant_find(tree: Tree, about: str) -> None:
    @tree.command(name="find", description=about)
    @app_commands.describe(text=words.FIND_OPTION)
    async def command(interaction: Interaction, text: str) -> None:
        await interaction.client.handlers.command(interaction, Find(text))


def _plant_exam(tree: Tree, about: str) -> None:
    @tree.command(name="exam", description=about)
    @app_commands.describe(date=words.DATE_OPTION)
    async def command(interaction: Interaction, date: str = "") -> None:
        said = date.strip()
        await interaction.client.handlers.command(interaction, Type(said, DATING) if said else ShowExam())


def _plant_link(tree: Tree, about: str) -> None:
    @tree.command(name="link", description=about)
    @app_commands.describe(code=words.CODE_OPTION)
    async def command(interaction: Interaction, code: str = "") -> None:
        await interaction.client.handlers.command(interaction, Link(code.strip(), f"@{interaction.user.name}"))


def _plant_drill(tree: Tree, about: str, shelf: Shelf) -> None:
    @tree.command(name="drill", description=about)
    @app_commands.describe(deck=words.DECK_OPTION)
    async def command(interaction: Interaction, deck: str = "") -> None:
        await interaction.client.handlers.command(interaction, action_of(shelf(), deck))

    @command.autocomplete("deck")
    async def complete(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return offered(shelf(), typed)
