"""Sentences of /setup, which only a server's managers read. Pure."""

from __future__ import annotations

ABOUT = "For managers: channels, default cards, who may start group sessions"
DECK_OPTION = "The default deck or track, by name; also in the list below"

TITLE = "**Backfill in this server**"
EXPLAINED = "Cards stay private, whatever is set here: only the person who drills sees them."
CHANNELS = "Group sessions may be started in"
ANYWHERE = "any channel"
CARDS = "Newcomers and group sessions begin with"
EVERYTHING = "everything"
HOSTS = "Group sessions may be started by"
EVERYONE = "everyone"
MANAGERS = "those who manage the server"

PICK_CHANNELS = "Channels; none means any"
PICK_CARDS = "Default cards"
ANY_DECK = "The list has the first decks; /setup deck: takes any deck or track."
PICK_HOSTS = "Who may start them"
PICK_ROLE = "A role that may start them"

SAVED = "Saved."
NOT_MANAGER = "That needs the permission Manage Server."
NO_SUCH_DECK = "There is no deck or track of that name. What you type after deck: is completed from all there are."


def one_role(role: str) -> str:
    """The members of a role, by its mention, which nobody is notified of."""
    return f"members of <@&{role}>"


def cannot_write(channels: str) -> str:
    """Channels in which the bot lacks what it needs."""
    return f"I cannot write in {channels} yet: allow me View Channel and Send Messages there."
