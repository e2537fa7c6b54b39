"""Quizzes over real HTTP and a real gateway: bursts, limits, lost answers, restarts, deliveries twice and too late."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.ask import answer_of
from bot.core.model import Account
from bot.core.quiz.fold import seat_of
from bot.core.quiz.model import Ending, Stage
from bot.core.quiz.results import scores
from bot.discord import quiz_words as words

from .limits import departures
from .quiz_wire import MODERATES, SPEED, Club, Guest, answered, club, text_of
from .server import until
from .spec import assert_in_spec, is_there
from .wiring import redirected

CALLBACK, SEND, EDIT = r"/interactions/.*", r"/channels/\d+/messages", r"/channels/\d+/messages/\d+"
EPHEMERAL = 64
EVERY = 2.0  # seconds


@pytest.fixture
async def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Club]:
    async with redirected(monkeypatch) as server, club(server, tmp_path) as made:
        yield made
        assert_decent(made)


def guests(here: Club, count: int) -> list[Guest]:
    return [Guest(here, 100 + number, f"P{number}", may=MODERATES if number == 0 else "0") for number in range(count)]


async def opened(here: Club, players: list[Guest], **options: str | int) -> None:
    """A quiz whose first question is open, everybody in."""
    await answered(await players[0].commands("quiz", **({"decks": "txn-isolation", "questions": 1} | options)))
    await here.sees("### Quiz")
    lobby = dict(here.messages[-1])  # as it is now: it may start while the last ones still join
    await answered(*[await player.presses("Join", lobby) for player in players])
    await here.shows(lobby, f"**In ({len(players)})**")
    await answered(await players[0].presses("Start now", lobby))
    await here.sees("### 1 of")


def assert_decent(here: Club) -> None:
    """Nothing over Discord's limits, nobody mentioned, and no message edited more than once in two seconds."""
    calls = [call for call in here.server.rest.calls if isinstance(call.body, dict)]
    shown = [body for call in calls if "components" in (body := call.body.get("data") or call.body)]
    forms = [body for body in shown if "title" in body]
    for body in shown:
        if body not in forms:
            assert departures(body["components"]) == []
            assert body["allowed_mentions"]["parse"] == []
            assert not body["allowed_mentions"].get("roles")
    times: dict[str, list[float]] = {}
    for message, at in here.edits():
        times.setdefault(message, []).append(at)
    for found in times.values():
        window = max(found) - min(found)
        assert len(found) <= 3 + window * SPEED / EVERY
    if is_there():
        assert_in_spec((call.method, call.path, call.body) for call in calls)


async def test_a_burst_of_sixty_meets_rate_limits_and_nothing_is_lost(here: Club) -> None:
    players = guests(here, 60)
    await opened(here, players, pace="60s")
    limited = {"message": "You are being rate limited.", "retry_after": 0.3, "global": False}
    here.server.fail(
        "PATCH", EDIT, 429, body=limited, headers={"Retry-After": "1", "X-RateLimit-Scope": "user"}, times=2
    )
    here.server.fail("POST", CALLBACK, 429, body=limited, headers={"Retry-After": "1"}, times=5)
    question = here.messages[-1]
    asked = (await here.quiz()).question
    assert asked is not None
    sent = [
        await player.picks(asked.right if number % 2 else 3 - asked.right, question)
        for number, player in enumerate(players)
    ]
    kinds = Counter(answer["type"] for answer in await answered(*sent))
    assert kinds == {4: 60}, "the first answer of a lifetime is explained to each, alone"
    await here.shows(question, "**Right** ")
    quiz = await here.quiz()
    found = {score.seat: score.right for score in scores(quiz, await here.pressed())}
    seats = [seat_of(quiz.id, Account("discord", player.user["id"])) for player in players]
    assert [found[seat] for seat in seats] == [number % 2 for number in range(60)]
    refused = [call for call in here.server.rest.calls if call.status == 429]
    assert len(refused) == 7


async def test_the_limit_on_edits_is_missed_where_it_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.discord.quiz.EVERY", 0.0)
    async with redirected(monkeypatch) as server, club(server, tmp_path) as made:
        players = guests(made, 40)
        await opened(made, players, pace="120s")
        question = made.messages[-1]
        for player in players[1:]:
            await answered(await player.picks(0, question))
            await asyncio.sleep(0.03)
        with pytest.raises(AssertionError):
            assert_decent(made)


async def test_two_hundred_presses_in_a_second_are_all_answered_and_count_once_each(here: Club) -> None:
    players = guests(here, 50)
    await opened(here, players, pace="120s")
    question = here.messages[-1]
    sent = [await player.picks(option, question) for option in range(4) for player in players]
    assert len(sent) == 200
    answers = await answered(*sent)
    assert all(answer["type"] in (4, 6) for answer in answers)
    assert all(answer["data"]["flags"] & EPHEMERAL for answer in answers if answer["type"] == 4)
    assert len((await here.pressed()).to(1)) == 50
    edits = [at for message, at in here.edits() if message == question["id"]]
    assert len(edits) < 12, "not one for each press"


async def test_what_a_resume_brings_twice_counts_once(here: Club) -> None:
    ana, ben = guests(here, 2)
    await opened(here, [ana, ben])
    question = here.messages[-1]
    here.server.gateway.replays_twice = True
    await here.server.gateway.cut()
    await ana.picks(0)
    await ben.picks(0)
    await here.shows(question, "A 2")
    assert len((await here.pressed()).to(1)) == 2


async def test_a_press_nobody_could_be_told_of_in_time_counts(here: Club) -> None:
    ana, ben = guests(here, 2)
    await opened(here, [ana, ben])
    question = here.messages[-1]
    here.server.fail("POST", CALLBACK, 404, body={"code": 10062, "message": "Unknown interaction"})
    await ana.picks(0)
    await until(lambda: any(call.status == 404 for call in here.server.calls("POST", "/interactions")), "a refusal")
    await answered(await ben.picks(1))
    await here.shows(question, "B 1")
    assert len((await here.pressed()).to(1)) == 2


async def test_a_slow_store_is_waited_for_by_a_deferral(here: Club) -> None:
    ana, ben = guests(here, 2)
    await opened(here, [ana, ben], pace="120s")
    here.slow = 1.7
    asked = await ana.picks(0)
    (answer,) = await answered(asked)
    assert answer == {"type": 6}, "acknowledged without a word in the channel"
    await until(lambda: bool(here.server.calls("POST", "/webhooks")), "the private answer after it")
    (told,) = here.server.calls("POST", "/webhooks")
    assert told.body["flags"] & EPHEMERAL


async def test_a_question_whose_sending_was_lost_on_the_way_back_is_not_shown_twice(here: Club) -> None:
    (ana,) = guests(here, 1)
    here.server.fail("POST", SEND, 502, after=True)
    await answered(await ana.commands("quiz", decks="txn-isolation", questions=1))
    await until(lambda: len(here.server.calls("POST", "/channels")) > 1, "a second try")
    first, second = here.server.calls("POST", "/channels")[:2]
    await until(lambda: second.status == 200, "what Discord has of it")
    assert first.body["nonce"] == second.body["nonce"]
    assert len([message for message in here.messages if "### Quiz" in text_of(message)]) == 1


async def test_a_message_that_is_gone_is_sent_again_under_another_nonce(here: Club) -> None:
    (ana,) = guests(here, 1)
    await answered(await ana.commands("quiz", decks="txn-isolation", questions=1))
    await here.sees("### Quiz")
    lobby = here.messages[0]
    del here.server.world.messages[lobby["id"]]
    await answered(await ana.presses("Join", lobby))
    await here.sees("**In (1)** P0")
    assert len({call.body["nonce"] for call in here.server.calls("POST", "/channels")}) == 2


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_a_channel_that_takes_nothing_any_more_ends_the_quiz(here: Club, status: int, code: int) -> None:
    (ana,) = guests(here, 1)
    await opened(here, [ana])
    here.server.fail("PATCH", EDIT, status, body={"code": code, "message": "no"}, times=1000)
    here.server.fail("POST", SEND, status, body={"code": code, "message": "no"}, times=1000)
    await answered(await ana.picks(0))
    for _ in range(200):
        if (await here.quiz()).stage is Stage.FINISHED:
            break
        await asyncio.sleep(0.05)
    assert (await here.quiz()).ending is Ending.GONE
    assert len((await here.pressed()).to(1)) == 1


async def test_a_restart_in_mid_question_goes_on_in_the_same_message(here: Club) -> None:
    ana, ben = guests(here, 2)
    await opened(here, [ana, ben], pace="60s")
    question = here.messages[-1]
    await answered(await ana.picks(0))
    await here.stop()
    await here.start(away=9)
    await here.sees("Back after ")
    assert here.messages[-1]["id"] == question["id"]
    await answered(await ana.picks(1, question), await ben.picks(0, question))
    await here.shows(question, "A 2")
    assert len((await here.pressed()).to(1)) == 2


async def test_a_store_that_fails_at_the_start_holds_an_open_quiz_up_and_no_more(here: Club) -> None:
    ana, ben = guests(here, 2)
    await opened(here, [ana, ben], pace="60s")
    question = here.messages[-1]
    await answered(await ana.picks(0))
    await here.stop()
    await here.start(away=9, failing=4)  # of which two meet the schedules and boards
    await here.sees("Back after ")
    assert here.store.failing == 0
    await answered(await ben.picks(0, question))
    await here.shows(question, "A 2")


async def test_a_form_open_over_a_restart_counts(here: Club) -> None:
    (ana,) = guests(here, 1)
    await opened(here, [ana], answers="typed", pace="120s")
    question = here.messages[-1]
    form = await ana.presses("Answer")
    (opening,) = await answered(form)
    assert opening["type"] == 9
    await here.stop()
    await here.start(away=5)
    await here.sees("Back after ")
    quiz = await here.quiz()
    assert quiz.question is not None
    await answered(await ana.sends(form, answer_of(quiz.question.card)))
    await here.shows(question, "**Right** P0")


async def test_a_dispute_reaches_whoever_started_it(here: Club) -> None:
    mira, ana = guests(here, 2)
    await opened(here, [mira, ana])
    question = here.messages[-1]
    await answered(await mira.picks(0), await ana.picks(0, question))
    await here.shows(question, "A 2")
    form = await ana.presses("Dispute", question)
    await answered(form)
    await answered(await ana.sends(form, "which version? @everyone"))
    await until(lambda: bool(here.server.calls("POST", "/webhooks")), "a message beside Mira's last one")
    (told,) = here.server.calls("POST", "/webhooks")
    assert told.body["flags"] & EPHEMERAL
    assert "which version? \\@everyone" in text_of(told.body)


async def test_what_went_wrong_is_told_after_the_answer_it_overtook(here: Club) -> None:
    (ana,) = guests(here, 1)
    held = asyncio.Event()
    here.server.fail("POST", CALLBACK, 200, held=held)
    here.server.fail("POST", SEND, 403, body={"code": 50013, "message": "Missing Permissions"})
    await ana.commands("quiz", decks="txn-isolation")
    await until(lambda: any(call.status == 403 for call in here.server.calls("POST", "/channels")), "a refusal")
    await asyncio.sleep(0.05)
    assert not here.server.calls("POST", "/webhooks")
    held.set()
    await until(lambda: bool(here.server.calls("POST", "/webhooks")), "a message beside Ana's command")
    (told,) = here.server.calls("POST", "/webhooks")
    assert words.SHUT_OUT in text_of(told.body)
    (first,) = here.server.calls("POST", "/interactions")
    assert words.OPENED in text_of(first.body["data"])
    assert not here.server.calls("PATCH", "/webhooks"), "and replaces nothing"
