"""Reminders on Discord over real HTTP: private chats that were asked for, one message a letter, every failure."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from aiohttp import ClientConnectorError, ServerDisconnectedError
from msgspec.structs import replace

from bot.core.model import Account, Change
from bot.core.ports import Turn
from bot.core.reminder_model import Kind, Later, Letter, Refused, Sent, Shut, Unsure
from bot.core.reply import Line, Reply, Screen
from bot.discord.brake import Braked
from bot.discord.calls import Uncertain
from bot.discord.post import CLOSED, FLOODED, OPENED_MOST, UNCONNECTED, Carrier, outcome
from bot.rounds import Rounds

from .server import DiscordServer, Human
from .test_wire import Wired, ann, idle, server, wired  # noqa: F401 - fixtures

SEND, OPEN = r"/channels/\d+/messages", "/users/@me/channels"
MINUTE, DAY = 60_000, 86_400_000  # ms
HELLO = Reply(screen=Screen.NOTICE, body=(Line("11 cards are ready."),))


def refused(status: int, code: int, text: str = "no") -> discord.HTTPException:
    response: Any = type("Response", (), {"status": status, "reason": "refused"})()
    return discord.HTTPException(response, {"code": code, "message": text})


@pytest.mark.parametrize(
    ("error", "delivery"),
    [
        (
            refused(403, 50007, "Cannot send messages to this user"),
            Shut(CLOSED, "50007 Cannot send messages to this user"),
        ),
        (refused(400, 40003, "too fast"), Shut(CLOSED, "40003 too fast")),
        (refused(403, 50278, "no mutual guilds"), Shut(CLOSED, "50278 no mutual guilds")),
        (refused(404, 10003, "Unknown Channel"), Refused("10003 Unknown Channel")),
        (refused(400, 50035, "Invalid Form Body"), Refused("50035 Invalid Form Body")),
        (refused(429, 0), Later(FLOODED, "too many messages")),
        (refused(502, 0, "Bad Gateway"), Unsure("502 refused (error code: 0): Bad Gateway")),
        (Braked(), Later(600.0, "too many refusals lately")),
        (ClientConnectorError(None, OSError("refused")), Later(UNCONNECTED, "ClientConnectorError")),  # type: ignore[arg-type]
        (ServerDisconnectedError(), Unsure("Server disconnected")),
        (ConnectionResetError(104, "reset"), Unsure("[Errno 104] reset")),
        (Uncertain("half of it"), Unsure("half of it")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_failure_of_a_send_has_one_meaning(error: Exception, delivery: object) -> None:
    assert outcome(error) == delivery


def letter(person: int = 7, key: str = "day.2026-11-24") -> Letter:
    return Letter(
        learner=f"learner-{person}",
        key=key,
        kind=Kind.CARDS,
        platform="discord",
        external=str(person),
        at=0,
        expires_at=1,
    )


def carrier_of(wired: Wired) -> Carrier:  # noqa: F811
    assert wired.running is not None
    return wired.running.carrier


def opened(server: DiscordServer) -> int:  # noqa: F811
    return len(server.calls("POST", OPEN))


async def test_a_private_chat_is_opened_once_for_whoever_asked(wired: Wired) -> None:  # noqa: F811
    person = Human(wired.server, 7, "Ann")
    sent = await carrier_of(wired).deliver(letter(), "", HELLO)
    assert sent == Sent(person.chat)
    assert await carrier_of(wired).deliver(letter(key="day.2026-11-25"), person.chat, HELLO) == Sent(person.chat)
    assert opened(wired.server) == 1
    assert len(person.messages) == 2


async def test_no_more_than_a_few_private_chats_are_opened_in_an_hour(wired: Wired) -> None:  # noqa: F811
    for number in range(100, 100 + OPENED_MOST):
        assert isinstance(await carrier_of(wired).deliver(letter(number), "", HELLO), Sent)
    put_off = await carrier_of(wired).deliver(letter(99), "", HELLO)
    assert isinstance(put_off, Later)
    assert put_off.reason == "enough private chats opened in this hour"
    assert opened(wired.server) == OPENED_MOST
    known = Human(wired.server, 100, "P100").chat
    assert isinstance(await carrier_of(wired).deliver(letter(100, "b"), known, HELLO), Sent), (
        "a known one is no new one"
    )


async def test_the_same_letter_is_shown_once_however_often_it_is_sent(wired: Wired) -> None:  # noqa: F811
    person = Human(wired.server, 7, "Ann")
    wired.server.fail("POST", SEND, 502, after=True, cut=True)
    assert isinstance(await carrier_of(wired).deliver(letter(), person.chat, HELLO), Sent | Unsure)
    assert await carrier_of(wired).deliver(letter(), person.chat, HELLO) == Sent(person.chat)
    assert len(wired.server.calls("POST", f"/channels/{person.chat}/messages")) >= 2
    assert len(person.messages) == 1


async def test_without_the_nonce_it_would_be_shown_twice(wired: Wired) -> None:  # noqa: F811
    """The server tells the two apart by nothing else."""
    person = Human(wired.server, 7, "Ann")
    for key in ("one", "two"):
        await carrier_of(wired).deliver(letter(key=key), person.chat, HELLO)
    assert len(person.messages) == 2


async def test_closed_private_messages_are_reported_as_shut(wired: Wired) -> None:  # noqa: F811
    person = Human(wired.server, 7, "Ann")
    wired.server.fail("POST", SEND, 403, body={"code": 50007, "message": "Cannot send messages to this user"})
    assert isinstance(await carrier_of(wired).deliver(letter(), person.chat, HELLO), Shut)
    wired.server.fail("POST", OPEN, 400, body={"code": 40003, "message": "You are opening direct messages too fast"})
    assert isinstance(await carrier_of(wired).deliver(letter(8), "", HELLO), Shut)


async def test_before_discord_is_reached_letters_wait() -> None:
    assert await Carrier(lambda: None).deliver(letter(), "", HELLO) == Later(UNCONNECTED, "not connected")


async def test_a_reminder_arrives_and_its_card_is_drilled_there(wired: Wired, ann: Human) -> None:  # noqa: F811
    """From consent to the answer, over the wire."""
    tutor, account = wired.tutor, Account("discord", "7")
    clock = tutor._clock
    for number in range(1, 6):
        await ann.sees(f"job {number} ")
        await ann.presses("Show answer")
        await ann.sees(f"report {number} ")
        await ann.presses("Good")
    await ann.sees("What does your clock show now?")
    await ann.presses("Skip")
    await ann.sees("May I write at most once a day")
    await ann.presses("18:30")
    await ann.sees("at 18:30, when cards are worth it")

    def promise(turn: Turn) -> Reply:
        turn.learner(account)
        settled = turn.reminders()
        assert settled is not None
        turn.save(Change(reminders=replace(settled, promised=True)), ())
        return HELLO

    await tutor._store.run(account, "", promise)
    before, rounds = len(ann.messages), Rounds(tutor.post, {"discord": carrier_of(wired)}, clock)
    for _ in range(2 * 24 * 4):
        clock.forward(15 * MINUTE)  # type: ignore[attr-defined]
        await rounds.once()
        if len(ann.messages) > before:
            break
    assert opened(wired.server) == 1
    await ann.sees("cards are ready, ")
    await ann.presses("Show answer")
    await ann.sees("report")
    await ann.presses("Good")
    await ann.sees("2 of")
