"""What a burst costs in Discord: sixty players answer one question within a second, on the real store.

Discord and the players stand in another process (the test server), which sends the presses evenly over one second and
notes when each was answered and what was edited. CPU is the bot's process, all threads, from the first press until the
card shows the answer; the last answer closes the question at once. The cores are shared with that server.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import NamedTuple

import discord
import structlog

from bot.core.tutor import Tutor
from bot.discord.app import serve
from bot.quiz.master import QuizMaster
from storage.open import open_store
from tests.discord.quiz_night import shelf
from tests.discord.quiz_wire import MODERATES, Guest, Room, answered
from tests.discord.server import DiscordServer, until

PLAYERS = 60
ROUNDS = 3
SPREAD = 1.0  # seconds over which the presses come


class Burst(NamedTuple):
    """Of one question: seconds; edits of its message; requests in all."""

    answer: float  # from a press to its private answer, the median
    slowest: float
    card: float  # from the last press to the card with the answer
    edits: int
    requests: int


def run() -> None:
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_play, args=(there,), daemon=True)
    server.start()
    try:
        found = asyncio.run(_measure(here))
    finally:
        server.terminate()
        server.join()
    cpu, bursts = [cost for cost, _ in found], [burst for _, burst in found]
    middle = Burst(*(median(values) for values in zip(*bursts, strict=True)))  # type: ignore[arg-type]
    print(f"{PLAYERS} players answer within {SPREAD:g} s, median of {ROUNDS} questions")
    print(f"  {median(cpu) / PLAYERS * 1e6:,.0f} us CPU for each answer, its share of the card included")
    print(
        f"  answered in private after {middle.answer * 1000:.1f} ms, the slowest after {middle.slowest * 1000:.1f} ms"
    )
    print(f"  the card shows the answer {middle.card:.2f} s after the last press, at most one edit in 2 s")
    print(f"  {middle.edits:g} edits of the card, {middle.requests:g} requests")


async def _measure(server: Connection) -> list[tuple[float, Burst]]:
    """Serve the bot; (CPU seconds, what Discord saw) of each question."""
    loop = asyncio.get_running_loop()
    api, gateway = await loop.run_in_executor(None, server.recv)
    discord.http.Route.BASE = api
    socket = discord.gateway.DiscordWebSocket
    socket.DEFAULT_GATEWAY = type(socket.DEFAULT_GATEWAY)(gateway)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db")
        tutor, quizzes = Tutor(store, shelf, _now), QuizMaster(store, shelf, _now)
        running = await serve(
            tutor.handle, shelf, tutor.servers, quizzes, "a.bot.token",
            announce=lambda _: None, ending=loop.create_future(),
        )  # fmt: skip
        for _ in range(ROUNDS):
            await loop.run_in_executor(None, server.recv)
            cpu = time.process_time()
            burst = await loop.run_in_executor(None, server.recv)
            found.append((time.process_time() - cpu, burst))
        await running.close()
        await quizzes.close()
        await store.close()
    return found


def _now() -> int:
    return time.time_ns() // 1_000_000


# --- Discord and the players, in their own process ---------------------------------------------------------------


def _play(parent: Connection) -> None:
    asyncio.run(_rounds(parent))


async def _rounds(parent: Connection) -> None:
    async with DiscordServer() as server:
        room = Room(server)
        players = [Guest(room, 100 + number, f"P{number}", may=MODERATES) for number in range(PLAYERS)]
        parent.send((server.api, server.gateway.url))
        await until(lambda: server.gateway.connected, "the bot")
        for _ in range(ROUNDS):
            await _open(room, players)
            await asyncio.sleep(2.5)  # until the last edit is two seconds old
            parent.send("the burst begins")
            parent.send(await _burst(room, players))
            await answered(await players[0].commands("quiz-stop"))
            await room.sees("Stopped here.")


async def _open(room: Room, players: list[Guest]) -> None:
    await answered(await players[0].commands("quiz", decks="txn-isolation", pace="60s"))
    await room.sees("### Quiz")
    await answered(*[await player.presses("Join") for player in players])
    await until(lambda: f"**In ({PLAYERS})**" in room.screen, "everybody in")
    await answered(await players[0].presses("Start now"))
    await room.sees("### 1 of")


async def _burst(room: Room, players: list[Guest]) -> Burst:
    question, first = room.messages[-1], len(room.server.rest.calls)
    pressed = {}
    for number, player in enumerate(players):
        sent = time.monotonic()
        pressed[(await player.picks(number % 4, question)).id] = sent
        await asyncio.sleep(SPREAD / PLAYERS)
    last = max(pressed.values())
    await until(lambda: "**Right** " in room.screen, "the answer on the card")
    calls = room.server.rest.calls[first:]
    waits = [call.at - pressed[int(call.path.split("/")[2])] for call in calls if call.path.startswith("/interactions")]
    edits = [call.at for call in calls if call.path.endswith(question["id"]) and call.method == "PATCH"]
    return Burst(median(waits), max(waits), edits[-1] - last, len(edits), len(calls))
