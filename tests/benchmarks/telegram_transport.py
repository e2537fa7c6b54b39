"""What a press costs to carry: answer + edit by an unmodified bot, the library's own client against ours, in one run.

The Bot API stands in another process and answers every call with the same bytes, so only the client side is measured.
CPU is this process's own; the two cores of a small machine are shared with the server, so read the ratios.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import time
from multiprocessing.connection import Connection
from statistics import median
from typing import ClassVar

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.telegram.transport import AiohttpRequest

TOKEN = "7000000001:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"
PRESSES, ROUNDS = 256, 3
TEXT = "<b>5 of 20</b> · Slowly changing dimensions\nWhich sales are absent from this total?\n" * 4
KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton(label, callback_data=f"{label}:{'x' * 26}") for label in ("Again", "Hard", "Good", "Easy")]]
)


def run() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    try:
        address = f"http://127.0.0.1:{here.recv()}/bot"
        print(f"answer + edit per press, {PRESSES} presses, median of {ROUNDS}")
        for together in (1, 64):
            _compare(address, together)
    finally:
        server.terminate()
        server.join()


def _compare(address: str, together: int) -> None:
    """Rounds alternate, so that a noisy moment strikes both."""
    stock, ours = [], []
    for _ in range(ROUNDS):
        stock.append(asyncio.run(_presses(address, HTTPXRequest(pool_timeout=None), together)))
        ours.append(asyncio.run(_presses(address, AiohttpRequest(pool_timeout=None), together)))
    for name, runs in (("HTTPXRequest", stock), ("AiohttpRequest", ours)):
        wall, cpu = _middle(runs)
        print(f"  {together:2} at once, {name:14}: {1 / wall:6,.0f} presses/s, {cpu * 1e6:6,.0f} us CPU each")
    (slow, costly), (fast, cheap) = _middle(stock), _middle(ours)
    print(f"  {together:2} at once, ours: {slow / fast:.1f} times the presses for {cheap / costly:.2f} of the CPU")


def _middle(runs: list[tuple[float, float]]) -> tuple[float, float]:
    return median(wall for wall, _ in runs), median(cpu for _, cpu in runs)


async def _presses(address: str, request: BaseRequest, together: int) -> tuple[float, float]:
    """Seconds of wall clock and of CPU for one press, with `together` of them under way."""
    bot: ExtBot[None] = ExtBot(TOKEN, base_url=address, request=request, get_updates_request=AiohttpRequest())
    await request.initialize()
    await asyncio.gather(*(_press(bot, at) for at in range(together)))
    queue = iter(range(PRESSES))
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(_worker(bot, queue) for _ in range(together)))
    spent = (time.perf_counter() - wall) / PRESSES, (time.process_time() - cpu) / PRESSES
    await request.shutdown()
    return spent


async def _worker(bot: ExtBot[None], queue: object) -> None:
    for at in queue:  # type: ignore[attr-defined]
        await _press(bot, at)


async def _press(bot: ExtBot[None], at: int) -> None:
    await bot.answer_callback_query(str(at), "Good. Back in 10 minutes.")
    await bot.edit_message_text(TEXT + str(at), 1, 2, parse_mode="HTML", reply_markup=KEYBOARD)


class _Canned(asyncio.Protocol):
    """HTTP just good enough for a client that sends one call at a time per connection."""

    MESSAGE = b'{"ok":true,"result":{"message_id":2,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
    BODIES: ClassVar = {True: b'{"ok":true,"result":true}', False: MESSAGE}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        length = next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b"0")
        if blank and len(body) >= int(length):
            answer = self.BODIES[b"/answerCallbackQuery " in head]
            self.buffer = b""
            headers = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            self.transport.write(headers + answer)  # type: ignore[attr-defined]


def _serve(parent: Connection) -> None:
    asyncio.run(_listen(parent))


async def _listen(parent: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(_Canned, "127.0.0.1", 0)
    parent.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    run()
