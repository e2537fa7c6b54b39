"""Transcripts kept as text: what a story showed is compared with the file that was read and approved.

After a deliberate change of wording run with BACKFILL_REWRITE_KEPT=1, read the difference, and commit it.
"""

from __future__ import annotations

import os
from pathlib import Path


def assert_kept(path: Path, text: str) -> None:
    """The text reads exactly as the kept file; it is printed, so that a failure shows it whole."""
    print(text)
    if os.environ.get("BACKFILL_REWRITE_KEPT"):
        path.write_text(text)
    assert text == path.read_text(), f"{path.name} reads otherwise; see the module docstring of {__name__}"
