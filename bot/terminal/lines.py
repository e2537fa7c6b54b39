"""Reads lines from a terminal or a pipe without holding the process back when it should leave."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import threading
from types import TracebackType

CHUNK = 4096  # bytes; a terminal gives at most one line at a time
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_NOISE = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1b.|[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # arrow keys and the like


class Interrupted(Exception):
    """Ctrl-C, a closed terminal, or a request to end the process."""


class Lines:
    """Lines of a file descriptor, read when asked for; inside `with`, signals end the wait for the next one.

    A daemon thread waits in `os.read`. `input` in a worker thread would keep the process alive until a last Enter,
    and readline in a thread could leave the terminal without echo.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._typed = b""
        self._ended = False
        self._interrupted = asyncio.Event()

    async def read(self) -> str:
        """The next line without its break, an escape character if nothing but such keys was pressed.

        Raises EOFError after the last line and Interrupted on a signal.
        """
        while b"\n" not in self._typed and not self._ended:
            chunk = await self._unless_interrupted(_chunk(self._descriptor))
            self._typed += chunk
            self._ended = not chunk
        if self._interrupted.is_set():
            raise Interrupted
        if not self._typed:
            raise EOFError
        line, _, self._typed = self._typed.partition(b"\n")
        text = line.decode(errors="replace").removesuffix("\r")
        return _NOISE.sub("", text) or text[:1]

    def __enter__(self) -> Lines:
        loop = asyncio.get_running_loop()
        for name in SIGNALS:
            with contextlib.suppress(NotImplementedError, AttributeError):  # Windows: Ctrl-C raises KeyboardInterrupt
                loop.add_signal_handler(getattr(signal, name), self._interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._forget_signals()

    def _interrupt(self) -> None:
        """The first signal ends the wait; the second ends the process, as it would without us."""
        self._interrupted.set()
        self._forget_signals()

    def _forget_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in SIGNALS:
            with contextlib.suppress(NotImplementedError, AttributeError):
                loop.remove_signal_handler(getattr(signal, name))

    async def _unless_interrupted(self, reading: asyncio.Future[bytes]) -> bytes:
        stop = asyncio.ensure_future(self._interrupted.wait())
        try:
            await asyncio.wait((reading, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
        if not reading.done():
            reading.cancel()
            raise Interrupted
        return reading.result()


def _chunk(descriptor: int) -> asyncio.Future[bytes]:
    """The next bytes, empty at the end; read by a thread that nobody waits for."""
    loop = asyncio.get_running_loop()
    reading: asyncio.Future[bytes] = loop.create_future()

    def deliver(chunk: bytes) -> None:
        if not reading.done():
            reading.set_result(chunk)

    def fetch() -> None:
        try:
            chunk = os.read(descriptor, CHUNK)
        except OSError:  # the terminal is gone
            chunk = b""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
            loop.call_soon_threadsafe(deliver, chunk)

    threading.Thread(target=fetch, name="terminal", daemon=True).start()
    return reading
