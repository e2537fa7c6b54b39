"""Breaks in a terminal: a command with or without a day, and a day typed on the screen that asks for it."""

from __future__ import annotations

from datetime import date

from bot.core.actions import PAUSING, Break, Type
from bot.core.habit_screens import ask_break
from bot.terminal.keys import Press, understand


def test_a_break_is_a_command_with_or_without_a_day() -> None:
    asked = ask_break(date(2026, 11, 23).toordinal(), None)
    assert understand("/break", asked) == Press(Break())
    assert understand("/break 7 Dec", asked) == Press(Break("7 Dec"))
    assert understand("2026-12-07", asked) == Press(Type("2026-12-07", PAUSING))
