"""A Bot API server on 127.0.0.1: real HTTP in front, the state of one bot's chats behind, everything recorded.

async with BotApiServer() as server:
    ann = server.user(1, "Ann")
    app = Application.builder().token(server.token).base_url(server.base_url)...
    await ann.says("/start")
    assert "What are you working towards?" in ann.screen
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from . import refusals
from .about import METHODS, NEWER, Method
from .chats import Account, Chat, Json, Message
from .faults import Answer, Fault, Faults, Garbled, LostAfter, LostBefore, SlowAfter
from .html import Entity
from .limits import Rates
from .parameters import Received, Upload, received
from .people import Group, Person
from .updates import Updates

TOKEN = "7000000001:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"
UPLOAD_BYTES = 50 * 1024 * 1024  # telegram.constants.FileSizeLimit.FILESIZE_UPLOAD
SUPERGROUP = -1_000_000_000_000


@dataclass(frozen=True)
class Call:
    """One call the bot made: its method as sent, typed parameters, names of files, and how it was answered."""

    method: str
    params: Json
    files: list[str]
    status: int
    description: str = ""
    at: float = 0.0  # Unix seconds by the server's clock


@dataclass(frozen=True)
class Query:
    """A press that waits for answerCallbackQuery."""

    id: str
    person: Person
    chat: Chat
    at: float


@dataclass
class BotApiServer:
    """One bot's Telegram. Change the fields freely; `now` (Unix seconds) dates messages and ages callback queries."""

    token: str = TOKEN
    bot: Account = field(
        default_factory=lambda: Account(7_000_000_001, "Backfill", is_bot=True, username="backfill_bot")
    )
    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    query_lifetime: float = 150.0  # seconds a callback query is kept (Client.cpp add_new_callback_query)
    quiet: float = 0.03  # seconds without a call after which `idle` believes the bot has finished
    busy: list[Callable[[], bool]] = field(default_factory=list)
    rates: Rates = field(default_factory=Rates)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    chats: dict[int, Chat] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    polls: dict[str, Message] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    profile: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    lost_formatting: list[Entity] = field(default_factory=list)
    webhook: str = ""
    enabled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.updates = Updates(self.monotonic)
        self._ids = itertools.count(1)
        self._running = 0
        self._confirmed = 0
        self._last = 0.0
        self._port = 0
        self._runner: web.AppRunner | None = None

    # Life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=UPLOAD_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.updates.interrupt(None)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Where this server is, as BACKFILL_TELEGRAM_API takes it."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """For `Application.builder().base_url(...)`: the token follows it directly."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.address}/file/bot"

    def enable(self, *methods: str) -> None:
        """Understand newer methods too; without this they are "method not found"."""
        self.enabled.update(methods)

    # People and places

    def user(self, id: int, name: str, language: str = "en") -> Person:
        """A person with a phone; the same one again for the same id."""
        if id not in self.people:
            self.people[id] = Person(self, Account(id, name, language))
            self.chats[id] = Chat(id, "private", person=self.people[id].account)
        return self.people[id]

    def group(self, id: int, title: str) -> Group:
        """A basic group the bot is in; `id` is negative. Privacy mode is on, as for every new bot."""
        self.chats[id] = Chat(id, "group", title)
        return Group(self, self.chats[id])

    def supergroup(self, id: int, title: str, *topics: str) -> Group:
        """A supergroup, a forum if it has topics, which are numbered from 2; `id` is below -10**12."""
        named = dict(enumerate(topics, start=2))
        self.chats[id] = Chat(id, "supergroup", title, topics=named)
        return Group(self, self.chats[id])

    def chat_of(self, params: Json) -> Chat:
        """The chat a call names. Raises `Refusal`."""
        if params.get("chat_id", "") == "":
            raise refusals.chat_id_is_empty()
        chat = self.chats.get(params["chat_id"])
        if chat is None:
            raise refusals.chat_not_found()
        return chat

    def post(self, chat: Chat, sender: Account, **made: Any) -> Message:
        """Put a message into a chat, the bot's or a person's."""
        message = Message(chat, chat.next_id(), sender, self.date(), **made)
        chat.messages[message.id] = message
        who = "" if sender.is_bot else f"{sender.name}: "
        chat.tell(f"{who}{message.shown()}")
        self.lost_formatting += message.content.lost
        return message

    def keep_file(self, upload: Upload | None) -> Json:
        """Store an upload and describe it as the Bot API describes a file."""
        number = f"file{next(self._ids)}"
        if upload is not None:
            self.uploads[number] = upload
        return {"file_id": number, "file_unique_id": f"u{number}", "file_size": len(upload.content) if upload else 0}

    def date(self) -> int:
        """Unix seconds."""
        return int(self.now())

    def next_number(self) -> int:
        """A number nobody has had: for queries."""
        return next(self._ids)

    # Watching

    def called(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def expire_queries(self) -> None:
        """Let every unanswered press become too old."""
        self.queries.clear()

    @property
    def unanswered(self) -> list[Query]:
        """Presses the bot has not answered yet."""
        return list(self.queries.values())

    async def idle(self, within: float = 10.0) -> None:
        """Wait until every update is confirmed, no call runs, nothing in `busy` is true and it has been quiet a while.

        Raises AssertionError after `within` seconds, saying what it still waits for.
        """
        deadline = time.monotonic() + within
        while not self._is_quiet():
            if time.monotonic() > deadline:
                waiting = [update["update_id"] for update in self.updates.waiting]
                raise AssertionError(f"not idle: unconfirmed {waiting}, calls running {self._running}")
            await asyncio.sleep(0.003)

    def _is_quiet(self) -> bool:
        if self._confirmed != len(self.updates.confirmed):
            self._confirmed = len(self.updates.confirmed)
            self._touch(0)
        still = not self.updates.waiting and not self._running and not any(question() for question in self.busy)
        return still and time.monotonic() - self._last >= self.quiet

    # HTTP

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.lower().endswith("/getupdates"):
            return await self._respond(request)
        self._touch(+1)
        try:
            return await self._respond(request)
        finally:
            self._touch(-1)

    def _touch(self, running: int) -> None:
        self._running += running
        self._last = time.monotonic()

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        name, call = "", Received()
        try:
            name = self._method_name(request)
            if (request.content_length or 0) > UPLOAD_BYTES:
                raise refusals.too_large()
            call = await received(request)
            fault = self.faults.strike(name, call.params)
            if isinstance(fault, Answer):
                raise fault.refusal()
            if isinstance(fault, LostBefore):
                return _hang_up(request)
            result = await self._method(name)(self, call)
        except refusals.Refusal as refusal:
            self._record(name, call, refusal.code, refusal.description)
            retry = refusal.parameters.get("retry_after")
            headers = {"Retry-After": str(retry)} if retry else {}  # HttpConnection.cpp send_response
            return web.json_response(refusal.as_json(), status=refusal.code, headers=headers)
        self._record(name, call, 200, "")
        return await self._deliver(request, fault, result)

    def _method_name(self, request: web.Request) -> str:
        """The method of `/bot<token>/<method>`, spelled as documented; Telegram ignores its case."""
        parts = request.path.removeprefix("/bot").split("/")
        if not request.path.startswith("/bot") or len(parts) != 2 or ":" not in parts[0]:
            raise refusals.not_found()
        if parts[0] != self.token:
            raise refusals.unauthorized()
        return SPELLED.get(parts[1].lower(), parts[1])

    def _method(self, name: str) -> Method:
        method = METHODS.get(name) or (NEWER.get(name) if name in self.enabled else None)
        if method is None:
            raise refusals.method_not_found()
        return method

    def _record(self, name: str, call: Received, status: int, description: str) -> None:
        self.calls.append(Call(name, call.params, list(call.files), status, description, self.now()))

    async def _deliver(self, request: web.Request, fault: Fault | None, result: Any) -> web.StreamResponse:
        match fault:
            case LostAfter():
                return _hang_up(request)
            case Garbled():
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            case SlowAfter(seconds):
                await asyncio.sleep(seconds)
        return web.Response(body=json.dumps({"ok": True, "result": result}).encode(), content_type="application/json")


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


SPELLED = {name.lower(): name for name in (*METHODS, *NEWER)}
