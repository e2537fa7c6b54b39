"""Hundreds of updates wait while the process is killed five times: nothing is lost, nothing is doubled.

Each learner's updates are queued beforehand: an introduction, then `CARDS` times a typed answer and a rating. The log
must hold each learner's answers, each once and in order, wherever the process was killed. Twins without a guard fail.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from bot.core.model import Account, Reviewed
from bot.core.ports import Turn
from bot.core.reply import Line, Reply, Screen
from decks.library import Library, folders
from storage.check import check
from storage.open import open_store
from tests.commands import start
from tests.stories.decks import facts

from . import crash_child
from .crash_child import shown_by
from .processes import PATIENCE, database, settings_of
from .server import BotApiServer, Person

CARDS = 5
UPDATES = 2 + 2 * CARDS  # of one learner
LEARNERS = 50
WHOLE = [f"answer {number}" for number in range(CARDS)]
SPEECH = ("sendMessage", "editMessageText", "answerCallbackQuery")


@dataclass
class Crash:
    """One run: the process is sent a signal each time it has spoken so often, then one works on to the end."""

    server: BotApiServer
    folder: Path
    way: str = "sound"
    learners: int = LEARNERS
    codes: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)  # updates that Telegram still held at each signal
    spoken: list[int] = field(default_factory=list)  # calls that the process had made by then
    answered: list[set[str]] = field(default_factory=list)  # presses that each process answered

    async def run(self, signum: signal.Signals, after: list[int]) -> None:
        (self.folder / "decks").mkdir()
        (self.folder / "decks" / "jobs.md").write_text(facts("jobs", 12))
        for number in range(1, self.learners + 1):
            queue(self.server.user(number, f"P{number}"))
        for calls in after:
            await self.once(signum, lambda said, calls=calls: said >= calls)  # type: ignore[misc]
        await self.once(signal.SIGTERM, lambda _: not self.server.updates.waiting)

    async def once(self, signum: signal.Signals, enough: Callable[[int], bool]) -> None:
        """Start the process, wait until it has done enough, send it the signal and see it end."""
        before, calls = self.said(), len(self.server.calls)
        settings = settings_of(self.server, self.folder, DECKS=str(self.folder / "decks"), LOG_LEVEL="ERROR")
        with TemporaryFile("w+") as nothing, TemporaryFile("w+") as log:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            started = start(crash_child.main, [self.way], settings, self.folder, streams)
            try:
                await self.until(started, lambda: enough(self.said() - before))
                self.waiting.append(len(self.server.updates.waiting))
                self.spoken.append(self.said() - before)
                assert started.pid is not None
                os.kill(started.pid, signum)
                await asyncio.to_thread(started.join, PATIENCE)
                assert started.exitcode is not None, "the process does not end"
                self.codes.append(started.exitcode)
            finally:
                started.kill()
                started.join()
                started.close()
                log.seek(0)
                print(log.read())  # shown when the test fails
        said = (call for call in self.server.calls[calls:] if call.method == "answerCallbackQuery")
        self.answered.append({call.params["callback_query_id"] for call in said})

    def said(self) -> int:
        return sum(call.method in SPEECH for call in self.server.calls)

    async def until(self, started: BaseProcess, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not enough():
            assert started.exitcode is None, f"the process ended by itself with {started.exitcode}"
            assert time.monotonic() < deadline, f"no more is said: {self}"
            await asyncio.sleep(0.001)

    async def answers(self) -> list[list[str]]:
        """What each learner's log says was answered, in order."""
        cards = sorted(Library(folders(str(self.folder / "decks"))).current.cards)
        found: list[list[str]] = []

        def read(turn: Turn, account: Account) -> Reply:
            known = turn.learner(account) is not None
            entries = [entry for card in cards if known for entry in turn.entries(card) if isinstance(entry, Reviewed)]
            found.append([entry.given for entry in sorted(entries, key=lambda entry: (entry.at, entry.id))])
            return Reply(screen=Screen.NOTICE, body=(Line("read"),))

        store = await open_store(database(self.folder))
        for number in range(1, self.learners + 1):
            account = Account("telegram", str(number))
            await store.run(account, "", lambda turn, account=account: read(turn, account))  # type: ignore[misc]
        await store.close()
        return found


def queue(person: Person) -> None:
    """A whole sitting, sent before the bot is there: each rating names the card that the press before it brings."""
    card = person.server.post(person.chat, person.server.bot)
    person.write("/start d_jobs")
    person.tap("E.minutes.10", card)
    for number in range(CARDS):
        brought_by = person.server.updates.waiting[-1]["update_id"]
        person.write(f"answer {number}")
        person.tap(f"r.{shown_by(brought_by)}.2", card)


@pytest.mark.parametrize("learners", [20, pytest.param(LEARNERS, marks=pytest.mark.chaos)])
async def test_five_kills_lose_nothing_and_double_nothing(server: BotApiServer, tmp_path: Path, learners: int) -> None:
    crash, seed = Crash(server, tmp_path, learners=learners), random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    await crash.run(signal.SIGKILL, [chance.randrange(5, 18 * learners // 5) for _ in range(5)])
    assert crash.codes == [-signal.SIGKILL] * 5 + [0]
    assert min(crash.waiting[:5]) > 0, "each kill must have met waiting updates"
    assert min(crash.spoken[:5]) >= 5, "and a process at work"
    assert len(server.updates.confirmed) == learners * UPDATES
    assert await crash.answers() == [WHOLE] * learners
    assert check(database(tmp_path)) == []
    # Speaking comes after the commit, so a kill in between costs a screen, which the next press or command brings back.
    assert len(server.called("answerCallbackQuery")) > learners * CARDS


async def test_three_polite_ends_lose_nothing_and_answer_everything_once(server: BotApiServer, tmp_path: Path) -> None:
    crash = Crash(server, tmp_path)
    await crash.run(signal.SIGTERM, [5, 5, 5])
    assert crash.codes == [0] * 4
    assert min(crash.waiting[:3]) > 0, "each end must have met waiting updates"
    assert await crash.answers() == [WHOLE] * LEARNERS
    # By what each process answered, not by calls: one process may repeat a call whose answer was late, which says
    # nothing new (https://core.telegram.org/bots/api#answercallbackquery).
    assert len(set.union(*crash.answered)) == LEARNERS * (CARDS + 1)
    assert sum(map(len, crash.answered)) == LEARNERS * (CARDS + 1), "what was finished never comes again"


async def test_the_twin_that_confirms_before_it_has_saved_loses_answers(server: BotApiServer, tmp_path: Path) -> None:
    crash = Crash(server, tmp_path, "hasty", learners=20)
    await crash.run(signal.SIGKILL, [120])
    found = await crash.answers()
    assert sum(len(given) < CARDS for given in found) >= 5, found
    assert any(found), "some were saved, or the twin did nothing at all"


async def test_the_twin_that_ends_without_a_word_answers_again(server: BotApiServer, tmp_path: Path) -> None:
    crash = Crash(server, tmp_path, "silent", learners=20)
    await crash.run(signal.SIGTERM, [5])
    assert crash.codes == [0] * 2
    assert await crash.answers() == [WHOLE] * 20, "but nothing is doubled"
    assert len(set.intersection(*crash.answered)) >= 5, "presses that both processes answered"


async def test_the_twin_that_takes_an_old_update_for_a_new_one_loses_its_way(
    server: BotApiServer, tmp_path: Path
) -> None:
    """A text that comes again is an answer to another card, and what was pressed then is refused."""
    crash = Crash(server, tmp_path, "careless", learners=20)
    await crash.run(signal.SIGKILL, [40, 40])
    assert min(crash.waiting[:2]) > 0
    found = await crash.answers()
    assert sum(given != WHOLE for given in found) >= 3, found
    assert any(found), "some were saved, or the twin did nothing at all"
