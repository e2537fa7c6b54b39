"""Slugs: the lower-case, hyphened words that ids are made of. Pure."""

from __future__ import annotations

import re
import unicodedata

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str, longest: int = 60) -> str:
    """The words of a text joined by hyphens, cut at a word before `longest` characters; "" where it has none."""
    bare = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).casefold()
    words = re.findall(r"[^\W_]+", "".join(char for char in bare if not unicodedata.combining(char)))
    joined = "-".join(words)
    if len(joined) <= longest:
        return joined
    return joined[: longest + 1].rpartition("-")[0] or joined[:longest]


def id_slug(text: str, longest: int = 60) -> str:
    """A slug of what an id may hold, ASCII letters and digits; "" where a text has none."""
    return "-".join(re.findall(r"[a-z0-9]+", slug(text, longest)))
