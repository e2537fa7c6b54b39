"""Reads Discord Markdown strictly, as its clients do, into what a person sees; refuses what nobody meant.

Rules: https://support.discord.com/hc/en-us/articles/210298617. A character that could be markup must be escaped, stand
in code, or be one of ours: bold, a quiet line, a fence.
"""

from __future__ import annotations

import re
from typing import NamedTuple

STARTS = re.compile(r"#|>|[-+*] |\d+\. ")
FENCE = re.compile(r"```([\w+#.-]*)\n(.*?)\n```", re.DOTALL)
CODE = re.compile(r"`` (.+?) ``(?!`)|`([^`]+)`(?!`)", re.DOTALL)


class Seen(NamedTuple):
    """What a message shows: its words without markup, and which of them are bold or code."""

    text: str
    bold: tuple[str, ...]
    code: tuple[tuple[str, str], ...]  # (language, code) of the blocks


class Refused(AssertionError):
    """Markup that nobody meant."""


def read(markdown: str) -> Seen:
    words: list[str] = []
    bold: list[str] = []
    code: list[tuple[str, str]] = []
    end = 0
    for fence in FENCE.finditer(markdown):
        words.append(_inline(markdown[end : fence.start()], bold))
        code.append((fence[1], fence[2]))
        words.append(fence[2])
        end = fence.end()
    words.append(_inline(markdown[end:], bold))
    return Seen("".join(words), tuple(bold), tuple(code))


def _inline(text: str, bold: list[str]) -> str:
    return "\n".join(_line(line, bold) for line in text.split("\n"))


def _line(line: str, bold: list[str]) -> str:
    line = line.removeprefix("-# ")
    if STARTS.match(line.lstrip()) and not line.lstrip().startswith("**"):
        raise Refused(f"the line would start a heading, list or quote: {line!r}")
    shown: list[str] = []
    opened: int | None = None
    at = 0
    while at < len(line):
        if line.startswith("**", at):
            if opened is None:
                opened = len(shown)
            else:
                bold.append("".join(shown[opened:]))
                opened = None
            at += 2
        elif line[at] == "\\" and at + 1 < len(line) and not (line[at + 1].isalnum() or line[at + 1].isspace()):
            shown.append(line[at + 1])
            at += 2
        elif code := CODE.match(line, at):
            shown.append(code[1] or code[2])
            at = code.end()
        elif line[at] in "*_~|`<[@\\":
            raise Refused(f"an open {line[at]!r} in {line!r}")
        else:
            shown.append(line[at])
            at += 1
    if opened is not None:
        raise Refused(f"bold without an end in {line!r}")
    return "".join(shown)
