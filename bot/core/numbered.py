"""Enumerations of numbered things: "Types 1, 2 and 3", "4+1", "scd 4 5 7". Pure."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from bot.core.lexicon import NEGATIONS
from bot.core.wording import LONGEST, words

_JOINS = frozenset(("and", "+", "plus", "also", "both", "all"))
_OTHERWISE = NEGATIONS | {"or", "either", "vs", "versus", "than", "to", "from", "between", "per", "about"}
_IMPLIED = frozenset(("scd", "type"))  # "SCD 2" and "Type 2" name one thing whatever was asked
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_RANGE = re.compile(r"(?<![\w.-])(\d{1,2})\s*(?:[-–—]|\bto\b|\bthrough\b)\s*(\d{1,2})(?![\w.-])")
_LONGEST_RANGE = 12


class Series(Struct, frozen=True):
    """Numbers as they stand, and the words that say what they number ("type"; often none)."""

    numbers: tuple[str, ...]
    nouns: frozenset[str]
    unordered: bool  # "and" or "+" stands between them

    @property
    def counts(self) -> Counter[str]:
        """How often each number stands there."""
        return Counter(self.numbers)


def series(text: str) -> Series | None:
    """The enumeration a text is, and is nothing else; None for any other text, and for "1 or 2"."""
    found = words(_RANGE.sub(_spelt_out, text[:LONGEST]))
    numbers = tuple(word for word in found if _NUMBER.fullmatch(word))
    others = frozenset(found) - frozenset(numbers)
    nouns = others - _JOINS
    if not numbers or nouns & _OTHERWISE or len(nouns - _IMPLIED) > 1 or not all(map(str.isalpha, nouns)):
        return None  # "2 updated, 3 inserted" is no enumeration of one thing
    return Series(numbers, nouns, unordered=bool(others & _JOINS))


def together(items: tuple[str, ...]) -> Series | None:
    """The series that a set of items such as "Type 4", "Type 5" makes; None unless each is one numbered thing."""
    found = [series(item) for item in items]
    single = [one for one in found if one is not None and len(one.numbers) == 1]
    if len(single) < len(items) or len({one.nouns for one in single}) > 1 or len({one.numbers for one in single}) < 2:
        return None
    return Series(tuple(one.numbers[0] for one in single), single[0].nouns, unordered=True)


def same_things(one: Series, other: Series, asked: frozenset[str]) -> bool:
    """Whether both number the same things: a noun may be left out or added that the question (`asked`) has."""
    extra, missing = (one.nouns - other.nouns) - _IMPLIED, (other.nouns - one.nouns) - _IMPLIED
    return extra <= asked and missing <= asked and not (extra and missing)


def equal(one: Series, other: Series, asked: frozenset[str]) -> bool:
    """Whether both say the same numbers of the same things; in any order where either joins them by "and"."""
    if not same_things(one, other, asked):
        return False
    unordered = one.unordered or other.unordered
    return one.numbers == other.numbers or (unordered and one.counts == other.counts)


def _spelt_out(match: re.Match[str]) -> str:
    """ "1-3" as "1, 2, 3"; what is no short rising range stays."""
    first, last = int(match[1]), int(match[2])
    if not 0 < last - first <= _LONGEST_RANGE:
        return match[0]
    return ", ".join(str(number) for number in range(first, last + 1))
