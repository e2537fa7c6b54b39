"""How long drafting decks takes and what memory it needs: the five curricula if BACKFILL_CURRICULA names them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.derive.test_extract import PARALLEL, VALUES
from tests.derive.texts import ARTICLE, MARKDOWN, feed

ARTICLES, COPIES = 12, 40  # a feed about as large as the real one: 12 articles, 2 MB


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources = _sources(Path(folder))
        size = sum(path.stat().st_size for path in sources)
        print(f"{len(sources)} files, {size / 2**20:.1f} MB, a process of its own (aim: under 5 s, under 300 MB)")
        for name, more in (("first", ()), ("again", ("--update",))):
            took, worked, megabytes = _derive(Path(folder) / "drafts", sources, *more)
            print(f"  {name}: {took:.1f} s ({worked:.1f} s of them at work), at most {megabytes:.0f} MB in memory")


def _sources(folder: Path) -> list[Path]:
    named = os.environ.get("BACKFILL_CURRICULA")
    if named:
        return sorted(Path(named).glob("00*.txt"))
    articles = [(f"Knots {number}", str(number), ARTICLE * COPIES) for number in range(ARTICLES)]
    texts = {"feed": feed(*articles), "bread": MARKDOWN * COPIES, "shelves": VALUES, "faults": PARALLEL}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [folder / name for name in texts]


def _derive(into: Path, sources: list[Path], *more: str) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of processor time and peak resident megabytes of one run of the command."""
    program = "import sys; from bot.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "decks", "derive", *map(str, sources), "--into", str(into), *more]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, worked, after.ru_maxrss / 1024
