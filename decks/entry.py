"""The attributes of one note or cell block, taken by name and checked. Pure; raises DeckError."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from decks.errors import DeckError
from decks.lines import Field, split_bars
from decks.model import Foreseen, Importance
from decks.slugs import SLUG, slug

AS_OF = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
COMMON = ("id", "was", "source", "as_of", "why", "hint", "wrong", "importance", "domain", "relearn", "waive")


class Entry:
    """The attributes of one note or cell block, taken by name."""

    def __init__(self, file: str, kind: str, line: int, fields: Sequence[Field]) -> None:
        self.file, self.kind, self.line, self.fields = file, kind, line, fields
        self._named: dict[str, list[Field]] = {}
        for field in fields:
            self._named.setdefault(field.key, []).append(field)

    def error(self, problem: str, remedy: str, line: int = 0) -> DeckError:
        return DeckError(self.file, line or self.line, problem, remedy)

    def allow(self, keys: Sequence[str]) -> None:
        """Refuse attributes this kind of note has no use for."""
        for field in self.fields:
            if field.key not in keys:
                takes = ", ".join(f"'{key}:'" for key in keys if key not in COMMON)
                remedy = f"Remove it; beside the attributes of every note it takes {takes}." if takes else "Remove it."
                raise self.error(f"'{field.key}:' has no use in a '{self.kind}:' note", remedy, field.line)

    def field(self, key: str) -> Field | None:
        found = self._named.get(key, ())
        if len(found) > 1:
            raise self.error(f"'{key}:' is given twice", "Keep one of them.", found[1].line)
        if found and not found[0].value and key not in ("A", "points"):
            raise self.error(f"'{key}:' is empty", "Fill it in, or remove the line.", found[0].line)
        return found[0] if found else None

    def one(self, key: str) -> str:
        field = self.field(key)
        return field.value if field else ""

    def need(self, key: str, remedy: str) -> str:
        if value := self.one(key):
            return value
        what = "answer" if key == "A" else f"'{key}:'"
        raise self.error(f"A '{self.kind}:' note without {'an' if key == 'A' else 'a'} {what}", remedy)

    def answer(self) -> str:
        return self.need("A", "Did you forget 'A:'?")

    def many(self, key: str) -> tuple[str, ...]:
        found = self._named.get(key, ())
        for field in found:
            if not field.value:
                raise self.error(f"'{key}:' is empty", "Fill it in, or remove the line.", field.line)
        return tuple(field.value for field in found)

    def listed(self, key: str) -> tuple[str, ...]:
        return commas(self.one(key))

    def pairs(self, key: str, shape: str) -> tuple[tuple[str, str], ...]:
        pairs: list[tuple[str, str]] = []
        for field in self._named.get(key, ()):
            left, *right = split_bars(field.value, most=1)
            if not left or not right or not right[0]:
                raise self.error(f"'{key}:' has two parts with a bar between them", f"Write  {shape}", field.line)
            pairs.append((left, right[0]))
        return tuple(pairs)

    def matching(self, key: str, pattern: re.Pattern[str], shape: str) -> str:
        field = self.field(key)
        if field and not pattern.fullmatch(field.value):
            raise self.error(f"'{field.value}' is no {shape} date", f"Write  {key}: {shape}", field.line)
        return field.value if field else ""

    def day(self, key: str) -> str:
        """A date as YYYY-MM-DD, one the calendar has."""
        field, day = self.field(key), self.matching(key, DAY, "YYYY-MM-DD")
        try:
            return date.fromisoformat(day).isoformat() if day else ""
        except ValueError:
            line = field.line if field else self.line
            raise self.error(f"'{day}' is not in the calendar", f"Write  {key}: YYYY-MM-DD", line) from None

    def id(self) -> str:
        field = self.field("id")
        if field and not SLUG.fullmatch(field.value):
            remedy = "Use lower-case words with hyphens" + (f": {slug(field.value)}." if slug(field.value) else ".")
            raise self.error(f"'{field.value}' is no id", remedy, field.line)
        return field.value if field else ""

    def source(self) -> str:
        return tidy_source(self.one("source"))

    def importance(self) -> Importance | None:
        field = self.field("importance")
        if field is None:
            return None
        if field.value not in tuple(Importance):
            raise self.error(f"'{field.value}' is no importance", "Write 'core' or 'extra'.", field.line)
        return Importance(field.value)

    def foreseen(self) -> tuple[Foreseen, ...]:
        return tuple(Foreseen(*pair) for pair in self.pairs("wrong", "wrong: 30 days | what to reply to it"))


def commas(text: str) -> tuple[str, ...]:
    """The parts of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def tidy_source(text: str) -> str:
    """A "slug, section" reference with one space after its first comma."""
    name, comma, section = text.partition(",")
    return f"{name.strip()}, {section.strip()}" if comma and section.strip() else name.strip()
