"""The transcripts of the stories, kept."""

from __future__ import annotations

from pathlib import Path

from tests import kept

KEPT = Path(__file__).parent / "kept"


def assert_kept(name: str, transcript: list[str]) -> None:
    """The transcript reads exactly as the kept file `name`.txt."""
    kept.assert_kept(KEPT / f"{name}.txt", "\n".join(transcript).rstrip() + "\n")
