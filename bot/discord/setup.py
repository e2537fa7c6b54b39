"""/setup: what a server's managers settle. One private screen of lists; each choice is saved at once.

A list carries no authority: whoever uses it must manage the server at that moment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import discord
from discord import ComponentType, app_commands, ui
from msgspec.structs import replace

from bot.core.model import Scope, ScopeKind
from bot.core.servers import Hosts, Server
from bot.discord import setup_words as words
from bot.discord.markdown import escaped, quiet
from bot.discord.rows import OPTION, OPTIONS, brief
from decks.model import Catalogue

if TYPE_CHECKING:
    from bot.discord.app import Client
    from bot.discord.commands import Shelf, Tree

    Interaction = discord.Interaction[Client]

PICK = r"c:(?P<field>channels|cards|hosts|role)"
CHANNELS = 25  # of a list
ALL = "all"
NEEDED = discord.Permissions(view_channel=True, send_messages=True)


class Servers(Protocol):
    """`bot.core.server_book.ServerBook`; raises StoreError."""

    async def find(self, platform: str, external: str) -> Server: ...

    async def save(self, server: Server) -> None: ...


class Pick(ui.DynamicItem[ui.Item[Any]], template=PICK):
    """A list of /setup."""

    def __init__(self, field: str, item: ui.Item[Any]) -> None:
        super().__init__(item)
        self._field = field

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Pick:
        return cls(match["field"], item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        await interaction.client.setup.pick(interaction, self._field, [str(value) for value in data.get("values", ())])


class Setup:
    """Reads and changes what is settled, and draws it."""

    def __init__(self, client: Client, servers: Servers, shelf: Shelf) -> None:
        self._client = client
        self._servers = servers
        self._shelf = shelf

    def plant(self, tree: Tree) -> None:
        """Add the command: in servers that installed the bot, offered to those who manage them."""

        @tree.command(name="setup", description=words.ABOUT)
        @app_commands.describe(deck=words.DECK_OPTION)
        @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
        @app_commands.allowed_installs(guilds=True, users=False)
        @app_commands.default_permissions(manage_guild=True)
        async def command(interaction: Interaction, deck: str = "") -> None:
            await self.show(interaction, deck)

        @command.autocomplete("deck")
        async def complete(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            from bot.discord.commands import offered  # that module builds on this one's client

            return offered(self._shelf(), typed)

    async def show(self, interaction: Interaction, deck: str) -> None:
        """The screen; with a deck or track named, that becomes the default first."""
        async with self._client.handlers.answering(interaction):
            server = await self._server(interaction)
            if server is None:
                return
            note = ""
            if deck:
                scope = _named(self._shelf(), deck)
                note = words.SAVED if scope else words.NO_SUCH_DECK
                server = await self._saved(replace(server, scope=scope)) if scope else server
            await self._client.speaker.put(interaction, self._screen(interaction, server, note))

    async def pick(self, interaction: Interaction, field: str, values: Sequence[str]) -> None:
        """One list was used: saved, and the screen redrawn."""
        async with self._client.handlers.answering(interaction):
            server = await self._server(interaction)
            if server is not None:
                server = await self._saved(changed(server, field, values, self._shelf()))
                await self._client.speaker.put(interaction, self._screen(interaction, server, words.SAVED))

    async def default(self, interaction: Interaction) -> Scope:
        """What a newcomer begins with here; everything, outside servers."""
        if interaction.guild_id is None:
            return Scope()
        return (await self._servers.find("discord", str(interaction.guild_id))).scope

    async def _server(self, interaction: Interaction) -> Server | None:
        """The server's settings, if this person may see and change them."""
        if interaction.guild_id is None or not interaction.permissions.manage_guild:
            await self._client.speaker.tell(interaction, words.NOT_MANAGER)
            return None
        return await self._servers.find("discord", str(interaction.guild_id))

    async def _saved(self, server: Server) -> Server:
        await self._servers.save(server)
        return server

    def _screen(self, interaction: Interaction, server: Server, note: str) -> list[dict[str, Any]]:
        shut = [channel for channel in server.channels if _is_shut(interaction.guild, channel)]
        return screen(server, self._shelf(), note, shut)


def changed(server: Server, field: str, values: Sequence[str], catalogue: Catalogue) -> Server:
    """The settings after one list was used; what makes no sense changes nothing."""
    match field, list(values):
        case "channels", chosen:
            return replace(server, channels=tuple(chosen[:CHANNELS]))
        case "cards", [slug]:
            scope = Scope() if slug == ALL else _named(catalogue, slug)
            return replace(server, scope=scope) if scope else server
        case "hosts", [hosts] if hosts in (Hosts.EVERYONE, Hosts.MANAGERS):
            return replace(server, hosts=Hosts(hosts), role="")
        case "role", [role]:
            return replace(server, hosts=Hosts.ROLE, role=role)
        case "role", []:
            return replace(server, hosts=Hosts.EVERYONE, role="")
        case _:
            return server


def screen(server: Server, catalogue: Catalogue, note: str = "", shut: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What is settled, and the lists that change it, as Discord takes them."""
    lines = [quiet(note)] if note else []
    lines += [words.TITLE, words.EXPLAINED, "", *_settled(server, catalogue)]
    if len(_titles(catalogue)) >= OPTIONS:
        lines.append(quiet(words.ANY_DECK))
    if shut:
        lines += ["", words.cannot_write(_mentions(shut))]
    lists = (_channels(server), _cards(server, catalogue), _hosts(server), _role(server))
    rows = [{"type": ComponentType.action_row.value, "components": [found]} for found in lists]
    text = {"type": ComponentType.text_display.value, "content": "\n".join(lines)}
    return [{"type": ComponentType.container.value, "components": [text, *rows]}]


def _settled(server: Server, catalogue: Catalogue) -> list[str]:
    title = _titles(catalogue).get(server.scope.slug, words.EVERYTHING)
    hosts = {Hosts.EVERYONE: words.EVERYONE, Hosts.MANAGERS: words.MANAGERS, Hosts.ROLE: words.one_role(server.role)}
    return [
        f"{words.CHANNELS} {_mentions(server.channels) or words.ANYWHERE}.",
        f"{words.CARDS} {escaped(title, first=False)}.",
        f"{words.HOSTS} {hosts[server.hosts]}.",
    ]


def _titles(catalogue: Catalogue) -> dict[str, str]:
    """Of the tracks, then the decks, by name."""
    tracks = {slug: track.title for slug, track in catalogue.tracks.items()}
    return {**tracks, **{slug: deck.title for slug, deck in catalogue.decks.items()}}


def _mentions(channels: Sequence[str]) -> str:
    return ", ".join(f"<#{channel}>" for channel in channels)


def _channels(server: Server) -> dict[str, Any]:
    return {
        **_list(ComponentType.channel_select, "channels", words.PICK_CHANNELS),
        "channel_types": [discord.ChannelType.text.value],
        "min_values": 0,
        "max_values": CHANNELS,
        "default_values": [{"id": channel, "type": "channel"} for channel in server.channels],
    }


def _cards(server: Server, catalogue: Catalogue) -> dict[str, Any]:
    now = server.scope.slug or ALL
    titles = {slug: title for slug, title in _titles(catalogue).items() if len(slug) <= OPTION}
    first = {ALL: words.EVERYTHING.capitalize()} | ({now: titles.pop(now)} if now in titles else {})
    others = ((slug, title) for slug, title in titles.items() if title not in first.values())
    options = [
        {"label": brief(title, OPTION), "value": slug, "default": slug == now}
        for slug, title in [*first.items(), *others][:OPTIONS]
    ]
    return {**_list(ComponentType.select, "cards", words.PICK_CARDS), "options": options}


def _hosts(server: Server) -> dict[str, Any]:
    named = ((words.EVERYONE, Hosts.EVERYONE), (words.MANAGERS, Hosts.MANAGERS))
    options = [
        {"label": label[:1].upper() + label[1:], "value": hosts.value, "default": hosts is server.hosts}
        for label, hosts in named
    ]
    return {**_list(ComponentType.select, "hosts", words.PICK_HOSTS), "options": options}


def _role(server: Server) -> dict[str, Any]:
    chosen = [{"id": server.role, "type": "role"}] if server.role else []
    return {
        **_list(ComponentType.role_select, "role", words.PICK_ROLE),
        "min_values": 0,
        "max_values": 1,
        "default_values": chosen,
    }


def _list(kind: ComponentType, field: str, placeholder: str) -> dict[str, Any]:
    return {"type": kind.value, "custom_id": f"c:{field}", "placeholder": placeholder}


def _named(catalogue: Catalogue, name: str) -> Scope | None:
    said = name.strip().casefold()
    for kind, shelf in ((ScopeKind.TRACK, catalogue.tracks), (ScopeKind.DECK, catalogue.decks)):
        for slug, found in shelf.items():
            if said in (slug.casefold(), found.title.casefold()):
                return Scope(kind, slug)
    return None


def _is_shut(guild: discord.Guild | None, channel: str) -> bool:
    """Whether the bot is known to lack what it needs there."""
    place = guild.get_channel(int(channel)) if guild else None
    return guild is not None and place is not None and not place.permissions_for(guild.me) >= NEEDED
