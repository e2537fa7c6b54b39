"""Commands without the second that an interpreter takes to start: in this process, or in one that is forked off.

Those on decks only read and print, and can run here. Those with an event loop, signals and logs are forked from a
process that has read the modules. tests/operation/test_command_line.py also starts some cold, as a shell does.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import Any, NoReturn

import pytest

from bot import deck_commands
from bot.__main__ import main

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0  # seconds a command may take on a busy machine

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.commands_read"])


def decks(words: Sequence[str], settings: Mapping[str, str], folder: Path) -> CompletedProcess[str]:
    """`backfill decks ...` in this process: what it printed, and its exit code. Raises what __main__ tells.

    As everywhere here, these settings of ours hold and no others, and the command is given in that folder.
    """
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as around, redirect_stdout(out), redirect_stderr(err):
        around.chdir(folder)
        for name in [name for name in os.environ if name.startswith("BACKFILL_")]:
            around.delenv(name)
        for name, value in settings.items():
            around.setenv(name, value)
        code = deck_commands.main(words)
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())


def forked(words: Sequence[str], settings: Mapping[str, str], folder: Path, stdin: str = "") -> CompletedProcess[str]:
    """`backfill ...` in a process of its own: what it printed, and its exit code."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        given, typed = os.pipe()
        os.write(typed, stdin.encode())
        os.close(typed)
        process = start(main, words, settings, folder, (given, out.fileno(), err.fileno()))
        os.close(given)
        process.join(PATIENCE)
        process.kill()  # which does nothing to one that has ended
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        out.seek(0)
        err.seek(0)
        return CompletedProcess(words, code, out.read(), err.read())


def start(
    run: Callable[[Sequence[str]], int],
    words: Sequence[str],
    settings: Mapping[str, str],
    folder: Path,
    streams: tuple[int, int, int],
) -> BaseProcess:
    """A process that runs this on these words; its input, output and errors are the file descriptors."""
    with chdir(ROOT):  # what is read before is found from there
        forkserver.ensure_running()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILL_")}
    sent = [_Stream(number) for number in streams]
    process = _FORKING.Process(target=_run, args=(run, words, {**kept, **settings}, folder, sent))
    process.start()
    return process


class _Stream:
    """A file descriptor that goes along to the new process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getstate__(self) -> object:
        return DupFd(self.number)

    def __setstate__(self, sent: Any) -> None:
        self.number = sent.detach()


def _run(
    run: Callable[[Sequence[str]], int],
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    streams: Sequence[_Stream],
) -> NoReturn:
    for number, stream in enumerate(streams):
        os.dup2(stream.number, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115 - to the end
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.exit(run(words))
