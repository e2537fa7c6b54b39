"""Quantities in a typed answer: numbers in digits or words, units, conversions, and how two of them relate. Pure."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from msgspec import Struct

from bot.core.lexicon import EMPTY_WORDS
from bot.core.spoken import NUMBERS
from bot.core.wording import LONGEST, canonical


class Amount(Struct, frozen=True):
    """A number and its unit. Amounts of one `kind` compare by `value * factor`.

    `binary` differs from `factor` only for kB, MB, ..., which are used for powers of 1000 and of 1024 alike. A unit
    that is not known is a noun (`kind` is "noun"): its words stand in `nouns`.
    """

    value: float
    kind: str = ""  # "", "time", "data", "month", "$", "data/time", "noun", ...
    factor: float = 1.0
    binary: float = 1.0
    nouns: frozenset[str] = frozenset()


class Relation(Enum):
    """How a typed amount stands to the right one."""

    SAME = "same"
    CONVERTED = "converted"  # the same in another unit
    ROUNDED = "rounded"  # in another unit, and within 2 %
    BARE = "bare"  # the right number without its unit
    LOOSE = "loose"  # MB where MiB is meant, or the other way round
    OTHER_NOUN = "other noun"  # 3 rows for 3 columns
    OTHER_UNIT = "other unit"  # 7 hours for 7 days
    DIFFERENT = "different"


_TIME = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT_NAMES = {
    "nanosecond": "ns",
    "microsecond": "us",
    "μs": "us",
    "millisecond": "ms",
    "msec": "ms",
    "second": "s",
    "sec": "s",
    "minute": "min",
    "mins": "min",
    "hour": "h",
    "hr": "h",
    "hrs": "h",
    "day": "d",
    "week": "w",
    "wk": "w",
    "byte": "b",
    "kilobyte": "kb",
    "megabyte": "mb",
    "gigabyte": "gb",
    "terabyte": "tb",
    "petabyte": "pb",
    "kibibyte": "kib",
    "mebibyte": "mib",
    "gibibyte": "gib",
    "tebibyte": "tib",
    "pebibyte": "pib",
    "percent": "%",
    "pct": "%",
    "permille": "‰",
    "dollar": "$",
    "usd": "$",
    "euro": "€",
    "eur": "€",
    "pound": "£",
    "gbp": "£",
    "mo": "month",
    "yr": "year",
}
# (kind, decimal factor, binary factor); 1 month = 1/12 year is exact, a month in days is not.
_UNITS: dict[str, tuple[str, float, float]] = {
    **{unit: ("time", seconds, seconds) for unit, seconds in _TIME.items()},
    **{f"{letter}b": ("data", 1000.0**n, 1024.0**n) for n, letter in enumerate("kmgtpe", 1)},
    **{f"{letter}ib": ("data", 1024.0**n, 1024.0**n) for n, letter in enumerate("kmgtpe", 1)},
    **{f"{letter}bit": ("data", 1000.0**n / 8, 1000.0**n / 8) for n, letter in enumerate("kmgt", 1)},
    "bit": ("data", 0.125, 0.125),
    "b": ("data", 1.0, 1.0),
    "month": ("month", 1.0, 1.0),
    "quarter": ("month", 3.0, 3.0),
    "year": ("month", 12.0, 12.0),
    "%": ("", 0.01, 0.01),
    "‰": ("", 0.001, 0.001),
    "$": ("$", 1.0, 1.0),
    "€": ("€", 1.0, 1.0),
    "£": ("£", 1.0, 1.0),
}
_MULTIPLIERS = {
    "hundred": 1e2,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "trillion": 1e12,
}
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: n for n, word in enumerate(NUMBERS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_TENS_AND_ONES = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(NUMBERS[1:10])})\b")
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b")
_HALF = re.compile(r"\bhalf an? (?=[a-z])")
_ONE = re.compile(
    r"\ban? (?=(?:hundred|thousand|million|billion|second|minute|hour|day|week|month|quarter|year|[kmgtp]i?b|byte)\b)"
)
_DIGITS = (
    r"(?P<money>[$€£])?\s{0,2}(?P<sign>[-+])?(?P<digits>\d{1,3}(?:[ ,_'\u00a0\u202f]\d{3})+(?!\d)|\d{1,30})"
    r"(?P<fraction>[.,]\d{1,20})?(?:e(?P<exponent>[-+]?\d{1,2})(?!\w))?"
    r"(?:\s?(?:\^|\*\*)\s?(?P<power>\d{1,2})(?!\d))?"
)
_START = re.compile(r"(?<![\w.])" + _DIGITS)
_NEXT = re.compile(r"\s?" + _DIGITS)
_AFTER = re.compile(r"[ \t-]{0,2}(?P<per>/|per\b)?[ \t]{0,2}(?P<word>[%‰$€£]|[^\W\d_]+)")
_CLOSE_TO = 0.02
_EXACT = 1e-9


def spot(text: str) -> tuple[tuple[Amount, ...], ...]:
    """Every quantity in the text, in order; each with its readings, for "5m" may be minutes or millions.

    Neighbours such as "1 hour 30 minutes" are one quantity.
    """
    text = _spelt_out(text)
    found: list[tuple[Amount, ...]] = []
    end, match = 0, _START.search(text)
    while match:
        value = _value(match)
        readings, after = _readings(value, match["money"] or "", text, match.end())
        joins = found and re.fullmatch(r"\s*(?:and)?\s*", text[end : match.start()])
        total = _sum(found[-1], readings) if joins else None
        if total:
            found[-1] = total
        else:
            found.append(readings)
        end = after
        match = (_NEXT.match(text, after) if after > 0 and text[after - 1].isalpha() else None) or _START.search(
            text, after
        )
    return tuple(found)


def amount(value: float, unit: str) -> Amount:
    """An author's value and unit ("days", "$ per GB", "columns", "")."""
    readings, _ = _readings(value, "", " " + unicodedata.normalize("NFKC", unit).casefold(), 0)
    return readings[0]


def relation(typed: Amount, right: Amount, tolerance: float, front: str = "") -> Relation:
    """How a typed amount stands to the right one; `tolerance` is in the right one's unit.

    A front that names the unit ("How many days ...?") asks for a bare number, so a bare number is the same.
    """
    number_fits = _near(typed.value, right.value, tolerance)
    if typed.kind != right.kind or "noun" in (typed.kind, right.kind):
        return _across_kinds(typed, right, number_fits, front)
    if (typed.factor, typed.binary) == (right.factor, right.binary):
        return Relation.SAME if number_fits else Relation.DIFFERENT
    if _near(typed.value * typed.factor, right.value * right.factor, tolerance * right.factor):
        return Relation.CONVERTED
    if _near(typed.value * typed.binary, right.value * right.binary, tolerance * right.binary):
        ambiguous = (typed.factor == typed.binary) == (right.factor == right.binary)
        return Relation.CONVERTED if ambiguous else Relation.LOOSE
    if number_fits:
        return Relation.BARE if 1.0 in (typed.factor, right.factor) and not typed.kind else Relation.OTHER_UNIT
    off = abs(typed.value * typed.factor - right.value * right.factor)
    return Relation.ROUNDED if off <= _CLOSE_TO * abs(right.value * right.factor) else Relation.DIFFERENT


def _across_kinds(typed: Amount, right: Amount, number_fits: bool, front: str) -> Relation:
    if not number_fits:
        return Relation.DIFFERENT
    kinds = {typed.kind, right.kind}
    if kinds == {"noun"}:
        return Relation.SAME if typed.nouns & right.nouns else Relation.OTHER_NOUN
    if (typed.kind and right.kind.startswith(f"{typed.kind}/")) or (
        right.kind and typed.kind.startswith(f"{right.kind}/")
    ):
        return Relation.BARE
    if kinds == {"noun", ""}:
        return Relation.SAME if typed.factor == right.factor == 1.0 else Relation.OTHER_UNIT
    if "" not in kinds or (typed if not typed.kind else right).factor != 1.0:
        return Relation.OTHER_UNIT
    named = typed if typed.kind else right
    asked = {_unit(canonical(word)) for word in re.findall(r"[^\W\d_]+", front.casefold())}
    return Relation.SAME if (named.kind, named.factor, named.binary) in asked else Relation.BARE


def _near(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance + _EXACT * max(abs(one), abs(other))


def _spelt_out(text: str) -> str:
    """Lower case, number words as digits."""
    text = unicodedata.normalize("NFKC", text[:LONGEST].replace("−", "-").replace("’", "'")).casefold()
    text = _HALF.sub("0.5 ", text.replace("per cent", "percent"))
    text = _TENS_AND_ONES.sub(lambda match: str(_WORDS[match[1]] + _WORDS[match[2]]), text)
    return _ONE.sub("1 ", _NUMBER_WORD.sub(lambda match: str(_WORDS[match[1]]), text))


def _value(match: re.Match[str]) -> float:
    number = float(re.sub(r"\D", "", match["digits"]) + (match["fraction"] or "").replace(",", "."))
    number *= 10.0 ** int(match["exponent"] or 0)
    number = number ** int(match["power"]) if match["power"] and number < 1e3 else number
    return -number if match["sign"] == "-" else number


def _readings(value: float, money: str, text: str, at: int) -> tuple[tuple[Amount, ...], int]:
    """Readings of a number followed by what stands at `at`, and where that ends. At least one reading."""
    following: list[tuple[str, bool]] = [(money, False)] if money else []
    ends = [at]
    while len(following) < 5 and (match := _AFTER.match(text, ends[-1])):
        following.append((match["word"], bool(match["per"])))
        ends.append(match.end())
    readings: list[Amount] = []
    used = 0
    first = following[len(following) - len(ends) + 1 :][:1]
    if first and not first[0][1] and first[0][0] in _MULTIPLIERS:
        rest = [*following[: 1 if money else 0], *following[(2 if money else 1) :]]
        scaled, used = _with_unit(value * _MULTIPLIERS[first[0][0]], rest)
        readings.append(scaled)
        used += 1
    plain, taken = _with_unit(value, following)
    if not readings or first[0][0] in ("m", "b"):
        readings.append(_minutes(plain, first[0][0]) if readings else plain)
        used = max(used, taken)
    return tuple(readings), ends[min(used - bool(money), len(ends) - 1) if used else 0]


def _minutes(plain: Amount, letter: str) -> Amount:
    """ "5m" as minutes; "5b" is bytes already."""
    return Amount(plain.value, "time", 60.0, 60.0) if letter == "m" else plain


def _with_unit(value: float, following: list[tuple[str, bool]]) -> tuple[Amount, int]:
    """The amount a number makes with the words after it, and how many of them it takes."""
    if not following:
        return Amount(value), 0
    (word, per), below = following[0], following[1:2]
    unit = None if per else _unit(word)
    if unit is None:
        nouns = _nouns(following)
        return (Amount(value, "noun", nouns=frozenset(nouns)), len(nouns)) if nouns else (Amount(value), 0)
    kind, factor, binary = unit
    under = _unit(below[0][0]) if below and below[0][1] else None
    if under is None:
        return Amount(value, kind, factor, binary), 1
    return Amount(value, f"{kind}/{under[0]}", factor / under[1], binary / under[2]), 2


def _nouns(following: list[tuple[str, bool]]) -> list[str]:
    nouns: list[str] = []
    for word, _ in following[:3]:
        if word in EMPTY_WORDS or not word.isalpha() or (not nouns and word in _MULTIPLIERS):
            break
        nouns.append(canonical(word))
    return nouns


def _unit(word: str) -> tuple[str, float, float] | None:
    for name in (word, word.rstrip("s") if len(word) > 2 else word, canonical(word)):
        if (known := _UNITS.get(_UNIT_NAMES.get(name, name))) is not None:
            return known
    return None


def _sum(before: tuple[Amount, ...], after: tuple[Amount, ...]) -> tuple[Amount, ...] | None:
    """ "1 hour" and "30 minutes" as one amount; None unless both are times and the second unit is smaller."""
    for one in before:
        for other in after:
            if one.kind == other.kind == "time" and other.factor < one.factor:
                return (Amount(one.value + other.value * other.factor / one.factor, "time", one.factor, one.binary),)
    return None
