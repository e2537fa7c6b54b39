"""A small Discord of our own on 127.0.0.1: REST and gateway, with faults and cuts on request."""

from __future__ import annotations

from .server import DiscordServer, Human, until

__all__ = ["DiscordServer", "Human", "until"]
