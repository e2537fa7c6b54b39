"""Power cuts, replayed: what a disk could hold after the power went at any moment of a recorded run."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.preload import library

SECTOR = 512  # bytes a disk writes whole
KEPT = 0.5  # chance that a write nobody synced reached the disk
TORN = 0.3  # chance that such a write reached it in part


class Event(NamedTuple):
    """`op`: "w" write at an offset, "a" append, "t" truncate to an offset, "s" sync."""

    op: str
    path: str
    offset: int
    data: bytes


def record(database: Path, way: str, seed: int, ratings: int) -> list[Event]:
    """Run a victim over a migrated database and return everything it wrote, in order. Raises NoCompiler."""
    recorder, log = library(Path(__file__).with_name("recorder.c"), database.parent), database.with_name("events")
    watched = {"LD_PRELOAD": str(recorder), "RECORD_UNDER": str(database), "RECORD_TO": str(log)}
    command = [sys.executable, "-m", "tests.storage.victim", str(database), way, str(seed), str(ratings)]
    subprocess.run(command, check=True, env=os.environ | watched, timeout=120)
    return list(_events(log.read_bytes()))


def _events(raw: bytes) -> Iterator[Event]:
    head = struct.Struct("=4Q")
    at = 0
    while at < len(raw):
        op, named, offset, length = head.unpack_from(raw, at)
        at += head.size
        path = raw[at : at + named].decode()
        at += named
        size = length if chr(op) in "wa" else 0
        yield Event(chr(op), path, offset, raw[at : at + size])
        at += size


class Disk:
    """Files as the disk has them for certain, and the writes that are still on their way."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._certain = {path: bytearray(content) for path, content in files.items()}
        self._pending: dict[str, list[Event]] = {}

    def take(self, event: Event) -> None:
        pending = self._pending.setdefault(event.path, [])
        if event.op == "s":
            content = self._certain.setdefault(event.path, bytearray())
            for write in pending:
                _apply(content, write, len(write.data))
            pending.clear()
        else:
            pending.append(event)

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """What may be found when the power comes back."""
        found = {path: bytearray(content) for path, content in self._certain.items()}
        for path, writes in self._pending.items():
            content = found.setdefault(path, bytearray())
            for write in writes:
                if chance.random() < KEPT:
                    sectors = len(write.data) // SECTOR
                    torn = chance.random() < TORN and sectors
                    _apply(content, write, chance.randrange(sectors) * SECTOR if torn else len(write.data))
        return {path: bytes(content) for path, content in found.items()}


def _apply(content: bytearray, write: Event, length: int) -> None:
    if write.op == "t":
        del content[write.offset :]
        content.extend(bytes(write.offset - len(content)))
    else:
        content.extend(bytes(max(0, write.offset - len(content))))
        content[write.offset : write.offset + length] = write.data[:length]
