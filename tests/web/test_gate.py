"""Only the learner's own browser gets in."""

from __future__ import annotations

import re

import aiohttp
import pytest

from bot.web import words
from bot.web.app import Running
from bot.web.gate import Gate
from tests.web.scripted import ScriptedTutor
from tests.web.visitor import visitor


def test_a_token_opens_one_browser_and_the_next_address_another() -> None:
    gate = Gate(8484, "first")
    session = gate.redeem("first")
    assert session is not None
    assert gate.admits(session)
    assert gate.redeem("first") is None
    again = gate.redeem(gate.address.partition("token=")[2])
    assert again not in (None, session)
    assert gate.admits(session), "the first browser stays in"


def test_tokens_and_sessions_have_128_random_bits() -> None:
    tokens = {Gate(8484).address.partition("token=")[2] for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 22 for token in tokens), "16 bytes in base64url"


@pytest.mark.parametrize("guess", ["", "first ", "FIRST", "é", "\udcff", "first\0"])
def test_nothing_but_the_token_opens(guess: str) -> None:
    gate = Gate(8484, "first")
    assert gate.redeem(guess) is None
    assert not gate.admits(guess)
    assert gate.redeem("first") is not None, "a wrong guess does not use the token up"


@pytest.mark.parametrize(
    ("method", "host", "origin", "own"),
    [
        ("GET", "127.0.0.1:8484", None, True),
        ("GET", "localhost:8484", None, True),
        ("POST", "127.0.0.1:8484", "http://127.0.0.1:8484", True),
        ("POST", "localhost:8484", "http://localhost:8484", True),
        ("GET", "evil.example:8484", None, False),
        ("GET", "127.0.0.1:8484.evil.example", None, False),
        ("GET", "127.0.0.1", None, False),
        ("GET", "127.0.0.1:8485", None, False),
        ("GET", "", None, False),
        ("GET", "127.0.0.1:8484", "http://evil.example", False),
        ("POST", "127.0.0.1:8484", None, False),
        ("POST", "127.0.0.1:8484", "null", False),
        ("POST", "127.0.0.1:8484", "http://127.0.0.1:3000", False),
        ("POST", "127.0.0.1:8484", "https://127.0.0.1:8484", False),
    ],
)
def test_only_the_page_itself_may_speak_to_it(method: str, host: str, origin: str | None, own: bool) -> None:
    assert Gate(8484).is_own(method, host, origin) is own


async def test_the_printed_address_opens_the_page_and_a_reload_needs_no_token(
    page: Running, printed: list[str], tutor: ScriptedTutor
) -> None:
    first = page.address
    assert printed == [first]
    async with visitor(page.port) as browser:
        await browser.open(first)
        assert "SCD Type 2" in browser.drawn.text
        await browser.open(browser.origin)
        assert browser.status == 200
        await browser.open(first)
        assert browser.status == 200, "the used address still leads this browser home"
    assert len(printed) == 2
    assert printed[1] == words.another_browser(page.address)
    assert page.address != first


async def test_the_cookie_is_for_this_page_alone(page: Running) -> None:
    async with aiohttp.ClientSession() as http, http.get(page.address, allow_redirects=False) as response:
        assert response.status == 303
        assert response.headers["Location"] == "/", "the token leaves the address bar"
        cookie = response.headers["Set-Cookie"]
    name, _, flags = cookie.partition(";")
    assert re.fullmatch(rf"backfill_{page.port}=[\w-]{{22}}", name)
    assert "HttpOnly" in flags
    assert "SameSite=Strict" in flags
    assert "Path=/" in flags
    assert "Domain" not in flags


async def test_a_browser_without_the_cookie_is_told_which_address_to_open(page: Running, tutor: ScriptedTutor) -> None:
    used = page.address
    async with visitor(page.port) as first, visitor(page.port) as second:
        await first.open(used)
        calls = list(tutor.calls)
        for address in (second.origin, used, f"{second.origin}/?token=guess", f"{second.origin}/nowhere"):
            await second.open(address)
            assert second.status == 401
            assert words.CLOSED in second.drawn.text
        await second.post(first.drawn.buttons["Show answer"])
        assert second.status == 401
    assert tutor.calls == calls


async def test_a_foreign_host_or_origin_is_refused_even_with_the_cookie(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        press = browser.drawn.buttons["Show answer"]
        calls = list(tutor.calls)
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
            {"Host": f"evil.example:{page.port}", "Origin": f"http://evil.example:{page.port}"},
        ):
            await browser.post(press, **headers)
            assert browser.status == 403
            assert words.FOREIGN in browser.drawn.text
    assert tutor.calls == calls


async def test_the_token_is_not_spent_by_a_refused_request(page: Running) -> None:
    address = page.address
    async with aiohttp.ClientSession() as http:
        async with http.get(address, headers={"Host": "evil.example"}) as response:
            assert response.status == 403
        async with http.head(address) as response:
            assert response.status == 401
    assert page.address == address


async def test_every_answer_forbids_foreign_code_frames_and_caches(page: Running) -> None:
    async with visitor(page.port) as browser:
        for address in ("/nowhere", "/static/page.css", page.address.removeprefix(browser.origin), "/nowhere"):
            await browser.open(browser.origin + address)
            policy = browser.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert browser.headers["Cache-Control"] == "no-store"
            assert browser.headers["X-Content-Type-Options"] == "nosniff"
            assert browser.headers["Referrer-Policy"] == "same-origin"
            assert "aiohttp" not in browser.headers["Server"]


async def test_the_page_listens_on_the_loopback_address_only(page: Running) -> None:
    listening = {site.name for site in page._runner.sites}
    assert all("127.0.0.1" in name for name in listening)
    assert listening
