"""Lines from a pipe, a pseudo-terminal's noise, and leaving without a last Enter."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import termios
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.terminal.app import run
from bot.terminal.lines import Interrupted, Lines
from tests.commands import start
from tests.terminal.made import tutor


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Descriptors to read and to write; a test that closes the writing end puts another in its place."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)
    for thread in threading.enumerate():
        if thread.name == "terminal":  # still reading, or about to: from the next test's pipe, were this one closed
            thread.join(timeout=60)
    os.close(reading)


def end(writing: int) -> None:
    """End what is written to a descriptor, which stays open for the fixture to close."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, writing)
    os.close(null)


async def test_lines_come_one_by_one_and_the_last_needs_no_break(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.write(writing, "one\r\n\n grüß\ntw".encode())
    os.write(writing, b"o")
    end(writing)
    with Lines(reading) as lines:
        assert [await lines.read() for _ in range(4)] == ["one", "", " grüß", "two"]
        for _ in range(2):
            with pytest.raises(EOFError):
                await lines.read()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (b"arr\x1b[Dow", "arrow"),
        (b"\x1b", "\x1b"),  # Escape alone is not an empty line, which would accept a rating
        (b"\x1b[A", "\x1b"),
        (b"caf\xe9", "caf\ufffd"),
        (b"be\x07ll", "bell"),
    ],
)
async def test_keys_without_a_letter_are_no_text(pipe: tuple[int, int], typed: bytes, read: str) -> None:
    reading, writing = pipe
    os.write(writing, typed + b"\n")
    with Lines(reading) as lines:
        assert await lines.read() == read


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_wait_for_a_line(pipe: tuple[int, int], signum: signal.Signals) -> None:
    with Lines(pipe[0]) as lines:
        waiting = asyncio.ensure_future(lines.read())
        await asyncio.sleep(0)
        os.kill(os.getpid(), signum)
        with pytest.raises(Interrupted):
            await waiting


async def test_a_signal_while_the_tutor_works_counts_before_the_next_line(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"one\ntwo\n")
    with Lines(pipe[0]) as lines:
        assert await lines.read() == "one"
        os.kill(os.getpid(), signal.SIGTERM)
        while signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:  # noqa: ASYNC110 - until the loop has it
            await asyncio.sleep(0)
        with pytest.raises(Interrupted):
            await lines.read()


async def test_signals_are_as_before_afterwards(pipe: tuple[int, int]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Lines(pipe[0]):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def drill(words: Sequence[str]) -> int:
    """A drill in a process of its own, at a terminal whose Ctrl-C is a signal because it is the controlling one."""

    async def begin() -> None:
        async with tutor(Path(words[0])) as door:
            await run(door.handle)

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    asyncio.run(begin())
    return 0


class Shown:
    """What a terminal shows, read mark by mark."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.unread = ""

    def until(self, mark: str) -> str:
        """What comes up to and with this mark; fails when nothing more comes."""
        while mark not in self.unread:
            assert select.select([self.descriptor], [], [], 60)[0], self.unread
            self.unread += os.read(self.descriptor, 4096).decode()
        end = self.unread.index(mark) + len(mark)
        seen, self.unread = self.unread[:end], self.unread[end:]
        return seen


@pytest.mark.parametrize("leave", [b"\x03", b"\x04", b"q\n", signal.SIGTERM])
def test_a_terminal_is_left_at_once_and_with_its_echo(tmp_path: Path, leave: bytes | signal.Signals) -> None:
    """Without a last Enter: the wait for the next line must not outlive the drill."""
    ours, theirs = pty.openpty()
    program = start(drill, [str(tmp_path)], {"TERM": "xterm", "COLUMNS": "80"}, tmp_path, (theirs, theirs, theirs))
    shown = Shown(ours)
    try:
        shown.until("> ")
        os.write(ours, b"1\n")
        shown.until("5 min")
        shown.until("> ")
        if isinstance(leave, bytes):
            os.write(ours, leave)
        else:
            assert program.pid is not None
            os.kill(program.pid, leave)
        seen = shown.until("." if leave in (b"\x04", b"q\n") else "for you.")
        program.join(60)
        assert program.exitcode == 0
        assert "Traceback" not in seen
        assert termios.tcgetattr(theirs)[3] & termios.ECHO
    finally:
        program.kill()
        program.join()
        os.close(ours)
        os.close(theirs)
