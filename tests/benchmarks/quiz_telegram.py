"""Sixty players of a Telegram group answer within a second: processor time per answer, how soon the card shows it.

The real adapter, quizzes and SQLite store with synchronous=FULL run here; the Bot API and the sixty phones stand in
another process, which shares the cores. Presses come spread over a second, as people's do, and again all at once. The
question before has been answered by everybody, so that nobody's is the first of a life. Of each the best round counts.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from msgspec import Struct

from bot.core.tutor import Tutor
from bot.quiz.master import QuizMaster
from bot.telegram.app import serve
from storage.open import open_store
from tests.telegram.backfill import catalogue
from tests.telegram.quiz_decks import jobs
from tests.telegram.server import TOKEN, BotApiServer, Group, Message, Person

PLAYERS = 60
ROUNDS = 3
GROUP = -1_000_000_000_005
DRAWING = ("sendMessage", "editMessageText", "editMessageReplyMarkup")


class Burst(Struct, frozen=True, order=True):
    """One question: microseconds of our CPU per answer; ms after the last press until all presses were answered, and
    until the card shows the result; how often the group was written to meanwhile, and in its busiest minute.
    """

    cpu: float
    answered: float
    shown: float
    drawings: int
    busiest: int

    def __str__(self) -> str:
        return (
            f"{self.cpu:6,.0f} us CPU an answer  {self.answered:6.1f} ms until the last press is answered  "
            f"{self.shown:6,.0f} ms until the card shows the result  {self.drawings} sends and edits in the group, "
            f"{self.busiest} in its busiest minute (20 are allowed)"
        )


def run() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found: dict[str, list[Burst]] = {"within one second": [], "all at once": []}
    for _ in range(ROUNDS):
        for name, spread in (("within one second", 1.0), ("all at once", 0.0)):
            found[name].append(_measure(spread))
    for name, bursts in found.items():
        print(f"{PLAYERS} answers {name:18} {min(bursts)}")


def _measure(spread: float) -> Burst:
    here, there = multiprocessing.Pipe()
    phones = multiprocessing.get_context("spawn").Process(target=_phones, args=(there, spread), daemon=True)
    phones.start()
    try:
        return asyncio.run(_serve(here, str(here.recv())))
    finally:
        phones.terminate()
        phones.join()


async def _serve(phones: Connection, address: str) -> Burst:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "jobs.md").write_text(jobs(12))
        decks = catalogue(Path(folder))
        store = await open_store(Path(folder) / "bench.db")
        tutor = Tutor(store, lambda: decks, _clock)
        quizzes = QuizMaster(store, lambda: decks, _clock)
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        running = await serve(tutor.handle, quizzes, TOKEN, address, announce=lambda _: None, ending=ending)
        await _told(phones)
        cpu = time.process_time()
        phones.send("go")
        answered, shown, drawings, busiest = await _told(phones)
        cpu = time.process_time() - cpu
        await running.close()
        await quizzes.close()
        await store.close()
    return Burst(cpu / PLAYERS * 1e6, answered * 1e3, shown * 1e3, drawings, busiest)


async def _told(phones: Connection) -> tuple[float, float, int, int]:
    """What the other process says next; the loop goes on meanwhile."""
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(phones.fileno(), heard.set)
    try:
        async with asyncio.timeout(120):
            await heard.wait()
    finally:
        loop.remove_reader(phones.fileno())
    said: tuple[float, float, int, int] = phones.recv()
    return said


def _clock() -> int:
    return time.time_ns() // 1_000_000


# --- the Bot API and sixty phones, in their own process ----------------------------------------------------------


def _phones(parent: Connection, spread: float) -> None:
    asyncio.run(_play(parent, spread))


async def _play(parent: Connection, spread: float) -> None:
    async with BotApiServer() as server:
        group = server.supergroup(GROUP, "Study")
        people = [server.user(number, f"Player {number}") for number in range(1, PLAYERS + 1)]
        for person in people:
            person.write("/help")  # nobody is a stranger to the bot
        parent.send(server.address)
        await _until(lambda: not server.updates.waiting)
        people[0].write("/quiz questions:2 pace:40s", group)
        await _until(lambda: bool(group.messages))
        for person in people:
            person.press("Join", where=group)
        await _until(lambda: not server.queries)
        people[0].press("Start now", where=group)
        await _answer(server, group, people, 0.0, "1 of 2")
        people[0].write("/next", group)
        await _until(lambda: "2 of 2" in group.messages[-1].text)
        parent.send("warm")
        await asyncio.to_thread(parent.recv)
        before = len(_drawn(server))
        answered, shown = await _answer(server, group, people, spread, "2 of 2")
        times = _drawn(server)
        busiest = max(sum(at <= other < at + 60 for other in times) for at in times)
        parent.send((answered, shown, len(times) - before, busiest))
        await asyncio.sleep(60)  # ended by the parent


async def _answer(
    server: BotApiServer, group: Group, people: list[Person], spread: float, title: str
) -> tuple[float, float]:
    """Everybody answers; seconds from the last press until all are answered, and until the card shows the result."""
    await _until(lambda: title in group.messages[-1].text)
    question = group.messages[-1]
    picks = [button["callback_data"] for button in question.buttons if button["callback_data"].startswith("Q.a.")]
    for number, person in enumerate(people):
        person.tap(picks[number % len(picks)], question)
        if spread:
            await asyncio.sleep(spread / len(people))
    last = time.perf_counter()
    await _until(lambda: not server.queries)
    answered = time.perf_counter() - last
    await _until(lambda: _is_closed(question))
    return answered, time.perf_counter() - last


def _is_closed(question: Message) -> bool:
    return any(button["text"] == "Source" for button in question.buttons)


def _drawn(server: BotApiServer) -> list[float]:
    return [call.at for call in server.calls if call.method in DRAWING and call.params.get("chat_id") == GROUP]


async def _until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - the phones only look on
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    run()
