"""Discord's gateway: HELLO, IDENTIFY, heartbeats, events with sequence numbers, RESUME with what was missed, cuts."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import WSMsgType, web

from .world import APPLICATION, BOT, World

Json = dict[str, Any]
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


class Gateway:
    """One bot's connection, cut and resumed at will. `heard` are the operations the bot sent."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.url = ""
        self.heard: list[Json] = []
        self.beats = 0
        self.refuse: list[int] = []  # close codes that the next connections get after their first operation
        self.acknowledges = True
        self.interval = 45_000  # ms between heartbeats
        self.replays_twice = False  # on RESUME, send what was missed twice
        self._socket: web.WebSocketResponse | None = None
        self._sent: list[str] = []  # of this session
        self._session = 0

    @property
    def connected(self) -> bool:
        return self._socket is not None and not self._socket.closed

    def operations(self, kind: int) -> list[Json]:
        return [said["d"] for said in self.heard if said["op"] == kind]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": HELLO, "d": {"heartbeat_interval": self.interval}}))
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(message.data))
        return socket

    async def dispatch(self, event: str, data: Json) -> None:
        """Send an event; while nobody is connected it waits for a RESUME."""
        text = json.dumps({"op": DISPATCH, "t": event, "s": len(self._sent) + 1, "d": data})
        self._sent.append(text)
        if self.connected:
            assert self._socket is not None
            await self._socket.send_str(text)

    async def cut(self, code: int = 1006) -> None:
        """End the connection: with a close code, or without a word."""
        socket, self._socket = self._socket, None
        assert socket is not None
        if code == 1006:
            assert socket._req is not None
            assert socket._req.transport is not None
            socket._req.transport.abort()
        else:
            await socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps({"op": RECONNECT, "d": None}))

    async def invalidate(self, *, resumable: bool) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps({"op": INVALID, "d": resumable}))

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        self.heard.append(said)
        match said["op"]:
            case 1:
                self.beats += 1
                if self.acknowledges:
                    await socket.send_str(json.dumps({"op": ACK}))
            case 2 if self.refuse:
                await socket.close(code=self.refuse.pop(0))
            case 2 if said["d"]["token"] != self._world.token:
                await socket.close(code=4004)
            case 2:
                await self._begin(socket)
            case 6:
                await self._resume(socket, said["d"])

    async def _begin(self, socket: web.WebSocketResponse) -> None:
        self._session += 1
        self._sent, self._socket = [], socket
        ready = {
            "v": 10, "user": BOT, "guilds": [], "session_id": f"session-{self._session}",
            "resume_gateway_url": self.url, "application": {"id": APPLICATION["id"], "flags": 0}, "shard": [0, 1],
        }  # fmt: skip
        await self.dispatch("READY", ready)

    async def _resume(self, socket: web.WebSocketResponse, said: Json) -> None:
        if said["session_id"] != f"session-{self._session}":
            await socket.send_str(json.dumps({"op": INVALID, "d": False}))
            return
        self._socket = socket
        missed = self._sent[said["seq"] :]
        for text in missed * (2 if self.replays_twice else 1):
            await socket.send_str(text)
        await self.dispatch("RESUMED", {})
