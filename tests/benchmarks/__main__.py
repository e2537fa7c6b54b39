"""Print every benchmark's ratios, all measured in this run on this machine: `python -m tests.benchmarks [NAME...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.benchmarks

NAMES = sorted(module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__) if module.name != "__main__")


def main(wanted: list[str]) -> None:
    for name in wanted or NAMES:
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.{name}").run()


if __name__ == "__main__":
    main(sys.argv[1:])
