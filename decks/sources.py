"""sources.toml -> what learners read about where a fact comes from, and the citation of one card."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from decks.errors import DeckError
from decks.model import Citation, Source
from decks.slugs import SLUG

Sources = Mapping[str, Source]
GENERAL = "general"  # labels what was written from general knowledge; needs no section
FILE = "sources.toml"
_TEXTS = ("title", "author", "address", "date")


def read_sources(text: str, *, file: str = FILE) -> Sources:
    """The sources a file describes, by slug. Raises DeckError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        line = int(where[1]) if where else text.count("\n") + 1
        problem = re.sub(r" \(at .*\)$", "", str(error))
        remedy = 'Write [slug], then lines such as  title = "..."  and  sections = ["...", "..."].'
        raise DeckError(file, line, f"This is not TOML: {problem}", remedy) from error
    return {slug: _source(slug, table, file, _line(text, slug)) for slug, table in tables.items()}


def cite(reference: str, sources: Sources) -> Citation | None:
    """The citation of a "slug, section" reference; None when there is none or its slug is not known."""
    name, _, section = reference.partition(", ")
    source = sources.get(name)
    if source is None:
        return None
    return Citation(title=source.title, section=section, date=source.date, address=source.address)


def _source(slug: str, table: Any, file: str, line: int) -> Source:
    if not SLUG.fullmatch(slug) or not isinstance(table, dict):
        remedy = 'Write  [slug-of-the-source]  on a line of its own and  title = "..."  below it.'
        raise DeckError(file, line, f"'{slug}' is no source", remedy)
    for key, value in table.items():
        if key not in (*_TEXTS, "sections"):
            remedy = f"A source has {', '.join(_TEXTS)} and sections."
            raise DeckError(file, line, f"'{key}' of source '{slug}' is not known", remedy)
        if key in _TEXTS and not isinstance(value, str):
            raise DeckError(file, line, f"'{key}' of source '{slug}' is no text", "Put it in quotes.")
    if not table.get("title"):
        remedy = 'Add  title = "..."  so that a learner never reads a slug.'
        raise DeckError(file, line, f"Source '{slug}' has no title", remedy)
    sections = table.get("sections", [])
    if not isinstance(sections, list) or not all(isinstance(section, str) for section in sections):
        raise DeckError(
            file, line, f"The sections of source '{slug}' are no list of texts", 'Write  sections = ["..."].'
        )
    texts = {key: table.get(key, "") for key in _TEXTS}
    return Source(slug=slug, sections=tuple(sections), **texts)


def _line(text: str, slug: str) -> int:
    pattern = re.compile(rf"\s*(\[\s*)?[\"']?{re.escape(slug)}\b")
    return next((number for number, line in enumerate(text.split("\n"), start=1) if pattern.match(line)), 1)
