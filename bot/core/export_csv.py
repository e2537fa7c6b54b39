"""The log as a table for a spreadsheet: RFC 4180, and no cell that one would run as a formula. Pure.

It is made to be looked at. What is brought back is the JSON: a table has no room for all that the log says.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from bot.core.model import LogEntry

# OWASP, CSV Injection; and their full-width forms, which some spreadsheets read alike.
STARTS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
GUARD = "'"

FIELDS = ("card", "rating", "mode", "phase", "correct", "given", "wrong", "reason", "entry", "until", "weekday")
HEADER = ("at", "study_day", "kind", "seconds", "platform", *FIELDS, "id")


def header() -> str:
    """The first line."""
    return _line(HEADER)


def row(entry: LogEntry) -> str:
    """One entry's line; what an entry does not say is empty."""
    took, account = getattr(entry, "took", None), getattr(entry, "account", None)
    return _line(
        (
            _instant(entry.at),
            date.fromordinal(entry.study_day).isoformat(),
            type(entry).__name__,
            "" if took is None else f"{took / 1000:g}",
            account.platform if account else "",
            *(_cell(getattr(entry, name, None)) for name in FIELDS),
            entry.id,
        )
    )


def guarded(text: str) -> str:
    """A cell's text behind an apostrophe where a spreadsheet would run it, or take the apostrophe for a guard."""
    clean = text.replace("\0", "")
    return GUARD + clean if clean[:1] in STARTS_FORMULA or clean.startswith(GUARD) else clean


def unguarded(cell: str) -> str:
    """What `guarded` was given, but for null characters."""
    return cell.removeprefix(GUARD)


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(guarded(cell) for cell in cells)
    return written.getvalue()
