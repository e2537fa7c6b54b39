"""Entries of the form "**term** - gloss", taken apart. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from decks.derive.extract.spots import styled
from decks.text import Style

_DASH = re.compile(r"^\s*(?:[:\u2014\u2013=]|-(?=\s)|->|\u2192)\s*")
_INSIDE = re.compile(
    r"^\*\*(?P<term>[^*\u2014\u2013]{2,60}?)\s+[\u2014\u2013]\s+(?P<head>[^*]+?)\*\*(?P<rest>.*)$", re.DOTALL
)
_NEXT = re.compile(r"\s+\*\*[^*]{2,60}:\*\*.*$|\n.*$", re.DOTALL)
_ENUMERATED = re.compile(
    r"^(?:layer|level|step|pattern|strategy|stage|phase|part|type|tier|option|rule|section|pillar|principle|point|"
    r"mistake|tip)\s+"
    r"(?:\d+|[A-Z])\b\s*[:.\u2014\u2013-]\s+",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def glossed(text: str) -> tuple[str, str] | None:
    """Term and gloss of "**term** - gloss", None for other texts. The dash must follow the bold words at once."""
    inside = _INSIDE.match(text)
    if inside and not _ENUMERATED.match(f"{inside['term']} \u2014 x"):
        return named(inside["term"]), _NEXT.sub("", f"{inside['head'].rstrip('.')}. {inside['rest'].strip()}".strip())
    runs = styled(text)
    if not runs or not text.startswith(("**", "`")):
        return None
    term = ""
    for place, run in enumerate(runs):
        if run.style is Style.BOLD or (run.style is Style.CODE and (place == 0 or term)):
            term += run.text
            continue
        rest = _after(text, runs[:place])
        bold_colon = term.rstrip().endswith(":")
        dash = _DASH.match(rest)
        if (dash or bold_colon) and term.strip(" :"):
            return named(term), _NEXT.sub("", rest[dash.end() if dash else 0 :].strip())
        return None
    return None


def named(term: str) -> str:
    """A term without its number, article and end marks."""
    bare = _ENUMERATED.sub("", " ".join(term.split()).strip(" :."))
    return re.sub(r"^(?:The|A|An) (?=\S)", "", bare)


def _after(text: str, runs: tuple[object, ...]) -> str:
    """What follows the first styled runs, markup kept."""
    at = 0
    for _ in runs:
        mark = "**" if text.startswith("**", at) else "`"
        end = text.find(mark, at + len(mark))
        while mark == "**" and end != -1 and text.count("`", at, end) % 2:
            end = text.find(mark, end + 2)
        if end == -1:
            return ""
        at = end + len(mark)
        if mark == "**":
            break
    return text[at:]
