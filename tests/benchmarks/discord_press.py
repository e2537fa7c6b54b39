"""What a whole press costs in Discord: the drill on its real store beside bare button bots, in one run.

A press is an interaction that comes over the gateway, is handled, and is answered by redrawing its message. Four bots
get the same presses:

- the drill: our adapter, the tutor on SQLite with synchronous=FULL, our renderer;
- our adapter: the same without the tutor, which answers with one screen that is ready;
- bare dynamic: discord.py with `DynamicItem` buttons, which survive a restart as ours do, and a fixed screen of the
  same size (Components V2, a text and four buttons);
- bare view: discord.py with one persistent `View` of four buttons and plain content, the least a bot can do.

Discord stands in another process and plays the learners: each presses the next button when the last press was drawn.
CPU is this process's own, all threads. The cores are shared with that server, so read the ratios. Memory is that of a
process of its own which has loaded one adapter, or both, over the built-in catalogue.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import multiprocessing
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import discord
import structlog
from aiohttp import web
from discord import ui

from bot.core.actions import Action, Rate, Set, Start
from bot.core.buttons import encode
from bot.core.model import Account
from bot.core.reply import Button, Line, Reply, Screen
from bot.core.server_book import ServerBook
from bot.core.tutor import Tutor
from bot.discord import app as discord_app
from bot.quiz.master import QuizMaster
from scheduler.model import Rating
from storage.open import open_store
from tests.discord.backfill import catalogue
from tests.discord.server.world import APPLICATION, BOT
from tests.stories.decks import facts

TOKEN = "a.bot.token"  # nobody's
ROUNDS = 3
WARM = 64  # presses before the clocks start
BEGIN = f"b0:{encode(Start(extra=50))}"
CARDS = 400  # in the deck: more than anybody gets to

Bot = Callable[[int], AbstractAsyncContextManager[None]]
"""What runs a bot, for so many learners at once."""


class Case(NamedTuple):
    """So many learners at once, so many presses measured."""

    learners: int
    presses: int


class Cost(NamedTuple):
    """Of one press: seconds of CPU; presses per second of the clock."""

    cpu: float
    pace: float


CASES = (Case(1, 300), Case(64, 960))


def _now() -> int:
    return time.time_ns() // 1_000_000


def run() -> None:
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    try:
        port = here.recv()
        discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
        gateway = discord.gateway.DiscordWebSocket
        gateway.DEFAULT_GATEWAY = type(gateway.DEFAULT_GATEWAY)(f"ws://127.0.0.1:{port}/")
        for case in CASES:
            _compare(here, case)
    finally:
        server.terminate()
        server.join()
    _memory()


def _compare(server: Connection, case: Case) -> None:
    """Rounds alternate, so that a noisy moment strikes all."""
    bots: dict[str, Bot] = {
        "the drill": _drill,
        "our adapter": _adapter,
        "bare dynamic": _bare_dynamic,
        "bare view": _bare_view,
    }
    costs: dict[str, list[Cost]] = {name: [] for name in bots}
    for _ in range(ROUNDS):
        for name, bot in bots.items():
            costs[name].append(asyncio.run(_measure(server, case, bot)))
    middle = {name: Cost(*map(median, zip(*found, strict=True))) for name, found in costs.items()}
    print(f"{case.learners} at once, {case.presses} presses, median of {ROUNDS}")
    for name, cost in middle.items():
        print(f"  {name:12} {cost.pace:7,.0f} presses/s {cost.cpu * 1e6:7,.0f} us CPU each")
    for ours in ("the drill", "our adapter"):
        mine = middle[ours]
        for name in ("bare dynamic", "bare view"):
            cost = middle[name]
            print(f"  {ours}: {mine.cpu / cost.cpu:.2f} of the CPU of {name}, {mine.pace / cost.pace:.2f} of its pace")


async def _measure(server: Connection, case: Case, bot: Bot) -> Cost:
    server.send(case)
    await _told(server)
    async with bot(case.learners):
        await _told(server)
        wall, cpu = time.perf_counter(), time.process_time()
        await _told(server)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(cpu / case.presses, case.presses / wall)


async def _told(server: Connection) -> None:
    """Until the server says the next thing."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(server.fileno(), heard.set)
    try:
        async with asyncio.timeout(120):
            await heard.wait()
    finally:
        loop.remove_reader(server.fileno())
    server.recv()


# --- bots --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _drill(learners: int) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "facts.md").write_text(facts("facts", CARDS))
        decks = catalogue(Path(folder))
        store = await open_store(Path(folder) / "bench.db")
        tutor = Tutor(store, lambda: decks, _now)
        for number in range(1, learners + 1):
            for name, value in (("goal", "facts"), ("minutes", "240"), ("skip", "clock"), ("choices", "no")):
                await tutor.handle(Account("discord", str(number)), Set(name, value), f"{number} {name}")
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        running = await discord_app.serve(
            tutor.handle,
            lambda: decks,
            tutor.servers,
            QuizMaster(store, lambda: decks, _now),
            TOKEN,
            announce=lambda _: None,
            ending=ending,
        )
        try:
            yield
        finally:
            await running.close()
            await store.close()


@asynccontextmanager
async def _adapter(_learners: int) -> AsyncIterator[None]:
    ratings = tuple(Button(label[:-3].strip(), Rate("x" * 26, Rating.EASY), label[-2:]) for label in LABELS)
    body = (Line("**5 of 20** · Slowly changing dimensions"), *[Line("Which sales are absent from this total?")] * 3)
    ready = Reply(screen=Screen.ANSWER, body=body, rows=(ratings,), attempt="x" * 26)

    async def handle(_account: Account, _action: Action, _key: str) -> Reply:
        return ready

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "facts.md").write_text(facts("facts", 1))
        decks = catalogue(Path(folder))
        store = await open_store(Path(folder) / "bench.db")
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        running = await discord_app.serve(
            handle,
            lambda: decks,
            ServerBook(store),
            QuizMaster(store, lambda: decks, _now),
            TOKEN,
            announce=lambda _: None,
            ending=ending,
        )
        try:
            yield
        finally:
            await running.close()
            await store.close()


TEXT = "**5 of 20** · Slowly changing dimensions\nWhich sales are absent from this total?\n" * 3
LABELS = ("Again 1m", "Hard 6m", "Good 10m", "Easy 8d")


class Dynamic(ui.DynamicItem[ui.Button[Any]], template=r"b\d+:.*"):
    """A button that says the same again."""

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], _match: re.Match[str], /) -> Dynamic:
        assert isinstance(item, ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        view = ui.LayoutView(timeout=None)
        row: ui.ActionRow[Any] = ui.ActionRow()
        for place, label in enumerate(LABELS):
            row.add_item(ui.Button(label=label, custom_id=f"b{place}:r.{'x' * 26}.3"))
        view.add_item(ui.Container(ui.TextDisplay(TEXT), row))
        await interaction.response.edit_message(view=view)


class Persistent(ui.View):
    """Four buttons registered once."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        for place, label in enumerate(LABELS):
            button: ui.Button[Any] = ui.Button(label=label, custom_id=BEGIN if place == 3 else f"view{place}")
            button.callback = self.again  # type: ignore[method-assign]
            self.add_item(button)

    async def again(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(content=TEXT, view=Persistent())


@asynccontextmanager
async def _bare_dynamic(_learners: int) -> AsyncIterator[None]:
    async with _bare(lambda client: client.add_dynamic_items(Dynamic)):
        yield


@asynccontextmanager
async def _bare_view(_learners: int) -> AsyncIterator[None]:
    async with _bare(lambda client: client.add_view(Persistent())):
        yield


@asynccontextmanager
async def _bare(furnish: Callable[[discord.Client], None]) -> AsyncIterator[None]:
    client = discord.Client(intents=discord.Intents(guilds=True))
    await client.login(TOKEN)
    furnish(client)
    serving = asyncio.create_task(client.connect())
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await client.close()


# --- Discord, in its own process ---------------------------------------------------------------------------------


class _Discord:
    """Plays the learners of one case after another: the next press follows when the last one was drawn."""

    def __init__(self, parent: Connection) -> None:
        self.parent = parent
        self.case = Case(0, 0)
        self.socket: web.WebSocketResponse | None = None

    def begin(self, case: Case) -> None:
        self.case, self.drawn, self.numbers = case, 0, itertools.count(1)
        self.sequence = itertools.count(1)

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = self.socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 45_000}}))
        async for message in socket:
            said = json.loads(message.data)
            if said["op"] == 2:
                ready = {"v": 10, "user": BOT, "guilds": [], "session_id": "s", "resume_gateway_url": str(request.url)}
                await self.send("READY", ready | {"application": {"id": "1000", "flags": 0}})
                for learner in range(1, self.case.learners + 1):
                    await self.press(learner, BEGIN, _row(BEGIN))
            elif said["op"] == 1:
                await socket.send_str('{"op": 11}')
        return socket

    async def send(self, event: str, data: dict[str, Any]) -> None:
        assert self.socket is not None
        if not self.socket.closed:
            await self.socket.send_str(json.dumps({"op": 0, "t": event, "s": next(self.sequence), "d": data}))

    async def press(self, learner: int, custom_id: str, components: list[dict[str, Any]]) -> None:
        person = {"id": str(learner), "username": f"p{learner}", "discriminator": "0", "avatar": None}
        number = str(next(self.numbers))
        chat = {"id": str(1_000_000 + learner), "type": 1, "recipients": [person], "last_message_id": None, "flags": 0}
        message = {
            "id": str(2_000_000 + learner), "channel_id": chat["id"], "author": BOT, "content": "", "type": 0,
            "timestamp": "2026-11-24T17:42:00+00:00", "edited_timestamp": None, "tts": False, "pinned": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "flags": 1 << 15 if components[0]["type"] == 17 else 0, "components": components,
        }  # fmt: skip
        await self.send("INTERACTION_CREATE", {
            "id": number, "application_id": "1000", "type": 3, "token": f"{learner}.{number}", "version": 1,
            "data": {"custom_id": custom_id, "component_type": 2}, "channel_id": chat["id"], "channel": chat,
            "user": person, "locale": "en-US", "entitlements": [], "authorizing_integration_owners": {}, "context": 1,
            "app_permissions": "0", "attachment_size_limit": 10_000_000, "message": message,
        })  # fmt: skip

    async def callback(self, request: web.Request) -> web.Response:
        learner = int(request.match_info["token"].partition(".")[0])
        components = (await request.json())["data"]["components"]
        self.drawn += 1
        if self.drawn in (WARM, WARM + self.case.presses):
            self.parent.send("warm, or done")
        if self.drawn < WARM + self.case.presses:
            await self.press(learner, _chosen(components), components)
        return _json({"interaction": {"id": request.match_info["id"], "type": 3}})

    async def other(self, request: web.Request) -> web.Response:
        if request.path.endswith("/users/@me"):
            return _json(BOT)
        return _json([] if request.path.endswith("/commands") else APPLICATION)


def _row(custom_id: str) -> list[dict[str, Any]]:
    """The first screen: one button."""
    button = {"type": 2, "style": 2, "label": "Start", "custom_id": custom_id, "id": 3}
    row = {"type": 1, "components": [button], "id": 2}
    return [{"type": 17, "components": [{"type": 10, "content": "x", "id": 4}, row], "id": 1}]


def _chosen(components: list[dict[str, Any]]) -> str:
    """Show the answer; rate it Easy; at the end of a sitting begin the next."""
    rows = components[0]["components"] if components[0]["type"] == 17 else components
    buttons = [button for row in rows for button in row.get("components", ())]
    wanted = (button["custom_id"] for button in buttons if button.get("label", "").startswith(("Show", "Easy")))
    return next(wanted, BEGIN)


def _json(body: Any) -> web.Response:
    response = web.json_response(body, headers={"Via": "1.1 google"})
    response.headers["Content-Type"] = "application/json"
    return response


def _serve(parent: Connection) -> None:
    asyncio.run(_serve_until_told(parent))


async def _serve_until_told(parent: Connection) -> None:
    played = _Discord(parent)
    server = web.Application()
    server.router.add_get("/", played.gateway)
    server.router.add_post("/api/v10/interactions/{id}/{token}/callback", played.callback)
    server.router.add_route("*", "/{rest:.*}", played.other)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    parent.send(runner.addresses[0][1])
    loop = asyncio.get_running_loop()
    while True:
        played.begin(await loop.run_in_executor(None, parent.recv))
        parent.send("ready")


# --- memory ------------------------------------------------------------------------------------------------------


def _memory() -> None:
    both = ("bot.telegram.app", "bot.discord.app")
    for name, modules in (("neither adapter", ()), ("Telegram", both[:1]), ("Discord", both[1:]), ("both", both)):
        print(f"  {name:15} {_resident(modules):6.1f} MiB resident, tutor and built-in catalogue included")


def _resident(modules: tuple[str, ...]) -> float:
    """MiB of a fresh process that has loaded these over the tutor and the catalogue."""
    wanted = ("bot.process", "bot.web.app", *modules)
    program = (
        f"import importlib\nfor name in {wanted!r}: importlib.import_module(name)\n"
        "from decks.library import Library, builtin\nlibrary = Library((builtin(),))\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"
    )
    found = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    return int(found.stdout) / 1024
