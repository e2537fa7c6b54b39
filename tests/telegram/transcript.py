"""What a story in Telegram showed, compared with the transcript that was read and approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests import kept

KEPT = Path(__file__).parent / "kept"


def assert_kept(name: str, story: Iterable[str]) -> None:
    """The story reads exactly as `kept/<name>.txt`."""
    kept.assert_kept(KEPT / f"{name}.txt", "\n\n".join(in_order(story)) + "\n")


def in_order(story: Iterable[str]) -> Iterator[str]:
    """Toasts before redraws: the two leave side by side and may arrive either way round."""
    waiting: list[str] = []
    for entry in story:
        if entry.startswith(("(toast)", "(alert)")):
            yield entry
        elif entry.startswith("(message"):
            waiting.append(entry)
        else:
            yield from waiting
            waiting = []
            yield entry
    yield from waiting
