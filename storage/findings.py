"""What a check collects, and how it writes: problems, and rows put in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, and_, delete, insert

T = TypeVar("T")
Fix = Callable[[], object]


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that is not as promised."""

    table: str
    learner: str  # id, or empty where it is nobody's
    text: str  # a sentence
    repaired: bool = False


class Findings:
    """The problems so far; each is repaired where it is found if that was asked for and is possible."""

    def __init__(self, connection: Connection, *, repair: bool) -> None:
        self.db = connection
        self.problems: list[Problem] = []
        self._repair = repair

    def add(self, table: Table, learner: str, sentence: str, fix: Fix | None) -> None:
        repaired = self._repair and fix is not None
        if self._repair and fix is not None:
            fix()
        self.problems.append(Problem(table=table.name, learner=learner, text=sentence, repaired=repaired))

    def rewrite(self, table: Table, key: Mapping[str, Any], row: Mapping[str, Any] | None) -> Fix:
        """A fix that puts one row in the place of the one with this key; None takes it away."""

        def fix() -> None:
            self.db.execute(delete(table).where(and_(*(table.c[name] == value for name, value in key.items()))))
            if row is not None:
                self.db.execute(insert(table).values(dict(row)))

        return fix


def content_hash(stored: str) -> str:
    """The name under which content-addressed JSON is stored; the same as Card.revision and Policy.digest."""
    return blake2b(stored.encode(), digest_size=8).hexdigest()


def readable(decode: Callable[[str], T], stored: str) -> T | None:
    """The stored value, or None where it cannot be read."""
    try:
        return decode(stored)
    except msgspec.DecodeError:  # what does not fit the type is one too
        return None
