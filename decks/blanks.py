"""The [blanks] of a cloze sentence. Pure. `\\[` is a literal bracket; brackets inside `code` stay."""

from __future__ import annotations

import re

from msgspec import Struct

_PIECE = re.compile(
    r"^```.*?^```[ \t]*$|\\.|`[^`\n]+`|\[(?P<blank>(?:\\.|`[^`\n]+`|[^\[\]\\`])+)\]|(?P<open>\[)",
    re.DOTALL | re.MULTILINE,
)
GAP = "[…]"


class Blank(Struct, frozen=True):
    """What one blank hides, and where its brackets stand in the sentence (start of "[", end after "]")."""

    text: str
    start: int
    end: int


def find(sentence: str) -> tuple[Blank, ...] | None:
    """The blanks in order, or None when a bracket opens that nothing closes."""
    pieces = list(_PIECE.finditer(sentence))
    if any(piece["open"] for piece in pieces):
        return None
    return tuple(Blank(p["blank"].strip(), *p.span()) for p in pieces if p["blank"] and p["blank"].strip())


def show(sentence: str, blanks: tuple[Blank, ...], hidden: int) -> str:
    """The sentence with blank number `hidden` as a gap and the others filled in; -1 fills all."""
    shown, end = "", 0
    for place, blank in enumerate(blanks):
        shown += sentence[end : blank.start] + (GAP if place == hidden else blank.text)
        end = blank.end
    return shown + sentence[end:]
