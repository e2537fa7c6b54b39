"""Real processes of Backfill against the local Bot API server, each ended whatever happens to the test."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from .server import BotApiServer

PATIENCE = 30.0  # seconds a start or an end may take on a busy machine


def environment(server: BotApiServer, folder: Path, **more: str) -> dict[str, str]:
    """This process's, with our settings instead of whatever is set here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILL_")}
    return kept | settings_of(server, folder, **more)


def settings_of(server: BotApiServer, folder: Path, **more: str) -> dict[str, str]:
    """Settings of a process that serves this Telegram; `more` without the prefix BACKFILL_."""
    ours = {"DATA": str(folder / "data"), "PORT": "0", "ZONE": "UTC", "LOG_LEVEL": "INFO"}
    ours |= {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API": server.address} | more
    return {f"BACKFILL_{name}": value for name, value in ours.items()}


def database(folder: Path) -> str:
    return str(folder / "data" / "backfill.db")


@asynccontextmanager
async def process(server: BotApiServer, folder: Path, words: Sequence[str], **more: str) -> AsyncIterator[Process]:
    """A process with these words on its command line; killed at the end if it still runs."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=environment(server, folder, **more), stdout=PIPE, stderr=PIPE
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        _, err = await started.communicate()
        print(err.decode())  # shown when the test fails


async def ended(started: Process) -> tuple[int, str, str]:
    """Wait for the end; the exit code and what was written. Raises TimeoutError when it does not come."""
    async with asyncio.timeout(PATIENCE):
        out, err = await started.communicate()
    assert started.returncode is not None
    return started.returncode, out.decode(), err.decode()
