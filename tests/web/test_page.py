"""The page as plain HTML and forms: drilling without JavaScript, faults, limits, closing."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.core.actions import Begin, Choose, Rate, Reveal, ShowStats, Type, Undo, Unknown
from bot.core.model import Account, TutorError
from bot.core.ports import StoreError
from bot.web import words
from bot.web.app import BODY_LIMIT, Running
from scheduler.model import Rating
from tests.web.scripted import REFUSED, ScriptedTutor
from tests.web.visitor import visitor

GOOD = "Good, back in 15 days"


async def test_three_cards_are_drilled_with_plain_forms(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Show answer")
        text = browser.drawn.text
        assert text.index("Which sales are absent") < text.index("Those booked under a version")
        await browser.press(GOOD)
        assert "Good. Back Wed 9 Dec." in browser.drawn.text
        await browser.press("A")
        await browser.press("Again, back in 10 minutes")
        await browser.press("Send", text="168 hours\r\nor a week")
        assert "You wrote: 168 hours or a week" in browser.drawn.text
        await browser.press(GOOD)
        assert "20 cards, 7 minutes." in browser.drawn.text
    assert tutor.calls == [
        Begin(),
        Reveal("attempt0"),
        Rate("attempt0", Rating.GOOD),
        Choose("attempt1", 0),
        Rate("attempt1", Rating.AGAIN),
        Type("168 hours\nor a week", "attempt2"),
        Rate("attempt2", Rating.GOOD),
    ]
    assert tutor.accounts == {Account("web", "local")}


async def test_a_doubled_press_counts_once_and_gets_the_same_screen(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Show answer")
        answer = browser.html
        await browser.press(GOOD)
        first = _without_keys(browser.html)
        browser.html = answer
        await browser.press(GOOD)
        assert _without_keys(browser.html) == first
    assert tutor.calls.count(Rate("attempt0", Rating.GOOD)) == 1


async def test_another_button_of_an_old_screen_is_another_press(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Stats")
        stats = browser.html
        await browser.press("Drill")
        browser.html = stats
        await browser.press("Stats")
    assert tutor.calls.count(ShowStats()) == 2


async def test_undo_returns_to_the_card_before(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Show answer")
        await browser.press(GOOD)
        await browser.press("Undo")
        assert "Taken back: Good." in browser.drawn.text
        assert "Those booked under a version" in browser.drawn.text
    assert tutor.calls[-1] == Undo()


async def test_what_the_tutor_refuses_is_said_above_the_screen(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.post({"key": "k", "payload": "r.attempt0.3"})
        assert browser.status == 200
        text = browser.drawn.text
        assert text.index(REFUSED) < text.index("Which sales are absent")


async def test_a_tutor_that_refuses_everything_says_why(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        tutor.faults = [TutorError("There are no decks to study.")] * 2
        await browser.press("Show answer")
        assert browser.status == 409
        assert "There are no decks to study." in browser.drawn.text


async def test_what_could_not_be_saved_is_told_and_the_same_press_counts_later(
    page: Running, tutor: ScriptedTutor
) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        question = browser.html
        tutor.faults = [StoreError("There is no room left to save progress.")]
        await browser.press("Show answer")
        assert browser.status == 503
        assert "There is no room left to save progress." in browser.drawn.text
        browser.html = question
        await browser.press("Show answer")
        assert "Those booked under a version" in browser.drawn.text
    assert tutor.calls == [Begin(), Reveal("attempt0")]


async def test_a_bug_is_told_with_a_reference_that_the_log_has_too(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        tutor.faults = [RuntimeError("secret detail")]
        with capture_logs() as logs:
            await browser.press("Show answer")
        assert browser.status == 500
        found = re.search(r"your progress is safe\. Reference (\w+)\.", browser.drawn.text)
        assert found is not None
        assert [entry["error_id"] for entry in logs] == [found[1]]
        assert "secret detail" not in browser.html
        assert words.TO_THE_CARDS in browser.drawn.text


async def test_a_bug_while_a_refusal_is_explained_is_told_too(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        tutor.faults = [TutorError("first"), RuntimeError("second")]
        await browser.press("Show answer")
        assert browser.status == 500


@pytest.mark.parametrize(
    "body",
    [b"", b"key=", b"key=" + b"k" * 65, b"{}", b"\xff\xfe", b"&".join([b"a=1"] * 20), b"payload=u"],
)
async def test_a_body_without_a_key_is_refused(page: Running, tutor: ScriptedTutor, body: bytes) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        calls = list(tutor.calls)
        headers = {"Origin": browser.origin, "Content-Type": "application/x-www-form-urlencoded"}
        async with browser.http.post(f"{browser.origin}/act", data=body, headers=headers) as response:
            assert response.status == 400
            assert words.NOT_UNDERSTOOD in await response.text()
    assert tutor.calls == calls


@pytest.mark.parametrize("payload", ["", "zz.9", "r.a", "u", "\x00", "y.text.attempt", "é" * 200])
async def test_a_garbage_payload_reaches_the_tutor_as_unknown(
    page: Running, tutor: ScriptedTutor, payload: str
) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.post({"key": "k", "payload": payload})
        assert browser.status == 200
    assert tutor.calls[-1] == Unknown()


@pytest.mark.parametrize("text", ["\x00", "\xed\xb3\xbf", "\u202e\u05de\u05d4", "\n", "<b>`**", "\U0001f9ea"])
async def test_any_text_can_be_typed(page: Running, tutor: ScriptedTutor, text: str) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Send", text=text)
        assert browser.status == 200


async def test_a_form_in_another_encoding_than_ours_is_refused(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        data = aiohttp.FormData({"key": "k", "payload": "u"}, default_to_multipart=True)
        origin = {"Origin": browser.origin}
        async with browser.http.post(f"{browser.origin}/act", data=data, headers=origin) as response:
            assert response.status == 400
        async with browser.http.post(
            f"{browser.origin}/act", json={"key": "k", "payload": "u"}, headers=origin
        ) as response:
            assert response.status == 400
    assert Undo() not in tutor.calls


async def test_a_text_too_long_to_send_is_said_to_be(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.press("Send", text="x" * BODY_LIMIT)
        assert browser.status == 413
        assert words.TOO_LONG in browser.drawn.text


async def test_an_unknown_address_leads_back(page: Running) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        for address in ("/nowhere", "/static/", "/static/../app.py", "/act"):
            await browser.open(browser.origin + address)
            assert browser.status in (404, 405)
            assert words.NOT_HERE in browser.drawn.text
            assert 'href="/"' in browser.html


async def test_the_page_loads_only_its_own_files(page: Running) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.html)
        assert len(linked) == 3
        assert not re.findall(r"https?://", browser.html)
        assert not re.findall(r"<style|\sstyle=|\son\w+=|<script>", browser.html)
        for address in linked:
            await browser.open(browser.origin + address)
            assert browser.status == 200
            assert "http" not in browser.html.replace("http://www.w3.org/2000/svg", "")


async def test_the_enhanced_page_gets_the_screen_alone(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        await browser.post(browser.drawn.buttons["Show answer"], **{"X-Fragment": "1"})
        assert "<html" not in browser.html
        assert GOOD in browser.drawn.buttons
        tutor.faults = [RuntimeError("bug")]
        await browser.post(browser.drawn.buttons[GOOD], **{"X-Fragment": "1"})
        assert browser.html.startswith('<p class="notice" role="alert">Something went wrong here')


async def test_closing_finishes_the_press_under_way(page: Running, tutor: ScriptedTutor) -> None:
    async with visitor(page.port) as browser:
        await browser.open(page.address)
        tutor.gate.clear()
        tutor.arrived.clear()
        press = asyncio.create_task(browser.press("Show answer"))
        await tutor.arrived.wait()
        closing = asyncio.create_task(page.close())
        await _refused(page.port)
        assert not closing.done()
        tutor.gate.set()
        await press
        await closing
        assert browser.status == 200
        assert "Those booked under a version" in browser.drawn.text


async def _refused(port: int) -> None:
    """Wait until the port takes no new connection."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            return
        writer.close()
        await asyncio.sleep(0.01)


def _without_keys(html: str) -> str:
    return re.sub(r'name="key" value="[^"]+"', "", html)
