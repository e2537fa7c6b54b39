"""A small deck, a tutor on real SQLite, consoles of a given width and a typist, for tests of the terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from io import StringIO
from itertools import count
from pathlib import Path

from rich.console import Console

from bot.core.actions import Action, Begin
from bot.core.tutor import Tutor
from bot.terminal.app import Handle, drill
from bot.terminal.lines import Interrupted
from decks.library import Folder, Library
from storage.open import open_store
from tests.databases import migrated

MONDAY = 1_796_025_600_000  # ms, 2026-11-30 08:00 UTC

DECK = """---
deck: ports
title: Ports and queues
about: What listens where.
level: beginner
---

Q: Which file of a Unix system names the ports of well-known services?
A: `/etc/services`
hint: It stands beside the passwords.
why: Programs look a service up by name there.
id: services

Code: What does this print?
```python
for place, item in enumerate("ab"):
    print(place, item)
```
A: 0 a, then 1 b
id: enumerate

Number: How many bits has a TCP port number?
A: 16 bits
id: bits

Choice: Which keep messages in order within a partition?
+ Kafka
- A bag of unordered messages without any key at all
- A pile
- A heap of things that somebody once dropped here
id: order

Interview: How would you find what listens on a port?
A: Ask the kernel which sockets listen, then which process owns the one on that port.
points:
- list the listening sockets
- filter by the port
- name the process
id: listening
"""


class Clock:
    """A clock that is set by hand; every look moves it by a second."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> int:
        self.now += 1_000
        return self.now


@asynccontextmanager
async def tutor(folder: Path, deck: str = DECK) -> AsyncIterator[Tutor]:
    """A tutor with one deck, whose cards are shuffled alike in every run."""
    decks = folder / "decks"
    decks.mkdir(exist_ok=True)
    (decks / "deck.md").write_text(deck)
    library = Library([Folder(decks, "test")])
    assert library.errors == ()
    clock, numbers = Clock(), count(1)
    store = await open_store(migrated(folder / "progress.db"), clock=clock)
    try:
        yield Tutor(store, lambda: library.current, clock, chance=lambda: f"{next(numbers):032x}")
    finally:
        await store.close()


def console(width: int = 80) -> Console:
    """A pipe of that many columns that remembers what was printed."""
    return Console(file=StringIO(), width=width, highlight=False, _environ={})


def printed(to: Console) -> str:
    """What was printed there, without the empty line it starts with."""
    assert isinstance(to.file, StringIO)
    return to.file.getvalue().removeprefix("\n")


class Typist:
    """Types lines and then ends the input; `leaving` is raised after the last line."""

    def __init__(self, lines: Iterable[str], leaving: type[Exception] = EOFError) -> None:
        self._lines: Iterator[str] = iter(lines)
        self._leaving = leaving

    async def __call__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            raise self._leaving
        return line


async def typed(handle: Handle, *lines: str, width: int = 80, first: Action = Begin(), stays: bool = False) -> str:  # noqa: B008
    """What a terminal shows while those lines are typed and then the input ends, or Ctrl-C is pressed (`stays`)."""
    to = console(width)
    await drill(handle, first=first, read=Typist(lines, Interrupted if stays else EOFError), console=to)
    return printed(to)
