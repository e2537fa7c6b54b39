"""Durable turns per second of the whole core: rate a card and get the next one, on SQLite with synchronous=FULL.

A turn is one press through `Tutor.handle`; every card takes two, as a learner's does (show the answer, rate it).
Beside it, in the same run, Anki's own backend: get the next card and answer it, with FSRS memory state. Anki is an
optional extra.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bot.core.actions import Choose, Rate, Reveal, Set, Start
from bot.core.model import Account
from bot.core.reply import Reply, Screen
from bot.core.tutor import Tutor
from decks.library import Library, builtin
from scheduler.model import Rating
from storage.open import open_store

CARDS = 40  # per learner
DAY = 86_400_000


class Learner:
    """Drives one account from reply to reply."""

    def __init__(self, tutor: Tutor, name: str) -> None:
        self.tutor, self.account = tutor, Account("telegram", name)
        self.turns = self.ratings = 0

    async def act(self, action: object) -> Reply:
        self.turns += 1
        return await self.tutor.handle(self.account, action, f"{self.account.external}-{self.turns}")

    async def enrol(self) -> None:
        await self.act(Set("goal", "dimensional-modelling"))
        for name, value in (("minutes", "240"), ("skip", "clock"), ("new", "200")):
            await self.act(Set(name, value))

    async def drill(self, cards: int) -> None:
        reply = await self.act(Start(extra=cards))
        while self.ratings < cards and reply.screen in (Screen.QUESTION, Screen.ANSWER):
            reply = await self.press(reply)

    async def press(self, reply: Reply) -> Reply:
        actions = [button.action for row in reply.rows for button in row]
        if reply.screen is Screen.QUESTION:
            wanted = next((a for a in actions if isinstance(a, Reveal | Choose)), Reveal(reply.attempt))
            return await self.act(wanted)
        self.ratings += 1
        rates = [a for a in actions if isinstance(a, Rate)]
        good = next((a for a in rates if a.rating is Rating.EASY), rates[-1])
        return await self.act(good)


async def measure(learners: int, cards: int) -> tuple[float, float, float]:
    """(turns per second, cards per second, CPU microseconds per turn)."""
    library = Library([builtin()])
    ticks = iter(range(1_795_545_000_000, 10**15))
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db")
        tutor = Tutor(store, lambda: library.current, lambda: next(ticks))
        people = [Learner(tutor, str(number)) for number in range(learners)]
        await asyncio.gather(*(person.enrol() for person in people))
        for person in people:
            person.turns_before = person.turns
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(person.drill(cards) for person in people))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        turns = sum(person.turns - person.turns_before for person in people)
        rated = sum(person.ratings for person in people)
        await store.close()
    return turns / wall, rated / wall, cpu / turns * 1e6


def run() -> None:
    alone = asyncio.run(measure(1, 200))
    crowd = asyncio.run(measure(64, CARDS))
    for name, (turns, cards, cpu) in (("1 learner", alone), ("64 learners", crowd)):
        print(f"{name:12} {turns:8,.0f} turns/s  {cards:8,.0f} cards/s  {cpu:6,.0f} us CPU a turn")


if __name__ == "__main__":
    run()
