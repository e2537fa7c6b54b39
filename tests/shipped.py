"""The decks that come with the package, read once in a process: no test edits them."""

from __future__ import annotations

from functools import cache

from decks.library import Library, builtin


@cache
def shipped() -> Library:
    """The library of the built-in decks alone."""
    return Library([builtin()])
