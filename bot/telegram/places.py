"""The time zones nearest to a place on the earth. Pure: the coordinates are those of the zone database's own cities.

A nearest city is not always on the same side of a border, so several are offered and the learner taps one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

OFFERED = 6


class Place(NamedTuple):
    """A zone's city, in radians."""

    zone: str
    latitude: float
    longitude: float


def nearest_zones(latitude: float, longitude: float, count: int = OFFERED) -> Sequence[str]:
    """IANA names of the zones whose cities are nearest to a point in degrees, nearest first."""
    point = Place("", math.radians(latitude), math.radians(longitude))
    return [place.zone for place in sorted(_places(), key=lambda place: _angle(point, place))[:count]]


def _angle(one: Place, other: Place) -> float:
    """The great-circle angle (haversine formula), 0 to pi."""
    across = math.sin((one.longitude - other.longitude) / 2) ** 2
    along = math.sin((one.latitude - other.latitude) / 2) ** 2
    return 2 * math.asin(math.sqrt(min(1, along + math.cos(one.latitude) * math.cos(other.latitude) * across)))


@lru_cache(maxsize=1)
def _places() -> tuple[Place, ...]:
    """zone.tab: country, ISO 6709 coordinates, zone; it has a city for each zone of each country."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(Place(row[2], *_radians(row[1])) for row in rows)


def _radians(written: str) -> tuple[float, float]:
    """ISO 6709 as zone.tab writes it: "+4230+00131" or with seconds "-720041+0023206"."""
    split = max(written.rfind("+"), written.rfind("-"))
    return _angle_of(written[:split], degrees=2), _angle_of(written[split:], degrees=3)


def _angle_of(written: str, *, degrees: int) -> float:
    sign = -1 if written[0] == "-" else 1
    digits = written[1:]
    parts = digits[:degrees], digits[degrees : degrees + 2], digits[degrees + 2 :] or "0"
    whole, minutes, seconds = map(int, parts)
    return sign * math.radians(whole + minutes / 60 + seconds / 3600)
