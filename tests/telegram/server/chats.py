"""What the server remembers of chats and messages, and how each looks in JSON.

Message ids count per chat from 1 (Telegram does so in supergroups; private chats and basic groups share one counter
there), so that code which forgets the chat in its key meets collisions.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .html import Entity
from .polls import Poll
from .rich import shown
from .texts import Formatted, as_markup

Json = dict[str, Any]


class Reach(Enum):
    """How a person stands to the bot."""

    STRANGER = "has never written to the bot"
    OPEN = "has started it"
    BLOCKED = "has blocked it"
    DEACTIVATED = "has deleted their account"


class Standing(Enum):
    """How the bot stands in a group."""

    MEMBER = "member"
    KICKED = "kicked"
    LEFT = "left"


@dataclass
class Account:
    """A user as the Bot API shows one (https://core.telegram.org/bots/api#user)."""

    id: int
    name: str
    language: str = "en"
    is_bot: bool = False
    username: str = ""
    reach: Reach = Reach.STRANGER

    def as_json(self) -> Json:
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            user["username"] = self.username
        return user if self.is_bot else user | {"language_code": self.language}


@dataclass
class Message:
    """One message; `body` is what makes it a text, photo, poll, location or service message."""

    chat: Chat
    id: int
    sender: Account
    date: int
    content: Formatted = field(default_factory=Formatted)
    body: Json = field(default_factory=dict)
    poll: Poll | None = None
    keyboard: list[list[Json]] = field(default_factory=list)
    gone: list[Json] = field(default_factory=list)  # buttons that edits have removed, the latest first
    thread: int | None = None
    reply_to: int | None = None
    edited: int | None = None
    asks_for_reply: bool = False  # has a ForceReply or reply keyboard: "only ... inline keyboards" can be edited
    deleted: bool = False

    @property
    def is_text(self) -> bool:
        return self.poll is None and not set(self.body) - {"rich_message"}

    @property
    def buttons(self) -> list[Json]:
        """Every inline button, in reading order."""
        return list(itertools.chain.from_iterable(self.keyboard))

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def entities(self) -> list[Entity]:
        return self.content.entities

    def as_json(self) -> Json:
        """https://core.telegram.org/bots/api#message"""
        made: Json = {
            "message_id": self.id,
            "from": self.sender.as_json(),
            "chat": self.chat.as_json(),
            "date": self.date,
        }
        text, entities = ("text", "entities") if self.is_text else ("caption", "caption_entities")
        if self.text:
            made[text] = self.text
        if self.entities:
            made[entities] = self.entities
        if self.poll:
            made["poll"] = self.poll.as_json()
        if self.keyboard:
            made["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.edited:
            made["edit_date"] = self.edited
        if self.thread:
            made |= {"message_thread_id": self.thread, "is_topic_message": True}
        elif self.reply_to and self.chat.type == "supergroup":
            made["message_thread_id"] = self.reply_to  # a thread of replies, which is no topic
        if self.reply_to and (answered := self.chat.live(self.reply_to)):
            made["reply_to_message"] = {k: v for k, v in answered.as_json().items() if k != "reply_to_message"}
        return made | self.body

    def shown(self) -> str:
        """The message as a phone shows it: text with its marks written as tags, then rows of buttons."""
        lines = [*self._kind(), *([as_markup(self.text, self.entities)] if self.text else [])]
        if self.poll:
            lines.append(self.poll.shown())
        lines += [" ".join(f"[{button['text']}]" for button in row) for row in self.keyboard]
        return "\n".join(lines)

    def _kind(self) -> list[str]:
        rich = self.body.get("rich_message")
        return shown(rich["blocks"]) if rich else [f"({kind.replace('_', ' ')})" for kind in self.body]


@dataclass
class Chat:
    """A private chat, group or supergroup with its messages and the story of what happened in it."""

    id: int
    type: str
    title: str = ""
    person: Account | None = None
    standing: Standing = Standing.MEMBER
    migrated_to: int | None = None
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    admins: list[int] = field(default_factory=list)  # people; the first is the creator
    mute: bool = False  # whether the bot may not write
    allows_polls: bool = True
    messages: dict[int, Message] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    reply_keyboard: Json | None = None
    sent_at: list[float] = field(default_factory=list)

    def as_json(self) -> Json:
        """https://core.telegram.org/bots/api#chat"""
        if self.person:
            return {"id": self.id, "type": self.type, "first_name": self.person.name}
        chat: Json = {"id": self.id, "type": self.type, "title": self.title}
        return chat | ({"is_forum": True} if self.topics else {})

    @property
    def creator(self) -> int:
        return self.admins[0] if self.admins else 0

    def live(self, message_id: int | None) -> Message | None:
        """The message, unless it is deleted or never was."""
        message = self.messages.get(message_id) if message_id else None
        return None if message is None or message.deleted else message

    def next_id(self) -> int:
        return len(self.messages) + 1

    @property
    def from_the_bot(self) -> list[Message]:
        """The bot's live messages, oldest first."""
        return [m for m in self.messages.values() if m.sender.is_bot and not m.deleted]

    @property
    def screen(self) -> str:
        """What the phone shows now: live messages, oldest first, with edits in place."""
        return "\n\n".join(f"{_mark(m)}{m.shown()}" for m in self.messages.values() if not m.deleted)

    def transcript(self) -> str:
        """Everything that happened, in order: messages, presses, edits, toasts, deletions."""
        return "\n\n".join(self.story)

    def tell(self, line: str) -> None:
        self.story.append(line)


def _mark(message: Message) -> str:
    return "" if message.sender.is_bot else f"{message.sender.name}: "
