"""What the managers of a server have settled there: where group sessions happen, with which cards, who may start them.

A server is nobody's account: nothing here belongs to a learner. Pure values.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from bot.core.model import Scope


class Hosts(StrEnum):
    """Who may start group sessions."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    ROLE = "role"


class Server(Struct, frozen=True, kw_only=True):
    """The settings of one server."""

    platform: str
    external: str  # the platform's own id, as text
    channels: tuple[str, ...] = ()  # where group sessions may be started, by the platform's ids; none: anywhere
    scope: Scope = Scope()  # the cards of group sessions, and what a newcomer there begins with
    source: str = ""  # of group sessions only, before `scope`: decks mixed as after /quiz
    hosts: Hosts = Hosts.EVERYONE
    role: str = ""  # the platform's id of the role that hosts; only for Hosts.ROLE
