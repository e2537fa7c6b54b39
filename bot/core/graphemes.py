"""Measures text as the messengers do and cuts it where a reader sees a boundary. Pure.

Lengths are UTF-16 code units. What belongs together on the screen (a letter and its accents, a flag, a family) is
kept together by the rules of https://unicode.org/reports/tr29/ that matter for running text.
"""

from __future__ import annotations

import unicodedata

JOINER = "\u200d"
LONGEST = 64  # code points looked back over for a boundary; more marks on one letter than that are cut anyway


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> tuple[str, str]:
    """(as much as fits `most` units, the rest): cut after a line or a word if one ends in the last fifth."""
    if units(text) <= most:
        return text, ""
    at = _within(text, most)
    for mark in ("\n", " "):
        found = text.rfind(mark, at - at // 5, at) + 1
        if found:
            return text[:found], text[found:]
    at = _boundary(text, at)
    return text[:at], text[at:]


def _within(text: str, most: int) -> int:
    """How many code points fit."""
    if text.isascii():
        return most
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > most:
            return place
    return len(text)


def _boundary(text: str, at: int) -> int:
    """The last boundary between characters at or before `at`; `at` itself if there is none near."""
    for place in range(at, max(0, at - LONGEST), -1):
        if not _joined(text, place):
            return place
    return at


def _joined(text: str, at: int) -> bool:
    """Whether the code points on both sides of `at` are one character on the screen."""
    before, after = text[at - 1], text[at]
    if (before, after) == ("\r", "\n") or JOINER in (before, after):
        return True
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    return _is_flag(after) and _flags_before(text, at) % 2 == 1


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag(text[at - 1 - count]):
        count += 1
    return count
