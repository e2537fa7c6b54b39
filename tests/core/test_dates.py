"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import TwoDays, Unreadable, read_day
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
        ("Sat, 16th of January", date(2027, 1, 16)),
        ("january 16, 2028", date(2028, 1, 16)),
        ("2027 January 16", date(2027, 1, 16)),
        ("16.1.", date(2027, 1, 16)),
        ("16/1/27", date(2027, 1, 16)),
        ("1/16/2027", date(2027, 1, 16)),
        ("16-1-2027", date(2027, 1, 16)),
        ("3 sept", date(2027, 9, 3)),
        ("today", TODAY),
        (" Tomorrow. ", date(2026, 11, 22)),
        ("in 3 weeks", date(2026, 12, 12)),
        ("on Thursday", date(2026, 11, 26)),
        ("1 Jan 2020", date(2020, 1, 1)),
    ],
)
def test_a_day_is_read_as_it_was_meant(text: str, meant: date) -> None:
    assert read_day(text, TODAY.toordinal()) == meant.toordinal()


def test_a_month_from_the_31st_ends_with_the_shorter_month() -> None:
    assert read_day("a month", date(2027, 1, 31).toordinal()) == date(2027, 2, 28).toordinal()
    assert read_day("a month", date(2026, 12, 15).toordinal()) == date(2027, 1, 15).toordinal()


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "31 Feb", "30 Feb 2027", "2026-13-01", "0 Dec", "7 7 7", "9" * 90, "16", "Jan", "ma 3"),
        *("16 17 Jan 2027", "16 Jan or 17 Feb", "٣ jan", "٣ days", "99999-01-01", "1/2/3/4", "in weeks", "monster"),
        *("<b>16 Jan</b> *", "\u202e", "the " * 900 + "5/6"),
    ],
)
def test_what_names_no_day_is_said_so(text: str) -> None:
    assert read_day(text, TODAY.toordinal()) == Unreadable()


def test_a_day_that_reads_two_ways_is_not_guessed() -> None:
    june, may = date(2027, 6, 5).toordinal(), date(2027, 5, 6).toordinal()
    assert read_day("5/6/2027", TODAY.toordinal()) == TwoDays(june, may)
    assert read_day("5/6", TODAY.toordinal()) == TwoDays(june, may)


@given(st.text(max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read_day(text, TODAY.toordinal())
    assert isinstance(found, TwoDays | Unreadable) or date.fromordinal(found)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from([MONTHS, MONTHS_WHOLE]))
def test_every_written_date_is_read_back(day: date, names: tuple[str, ...]) -> None:
    for text in (day.isoformat(), f"{day.day} {names[day.month - 1]} {day.year}", f"{day.day}.{day.month}.{day.year}"):
        assert read_day(text, TODAY.toordinal()) == day.toordinal()
