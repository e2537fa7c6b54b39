"""What a story showed, compared with the transcript that was read and approved.

After a deliberate change of wording run with BACKFILL_REWRITE_KEPT=1, read the difference, and commit it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

KEPT = Path(__file__).parent / "kept"
NUMBERS = re.compile(r"(…|<#|<@&)(\d+)(\)|>)")  # of people, channels and roles: they follow from how many there are


def assert_kept(name: str, story: Iterable[str]) -> None:
    """The story reads exactly as `kept/<name>.txt`."""
    path = KEPT / f"{name}.txt"
    text = NUMBERS.sub(lambda found: found[1] + "0" * 4 + found[3], "\n\n".join(story)) + "\n"
    print(text)
    if os.environ.get("BACKFILL_REWRITE_KEPT"):
        path.write_text(text)
    assert text == path.read_text(), f"{path.name} reads otherwise; see the module docstring of {__name__}"
