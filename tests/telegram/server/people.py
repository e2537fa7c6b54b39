"""People with phones, and the groups they meet in: how a test writes, presses, votes, blocks, and reads the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .chats import Account, Chat, Json, Message, Reach, Standing
from .texts import Formatted

if TYPE_CHECKING:
    from .server import BotApiServer


@dataclass
class Group:
    """A group or supergroup with the bot in it."""

    server: BotApiServer
    chat: Chat

    @property
    def screen(self) -> str:
        return self.chat.screen

    @property
    def messages(self) -> list[Message]:
        """The bot's live messages, oldest first."""
        return self.chat.from_the_bot

    def transcript(self) -> str:
        return self.chat.transcript()

    def kicks_the_bot(self, by: Person) -> None:
        """Remove the bot; `my_chat_member` says so."""
        self.chat.standing = Standing.KICKED
        by.member_changed(self.chat, "member", "kicked")

    def topic(self, thread: int) -> list[Message]:
        """The bot's live messages in a topic."""
        return [message for message in self.messages if message.thread == thread]

    def loses_topic(self, thread: int) -> None:
        """Delete a topic with its messages; bots are not told."""
        del self.chat.topics[thread]
        for message in self.chat.messages.values():
            message.deleted = message.deleted or message.thread == thread

    def migrates(self, id: int) -> Group:
        """Become a supergroup, of which the bot is not told yet."""
        new = self.server.supergroup(id, self.chat.title)
        new.chat.admins = self.chat.admins
        self.chat.migrated_to = id
        return new

    def says_migrate_to(self, id: int, by: Person) -> None:
        """The old group's service message."""
        self._serve(by, {"migrate_to_chat_id": id})

    def says_migrate_from(self, id: int, by: Person) -> None:
        """The new group's service message."""
        self._serve(by, {"migrate_from_chat_id": id})

    def _serve(self, by: Person, body: Json) -> None:
        message = self.server.post(self.chat, by.account, body=body)
        self.server.updates.put("message", message.as_json())

    def becomes_supergroup(self, id: int, by: Person) -> Group:
        """Migrate: both service messages arrive, and sends to the old id are refused with the new one.

        https://core.telegram.org/bots/api#message, `migrate_to_chat_id` and `migrate_from_chat_id`.
        """
        new = self.migrates(id)
        self.says_migrate_to(id, by)
        new.says_migrate_from(self.chat.id, by)
        return new


@dataclass
class Person:
    """Someone with a phone. Methods named for the third person (`says`) wait until the bot has finished;
    their plain forms (`write`) only put the update into the queue.
    """

    server: BotApiServer
    account: Account
    toasts: list[str] = field(default_factory=list)
    led_to: str = ""  # the address that a press opened last

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self.server.chats[self.account.id]

    @property
    def screen(self) -> str:
        """What the private chat shows now."""
        return self.chat.screen

    @property
    def messages(self) -> list[Message]:
        """The bot's live messages in the private chat, oldest first."""
        return self.chat.from_the_bot

    @property
    def buttons(self) -> list[str]:
        """The labels on the newest live message that has any."""
        newest = next((message for message in reversed(self.messages) if message.keyboard), None)
        return [button["text"] for button in newest.buttons] if newest else []

    # Writing

    async def says(self, text: str, where: Group | None = None) -> None:
        self.write(text, where)
        await self.server.idle()

    def write(
        self,
        text: str,
        where: Group | None = None,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
        named: Json | None = None,
    ) -> Message:
        """Send a text. In groups the bot hears only commands, and replies to its own messages (privacy mode,
        https://core.telegram.org/bots/features#privacy-mode). `named` is the group or channel in whose name it is sent.
        """
        chat = where.chat if where else self.chat
        self._open(chat)
        content = Formatted(text, _commands(text))
        message = self.server.post(
            chat, self.account, content=content, thread=thread, reply_to=reply_to.id if reply_to else None
        )
        if chat.person or _is_for(self.server.bot, text) or (reply_to and reply_to.sender.is_bot):
            self.server.updates.put("message", message.as_json() | (_disguised(named, chat) if named else {}))
        return message

    async def shares_location(self, latitude: float, longitude: float) -> None:
        self._open(self.chat)
        body = {"location": {"latitude": latitude, "longitude": longitude}}
        message = self.server.post(self.chat, self.account, body=body)
        self.server.updates.put("message", message.as_json())
        await self.server.idle()

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message; the bot hears `edited_message` if it asked for that kind."""
        message.content, message.edited = Formatted(text, _commands(text)), self.server.date()
        message.chat.tell(f"(message {message.id} becomes)\n{self.account.name}: {text}")
        self.server.updates.put("edited_message", message.as_json())
        await self.server.idle()

    # Pressing

    async def presses(self, label: str, on: Message | None = None, where: Group | None = None) -> None:
        self.press(label, on, where)
        await self.server.idle()

    def press(self, label: str, on: Message | None = None, where: Group | None = None) -> str:
        """Press a button by its label, on the newest live message that carries it or on an older one; the query's id.

        It is looked for in the private chat unless `on` or `where` says otherwise. A button of `on` may be pressed
        although an edit has meanwhile removed it: a phone can be that much behind. Raises AssertionError, with the
        screen, when no such button is to be seen.
        """
        message, button = self._found(label, on, (where or self).messages)
        message.chat.tell(f"({self.account.name} presses) {label}")
        return self.tap(button["callback_data"], message)

    def tap(self, data: str, on: Message) -> str:
        """A press with this payload, whoever made it up: for stale, foreign and forged buttons."""
        from .server import Query

        query = Query(str(10**17 + self.server.next_number()), self, on.chat, self.server.now())
        self.server.queries[query.id] = query
        there = {"message_id": on.id, "chat": on.chat.as_json(), "date": 0}  # Client.cpp JsonInaccessibleMessage
        payload = {
            "id": query.id,
            "from": self.account.as_json(),
            "message": there if on.deleted else on.as_json(),
            "chat_instance": str(abs(on.chat.id) * 7919),
            "data": data,
        }
        self.server.updates.put("callback_query", payload)
        return query.id

    def _found(self, label: str, on: Message | None, messages: list[Message]) -> tuple[Message, Json]:
        for message in [on] if on else reversed(messages):
            for button in message.buttons + (message.gone if on else []):
                if button["text"] == label and "callback_data" in button:
                    return message, button
        shown = "\n\n".join(message.shown() for message in ([on] if on else messages))
        raise AssertionError(f"no button {label!r} to press on this screen:\n\n{shown}")

    async def follows(self) -> None:
        """Open the address the last press led to, and press Start there."""
        _, _, payload = self.led_to.partition("?start=")
        assert payload, "no press has led anywhere"
        await self.says(f"/start {payload}")

    # Voting

    async def votes(self, poll: Message, *options: str) -> None:
        """Choose options by their text; none takes the vote back. Anonymous polls tell the bot only the counts."""
        self.vote(poll, *options)
        await self.server.idle()

    def vote(self, poll: Message, *options: str) -> None:
        assert poll.poll is not None, "that message is no poll"
        assert not poll.poll.is_closed, "that poll is closed"
        poll.poll.votes[self.id] = [poll.poll.options.index(option) for option in options]
        if not options:
            del poll.poll.votes[self.id]
        poll.chat.tell(f"({self.account.name} votes) {', '.join(options) or 'nothing'}")
        self.server.updates.put("poll", poll.poll.as_json())
        if not poll.poll.is_anonymous:
            self.server.updates.put("poll_answer", poll.poll.answer(self.account.as_json()))

    # Coming and going

    async def blocks(self) -> None:
        """Block the bot: sends are refused with 403, and `my_chat_member` says so."""
        self.account.reach = Reach.BLOCKED
        self.member_changed(self.chat, "member", "kicked")
        await self.server.idle()

    async def unblocks(self) -> None:
        self.account.reach = Reach.OPEN
        self.member_changed(self.chat, "kicked", "member")
        await self.server.idle()

    def deactivates(self) -> None:
        """Delete the account: every send is refused with 403; no update says so."""
        self.account.reach = Reach.DEACTIVATED

    def deletes(self, message: Message) -> None:
        """Remove a message on the phone, for both sides; bots are not told."""
        message.deleted = True
        message.chat.tell(f"(message {message.id} is gone)")

    def member_changed(self, chat: Chat, before: str, after: str) -> None:
        """https://core.telegram.org/bots/api#chatmemberupdated for the bot itself."""
        bot = self.server.bot.as_json()
        old, new = (
            {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})
            for status in (before, after)
        )
        change = {"chat": chat.as_json(), "from": self.account.as_json(), "date": self.server.date()}
        members = {"old_chat_member": old, "new_chat_member": new}
        self.server.updates.put("my_chat_member", change | members)

    def _open(self, chat: Chat) -> None:
        if chat.person and self.account.reach is Reach.STRANGER:
            self.account.reach = Reach.OPEN


def _disguised(named: Json, chat: Chat) -> Json:
    """https://core.telegram.org/bots/api#message, `sender_chat`: "the field from contains a fake sender user"."""
    fake = (1087968824, "Group") if named["id"] == chat.id else (136817688, "Channel")
    return {"from": {"id": fake[0], "is_bot": True, "first_name": fake[1]}, "sender_chat": named}


def _commands(text: str) -> list[Json]:
    """The command at the start, as an entity: command handlers look for it, not for the slash."""
    found = re.match(r"/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?(?!\w)", text)
    return [{"type": "bot_command", "offset": 0, "length": found.end()}] if found else []


def _is_for(bot: Account, text: str) -> bool:
    found = re.match(r"/[A-Za-z0-9_]+(@(\w+))?", text)
    return found is not None and found[2] in (None, bot.username)
