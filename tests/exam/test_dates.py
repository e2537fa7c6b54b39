"""A date as people type it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.exam_date import TwoWays, Unreadable, read_date
from bot.core.spoken import MONTHS, MONTHS_WHOLE

TODAY = date(2026, 11, 23).toordinal()


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("16 Jan", date(2027, 1, 16)),
        ("Sat, 16th of January", date(2027, 1, 16)),
        ("Jan 16", date(2027, 1, 16)),
        ("january 16, 2028", date(2028, 1, 16)),
        ("2027-01-16", date(2027, 1, 16)),
        ("2027 January 16", date(2027, 1, 16)),
        ("16.1.2027", date(2027, 1, 16)),
        ("16.1.", date(2027, 1, 16)),
        ("5.6.", date(2027, 6, 5)),
        ("16/1/27", date(2027, 1, 16)),
        ("1/16/2027", date(2027, 1, 16)),
        ("1/1/2027", date(2027, 1, 1)),
        ("23 Nov", date(2026, 11, 23)),
        ("22 nov", date(2027, 11, 22)),
        ("29 Feb", date(2028, 2, 29)),
        ("3 sept", date(2027, 9, 3)),
        ("today", date(2026, 11, 23)),
        (" Tomorrow. ", date(2026, 11, 24)),
        ("in 3 weeks", date(2026, 12, 14)),
        ("10 days", date(2026, 12, 3)),
        ("1 Jan 2020", date(2020, 1, 1)),
    ],
)
def test_dates_are_read_as_they_are_written(text: str, means: date) -> None:
    assert read_date(text, TODAY) == means.toordinal()


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "31 Feb", "30.2.2027", "16", "Jan", "ma 3", "16 17 Jan 2027", "2027-13-01", "16 Jan or 17 Feb"),
        *("٣ jan", "0 Jan", "99999-01-01", "1/2/3/4", "in weeks", "<b>16 Jan</b> *", "\u202e"),
    ],
)
def test_what_is_no_date_is_said_so(text: str) -> None:
    assert read_date(text, TODAY) == Unreadable()


def test_a_date_that_reads_two_ways_is_not_guessed() -> None:
    june, may = date(2027, 6, 5).toordinal(), date(2027, 5, 6).toordinal()
    assert read_date("5/6/2027", TODAY) == TwoWays(june, may)
    assert read_date("5/6", TODAY) == TwoWays(june, may)


@given(st.dates(date(2026, 11, 23), date(2028, 11, 22)), st.booleans())
def test_every_day_ahead_is_read_in_words_and_in_figures(day: date, whole: bool) -> None:
    name = (MONTHS_WHOLE if whole else MONTHS)[day.month - 1]
    for text in (f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}", day.isoformat()):
        assert read_date(text, TODAY) == day.toordinal()


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert isinstance(read_date(text, TODAY), int | TwoWays | Unreadable)
