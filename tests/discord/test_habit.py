"""Breaks in Discord: by command with a day, and by button."""

from __future__ import annotations

from .backfill import Backfill
from .people import Person


async def test_a_break_is_taken_by_command_and_ended_by_button(running: Backfill, ann: Person) -> None:
    await ann.commands("break", until="two weeks")
    assert "You are on a break until" in ann.screen
    await ann.presses("Take it back")
    assert "you are not on a break" in ann.screen
    await ann.commands("break", until="7/12")
    assert "“7/12” may be 7 Dec or 12 Jul." in ann.screen
    await ann.commands("break")
    await ann.presses("A week")
    await ann.commands("break")
    await ann.presses("I am back")
    assert "Your break is over." in ann.screen
