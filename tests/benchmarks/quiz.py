"""Sixty players answer one question within a second: processor time per answer, and how soon the channel shows it.

Presses come spread over the second as people's do, and again all at once. Both go through the quizzes' door to a commit
with synchronous=FULL, with the quiz's clock and painter running beside. The channel is a function that takes no time:
what a platform adds is measured with its adapter. Rounds take turns, and of each the best counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from msgspec import Struct

from bot.core.model import Account
from bot.core.quiz.actions import Join, Open, Pick, StartNow
from bot.core.quiz.model import Person, Place
from bot.core.quiz.show import Show
from bot.quiz.master import QuizMaster
from decks.library import Library, builtin
from storage.open import open_store

PLAYERS = 60
ROUNDS = 3
EVERY = 2.0  # seconds between two drawings of a message
HERE = Place("discord", "1", "2")


class Burst(Struct, frozen=True, kw_only=True, order=True):
    """One question: microseconds of all cores per answer, ms until an answer is committed and until all are shown."""

    cpu: float
    slowest: float
    shown: float
    drawings: int

    def __str__(self) -> str:
        return (
            f"{self.cpu:6,.0f} us CPU an answer  {self.slowest:6.1f} ms the slowest answer  "
            f"{self.shown:6,.0f} ms until the result shows them all  {self.drawings} drawings"
        )


def run() -> None:
    found: dict[str, list[Burst]] = {"within one second": [], "all at once": []}
    with _quietly():
        for _ in range(ROUNDS):
            for name, spread in (("within one second", 1.0), ("all at once", 0.0)):
                found[name].append(asyncio.run(measure(spread)))
    for name, bursts in found.items():
        print(f"{PLAYERS} answers {name:18} {min(bursts)}")


async def measure(spread: float) -> Burst:
    """One question in a fresh database."""
    library = Library([builtin()])
    drawn: list[tuple[float, Show]] = []

    async def draw(show: Show) -> str:
        drawn.append((time.perf_counter(), show))
        return show.message or show.slot

    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db")
        quizzes = QuizMaster(store, lambda: library.current, lambda: time.time_ns() // 1_000_000)
        await quizzes.serve("discord", draw, every=EVERY)
        people = [Person(account=Account("discord", str(n)), name=f"Player {n}") for n in range(PLAYERS)]
        await quizzes.handle(HERE, people[0], Open("txn-isolation questions:1"), "open")
        quiz = await _slot(drawn, "lobby")
        await asyncio.gather(*(quizzes.handle(HERE, one, Join(quiz.quiz), f"j{n}") for n, one in enumerate(people)))
        await quizzes.handle(HERE, people[0], StartNow(quiz.quiz), "now")
        await _slot(drawn, "q1")
        drawn.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        late = await asyncio.gather(*(_answer(quizzes, one, n, spread, quiz.quiz) for n, one in enumerate(people)))
        await _until(lambda: any(_closed(show) for _, show in drawn))
        spent = time.process_time() - cpu
        shown = next(at for at, show in drawn if _closed(show))
        await quizzes.close()
        await store.close()
    return Burst(
        cpu=spent / PLAYERS * 1e6,
        slowest=max(late) * 1e3,
        shown=(shown - wall - spread) * 1e3,
        drawings=len(drawn),
    )


async def _answer(quizzes: QuizMaster, person: Person, number: int, spread: float, quiz: str) -> float:
    """Seconds from the press to its commit."""
    await asyncio.sleep(spread * number / PLAYERS)
    begun = time.perf_counter()
    await quizzes.handle(HERE, person, Pick(quiz, 1, number % 4), f"a{number}")
    return time.perf_counter() - begun


async def _slot(drawn: list[tuple[float, Show]], slot: str) -> Show:
    await _until(lambda: any(show.slot == slot for _, show in drawn))
    return next(show for _, show in drawn if show.slot == slot)


async def _until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - the benchmark only looks on
        await asyncio.sleep(0.005)


def _closed(show: Show) -> bool:
    """Whether a drawing is of the question with its answer; everybody having answered, nothing is waited for."""
    return show.slot == "q1" and not show.live


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without the log's lines between the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()
