"""The brake that keeps Discord from banning the machine."""

from __future__ import annotations

import aiohttp
import pytest

from bot.discord.brake import LIMIT, WINDOW, Brake, Braked

from .server import DiscordServer


class Seconds:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_it_is_on_from_the_limit_until_the_first_refusals_are_ten_minutes_old() -> None:
    clock = Seconds()
    brake = Brake(limit=3, clock=clock)
    for status in (403, 401):
        brake.count(status)
    clock.at = 100.0
    assert not brake.is_on
    brake.count(429, "user")
    assert brake.is_on
    clock.at = WINDOW - 0.1
    assert brake.is_on
    clock.at = WINDOW
    assert not brake.is_on


@pytest.mark.parametrize(("status", "scope"), [(200, ""), (404, ""), (400, ""), (500, ""), (429, "shared")])
def test_what_discord_does_not_count_is_not_counted(status: int, scope: str) -> None:
    brake = Brake(limit=1)
    brake.count(status, scope)
    assert not brake.is_on


def test_the_limit_leaves_room_below_discords() -> None:
    assert LIMIT < 10_000


async def test_nothing_reaches_discord_while_it_is_on() -> None:
    clock = Seconds()
    brake = Brake(limit=2, clock=clock)
    async with DiscordServer() as server, aiohttp.ClientSession(trace_configs=[brake.trace()]) as session:
        for _ in range(2):
            async with session.get(f"{server.api}/users/@me") as answer:
                assert answer.status == 401
        with pytest.raises(Braked):
            await session.get(f"{server.api}/users/@me")
        assert len(server.rest.calls) == 2
        socket = await session.ws_connect(server.gateway.url)
        await socket.close()
        clock.at = WINDOW
        async with session.get(f"{server.api}/users/@me") as answer:
            assert answer.status == 401
