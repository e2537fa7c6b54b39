"""What a story showed, compared with the transcript that was read and approved.

After a deliberate change of wording run with BACKFILL_REWRITE_KEPT=1, read the difference, and commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

KEPT = Path(__file__).parent / "kept"


def assert_kept(name: str, story: Iterable[str]) -> None:
    """The story reads exactly as `kept/<name>.txt`."""
    path = KEPT / f"{name}.txt"
    text = "\n\n".join(story) + "\n"
    print(text)
    if os.environ.get("BACKFILL_REWRITE_KEPT"):
        path.write_text(text)
    assert text == path.read_text(), f"{path.name} reads otherwise; see the module docstring of {__name__}"
