"""Which study day an instant belongs to, and when a study day starts. Pure: the zone database is data.

A study day starts at the learner's day start (04:00 unless changed) by their own wall clock. Where the clock skips
that time the day starts at the first instant after the gap, where it shows it twice, at the first of the two: so a
day starts exactly once and later instants never belong to earlier days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def study_day(at: int, zone: str, day_start: int) -> int:
    """The study day (an ordinal) of an instant in ms; `day_start` is in minutes after midnight."""
    wall = _local(at, zone).replace(tzinfo=None)
    day = (wall - timedelta(minutes=day_start)).date().toordinal()
    if at < starts(day, zone, day_start):
        return day - 1
    if at >= starts(day + 1, zone, day_start):
        return day + 1
    return day


@lru_cache(maxsize=4096)
def starts(day: int, zone: str, day_start: int) -> int:
    """The instant (ms) at which a study day starts."""
    wall = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(minutes=day_start)
    return _resolve(wall, ZoneInfo(zone))


def wall_time(at: int, zone: str) -> datetime:
    """What a clock on the learner's wall shows at an instant in ms (aware)."""
    return _local(at, zone)


def is_zone(name: str) -> bool:
    """Whether the zone database knows a name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zones_showing(at: int, minutes: int) -> tuple[str, ...]:
    """Zones of inhabited places whose wall clock is nearest to `minutes` after midnight at an instant.

    Within a quarter of an hour; each under the name it has now.
    """
    return tuple(name for name in _named_now() if _apart(_minutes(at, name), minutes) <= 7)


def find_zone(text: str) -> tuple[str, ...]:
    """Zones whose city reads like what was typed: an exact city first, then cities that start so."""
    wanted = _folded(text)
    if not wanted:
        return ()
    exact = [name for name in _places() if _folded(city(name)) == wanted]
    begins = [name for name in _places() if _folded(city(name)).startswith(wanted) and name not in exact]
    return (*exact, *begins)


def city(zone: str) -> str:
    """A zone's city as people write it: "Europe/Berlin" -> "Berlin"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _local(at: int, zone: str) -> datetime:
    return (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


def _resolve(wall: datetime, zone: ZoneInfo) -> int:
    """The first instant showing this wall time, or the first after the gap that skips it (ms)."""
    aware = wall.replace(tzinfo=zone, fold=0)
    instant = aware.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return _ms(instant)
    # In a gap fold=0 reads the wall time with the offset before it, fold=1 with the offset after it; the
    # transition lies between the two, at the instant whose wall time jumps.
    low, high = _ms(wall.replace(tzinfo=zone, fold=1).astimezone(UTC)), _ms(instant)
    while high - low > 1000:
        middle = (low + high) // 2000 * 1000
        shown = (EPOCH + timedelta(milliseconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (middle, high) if shown < wall else (low, middle)
    return high


def _ms(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(milliseconds=1)


def _minutes(at: int, zone: str) -> int:
    local = _local(at, zone)
    return local.hour * 60 + local.minute


def _apart(one: int, other: int) -> int:
    """Minutes between two clock readings, the shorter way round."""
    return min((one - other) % 1440, (other - one) % 1440)


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def _named_now() -> tuple[str, ...]:
    """The zones of zone.tab, the tz database's list of what to offer people: it has no names kept for old programs."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    listed = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return tuple(name for name in _places() if name in listed)


@lru_cache(maxsize=1)
def _places() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if name.split("/")[0] in _REGIONS))
