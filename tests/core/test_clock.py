"""The cities offered for a time of the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.clock import city, find_zone, zones_showing

NOON = int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("minutes", "cities"),
    [
        (12 * 60 + 5 * 60 + 30, {"Kolkata", "Colombo"}),
        (12 * 60 + 5 * 60 + 45, {"Kathmandu"}),
        (12 * 60 - 2 * 60, {"Noronha", "Nuuk", "Scoresbysund", "South Georgia"}),
    ],
)
def test_a_city_is_offered_under_the_name_it_has_now(minutes: int, cities: set[str]) -> None:
    assert {city(zone) for zone in zones_showing(NOON, minutes)} == cities


def test_every_hour_of_the_day_offers_cities_only() -> None:
    offered = {zone for minutes in range(0, 1440, 60) for zone in zones_showing(NOON, minutes)}
    assert len(offered) > 350
    assert not offered & {"Asia/Calcutta", "Australia/Queensland", "America/Godthab"}


def test_a_city_is_found_under_an_old_name_too() -> None:
    assert find_zone("Calcutta") == ("Asia/Calcutta",)
