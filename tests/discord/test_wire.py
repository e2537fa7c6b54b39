"""The adapter over real HTTP and a real gateway, against a small Discord of our own: from login to the last cut."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import discord
import pytest
from structlog.testing import capture_logs

from bot.core.actions import Action, Rate
from bot.core.model import Account
from bot.core.reply import Reply
from bot.core.tutor import Tutor
from bot.discord import app
from bot.discord.app import HOPELESS, Ended, Running, TokenRefused, serve
from bot.discord.words import COMMANDS
from bot.quiz.master import QuizMaster
from decks.model import Catalogue
from storage.open import open_store
from tests.databases import migrated
from tests.stories.decks import facts

from .backfill import Clock, catalogue, chances
from .server import DiscordServer, Human, until
from .spec import assert_in_spec
from .wiring import redirected

PRIVILEGED = discord.Intents(message_content=True, members=True, presences=True)
CALLBACK, SEND = r"/interactions/.*", r"/channels/\d+/messages"


class Wired:
    """A bot being served to that Discord. `calls` are the actions that reached the tutor; `slow` delays each answer."""

    def __init__(self, server: DiscordServer, tutor: Tutor, quizzes: QuizMaster, decks: Catalogue) -> None:
        self.server = server
        self.tutor = tutor
        self.quizzes = quizzes
        self.decks = decks
        self.calls: list[Action] = []
        self.slow: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)
        self.running: Running | None = None
        self.announced: list[str] = []
        self.ending: asyncio.Future[None] = asyncio.Future()

    async def handle(self, account: Account, action: Action, key: str) -> Reply:
        reply = await self.tutor.handle(account, action, key)
        self.calls.append(action)
        await self.slow()
        return reply

    async def start(self) -> None:
        self.ending = asyncio.get_running_loop().create_future()
        self.running = await serve(
            self.handle,
            lambda: self.decks,
            self.tutor.servers,
            self.quizzes,
            self.server.world.token,
            announce=self.announced.append,
            ending=self.ending,
        )

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.close()
            self.running = None

    @property
    def ratings(self) -> int:
        return sum(isinstance(action, Rate) for action in self.calls)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with redirected(monkeypatch) as running:
        yield running


@pytest.fixture
async def idle(server: DiscordServer, tmp_path: Path) -> AsyncIterator[Wired]:
    """A bot that is not started yet."""
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "jobs.md").write_text(facts("jobs", 12))
    decks, clock, chance = catalogue(folder), Clock(), chances("1")
    store = await open_store(migrated(tmp_path / "backfill.db"), clock=clock)
    tutor = Tutor(store, lambda: decks, clock, chance=lambda: next(chance))
    made = Wired(server, tutor, QuizMaster(store, lambda: decks, clock), decks)
    yield made
    await made.stop()
    await store.close()


@pytest.fixture
async def wired(idle: Wired) -> Wired:
    await idle.start()
    await until(lambda: idle.server.gateway.connected, "a gateway connection")
    return idle


@pytest.fixture
async def ann(wired: Wired) -> Human:
    """Somebody with the first card open."""
    ann = Human(wired.server, 7, "Ann")
    await ann.commands("drill", deck="jobs")
    await ann.sees("How much on an ordinary day?")
    await ann.presses("20 min")
    await ann.sees("job 1")
    return ann


# --- the ordinary way ------------------------------------------------------------------------------------------------


async def test_login_ready_a_command_and_a_button(wired: Wired, ann: Human) -> None:
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await ann.presses("Good")
    await ann.sees("job 2")
    assert len(ann.messages) == 1
    (identity,) = wired.server.gateway.operations(2)
    intents = discord.Intents._from_value(identity["intents"])
    assert not intents.value & PRIVILEGED.value
    registered = {command["name"]: command for command in wired.server.world.commands}
    assert set(COMMANDS) <= set(registered)
    drill = registered["drill"]
    assert drill["contexts"] == [0, 1, 2], "servers, the bot's chat, other private chats"
    assert drill["integration_types"] == [0, 1], "installed to a server or to a person"
    assert wired.announced == ["Discord: https://discord.com/oauth2/authorize?client_id=1000"]
    assert_in_spec((call.method, call.path, call.body) for call in wired.server.rest.calls if call.body is not None)


async def test_a_token_that_discord_refuses_is_said_so(idle: Wired) -> None:
    given, idle.server.world.token = idle.server.world.token, "another.one"
    with pytest.raises(TokenRefused, match="BACKFILL_DISCORD_TOKEN"):
        await serve(
            idle.handle,
            lambda: idle.decks,
            idle.tutor.servers,
            idle.quizzes,
            given,
            announce=print,
            ending=idle.ending,
        )


async def test_serving_begins_as_soon_as_discord_can_be_reached(idle: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "CONNECT_EVERY", 0.01)
    idle.server.fail("GET", "/users/@me", 503, times=3)
    await idle.start()
    await until(lambda: idle.server.gateway.connected, "a gateway connection")


@pytest.mark.parametrize("path", ["/users/@me", ".*/commands"])
async def test_a_connection_cut_at_the_start_does_not_end_the_process(
    idle: Wired, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(app, "CONNECT_EVERY", 0.01)
    idle.server.fail("PUT" if "commands" in path else "GET", path, 200, cut=True, times=2)
    await idle.start()
    await until(lambda: idle.server.gateway.connected, "a gateway connection")


async def test_commands_that_cannot_be_registered_do_not_stop_the_bot(idle: Wired) -> None:
    idle.server.fail("PUT", ".*/commands", 400, body={"code": 50035, "message": "Invalid Form Body"})
    await idle.start()
    await until(lambda: idle.server.gateway.connected, "a gateway connection")


async def test_nothing_logged_holds_the_token(wired: Wired, ann: Human, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await wired.server.gateway.cut()
    await until(lambda: bool(wired.server.gateway.operations(6)), "a resume")
    assert caplog.text
    assert wired.server.world.token not in caplog.text


# --- the gateway -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [1006, 1000, 1001, 4000, 4008])
async def test_what_happened_during_a_cut_is_caught_up_by_a_resume(wired: Wired, ann: Human, code: int) -> None:
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await wired.server.gateway.cut(code)
    await ann.presses("Good")
    await ann.sees("job 2")
    assert wired.ratings == 1
    assert len(wired.server.gateway.operations(6)) == 1
    assert len(wired.server.gateway.operations(2)) == 1


async def test_what_a_resume_brings_twice_counts_once(wired: Wired, ann: Human) -> None:
    gateway = wired.server.gateway
    gateway.replays_twice = True
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await gateway.cut()
    await ann.presses("Good")
    await ann.sees("job 2")
    await gateway.cut()
    await ann.says("the one that report 2 reads")
    await ann.sees("You wrote: the one that report 2 reads")
    await until(lambda: sum(call.path.endswith("/messages") for call in wired.server.calls("POST", "/channels")) == 2)
    await asyncio.sleep(0.05)
    assert len(ann.messages) == 2, "one card, one answer below it"
    refusals = [call.status for call in wired.server.calls("POST", "/interactions") if call.status == 400]
    assert len(refusals) == 1, "the second answer to the press was refused as known"
    assert wired.ratings == 2, "it reached the tutor twice, under one key"


async def test_a_request_to_reconnect_is_a_resume(wired: Wired, ann: Human) -> None:
    await wired.server.gateway.ask_to_reconnect()
    await until(lambda: bool(wired.server.gateway.operations(6)), "a resume")
    await ann.presses("Show answer")
    await ann.sees("report 1")


async def test_an_invalid_session_begins_a_new_one(wired: Wired, ann: Human) -> None:
    await wired.server.gateway.invalidate(resumable=False)
    await until(lambda: len(wired.server.gateway.operations(2)) == 2, "a second session")
    await until(lambda: wired.server.gateway.connected)
    await ann.presses("Show answer")
    await ann.sees("report 1")


async def test_a_connection_that_went_silent_is_left(idle: Wired) -> None:
    gateway = idle.server.gateway
    gateway.interval, gateway.acknowledges = 50, False
    await idle.start()
    assert idle.running is not None
    client = idle.running._client
    assert client is not None
    client._connection.heartbeat_timeout = 0.3
    await until(lambda: bool(gateway.operations(6)), "a resume after heartbeats that nobody answered")
    gateway.acknowledges = True


@pytest.mark.parametrize("code", sorted(HOPELESS))
async def test_a_hopeless_close_ends_with_what_to_mend_and_no_further_try(idle: Wired, code: int) -> None:
    idle.server.gateway.refuse = [code]
    await idle.start()
    with pytest.raises(Ended) as ended:
        await asyncio.wait_for(idle.ending, 20)
    assert str(ended.value) == HOPELESS[code]
    assert len(idle.server.gateway.operations(2)) == 1


# --- answers under faults --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_a_rate_limit_is_waited_for(wired: Wired, ann: Human, scope: str) -> None:
    wait = 0.4
    body = {"message": "You are being rate limited.", "retry_after": wait, "global": scope == "global"}
    wired.server.fail("POST", CALLBACK, 429, body=body, headers={"Retry-After": "1", "X-RateLimit-Scope": scope})
    before = len(wired.server.calls("POST", "/interactions"))
    await ann.presses("Show answer")
    await ann.sees("report 1")
    refused, answered = wired.server.calls("POST", "/interactions")[before:]
    assert answered.at - refused.at >= wait
    assert len(ann.messages) == 1


async def test_an_answer_lost_on_the_way_back_is_not_shown_twice(wired: Wired, ann: Human) -> None:
    wired.server.fail("POST", CALLBACK, 502, after=True)
    await ann.commands("stats")
    await ann.sees("No cards are rated yet")
    await until(lambda: wired.server.rest.calls[-1].status == 400, "the second try, refused as known")
    assert len(ann.messages) == 2


async def test_a_message_lost_on_the_way_back_is_not_sent_twice(wired: Wired, ann: Human) -> None:
    wired.server.fail("POST", SEND, 502, after=True)
    await ann.says("the one that report 1 reads")
    await until(lambda: len(wired.server.calls("POST", "/channels")) == 2, "a second try")
    await until(lambda: wired.server.rest.calls[-1].status == 200)
    assert len(ann.messages) == 2
    nonces = {call.body["nonce"] for call in wired.server.calls("POST", "/channels")}
    assert len(nonces) == 1


@pytest.mark.parametrize("after", [True, False])
async def test_a_connection_cut_in_mid_answer_is_tried_again(wired: Wired, ann: Human, after: bool) -> None:
    wired.server.fail("POST", CALLBACK, 200, cut=True, after=after)
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await until(lambda: wired.server.rest.calls[-1].status == (400 if after else 200), "the second try")
    assert len(ann.messages) == 1


async def test_a_card_whose_answer_was_lost_on_the_way_back_keeps_its_text(wired: Wired, ann: Human) -> None:
    wired.server.fail("POST", CALLBACK, 200, cut=True, after=True)
    await ann.presses("Show answer")
    await ann.sees("report 1")
    await until(lambda: wired.server.rest.calls[-1].status == 400, "the second try")
    await ann.commands("drill")
    await until(lambda: bool(wired.server.calls("PATCH", "/channels")), "the buttons taken off")
    (edit,) = wired.server.calls("PATCH", "/channels")
    assert "report 1" in str(edit.body), "as it was shown last"


async def test_what_discord_cannot_take_is_found_again_by_the_next_press(
    wired: Wired, ann: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ban by the proxy in front of Discord has no `Via`: the library gives up at once."""
    wired.server.fail("POST", CALLBACK, 429, body={}, headers={"Via": ""})
    with capture_logs() as logs:
        await ann.presses("Show answer")
        await until(lambda: any(entry["event"] == "discord.uncertain" for entry in logs), "that it gave up")
    await ann.commands("drill")
    await ann.sees("report 1")


async def test_a_slow_answer_is_deferred_and_completed(wired: Wired, ann: Human) -> None:
    waiting = asyncio.Event()
    wired.slow = waiting.wait
    asked = await ann.presses("Show answer")
    await until(lambda: asked.answered is not None, "a deferral")
    assert asked.answered == {"type": 6}
    waiting.set()
    await ann.sees("report 1")


async def test_an_answer_does_not_overtake_the_deferral_before_it(wired: Wired, ann: Human) -> None:
    """Discord has the deferral and we do not know it yet: an answer now would be refused as the second."""
    waiting, held = asyncio.Event(), asyncio.Event()
    wired.slow = waiting.wait
    wired.server.fail("POST", CALLBACK, 200, held=held)
    asked = await ann.presses("Show answer")
    await until(lambda: asked.answered is not None, "a deferral")
    waiting.set()
    await asyncio.sleep(0.05)
    held.set()
    await ann.sees("report 1")
    assert all(call.status != 400 for call in wired.server.calls("POST", "/interactions"))


async def test_a_token_that_ran_out_meanwhile_continues_on_a_fresh_message(wired: Wired, ann: Human) -> None:
    waiting = asyncio.Event()
    wired.slow = waiting.wait
    asked = await ann.presses("Show answer")
    await until(lambda: asked.answered is not None, "a deferral")
    clock = wired.server.world.now
    wired.server.world.now = asked.now = lambda: clock() + 16 * 60
    waiting.set()
    await ann.sees("report 1")
    assert len(ann.messages) == 2


async def test_an_end_waits_for_what_is_under_way(wired: Wired, ann: Human) -> None:
    waiting = asyncio.Event()
    wired.slow = waiting.wait
    await ann.presses("Show answer")
    await until(lambda: len(wired.calls) == 3, "the press")
    stopping = asyncio.create_task(wired.stop())
    await asyncio.sleep(0.05)
    waiting.set()
    await stopping
    assert "report 1" in ann.screen


async def test_two_taps_at_once_rate_once_and_both_are_answered(wired: Wired, ann: Human) -> None:
    await ann.presses("Show answer")
    await ann.sees("report 1")
    first, second = await asyncio.gather(ann.presses("Good"), ann.presses("Good"))
    await until(lambda: first.answered is not None and second.answered is not None, "both answers")
    await ann.sees("job 2")
    assert len(ann.messages) == 1
    await ann.commands("stats")
    await ann.sees("1 review ")


async def test_a_redraw_that_a_later_press_overtakes_is_left_out(wired: Wired, ann: Human) -> None:
    """While one answer is held up by a rate limit, two more presses on the same message wait behind it."""
    body = {"message": "You are being rate limited.", "retry_after": 0.4, "global": False}
    wired.server.fail("POST", CALLBACK, 429, body=body, headers={"Retry-After": "1"})
    asked = [await ann.presses("Show answer") for _ in range(3)]
    await until(lambda: all(one.answered is not None for one in asked), "every press answered")
    kinds = sorted(one.answered["type"] for one in asked if one.answered)
    assert kinds == [6, 7, 7], "the one in the middle is only acknowledged"
    await ann.sees("report 1")


async def test_many_people_press_at_once(wired: Wired) -> None:
    people = [Human(wired.server, 100 + number, f"P{number}") for number in range(30)]
    for step in ("drill", "20 min", "Show answer", "Good"):
        asked = [await (one.commands("drill", deck="jobs") if step == "drill" else one.presses(step)) for one in people]
        await until(lambda asked=asked: all(one.answered is not None for one in asked), step)
    assert all("job 2" in one.screen for one in people)
    assert wired.ratings == 30


async def test_after_too_many_refusals_nothing_more_is_sent(wired: Wired, ann: Human) -> None:
    assert wired.running is not None
    client = wired.running._client
    assert client is not None
    (brake,) = client.http.http_trace.on_request_end
    brake.__self__._limit = 1
    wired.server.fail("POST", SEND, 403, body={"code": 50007, "message": "Cannot send messages to this user"})
    await ann.says("the one that report 1 reads")
    await until(lambda: wired.server.rest.calls[-1].status == 403, "a refusal")
    count = len(wired.server.rest.calls)
    with capture_logs() as logs:
        await ann.presses("Show answer")
        await until(lambda: any(entry["event"] == "discord.uncertain" for entry in logs), "that it held back")
    assert len(wired.server.rest.calls) == count
