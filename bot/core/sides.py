"""Check a typed comparison: which of its two sides are said. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

from bot.core import compare
from bot.core.known import wrong_verdict
from bot.core.model import Fit, Verdict
from bot.core.wording import LONGEST, key, words
from decks.text import escape, plain
from scheduler.model import Rating

_SIDE = re.compile(r"^\*\*(.+?)\*\*: (.+)$", re.MULTILINE)  # as decks.cards writes a comparison's answer
_CUT = re.compile(r"[,;.\n]|\b(?:vs|versus|while|whereas|but)\b", re.IGNORECASE)
_COVERED = 0.5  # share of a side's content words


class _Side(Struct, frozen=True):
    label: str
    value: str


def check_sides(answer: str, typed: str) -> Verdict | None:
    """What of "**left**: this" and "**right**: that" was typed; None where neither is, or the answer has no sides."""
    found = [_Side(plain(label), plain(value)) for label, value in _SIDE.findall(answer)]
    if len(found) != 2:
        return None
    left, right = found
    said = _by_side(left, right, typed)
    if all(key(text) == key(side.value) != "" for side, text in zip(found, said, strict=True)):
        return Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)
    there = [_covers(text, side) for side, text in zip(found, said, strict=True)]
    if all(there):
        return Verdict(fit=Fit.CLOSE, reason="Both sides are there; compare the wording.", suggested=Rating.HARD)
    if _covers(said[0], right) and _covers(said[1], left) and not any(there):
        return wrong_verdict(typed, reason="It is the other way round.")
    if not any(there):
        return None
    missing = right if there[0] else left
    reason = f"One side is there; not what you say of {escape(missing.label)}."
    return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)


def _by_side(left: _Side, right: _Side, typed: str) -> tuple[str, str]:
    """The clauses that belong to each side: by its label, else after the label before; without labels in order."""
    own, named = (_distinct(left, right), _distinct(right, left)), {*words(left.label), *words(right.label)}
    clauses = [clause.strip() for clause in _CUT.split(typed[:LONGEST]) if clause.strip()]
    labelled = [next((at for at in (0, 1) if own[at] and own[at] <= set(words(clause))), None) for clause in clauses]
    if all(at is None for at in labelled):
        labelled = [min(place, 1) for place in range(len(clauses))]
    parts: tuple[list[str], list[str]] = ([], [])
    here = 0
    for clause, label in zip(clauses, labelled, strict=True):
        here = here if label is None else label
        parts[here].append(" ".join(word for word in words(clause) if word not in named))
    return " ".join(parts[0]), " ".join(parts[1])


def _distinct(side: _Side, other: _Side) -> frozenset[str]:
    """The words of a label that the other has not."""
    return frozenset(words(side.label)) - frozenset(words(other.label))


def _covers(said: str, side: _Side) -> bool:
    found = compare.overlap(words(said), words(side.value))
    return found.recall >= _COVERED and not found.reversed
