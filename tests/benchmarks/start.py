"""How long from the command to the first answered page, at what peak of memory, and what loading the decks takes.

The start is the real one: `backfill run` in a process of its own, on an empty folder (the database is made) and again
on what that left. Ratios are to starting Python itself, measured in the same run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from decks.library import Library, builtin

ROUNDS = 3
PATIENCE = 60  # seconds


def run() -> None:
    python = min(_seconds_of_python() for _ in range(ROUNDS))
    first, again, peak = float("inf"), float("inf"), 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = _start(Path(folder))
            first, peak = min(first, seconds), max(peak, memory)
            seconds, memory = _start(Path(folder))
            again, peak = min(again, seconds), max(peak, memory)
    print(f"Python alone         {python * 1e3:7,.0f} ms")
    print(f"first page, first run{first * 1e3:7,.0f} ms  {first / python:5.1f}")
    print(f"first page, later    {again * 1e3:7,.0f} ms  {again / python:5.1f}")
    print(f"peak memory          {peak / 2**10:7,.0f} MiB")
    loading, cards = min(_load() for _ in range(ROUNDS))
    each = loading / cards * 1e6
    print(f"loading {cards:,} cards    {loading * 1e3:7,.0f} ms  {loading / python:5.1f}  ({each:,.0f} us a card)")


def _seconds_of_python() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began


def _start(folder: Path) -> tuple[float, int]:
    """Seconds to the first answered page, and the peak of resident memory in KiB."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILL_")}
    settings = kept | {"BACKFILL_DATA": str(folder), "BACKFILL_PORT": "0"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = _address(process)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(address, timeout=PATIENCE) as answer:
            page = answer.read()
        seconds = time.perf_counter() - began
        assert b"<html" in page, page[:200]
        return seconds, _peak(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise RuntimeError(f"the process ended with {process.wait()} before it printed an address")


def _peak(pid: int) -> int:
    """Linux tells the high-water mark of resident memory; elsewhere it is not measured."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) if found else 0


def _load() -> tuple[float, int]:
    began = time.perf_counter()
    library = Library([builtin()])
    return time.perf_counter() - began, len(library.current.cards)


if __name__ == "__main__":
    run()
