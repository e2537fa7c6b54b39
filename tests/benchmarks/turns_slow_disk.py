"""The same durable turns where a sync takes two milliseconds longer, as on many a laptop's or rented disk.

What is compared beside Anki by `turns` depends on the disk: Anki syncs each answer, Backfill each group of turns that
wait together. A library preloaded into the whole measurement slows both down alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.preload import NoCompiler, library

SLOWER = 2_000  # us


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            slow = library(Path(__file__).with_name("slow_disk.c"), Path(folder))
        except NoCompiler as missing:
            print(f"skipped: {missing}")
            return
        slowed = os.environ | {"LD_PRELOAD": str(slow), "SLOWER": str(SLOWER)}
        subprocess.run([sys.executable, "-m", "tests.benchmarks.turns"], check=True, env=slowed)


if __name__ == "__main__":
    run()
