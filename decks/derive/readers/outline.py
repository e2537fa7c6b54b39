"""A plain-text outline or plain prose -> Document. Pure.

Indentation decides nothing: outlines that were pasted together indent headings like their entries. What decides is
numbering (2.1), shouting, a colon at the end, and Title Case among entries that are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from decks.derive.model import Builder, Item, Listing, Paragraph, Section, Span
from decks.text import escape

_NUMBERED = re.compile(r"^(\d+(?:\.\d+)+)[.)]?\s+(\S.*)$")
_BANNER = re.compile(r"\b(?:level|part|module|unit|chapter|phase|stage|week|section)\s+\d+\b[^.?]*$", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*\u2022\u25aa\u25cf\u2013]|\d{1,2}[.)])\s+")
_SMALL = frozenset(re.findall(r"\S+", "a an and as at by for from in of on or the to vs with &"))
_PROSE = 90  # characters above which lines are sentences, not entries
_TOP, _NUMBER, _COLON, _MINOR = 1, 2, 5, 6  # levels; numbering takes one more for each dot


class _Line(Struct, frozen=True):
    number: int
    text: str
    level: int = 0  # 0: an entry
    after_blank: bool = False


def read(text: str) -> Section:
    """The tree of a text without markup."""
    lines = list(_lines(text))
    entries = [line for line in lines if not line.level]
    prose = bool(entries) and sum(len(line.text) for line in entries) / len(entries) > _PROSE
    builder = Builder()
    pending: list[_Line] = []
    minor = False

    def flush() -> None:
        if pending:
            span = Span(pending[0].number, pending[-1].number)
            items = tuple(Item(escape(line.text)) for line in pending)
            builder.add(Listing(items, False, span))
            pending.clear()

    for line in lines:
        if line.level:
            flush()
            builder.open(line.level, escape(line.text), line.number)
            minor = line.level == _MINOR
        elif prose:
            builder.add(Paragraph(escape(line.text), Span(line.number, line.number)))
        else:
            if minor and pending and _is_glossed(line.text) and not _is_glossed(pending[-1].text):
                flush()  # glossed topics after plain ones: the minor heading does not reach so far
                builder.open(_MINOR, "More topics", line.number)
                minor = False
            pending.append(line)
    flush()
    return builder.build()


def _lines(text: str) -> Iterator[_Line]:
    raw = [line.strip() for line in text.split("\n")]
    title_cased = _uses_title_case(raw)
    blank = True
    for number, line in enumerate(raw, start=1):
        if not re.search(r"\w", line):
            blank = True
            continue
        level = _level(line, title_cased)
        shown = line if level else _BULLET.sub("", line)
        yield _Line(number, shown.rstrip(":") if level else shown, level, blank)
        blank = False


def _level(line: str, title_cased: bool) -> int:
    """The level of a heading, 0 for an entry."""
    if len(line) > 120:
        return 0
    if numbered := _NUMBERED.match(line):
        return min(_COLON - 1, _NUMBER + numbered[1].count(".") - 1)
    if _is_shouted(line) or (_BANNER.search(line) and len(line.split()) <= 10 and not line.endswith((".", "?"))):
        return _TOP
    if line.endswith(":") and not _BULLET.match(line) and len(line.split()) <= 12:
        return _COLON
    return _MINOR if not title_cased and _is_title(line) else 0


def _is_shouted(line: str) -> bool:
    letters = re.sub(r"[^A-Za-z]", "", re.split(r"[(:]", line)[0])
    return len(letters) >= 8 and letters.isupper() and len(line.split()) >= 2


def _is_title(line: str) -> bool:
    """Two to five words, each with a capital, nothing that glosses."""
    words = line.split()
    if not 2 <= len(words) <= 5 or re.search(r"[,;:()?./]| - ", line):
        return False
    telling = [word for word in words if word.casefold() not in _SMALL]
    return len(telling) > 1 and all(word[0].isupper() for word in telling)


def _uses_title_case(lines: list[str]) -> bool:
    """Whether Title Case is common here, so that it marks nothing."""
    telling = [line for line in lines if len(line.split()) >= 2]
    return sum(_is_title(line) for line in telling) > len(telling) * 0.15


def _is_glossed(line: str) -> bool:
    return bool(re.match(r"^.{2,60}? [-\u2013\u2014] \S", line))
