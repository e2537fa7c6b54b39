"""Study days over every transition of every zone, 2024 to 2027, and the day Samoa never had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.core.clock import study_day
from bot.core.streak import Record

HOUR = 3_600_000
DAY = 24 * HOUR
MINUTE = 60_000
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) for year in (2024, 2028))
SAMOA = int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp() * 1000)  # the date line moved, and 30 December was not
STARTS = (0, 240, 719)  # minutes after midnight


def transitions(zone: str, first: int, last: int) -> Iterator[int]:
    """The instants (ms) at which a zone's offset changes: by steps of a week, then halved to the minute."""
    where = ZoneInfo(zone)

    def offset(at: int) -> object:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(where).utcoffset()

    for week in range(first, last, 7 * DAY):
        low, high = week, min(week + 7 * DAY, last)
        if offset(low) == offset(high):
            continue
        while high - low > MINUTE:
            middle = (low + high) // 2 // MINUTE * MINUTE
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        yield high


@cache
def alike() -> list[tuple[list[int], list[str]]]:
    """Each set of transitions, and the zones whose clocks are turned so: of those, any one has the days of all."""
    found: dict[tuple[object, ...], tuple[list[int], list[str]]] = {}
    for zone in sorted(available_timezones()):
        if instants := list(transitions(zone, FIRST, LAST)):
            clock = [datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).utcoffset() for at in (FIRST, *instants)]
            found.setdefault((*instants, *clock), (instants, []))[1].append(zone)
    return list(found.values())


@cache
def every() -> list[tuple[str, int]]:
    """(zone, instant) of every transition there is."""
    found = [(zones[0], at) for instants, zones in alike() for at in instants]
    return [*found, ("Pacific/Apia", SAMOA), ("Pacific/Fakaofo", SAMOA)]


def daily(zone: str, day_start: int, begin: int, days: int) -> Record:
    """Somebody who rates a card every 24 hours."""
    record = Record()
    for number in range(days):
        at = begin + number * DAY
        record = record.rated(study_day(at, zone, day_start), at)
    return record


def test_the_sweep_is_as_wide_as_it_says() -> None:
    assert sum(len(zones) for _, zones in alike()) > 150
    assert sum(len(instants) * len(zones) for instants, zones in alike()) > 1500
    assert len(every()) > 200


@pytest.mark.parametrize("day_start", STARTS)
def test_a_card_every_24_hours_keeps_a_run_over_every_transition(day_start: int) -> None:
    looked = 0
    for zone, at in every():
        midnight = at // DAY * DAY
        for phase in (0, 90 * MINUTE, 7 * HOUR, -1):
            begin = midnight - 4 * DAY + (at - midnight if phase == -1 else phase)
            for shift in (-MINUTE, 0):
                record = daily(zone, day_start, begin + shift, 8)
                end = begin + shift + 7 * DAY
                found = record.streak(study_day(end, zone, day_start), end)
                assert found.over == (), f"{zone} {at}: a run ended"
                assert found.days == len(record.studied) >= 7
                assert found.covers == ()
                looked += 1
    assert looked == 8 * len(every())


def test_without_the_rule_of_24_hours_a_shortened_day_would_cost_something() -> None:
    """The sweep above finds what it looks for: with the calendar alone, days are missed that nobody missed."""
    spent = 0
    for zone, at in every():
        for shift in range(0, 24 * 60, 30):
            record = daily(zone, 240, at - 4 * DAY + shift * MINUTE, 8)
            spent += any(later - earlier > 1 for earlier, later in pairwise(record.studied))
    assert spent > len(every())


def test_the_day_samoa_never_had_was_missed_by_nobody() -> None:
    evening = int(datetime(2011, 12, 28, 6, tzinfo=UTC).timestamp() * 1000)  # 20:00 on the 27th in Apia
    record = daily("Pacific/Apia", 240, evening, 6)
    dates = [datetime.fromordinal(day).day for day in record.studied]
    assert dates == [27, 28, 29, 31, 1, 2]
    end = evening + 5 * DAY
    found = record.streak(study_day(end, "Pacific/Apia", 240), end)
    assert (found.days, found.covers, found.over) == (6, (), ())


def test_a_day_missed_over_a_transition_is_missed_all_the_same() -> None:
    """Kindness to shortened days forgives no whole one: 48 hours without a card leave one missed day, not none."""
    missed = 0
    for zone, at in every():
        for phase in range(0, 24, 3):
            record = Record()
            for number in (-2, -1, 1):
                instant = at + phase * HOUR + number * DAY
                record = record.rated(study_day(instant, zone, 240), instant)
            found = record.streak(record.studied[-1], instant)
            gap = record.studied[-1] - record.studied[-2] - 1
            assert len(found.covers) == min(1, gap), f"{zone} {at}"
            missed += len(found.covers)
    assert missed > 7 * len(every())


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Havana", "Antarctica/Troll", "Australia/Lord_Howe"])
def test_every_instant_around_a_transition_belongs_to_a_day_that_never_goes_back(zone: str) -> None:
    for at in transitions(zone, FIRST, LAST):
        for day_start in STARTS:
            days = [study_day(at + step * 10 * MINUTE, zone, day_start) for step in range(-300, 300)]
            assert days == sorted(days)
            assert max(later - earlier for earlier, later in pairwise(days)) == 1
