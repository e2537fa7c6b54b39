"""`backfill run` with a bot token in the environment, as an operator meets it: a real process, page and Telegram."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.settings import SettingsError, read_settings
from storage.check import check
from tests.commands import forked
from tests.stories.decks import facts

from .processes import PATIENCE, database, ended, process, settings_of
from .server import BotApiServer


@asynccontextmanager
async def running(server: BotApiServer, folder: Path, **more: str) -> AsyncIterator[tuple[Process, str]]:
    """A process that serves both, and what it printed at the start: two addresses."""
    async with process(server, folder, ["run"], **more) as started:
        assert started.stdout is not None
        said = ""
        async with asyncio.timeout(PATIENCE):
            while not ("http://127" in said and "https://t.me/" in said):
                line = await started.stdout.readline()
                assert line, (await ended(started))[2]
                said += line.decode()
        yield started, said


async def ran(server: BotApiServer, folder: Path, command: str, **more: str) -> tuple[int, str, str]:
    """A command that ends by itself: its exit code and what it wrote."""
    done = await asyncio.to_thread(forked, [command], settings_of(server, folder, **more), folder)
    return done.returncode, done.stdout, done.stderr


def page_in(said: str) -> str:
    found = re.search(r"http://127\S+", said)
    assert found
    return found[0]


def browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))  # else it takes no cookie from 127.0.0.1


async def waits_for(server: BotApiServer, text: str, chat: int) -> None:
    screen = server.chats[chat]
    deadline = time.monotonic() + PATIENCE
    while text not in screen.screen:
        assert time.monotonic() < deadline, f"never saw {text!r} on this screen:\n\n{screen.screen}"
        await asyncio.sleep(0.01)


async def test_one_process_serves_the_page_and_telegram_over_one_store(server: BotApiServer, tmp_path: Path) -> None:
    ann = server.user(1, "Ann")
    async with running(server, tmp_path) as (started, said), browser() as page:
        assert f"Telegram: https://t.me/{server.bot.username}\n" in said
        async with page.get(page_in(said)) as answer:
            assert "What are you working towards?" in await answer.text()
        ann.write("/start")
        await waits_for(server, "What are you working towards?", ann.id)
        started.send_signal(signal.SIGTERM)
        code, _, _ = await ended(started)
    assert code == 0
    assert not server.updates.waiting
    assert check(database(tmp_path)) == []


async def test_sigterm_finishes_what_is_in_flight(server: BotApiServer, tmp_path: Path) -> None:
    """Forty learners have just written when the end is asked for: whatever was taken in is answered and confirmed."""
    people = [server.user(number, f"P{number}") for number in range(1, 41)]
    async with running(server, tmp_path) as (started, _):
        for person in people:
            person.write("/start")
        await waits_for(server, "What are you working towards?", 1)
        started.send_signal(signal.SIGTERM)
        code, _, _ = await ended(started)
    assert code == 0
    told = [person for person in people if "What are you working towards?" in person.screen]
    assert len(told) == len(server.updates.confirmed)
    assert len(told) + len(server.updates.waiting) == len(people)


async def test_a_token_telegram_does_not_know_is_one_sentence(server: BotApiServer, tmp_path: Path) -> None:
    wrong = "7000000009:AAWrongWrongWrongWrongWrongWrongWrongW"
    code, out, err = await ran(server, tmp_path, "run", TELEGRAM_TOKEN=wrong)
    assert (code, out) == (2, "")
    assert err == (
        "backfill: Telegram does not know this bot token. "
        "Copy it from @BotFather again, into BACKFILL_TELEGRAM_TOKEN.\n"
    )


def test_what_is_no_token_is_refused_without_being_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the whole line that @BotFather sent") as refused:
        read_settings({"BACKFILL_TELEGRAM_TOKEN": "AAonlyTheSecondHalf"}, tmp_path / ".env")
    assert "AAonly" not in str(refused.value)
    with pytest.raises(SettingsError, match="must start with https://"):
        read_settings({"BACKFILL_TELEGRAM_API": "localhost:8081"}, tmp_path / ".env")


async def test_doctor_asks_telegram_about_the_token(server: BotApiServer, tmp_path: Path) -> None:
    _, out, _ = await ran(server, tmp_path, "doctor")
    assert f"ok    Telegram knows the token: https://t.me/{server.bot.username}." in out
    code, out, _ = await ran(server, tmp_path, "doctor", TELEGRAM_TOKEN=server.token[:-1] + "x")
    assert code == 1
    assert "MEND  Telegram does not know this bot token." in out
    code, out, _ = await ran(server, tmp_path, "doctor", TELEGRAM_API="http://127.0.0.1:9")
    assert code == 1
    assert "MEND  Telegram cannot be reached at http://127.0.0.1:9" in out


async def test_no_secret_and_no_learners_text_is_written_even_at_debug(server: BotApiServer, tmp_path: Path) -> None:
    """Canaries: the token, the password in the database's address, a learner's answer, a card's text (S14)."""
    decks = tmp_path / "decks"
    decks.mkdir()
    (decks / "canary.md").write_text(facts("canary", 6).replace("working day", "canaryfront"))
    ann = server.user(1, "Ann")
    async with running(server, tmp_path, DECKS=str(decks), LOG_LEVEL="DEBUG") as (started, said):
        ann.write("/start d_canary")
        await waits_for(server, "How much on an ordinary day?", ann.id)
        ann.press("10 min")
        await waits_for(server, "canary pipeline", ann.id)
        ann.write("canaryanswer")
        await waits_for(server, "You wrote", ann.id)
        started.send_signal(signal.SIGTERM)
        code, out, err = await ended(started)
    assert code == 0
    assert '"level": "debug"' in err, "at DEBUG something is said"
    for secret in (server.token, server.token.split(":")[1], "canaryanswer", "canaryfront"):
        assert secret not in said + out + err
    assert page_in(said).split("token=")[1] not in err
