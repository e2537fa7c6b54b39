"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import read_day
from bot.core.spoken import MONTHS, MONTHS_WHOLE

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7 Dec", date(2026, 12, 7)),
        ("7 december", date(2026, 12, 7)),
        ("  Dec   7 ", date(2026, 12, 7)),
        ("December 7th, 2027", date(2027, 12, 7)),
        ("until 1st of March", date(2027, 3, 1)),
        ("2026-12-07", date(2026, 12, 7)),
        ("7.12.", date(2026, 12, 7)),
        ("7.12.2027", date(2027, 12, 7)),
        ("21 Nov", TODAY),
        ("20 Nov", date(2027, 11, 20)),
        ("20 Nov 2026", date(2026, 11, 20)),
        ("29 Feb", date(2028, 2, 29)),
        ("12/25", date(2026, 12, 25)),
        ("25/12/2026", date(2026, 12, 25)),
        ("12/12", date(2026, 12, 12)),
        ("tomorrow", date(2026, 11, 22)),
        ("monday", date(2026, 11, 23)),
        ("next Sat", date(2026, 11, 28)),
        ("two weeks", date(2026, 12, 5)),
        ("10 days", date(2026, 12, 1)),
        ("in a week", date(2026, 11, 28)),
        ("3w", date(2026, 12, 12)),
        ("a month", date(2026, 12, 21)),
        ("for 3 months", date(2027, 2, 21)),
    ],
)
def test_a_day_is_read_as_it_was_meant(text: str, meant: date) -> None:
    assert read_day(text, TODAY.toordinal()) == meant.toordinal()


def test_a_month_from_the_31st_ends_with_the_shorter_month() -> None:
    assert read_day("a month", date(2027, 1, 31).toordinal()) == date(2027, 2, 28).toordinal()
    assert read_day("a month", date(2026, 12, 15).toordinal()) == date(2027, 1, 15).toordinal()


@pytest.mark.parametrize(
    "text", ["", "soon", "31 Feb", "7/12", "30 Feb 2027", "2026-13-01", "0 Dec", "7 7 7", "9" * 90]
)
def test_what_names_no_day_or_two_is_not_guessed_at(text: str) -> None:
    assert read_day(text, TODAY.toordinal()) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read_day(text, TODAY.toordinal())
    assert found is None or date.fromordinal(found)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from([MONTHS, MONTHS_WHOLE]))
def test_every_written_date_is_read_back(day: date, names: tuple[str, ...]) -> None:
    for text in (day.isoformat(), f"{day.day} {names[day.month - 1]} {day.year}", f"{day.day}.{day.month}.{day.year}"):
        assert read_day(text, TODAY.toordinal()) == day.toordinal()
