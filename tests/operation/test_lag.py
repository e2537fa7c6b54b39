"""The alarm for an event loop that was held up: blocked for real, and over a clock of the test's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from bot import process
from bot.process import LAG_ALARM, LAG_EVERY, watch_lag


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wait between two looks."""
    monkeypatch.setattr(process, "LAG_EVERY", 0.0)


async def lags_told(clock: Callable[[], float]) -> list[float]:
    """What is warned of until the clock is over."""
    with capture_logs() as logs, pytest.raises(EOFError):
        await watch_lag(clock)
    return [
        entry["seconds"] for entry in logs if (entry["event"], entry["log_level"]) == ("process.lagging", "warning")
    ]


def readings(*seconds: float) -> Callable[[], float]:
    """A clock that shows these, then is over."""
    left = list(seconds)

    def now() -> float:
        if not left:
            raise EOFError
        return left.pop(0)

    return now


async def test_a_loop_held_up_is_warned_of_each_time() -> None:
    assert await lags_told(readings(0, 4, 4, 4, 10, 10 + LAG_ALARM)) == [4.0, LAG_ALARM]


async def test_a_loop_a_little_late_is_not() -> None:
    assert await lags_told(readings(0, LAG_ALARM - 0.1, 5, 5 + LAG_EVERY)) == []


async def test_a_call_that_blocks_trips_the_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LAG_ALARM", 0.05)
    with capture_logs() as logs:
        watching = asyncio.create_task(watch_lag())
        await asyncio.sleep(0)
        time.sleep(0.1)  # noqa: ASYNC251 - what the alarm is for
        await asyncio.sleep(0)  # the loop turns once
        await asyncio.sleep(0)
        watching.cancel()
    assert logs[0]["event"] == "process.lagging"
