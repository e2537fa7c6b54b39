"""Libraries in C that are preloaded into a process of a test or a benchmark, to watch or to hinder it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


class NoCompiler(Exception):
    """There is nothing to compile a library with."""


def library(source: Path, folder: Path) -> Path:
    """The library compiled from a C file, for LD_PRELOAD. Raises NoCompiler where that cannot be done."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        raise NoCompiler(f"no C compiler for {source.name}, or not Linux")
    compiled = folder / source.with_suffix(".so").name
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", compiled, source, "-ldl", "-lpthread"], check=True)
    return compiled
