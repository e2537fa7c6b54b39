"""Updates are kept until an offset passes them, go to one poller, and can be made to arrive badly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Update, error
from telegram.ext import ExtBot

from .server import BotApiServer, LostAfter, flood, repeated, server_error, shuffled
from .server.updates import FIRST_ID

Bot = ExtBot[None]


def texts(updates: tuple[Update, ...]) -> list[Any]:
    return [update.message.text for update in updates if update.message]


def write(server: BotApiServer, *lines: str) -> None:
    for line in lines:
        server.user(1, "Ann").write(line)


async def test_an_update_comes_again_until_an_offset_passes_it(server: BotApiServer, bot: Bot) -> None:
    write(server, "a", "b", "c")
    assert texts(await bot.get_updates()) == ["a", "b", "c"]
    assert texts(await bot.get_updates(offset=FIRST_ID + 1)) == ["b", "c"]
    assert texts(await bot.get_updates(offset=0)) == ["b", "c"]
    assert texts(await bot.get_updates(offset=FIRST_ID + 3)) == []
    assert texts(await bot.get_updates(offset=FIRST_ID)) == []


async def test_the_limit_cuts_and_a_negative_offset_keeps_the_newest(server: BotApiServer, bot: Bot) -> None:
    write(server, "a", "b", "c")
    assert texts(await bot.get_updates(limit=2)) == ["a", "b"]
    assert texts(await bot.get_updates(offset=-1)) == ["c"]
    assert texts(await bot.get_updates()) == ["c"]


async def test_at_most_a_hundred_come_at_once(server: BotApiServer, bot: Bot) -> None:
    write(server, *map(str, range(130)))
    assert len(await bot.get_updates(limit=500)) == 100


async def test_a_long_poll_ends_with_the_first_update(server: BotApiServer, bot: Bot) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=30))
    await until(lambda: server.updates.has_poller)
    write(server, "a")
    assert texts(await polling) == ["a"]


async def test_a_second_poller_ends_the_first_with_a_conflict(server: BotApiServer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await until(lambda: server.updates.has_poller)
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(error.Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await first
    write(server, "a")
    assert texts(await second) == ["a"]


async def test_a_webhook_ends_polling_and_keeps_it_out(server: BotApiServer, bot: Bot) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=30))
    await until(lambda: server.updates.has_poller)
    await bot.set_webhook("https://bot.example/hook", secret_token="s3")
    with pytest.raises(error.Conflict, match="terminated by setWebhook request"):
        await polling
    with pytest.raises(error.Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    write(server, "a")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_kinds_nobody_asked_for_are_never_queued(server: BotApiServer, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    write(server, "a")
    assert server.updates.put("edited_message", {}) is None
    await bot.get_updates(allowed_updates=["message"])
    write(server, "b")
    assert texts(await bot.get_updates()) == ["b"]
    with pytest.raises(ValueError, match="'massage' is not a kind of update"):
        server.updates.put("massage", {})


async def test_an_edited_message_arrives_as_one(server: BotApiServer, bot: Bot) -> None:
    ann = server.user(1, "Ann")
    message = ann.write("/start")
    happening = asyncio.create_task(ann.edits(message, "/stop"))
    await until(lambda: len(server.updates.waiting) == 2)
    updates = await bot.get_updates()
    assert updates[1].edited_message is not None
    assert updates[1].edited_message.text == "/stop"
    await bot.get_updates(offset=updates[-1].update_id + 1)
    await happening


async def test_a_location_arrives(server: BotApiServer, bot: Bot) -> None:
    happening = asyncio.create_task(server.user(1, "Ann").shares_location(52.5, 13.4))
    await until(lambda: bool(server.updates.waiting))
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.location is not None
    assert update.message.location.latitude == 52.5
    await bot.get_updates(offset=update.update_id + 1)
    await happening


# Delivery that goes wrong


async def test_confirmed_updates_can_come_once_more(server: BotApiServer, bot: Bot) -> None:
    write(server, "a", "b")
    last = (await bot.get_updates())[-1].update_id
    await bot.get_updates(offset=last + 1)
    server.updates.again(2)
    write(server, "c")
    assert texts(await bot.get_updates(offset=last + 1)) == ["a", "b", "c"]
    assert texts(await bot.get_updates(offset=last + 1)) == ["c"]


async def test_updates_can_be_doubled_and_mixed(server: BotApiServer, bot: Bot) -> None:
    write(server, *"abcdef")
    server.updates.arrange = repeated(2)
    assert "".join(texts(await bot.get_updates())) == "abcdefabcdef"
    server.updates.arrange = shuffled(3)
    mixed = texts(await bot.get_updates())
    assert sorted(mixed) == list("abcdef") != mixed


async def test_a_hasty_poller_is_braked(server: BotApiServer, bot: Bot) -> None:
    server.updates.brakes = True
    write(server, "a", "b")
    assert texts(await bot.get_updates()) == ["a", "b"]
    assert texts(await bot.get_updates()) == ["a"]


async def test_faults_strike_on_schedule_and_are_counted(server: BotApiServer, bot: Bot) -> None:
    write(server, "hi")
    server.faults.plan(server_error(502), "sendMessage", after=1, every=2, times=2)
    server.faults.plan(flood(7), "sendChatAction", chat_id=1)
    outcomes = []
    for _ in range(6):
        try:
            await bot.send_message(1, "x")
            outcomes.append("ok")
        except error.NetworkError as failure:
            outcomes.append(failure.message)
    assert outcomes == ["ok", "Bad Gateway", "ok", "Bad Gateway", "ok", "ok"]
    with pytest.raises(error.RetryAfter):
        await bot.send_chat_action(1, "typing")
    assert server.faults.hits == {"Answer": 3}
    assert len(server.user(1, "Ann").messages) == 4


async def test_a_lost_answer_to_a_poll_loses_no_update(server: BotApiServer, bot: Bot) -> None:
    write(server, "a")
    server.faults.plan(LostAfter(), "getUpdates")
    with pytest.raises(error.NetworkError):
        await bot.get_updates()
    assert texts(await bot.get_updates()) == ["a"]


# Waiting for the bot


async def test_idle_says_what_it_still_waits_for(server: BotApiServer) -> None:
    write(server, "a")
    with pytest.raises(AssertionError, match=f"unconfirmed .{FIRST_ID}., calls running 0"):
        await server.idle(within=0.05)


async def test_idle_waits_for_whoever_says_they_are_busy(server: BotApiServer) -> None:
    busy = [True]
    server.busy.append(lambda: busy[0])
    with pytest.raises(AssertionError, match="not idle"):
        await server.idle(within=0.05)
    busy[0] = False
    await server.idle()


async def until(condition: Any) -> None:
    """Wait for a moment that must come; pytest's own limit ends it otherwise."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never happened")
