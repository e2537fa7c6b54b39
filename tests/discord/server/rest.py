"""Discord's REST API as far as a bot of ours uses it: strict about deadlines, tokens and nonces; faults on request."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .world import APPLICATION, BOT, World

Json = dict[str, Any]
DEADLINE = 3.0  # seconds for the first answer to an interaction
TOKEN_LIFE = 15 * 60.0
PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, COMPLETED, FORM = 1, 4, 5, 6, 7, 8, 9
EPHEMERAL = 64


@dataclass
class Fault:
    """What happens to the next requests that fit, instead of an answer, or after the effect."""

    method: str
    path: str  # regular expression
    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    after: bool = False  # the effect happens, only the answer is lost
    cut: bool = False  # no answer: the connection is closed
    held: asyncio.Event | None = None  # nothing goes wrong, but the answer waits for this


@dataclass
class Call:
    """A request that came in."""

    method: str
    path: str
    body: Any
    at: float  # time.monotonic()
    authorization: str
    status: int = 0


class Rest:
    """The routes, over a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.application: Json = {**APPLICATION}
        self.app = web.Application(middlewares=[self._middleware])
        api = "/api/v10"
        self.app.add_routes(
            [
                web.get(f"{api}/users/@me", self._me),
                web.get(f"{api}/oauth2/applications/@me", self._application),
                web.put(f"{api}/applications/{{app}}/commands", self._commands),
                web.post(f"{api}/interactions/{{id}}/{{token}}/callback", self._callback),
                web.patch(f"{api}/webhooks/{{app}}/{{token}}/messages/{{message}}", self._edit_by_token),
                web.post(f"{api}/webhooks/{{app}}/{{token}}", self._follow_up),
                web.post(f"{api}/users/@me/channels", self._open),
                web.post(f"{api}/channels/{{channel}}/messages", self._send),
                web.patch(f"{api}/channels/{{channel}}/messages/{{message}}", self._edit),
            ]
        )

    # --- every request -------------------------------------------------------------------------------------------

    @web.middleware
    async def _middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path == "/":
            return await handler(request)  # the gateway
        body = await request.json() if request.can_read_body else None
        path = request.path.removeprefix("/api/v10")
        call = Call(request.method, path, body, time.monotonic(), request.headers.get("Authorization", ""))
        self.calls.append(call)
        fault = next((f for f in self.faults if f.method == call.method and re.fullmatch(f.path, path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
        if fault is not None and fault.held is not None:
            answer = await self._answer(request, handler)
            await fault.held.wait()
        elif fault is not None:
            if fault.after:
                await self._answer(request, handler)
            if fault.cut:
                assert request.transport is not None
                request.transport.close()
            answer = answered(fault.status, fault.body, fault.headers)
        else:
            answer = await self._answer(request, handler)
        call.status = answer.status
        return answer

    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        needs_token = not re.search("/(interactions|webhooks)/", request.path)
        if needs_token and request.headers.get("Authorization") != f"Bot {self._world.token}":
            return answered(401, {"code": 0, "message": "401: Unauthorized"})
        return await handler(request)

    # --- routes --------------------------------------------------------------------------------------------------

    async def _me(self, _request: web.Request) -> web.Response:
        return answered(200, BOT)

    async def _application(self, _request: web.Request) -> web.Response:
        return answered(200, self.application)

    async def _commands(self, request: web.Request) -> web.Response:
        self._world.commands = await request.json()
        return answered(200, [self._world.command(spec) for spec in self._world.commands])

    async def _callback(self, request: web.Request) -> web.Response:
        world, body = self._world, await request.json()
        asked = world.interactions.get(int(request.match_info["id"]))
        if asked is None or asked.token != request.match_info["token"] or asked.age() > DEADLINE:
            return refused(404, 10062, "Unknown interaction")
        if asked.answered is not None:
            return refused(400, 40060, "Interaction has already been acknowledged.")
        asked.answered = body
        data = body.get("data") or {}
        match body["type"]:
            case 4 | 5:
                asked.message = world.say(asked.channel, data)["id"]
            case 7:
                asked.message = world.edit(asked.source, data)["id"]
            case 6:
                asked.message = asked.source
        found = {"id": str(asked.id), "type": asked.kind, "response_message_id": asked.message or None}
        shown = {"resource": {"type": body["type"], "message": world.messages[asked.message]}} if asked.message else {}
        return answered(200, {"interaction": found, **shown})

    async def _edit_by_token(self, request: web.Request) -> web.Response:
        asked = self._by_token(request)
        if asked is None:
            return refused(401, 50027, "Invalid Webhook Token")
        named = request.match_info["message"]
        number = asked.message if named == "@original" else named
        if number not in self._world.messages:
            return refused(404, 10008, "Unknown Message")
        return answered(200, self._world.edit(number, await request.json()))

    async def _follow_up(self, request: web.Request) -> web.Response:
        asked = self._by_token(request)
        if asked is None:
            return refused(401, 50027, "Invalid Webhook Token")
        return answered(200, self._world.say(asked.channel, await request.json()))

    async def _open(self, request: web.Request) -> web.Response:
        """A private chat; opened again, it is the same one."""
        person = str((await request.json())["recipient_id"])
        user = {"id": person, "username": f"person{person}", "discriminator": "0", "avatar": None, "global_name": None}
        return answered(200, self._world.channels[self._world.private_chat(user)])

    async def _send(self, request: web.Request) -> web.Response:
        body, channel = await request.json(), request.match_info["channel"]
        if channel not in self._world.channels:
            return refused(404, 10003, "Unknown Channel")
        return answered(200, self._world.say(channel, body))

    async def _edit(self, request: web.Request) -> web.Response:
        if request.match_info["message"] not in self._world.messages:
            return refused(404, 10008, "Unknown Message")
        return answered(200, self._world.edit(request.match_info["message"], await request.json()))

    def _by_token(self, request: web.Request) -> Any:
        found = (asked for asked in self._world.interactions.values() if asked.token == request.match_info["token"])
        return next((asked for asked in found if asked.answered is not None and asked.age() <= TOKEN_LIFE), None)


def answered(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """JSON exactly as Discord sends it: its bare content type, and the proxy's mark without which 429 means a ban."""
    response = web.json_response(body, status=status, headers={"Via": "1.1 google", **(headers or {})})
    response.headers["Content-Type"] = "application/json"
    return response


def refused(status: int, code: int, message: str) -> web.Response:
    return answered(status, {"code": code, "message": message})
