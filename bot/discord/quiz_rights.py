"""Who asks, and whether they may start a quiz there, by the server's settings and Discord's permissions."""

from __future__ import annotations

from typing import Any

import discord

from bot.core.model import Account, TutorError
from bot.core.quiz.model import Person, Place
from bot.core.servers import Hosts, Server
from bot.discord import quiz_words as words

PLATFORM = "discord"

Interaction = discord.Interaction[Any]


def place_of(interaction: Interaction) -> Place:
    """The channel or thread of an interaction; TutorError outside servers."""
    if interaction.guild_id is None:
        raise TutorError(words.ONLY_IN_SERVERS)
    return Place(PLATFORM, str(interaction.channel_id), str(interaction.guild_id))


def person_of(interaction: Interaction) -> Person:
    """Whoever asks; who manages the server or its messages moderates quizzes."""
    may = interaction.permissions
    return Person(
        account=Account(PLATFORM, str(interaction.user.id)),
        name=interaction.user.display_name,
        manages=may.manage_guild or may.manage_messages,
    )


def check_start(interaction: Interaction, server: Server, person: Person) -> None:
    """TutorError where no quiz may be started, the bot could not show one, or only a role may that this person lacks;
    that only managers may is the quizzes' own rule."""
    channels = {str(interaction.channel_id), str(getattr(interaction.channel, "parent_id", None))}
    if server.channels and channels.isdisjoint(server.channels):
        raise TutorError(words.only_in(_channel_names(interaction, server)))
    if missing := _missing(interaction):
        raise TutorError(words.cannot_write(missing))
    if not person.manages and server.hosts is Hosts.ROLE and not _has(interaction.user, server.role):
        raise TutorError(words.only_by(_role_name(interaction, server.role)))


def check_role(interaction: Interaction, role: str) -> None:
    """TutorError when somebody would have the bot tell a role that they, or the bot, may not mention themselves."""
    found = interaction.guild.get_role(int(role)) if interaction.guild and role.isdecimal() else None
    if found is not None and found.mentionable:
        return
    if found is None or found.is_default() or not interaction.permissions.mention_everyone:
        raise TutorError(words.CANNOT_MENTION)
    if not interaction.app_permissions.mention_everyone:
        raise TutorError(words.CANNOT_NOTIFY)


def _missing(interaction: Interaction) -> list[str]:
    """The permissions that the bot lacks to show a quiz there, as Discord's settings call them."""
    may = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    writes = may.send_messages_in_threads if in_thread else may.send_messages
    needed = {words.VIEW: may.view_channel, words.SEND_THREADS if in_thread else words.SEND: writes}
    return [name for name, has in needed.items() if not has]


def _has(user: discord.abc.User, role: str) -> bool:
    return isinstance(user, discord.Member) and any(str(one.id) == role for one in user.roles)


def _channel_names(interaction: Interaction, server: Server) -> list[str]:
    guild = interaction.guild
    found = [guild.get_channel(int(channel)) for channel in server.channels] if guild else []
    return [channel.name for channel in found if channel is not None]


def _role_name(interaction: Interaction, role: str) -> str:
    found = interaction.guild.get_role(int(role)) if interaction.guild else None
    return found.name if found else words.SOME_ROLE
