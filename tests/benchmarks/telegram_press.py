"""What a whole press costs: the drill on its real store beside echo bots, in one run, CPU and presses per second.

A press is an update fetched, handled, answered and its message edited. Three bots get the same presses:

- the drill: our intake, the tutor on SQLite with synchronous=FULL, our renderer and transport;
- the stock echo: python-telegram-bot as it comes, its own updater and client, answering and editing a fixed screen;
- our echo: the same program with nothing but the client exchanged for ours.

The Bot API stands in another process and plays the learners: each presses the next button when the last press was
drawn. CPU is this process's own, all threads. The cores are shared with that server, so read the ratios.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import multiprocessing
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes
from telegram.request import HTTPXRequest

from bot.core.actions import Set, Start
from bot.core.buttons import encode
from bot.core.model import Account
from bot.core.tutor import Tutor
from bot.quiz.master import QuizMaster
from bot.telegram import app as telegram_app
from bot.telegram.transport import AiohttpRequest
from storage.open import open_store
from tests.stories.decks import facts
from tests.telegram.backfill import catalogue

TOKEN = "7000000001:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"
ROUNDS = 3
WARM = 64  # presses before the clocks start
BEGIN = encode(Start(extra=50))
CARDS = 400  # in the deck: more than anybody gets to

Bot = Callable[[str, int], AbstractAsyncContextManager[None]]
"""What runs a bot against the server at an address, for so many learners at once."""


class Case(NamedTuple):
    """So many learners at once, so many presses measured, an answer of the Bot API takes so many seconds."""

    learners: int
    presses: int
    latency: float = 0.0


class Cost(NamedTuple):
    """Of one press: seconds of CPU; presses per second of the clock."""

    cpu: float
    pace: float


CASES = (Case(1, 300), Case(64, 640), Case(1, 30, 0.05), Case(64, 320, 0.05))


def run() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("telegram").propagate = False  # the updater complains when it is stopped at work
    logging.getLogger("telegram").addHandler(logging.NullHandler())
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    try:
        address = f"http://127.0.0.1:{here.recv()}"
        for case in CASES:
            _compare(here, address, case)
    finally:
        server.terminate()
        server.join()


def _compare(server: Connection, address: str, case: Case) -> None:
    """Rounds alternate, so that a noisy moment strikes all; of each the best counts, since noise only ever adds."""
    bots: dict[str, Bot] = {"the drill": _drill, "stock echo": _stock_echo, "our echo": _our_echo}
    costs: dict[str, list[Cost]] = {name: [] for name in bots}
    for _ in range(ROUNDS):
        for name, bot in bots.items():
            costs[name].append(asyncio.run(_measure(server, address, case, bot)))
    best = {
        name: Cost(min(cost.cpu for cost in found), max(cost.pace for cost in found)) for name, found in costs.items()
    }
    print(
        f"{case.learners} at once, {case.presses} presses, {case.latency * 1000:.0f} ms API latency, best of {ROUNDS}"
    )
    for name, cost in best.items():
        print(f"  {name:11} {cost.pace:7,.0f} presses/s {cost.cpu * 1e6:7,.0f} us CPU each")
    drill = best.pop("the drill")
    for name, cost in best.items():
        print(
            f"  the drill: {drill.cpu / cost.cpu:.2f} of the CPU of {name}, {drill.pace / cost.pace:.2f} times its pace"
        )


async def _measure(server: Connection, address: str, case: Case, bot: Bot) -> Cost:
    server.send(case)
    await _told(server)
    async with bot(address, case.learners):
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
async def _drill(address: str, learners: int) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "facts.md").write_text(facts("facts", CARDS))
        decks = catalogue(Path(folder))
        store = await open_store(Path(folder) / "bench.db")
        tutor = Tutor(store, lambda: decks, lambda: time.time_ns() // 1_000_000)
        quizzes = QuizMaster(store, lambda: decks, lambda: time.time_ns() // 1_000_000)
        for number in range(1, learners + 1):
            for name, value in (("goal", "facts"), ("minutes", "240"), ("skip", "clock"), ("choices", "no")):
                await tutor.handle(Account("telegram", str(number)), Set(name, value), f"{number} {name}")
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        running = await telegram_app.serve(
            tutor.handle, quizzes, TOKEN, address, announce=lambda _: None, ending=ending
        )
        try:
            yield
        finally:
            await running.close()
            await store.close()


@asynccontextmanager
async def _stock_echo(address: str, learners: int) -> AsyncIterator[None]:
    async with _echo(address, learners, HTTPXRequest(connection_pool_size=256), HTTPXRequest(connection_pool_size=1)):
        yield


@asynccontextmanager
async def _our_echo(address: str, learners: int) -> AsyncIterator[None]:
    async with _echo(address, learners, AiohttpRequest(), AiohttpRequest()):
        yield


@asynccontextmanager
async def _echo(address: str, learners: int, *requests: Any) -> AsyncIterator[None]:
    builder = Application.builder().token(TOKEN).base_url(f"{address}/bot").concurrent_updates(learners)
    application = builder.request(requests[0]).get_updates_request(requests[1]).build()
    application.add_handler(CallbackQueryHandler(_repeat))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        try:
            yield
        finally:
            await application.updater.stop()
            await application.stop()


TEXT = "<b>5 of 20</b> · Slowly changing dimensions\nWhich sales are absent from this total?\n" * 3
LABELS = ("Again 1m", "Hard 6m", "Good 10m", "Easy 8d")
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"r.{'x' * 26}.3") for label in LABELS]])


async def _repeat(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Good. Back in 10 minutes.")
    await query.edit_message_text(TEXT, parse_mode="HTML", reply_markup=KEYBOARD)


# --- the Bot API, in its own process -----------------------------------------------------------------------------


class _Api:
    """Plays the learners of one case after another: the next press follows when the last one was drawn."""

    def __init__(self, parent: Connection) -> None:
        self.parent = parent
        self.case = Case(0, 0)
        self.begin(self.case)

    def begin(self, case: Case) -> None:
        self.case, self.drawn, self.numbers = case, 0, itertools.count(1)
        self.waiting: list[dict[str, Any]] = []
        self.woken = asyncio.Event()
        for learner in range(1, case.learners + 1):
            self.press(learner, BEGIN)

    def press(self, learner: int, data: str) -> None:
        person = {"id": learner, "is_bot": False, "first_name": f"P{learner}"}
        number = next(self.numbers)
        query = {"id": str(number), "from": person, "message": _message(learner), "chat_instance": "1", "data": data}
        self.waiting.append({"update_id": number, "callback_query": query})
        self.woken.set()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        if self.case.latency:
            await asyncio.sleep(self.case.latency)
        match method.lower():
            case "getupdates":
                return await self.updates(int(params.get("offset", 0)), int(params.get("timeout", 0)))
            case "getme":
                return {"id": 7_000_000_001, "is_bot": True, "first_name": "B", "username": "bench_bot"}
            case "editmessagetext":
                self.draw(int(params["chat_id"]), params["reply_markup"])
                return _message(int(params["chat_id"]))
            case "getmycommands":
                return []
            case "getmydescription" | "getmyshortdescription":
                return {"description": "", "short_description": ""}
        return True

    async def updates(self, offset: int, seconds: int) -> list[dict[str, Any]]:
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        if not self.waiting and seconds:
            self.woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.woken.wait()
        return self.waiting[:100]

    def draw(self, learner: int, markup: str | dict[str, Any]) -> None:
        self.drawn += 1
        if self.drawn in (WARM, WARM + self.case.presses):
            self.parent.send("warm, or done")
        if self.drawn < WARM + self.case.presses:
            keyboard = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
            self.press(learner, _chosen([button for row in keyboard for button in row]))


def _chosen(buttons: list[dict[str, str]]) -> str:
    """Show the answer; rate it Easy; at the end of a sitting begin the next."""
    wanted = (button["callback_data"] for button in buttons if button["text"].startswith(("Show", "Easy")))
    return next(wanted, BEGIN)


def _message(learner: int) -> dict[str, Any]:
    chat = {"id": learner, "type": "private", "first_name": "P"}
    return {"message_id": 2, "date": 1_795_545_600, "chat": chat, "text": TEXT}


class _Http(asyncio.Protocol):
    """HTTP just good enough for clients that send one call at a time per connection."""

    def __init__(self, api: _Api, tasks: set[asyncio.Task[None]]) -> None:
        self.api, self.tasks, self.buffer = api, tasks, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if blank and len(body) >= int(headers.get(b"content-length", 0)):
            self.buffer = b""
            method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
            as_json = headers.get(b"content-type", b"").startswith(b"application/json")
            params = json.loads(body) if as_json else dict(parse_qsl(body.decode()))
            task = asyncio.create_task(self.answer(method, params))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def answer(self, method: str, params: dict[str, Any]) -> None:
        body = json.dumps({"ok": True, "result": await self.api.call(method, params)}).encode()
        headers = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.transport.write(headers + body)  # type: ignore[attr-defined]


def _serve(parent: Connection) -> None:
    asyncio.run(_listen(parent))


async def _listen(parent: Connection) -> None:
    loop, api = asyncio.get_running_loop(), _Api(parent)
    tasks: set[asyncio.Task[None]] = set()
    server = await loop.create_server(lambda: _Http(api, tasks), "127.0.0.1", 0)

    def next_case() -> None:
        api.begin(parent.recv())
        parent.send("ready")

    loop.add_reader(parent.fileno(), next_case)
    parent.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    run()
