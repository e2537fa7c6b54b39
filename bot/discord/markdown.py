"""Writes texts of the dialect as Discord Markdown. The only place where Discord's markup is made. Pure.

Content never becomes markup: whatever Discord could read as a style, link, mention, heading, list or quote is
escaped with a backslash, which Discord's clients take off before anything that is neither a letter nor a digit
(https://support.discord.com/hc/en-us/articles/210298617). Inside code nothing is escaped, so a run of backticks that
would end the code is parted by characters of no width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from decks.text import Span, Style

ZERO_WIDTH = "\u200b"
QUIET = "-# "  # begins a line of small, grey text

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # refused, or turned into blanks
_ANYWHERE = re.compile(r"([\\*_~|`<\[@])")
_AT_START = re.compile(r"^(\s*)([#>+-]|\d+(?=\.))")
_ADJACENT = re.compile(r"`(?=`)")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


class Piece(NamedTuple):
    """A stretch of text in one style."""

    text: str
    style: Style = Style.PLAIN


def pieces(spans: Iterable[Span]) -> list[Piece]:
    """Spans as stretches: neighbours of one style are joined, for `**a****b**` would not read as bold."""
    parts = ((printable(span.text), span.style) for span in spans)
    grouped = groupby((part for part in parts if part[0]), key=lambda part: part[1])
    return [Piece("".join(text for text, _ in group), style) for style, group in grouped]


def written(parts: Sequence[Piece]) -> str:
    """Stretches as Markdown that may begin a line."""
    return "".join(_stretch(part, first=place == 0) for place, part in enumerate(parts))


def fenced(code: str, language: str = "") -> str:
    """Code as a block; a language Discord cannot read is left out."""
    name = language if _LANGUAGE.fullmatch(language) else ""
    return f"```{name}\n{_unfenced(printable(code))}\n```"


def quiet(text: str) -> str:
    """A line of small, grey text."""
    return f"{QUIET}{text}"


def printable(text: str) -> str:
    """The text without the characters that Discord refuses."""
    return _UNPRINTABLE.sub("", text)


def escaped(text: str, *, first: bool = True) -> str:
    """Text that reads as it is; `first` where it begins a line."""
    safe = _ANYWHERE.sub(r"\\\1", text)
    return _AT_START.sub(_literal_start, safe) if first else safe


def _stretch(part: Piece, *, first: bool) -> str:
    match part.style:
        case Style.CODE:
            return _code(part.text)
        case Style.BOLD:
            return f"**{escaped(part.text, first=False)}**"
        case Style.PLAIN:
            return escaped(part.text, first=first)


def _code(text: str) -> str:
    if "`" not in text:
        return f"`{text}`"
    return f"`` {_ADJACENT.sub(f'`{ZERO_WIDTH}', text)} ``"


def _unfenced(code: str) -> str:
    return code.replace("```", f"`{ZERO_WIDTH}`{ZERO_WIDTH}`")


def _literal_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"
