"""Quantities as people write them: "7 days", "24 %", "1,000", "$0.05 per GB". Pure."""

from __future__ import annotations

import re

from msgspec import Struct

_QUANTITY = re.compile(
    r"(?P<money>[$€£])?\s*"
    r"(?P<sign>[-−+])?(?P<whole>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?"
    r"\s*(?P<unit>[^\d\s,.–-][^\d]*)?"
)


class Quantity(Struct, frozen=True):
    """A value and its unit as written; the unit of money leads with its sign ("$ per GB"). "" is a bare number."""

    value: float
    unit: str = ""


def read_quantity(text: str) -> Quantity | None:
    """The quantity a text states and nothing else, or None: ranges, "about 5" and words are no quantity."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    whole = re.sub(r"\D", "", match["whole"])
    value = float(whole + (match["fraction"] or ""))
    unit = " ".join(part.strip() for part in (match["money"], match["unit"]) if part)
    return Quantity(-value if match["sign"] in ("-", "−") else value, unit)
