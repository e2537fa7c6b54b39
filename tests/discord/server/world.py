"""What Discord knows: one bot, its commands, private chats, messages, interactions and nonces."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
BOT: Json = {"id": "1000", "username": "backfill", "discriminator": "0", "avatar": None, "bot": True, "flags": 0}
APPLICATION: Json = {
    "id": "1000", "name": "Backfill", "icon": None, "description": "", "bot_public": True, "flags": 0,
    "bot_require_code_grant": False, "verify_key": "0" * 64, "owner": BOT, "team": None, "rpc_origins": None,
    "interactions_endpoint_url": None, "integration_types_config": {"0": {}, "1": {}},
}  # fmt: skip


@dataclass
class Asked:
    """An interaction that was sent, and how it was answered."""

    id: int
    token: str
    kind: int
    channel: str
    sent_at: float
    now: Callable[[], float]
    source: str = ""  # the message that was pressed
    message: str = ""  # the message that answers it
    answered: Json | None = None

    def age(self) -> float:
        return self.now() - self.sent_at


@dataclass
class World:
    """One Discord; `now` gives seconds and may be moved by a test."""

    token: str = "a.bot.token"  # nobody's
    now: Callable[[], float] = field(default=lambda: asyncio.get_running_loop().time())
    commands: list[Json] = field(default_factory=list)
    messages: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    interactions: dict[int, Asked] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1_300_000_000_000_000_000, 4_194_304))

    def new_id(self) -> str:
        return str(next(self._ids))

    def private_chat(self, user: Json) -> str:
        """The number of a new person's chat with the bot."""
        for number, chat in self.channels.items():
            if any(person["id"] == user["id"] for person in chat.get("recipients", ())):  # the names may differ
                return number
        number = self.new_id()
        self.channels[number] = {"id": number, "type": 1, "recipients": [user], "last_message_id": None, "flags": 0}
        return number

    def guild_channel(self, number: str, guild: str, name: str) -> None:
        """A text channel of a server."""
        self.channels[number] = {
            "id": number, "type": 0, "guild_id": guild, "name": name, "position": 0, "parent_id": None, "nsfw": False,
            "topic": None, "last_message_id": None, "rate_limit_per_user": 0, "flags": 0, "permission_overwrites": [],
        }  # fmt: skip

    def say(self, channel: str, body: Json, author: Json = BOT) -> Json:
        """A new message, or the one sent before with the same nonce."""
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        if nonce in self.nonces:
            return self.messages[self.nonces[nonce]]
        number = self.new_id()
        if nonce:
            self.nonces[nonce] = number
        self.messages[number] = {
            "id": number, "channel_id": channel, "author": author, "content": body.get("content") or "",
            "timestamp": "2026-11-24T17:42:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
            "flags": body.get("flags", 0), "components": body.get("components") or [],
        }  # fmt: skip
        return self.messages[number]

    def edit(self, number: str, body: Json) -> Json:
        message = self.messages[number]
        for name in ("content", "components"):
            if name in body:
                message[name] = body[name]
        message["flags"] |= body.get("flags") or 0
        return message

    def command(self, spec: Json) -> Json:
        """A registered command as Discord returns it."""
        return {
            "id": self.new_id(),
            "application_id": "1000",
            "version": "1",
            "default_member_permissions": None,
            **spec,
        }


def doors(message: Json) -> list[str]:
    """Addresses of the buttons that lead elsewhere."""
    rows = [row for container in message["components"] for row in container.get("components", ())]
    return [button["url"] for row in rows for button in row.get("components", ()) if button.get("url")]
