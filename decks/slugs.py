"""Slugs: the lower-case, hyphened words that ids are made of. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

READ = 8192  # texts kept as slugs: labels of rows and columns are asked for again and again

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=READ)
def slug(text: str, longest: int = 60) -> str:
    """The words of a text joined by hyphens, cut at a word before `longest` characters; "" where it has none."""
    bare = text.replace("'", "").replace("’", "")
    if not bare.isascii():
        marked = unicodedata.normalize("NFKD", bare)
        bare = "".join(char for char in marked.casefold() if not unicodedata.combining(char))
    joined = "-".join(_WORD.findall(bare.casefold()))
    if len(joined) <= longest:
        return joined
    return joined[: longest + 1].rpartition("-")[0] or joined[:longest]


def id_slug(text: str, longest: int = 60) -> str:
    """A slug of what an id may hold, ASCII letters and digits; "" where a text has none."""
    return "-".join(re.findall(r"[a-z0-9]+", slug(text, longest)))
