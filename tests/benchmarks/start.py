"""How long from the command to the first answered page, at what peak of memory, and what loading the decks takes.

The start is the real one: `backfill run` in a process of its own, on an empty folder (the database is made) and again
on what that left. Ratios are to starting Python itself, and of the whole catalogue to two decks of it, measured in the
same run: starts of both kinds take turns, and the quickest of each counts.
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

from decks.library import BUILTIN, Library, builtin
from decks.published import FOLDER, Publication, publish, stage
from decks.sources import FILE as SOURCES

ROUNDS = 5
PATIENCE = 60  # seconds
TWO = ("scd-types.md", "kimball-vocabulary.md", SOURCES)


class _Best:
    """The quickest of several starts: seconds to the first page on an empty folder and on what that left, seconds of
    processor time of a whole later run, which other work on the machine does not change, and the peak in KiB."""

    def __init__(self) -> None:
        self.first = self.again = self.busy = float("inf")
        self.peak = 0

    def start(self, *, two: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            if two:
                _publish_two(Path(folder) / FOLDER)
            seconds, memory = _start(Path(folder))
            self.first, self.peak = min(self.first, seconds), max(self.peak, memory)
            before = _busy()
            seconds, memory = _start(Path(folder))
            self.again, self.peak = min(self.again, seconds), max(self.peak, memory)
            self.busy = min(self.busy, _busy() - before)


def _busy() -> float:
    """Seconds of processor time of all processes that have ended."""
    ended = os.times()
    return ended.children_user + ended.children_system


def run() -> None:
    python = min(_seconds_of_python() for _ in range(ROUNDS))
    whole, two = _Best(), _Best()
    for _ in range(ROUNDS):
        whole.start(two=False)
        two.start(two=True)
    print(f"Python alone         {python * 1e3:7,.0f} ms")
    for name, took, of_two in (
        ("first page, first run", whole.first, two.first),
        ("first page, later", whole.again, two.again),
        ("processor, later run", whole.busy, two.busy),
    ):
        print(f"{name:<21}{took * 1e3:7,.0f} ms  {took / python:5.1f}  ({took / of_two:.2f} times two decks)")
    print(f"peak memory          {whole.peak / 2**10:7,.0f} MiB         ({whole.peak / two.peak:.2f} times two decks)")
    loading, cards = min(_load() for _ in range(ROUNDS))
    each = loading / cards * 1e6
    print(f"loading {cards:,} cards  {loading * 1e3:7,.0f} ms  {loading / python:5.1f}  ({each:,.0f} us a card)")


def _publish_two(root: Path) -> None:
    """Two decks of the catalogue, published: what learners of that folder get instead of the whole."""
    files = {name: (builtin().path / name).read_bytes() for name in TWO}
    publish(root, BUILTIN, stage(root, BUILTIN, files), Publication(at=0, run="two"))


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
