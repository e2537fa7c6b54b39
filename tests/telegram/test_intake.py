"""The intake alone: what is forgotten when, order within a chat, and what trouble at Telegram does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, Message, Update
from telegram.ext import ExtBot

from bot.telegram import intake
from bot.telegram.intake import Intake, Ledger

from .server import BotApiServer, flood, repeated, server_error, shuffled


def update(number: int, chat: int = 1) -> Update:
    message = Message(number, datetime(2026, 11, 24, tzinfo=UTC), Chat(chat, "private"), text=str(number))
    return Update(number, message=message)


# --- the ledger --------------------------------------------------------------------------------------------------


@given(st.permutations(range(10, 30)), st.integers(0, 20))
def test_the_offset_passes_the_longest_settled_prefix_and_nothing_more(order: Sequence[int], settled: int) -> None:
    ledger = Ledger()
    for number in range(10, 30):
        assert ledger.begin(number) is not None
    for number in order[:settled]:
        ledger.settle(number)
    still_open = set(order[settled:])
    assert ledger.offset == (min(still_open, default=30) if settled else 0)
    assert ledger.open == len(still_open)


def test_an_update_is_begun_once_until_the_offset_has_passed_it() -> None:
    ledger = Ledger()
    first, second = ledger.begin(1), ledger.begin(2)
    assert first is not None
    assert second is not None
    ledger.settle(2)
    assert ledger.begin(1) is None
    assert ledger.begin(2) is None, "it is settled, but Telegram cannot know yet"
    ledger.settle(1)
    assert ledger.offset == 3
    assert ledger.begin(1) is not None, "the tutor's keys make an older one harmless"
    ledger.settle(1)
    assert ledger.offset == 3, "and it does not take the offset back"


# --- the loop ----------------------------------------------------------------------------------------------------


class Handled:
    """Records what was begun and ended; `until` says when an update is settled, `refuse` how often it is not."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}
        self.refusals: dict[int, int] = {}
        self.caught_up: list[int] = []  # how many had begun each time

    async def process(self, received: Update) -> None:
        assert received.message is not None
        number = int(received.message.text or "0")
        self.begun.append(number)
        if number in self.gates:
            await self.gates[number].wait()
        if self.refusals.get(number, 0) > 0:
            self.refusals[number] -= 1
            return
        self.ledger.settle(received.update_id)
        await asyncio.sleep(0)
        self.ended.append(number)

    async def note_caught_up(self) -> None:
        self.caught_up.append(len(self.begun))


@asynccontextmanager
async def running(bot: ExtBot[None]) -> AsyncIterator[tuple[Handled, Callable[[], None]]]:
    handled = Handled(Ledger())
    loop = Intake(bot.get_updates, handled.process, handled.ledger, handled.note_caught_up)
    task = asyncio.create_task(loop.run())
    yield handled, task.cancel
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await loop.finish()


def _confirmed(server: BotApiServer, count: int) -> bool:
    return len(server.updates.confirmed) == count


async def until(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not question():  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.005)


async def test_a_chat_keeps_its_order_and_others_do_not_wait(server: BotApiServer, bot: ExtBot[None]) -> None:
    ann, ben = server.user(1, "Ann"), server.user(2, "Ben")
    async with running(bot) as (handled, _):
        handled.gates[1] = asyncio.Event()
        for text in ("1", "2", "3"):
            ann.write(text)
        ben.write("10")
        await until(lambda: 10 in handled.ended)
        assert handled.begun == [1, 10]
        handled.gates[1].set()
        await until(lambda: len(handled.ended) == 4)
    assert [number for number in handled.begun if number < 10] == [1, 2, 3]


async def test_what_a_handler_did_not_settle_comes_again_and_holds_the_offset(
    server: BotApiServer, bot: ExtBot[None]
) -> None:
    ann, ben = server.user(1, "Ann"), server.user(2, "Ben")
    async with running(bot) as (handled, _):
        handled.refusals[1] = 1
        ann.write("1")
        ben.write("2")
        await until(lambda: 2 in handled.ended)
        assert server.updates.confirmed == []
        await until(lambda: len(handled.ended) == 2)
        await until(lambda: len(server.updates.confirmed) == 2)
    assert handled.begun == [1, 2, 1]


async def test_new_chats_are_served_while_an_update_of_another_stays_open(
    server: BotApiServer, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SETTLING", 0.02)
    ann, ben = server.user(1, "Ann"), server.user(2, "Ben")
    async with running(bot) as (handled, _):
        handled.gates[1] = asyncio.Event()
        ann.write("1")
        await until(lambda: handled.begun == [1])
        ben.write("2")
        await until(lambda: handled.ended == [2])
        assert handled.begun == [1, 2], "the open one is fetched again and again, and begun once"
        handled.gates[1].set()
        await until(lambda: not server.updates.waiting)


async def test_repeated_and_reordered_deliveries_are_begun_once(server: BotApiServer, bot: ExtBot[None]) -> None:
    repeat, shuffle = repeated(2), shuffled(7)
    server.updates.arrange = lambda updates: shuffle(repeat(updates))
    people = [server.user(number, f"P{number}") for number in range(1, 31)]
    for person in people:
        person.write(str(person.id))
    async with running(bot) as (handled, _):
        await until(lambda: len(server.updates.confirmed) == 30)
    assert sorted(handled.begun) == list(range(1, 31))


async def test_numbers_that_begin_anew_below_the_offset_are_confirmed(server: BotApiServer, bot: ExtBot[None]) -> None:
    ann = server.user(1, "Ann")
    async with running(bot) as (handled, _):
        ann.write("1")
        await until(lambda: len(server.updates.confirmed) == 1)
        server.updates.restart(50_000)
        for number in (2, 3):
            ann.write(str(number))
            await until(partial(_confirmed, server, number))
    assert handled.begun == [1, 2, 3]


async def test_a_chat_that_cannot_be_caught_up_with_holds_up_nobody(server: BotApiServer, bot: ExtBot[None]) -> None:
    handled, stuck = Handled(Ledger()), asyncio.Event()

    async def caught_up() -> None:
        await stuck.wait()

    loop = Intake(bot.get_updates, handled.process, handled.ledger, caught_up)
    task = asyncio.create_task(loop.run())
    for number in (1, 2):
        server.user(number, "P").write(str(number))
        await until(partial(handled.ended.__contains__, number))
    task.cancel()
    stuck.set()
    await asyncio.gather(task, return_exceptions=True)
    await loop.finish()
    assert handled.begun == [1, 2]


async def test_the_end_finishes_what_is_under_way_and_confirms_it(server: BotApiServer, bot: ExtBot[None]) -> None:
    ann = server.user(1, "Ann")
    async with running(bot) as (handled, stop):
        handled.gates[1] = asyncio.Event()
        ann.write("1")
        await until(lambda: handled.begun == [1])
        stop()
        asyncio.get_running_loop().call_later(0.05, handled.gates[1].set)
    assert handled.ended == [1]
    assert [confirmed["message"]["text"] for confirmed in server.updates.confirmed] == ["1"]


async def test_the_end_is_told_again_while_telegram_does_not_hear_it(
    server: BotApiServer, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_pauses", lambda: iter([0.01] * 100))
    ann = server.user(1, "Ann")
    async with running(bot) as (handled, stop):
        handled.gates[1] = asyncio.Event()
        ann.write("1")
        await until(lambda: handled.begun == [1])
        stop()
        server.faults.plan(server_error(502), "getUpdates", times=2)
        handled.gates[1].set()
    assert server.faults.hits["Answer"] == 2
    assert [confirmed["message"]["text"] for confirmed in server.updates.confirmed] == ["1"]


async def test_the_end_waits_only_so_long_and_leaves_the_rest_unconfirmed(
    server: BotApiServer, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FINISHING", 0.05)
    ann, ben = server.user(1, "Ann"), server.user(2, "Ben")
    async with running(bot) as (handled, stop):
        handled.gates[2] = asyncio.Event()
        ann.write("1")
        ben.write("2")
        await until(lambda: handled.ended == [1] and handled.begun == [1, 2])
        stop()
    assert [waiting["message"]["text"] for waiting in server.updates.waiting] == ["2"]


async def test_trouble_at_telegram_is_waited_out(
    server: BotApiServer, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_pauses", lambda: iter([0.01] * 100))
    server.faults.plan(server_error(502), "getUpdates", times=3)
    server.faults.plan(flood(1), "getUpdates", after=1)
    ann = server.user(1, "Ann")
    async with running(bot) as (handled, _):
        ann.write("1")
        await until(lambda: handled.ended == [1])
    assert server.faults.hits["Answer"] == 4


async def test_a_second_poller_waits_and_takes_over(
    server: BotApiServer, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CONFLICT_PAUSE", 0.05)
    ann = server.user(1, "Ann")
    async with running(bot) as (first, stop), running(bot) as (second, _):
        await until(lambda: any(call.status == 409 for call in server.called("getUpdates")))
        stop()
        ann.write("1")
        await until(lambda: 1 in first.ended + second.ended)


async def test_catching_up_is_told_only_when_nothing_waits(server: BotApiServer, bot: ExtBot[None]) -> None:
    for number in range(1, 251):
        server.user(number, "P").write(str(number))
    async with running(bot) as (handled, _):
        await until(lambda: len(handled.ended) == 250)
        await until(lambda: bool(handled.caught_up))
    assert len(server.called("getUpdates")) >= 3
    assert handled.caught_up[0] == 250
