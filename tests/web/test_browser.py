"""The page in a real browser: the keyboard, typed answers, failures, phones, dark mode, accessible names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.core.actions import Choose, Rate, Reveal, ShowStats, Type, Undo
from bot.core.model import TutorError
from bot.web import words
from bot.web.app import Running, serve
from scheduler.model import Rating
from tests.web import chromium
from tests.web.chromium import Tab
from tests.web.scripted import ScriptedTutor

pytestmark = pytest.mark.skipif(
    chromium.installed() is None, reason="no Chromium here: the page is not tried in a browser"
)

GOOD = Rate("attempt0", Rating.GOOD)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with chromium.chromium(tmp_path_factory.mktemp("chromium")) as port:
        yield port


@pytest.fixture
async def tab(browser: int, page: Running) -> AsyncIterator[Tab]:
    """The page, opened at its printed address."""
    async with chromium.tab(browser) as opened:
        await opened.open(page.address)
        await opened.sees("Which sales are absent")
        yield opened


async def test_a_drill_by_keyboard_alone(tab: Tab, tutor: ScriptedTutor) -> None:
    assert await tab.look("location.search") == "", "the token is gone from the address"
    await tab.press(" ")
    await tab.sees("Those booked under a version")
    text = await tab.text()
    assert text.index("Which sales are absent") < text.index("Those booked under a version")
    assert await tab.look("document.activeElement.innerText") == "Those booked under a version that was closed later."
    await tab.press(" ")
    await tab.sees("2 of 3")
    assert await tab.look("document.querySelector('[role=status]').textContent") == "Good. Back Wed 9 Dec."
    await tab.press("2")
    await tab.sees("You chose")
    await tab.press("1")
    await tab.sees("3 of 3")
    await tab.look("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))")
    await tab.press("Escape")  # this card asks for text, so the browser has put the cursor in the field
    await tab.press("u")
    await tab.sees("Taken back: Good.")
    assert tutor.calls[1:] == [
        Reveal("attempt0"),
        GOOD,
        Choose("attempt1", 1),
        Rate("attempt1", Rating.AGAIN),
        Undo(),
    ]
    assert tab.errors == []


async def test_a_card_that_asks_for_text_takes_what_is_typed_at_once(tab: Tab, tutor: ScriptedTutor) -> None:
    for key, shown in ((" ", "Those booked"), ("3", "2 of 3"), ("1", "You chose"), ("2", "3 of 3")):
        await tab.press(key)
        await tab.sees(shown)
    assert await tab.look("document.activeElement.tagName") == "TEXTAREA"
    await tab.press("u")
    await tab.press("Enter")
    await tab.sees("You wrote: u")
    assert Undo() not in tutor.calls


async def test_a_typed_answer_is_sent_by_enter_and_shortcuts_stay_out_of_it(tab: Tab, tutor: ScriptedTutor) -> None:
    await tab.press("Enter")
    await tab.until("document.activeElement.tagName === 'TEXTAREA'")
    await tab.write("1 u h")
    await tab.press("Escape")
    await tab.press("h")
    await tab.sees("Hint: think of")
    assert await tab.look("document.querySelector('textarea').value") == "1 u h", "a hint does not lose the draft"
    await tab.press("Enter")
    await tab.press("Enter")
    await tab.sees("You wrote: 1 u h")
    assert Type("1 u h", "attempt0") in tutor.calls
    assert Undo() not in tutor.calls


async def test_a_space_in_the_empty_field_shows_the_answer(tab: Tab, tutor: ScriptedTutor) -> None:
    await tab.press("Enter")
    await tab.press(" ")
    await tab.sees("Those booked under a version")
    assert tutor.calls[-1] == Reveal("attempt0")


async def test_a_held_key_and_a_double_click_press_once(tab: Tab, tutor: ScriptedTutor) -> None:
    await tab.press(" ")
    await tab.press(" ", repeated=True)
    await tab.sees("Those booked under a version")
    tutor.gate.clear()
    await tab.click("button.primary", times=2)
    await tab.press("3")
    await tab.until("document.querySelector('button.primary').disabled")
    tutor.gate.set()
    await tab.sees("2 of 3")
    assert tutor.calls[1:] == [Reveal("attempt0"), GOOD]


async def test_a_lost_connection_is_told_and_the_same_press_repeated(
    tab: Tab, page: Running, tutor: ScriptedTutor
) -> None:
    await tab.press(" ")
    await tab.sees("Those booked under a version")
    await tab.call("Network.enable")
    await tab.call(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
    )
    await tab.press("3")
    await tab.sees(words.OFFLINE)
    assert GOOD not in tutor.calls
    await tab.call(
        "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )
    await tab.press("Enter")  # the focus is on "Try again"
    await tab.sees("2 of 3")
    assert words.OFFLINE not in await tab.text()
    assert tutor.calls.count(GOOD) == 1


async def test_refusals_and_bugs_leave_the_screen_in_reach(tab: Tab, tutor: ScriptedTutor) -> None:
    tutor.faults = [TutorError("Look at the answer first.")]
    await tab.press(" ")
    await tab.sees("Look at the answer first.")
    tutor.faults = [RuntimeError("bug")]
    await tab.press(" ")
    await tab.sees("Something went wrong here; your progress is safe.")
    assert await tab.look("document.querySelectorAll('.notice[role=alert]:not([hidden])').length") == 1
    await tab.press(" ")
    await tab.sees("Those booked under a version")


async def test_the_places_lead_away_and_back_as_often_as_wanted(tab: Tab, tutor: ScriptedTutor) -> None:
    for _ in range(2):
        await tab.activate(".places button[value='i']")
        await tab.sees("Your figures")
        await tab.activate(".name")
        await tab.sees("Which sales are absent")
    assert tutor.calls.count(ShowStats()) == 2


async def test_a_phone_never_scrolls_sideways(tab: Tab) -> None:
    await tab.resize(360, 740, phone=True)
    for key, shown in ((" ", "Those booked"), ("3", "2 of 3"), ("1", "You chose"), ("g", "of 4 known")):
        assert await tab.look("document.documentElement.scrollWidth") == 360
        small = (
            "[...document.querySelectorAll('.row button')].filter(b => b.getBoundingClientRect().height < 40).length"
        )
        assert await tab.look(small) == 0, "every button is large enough for a thumb"
        await tab.press(key)
        await tab.sees(shown)
    assert await tab.look("document.documentElement.scrollWidth") == 360


async def test_long_code_scrolls_in_its_own_frame(tab: Tab) -> None:
    await tab.resize(360, 740, phone=True)
    assert await tab.look(
        "(() => { const p = document.querySelector('pre'); return p.scrollWidth > p.clientWidth; })()"
    )
    assert await tab.look("document.querySelector('pre').tabIndex") == 0, "and the keyboard reaches it"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_is_readable_in_both_schemes(tab: Tab, scheme: str) -> None:
    await tab.prefer(color_scheme=scheme, reduced_motion="reduce")
    await tab.press(" ")
    await tab.sees("Those booked")
    paper = await _colour(tab, "body", "backgroundColor")
    assert (_light(paper) > 0.5) == (scheme == "light")
    for text, ground in (
        ("body", "body"),
        (".body", ".screen"),
        (".aside", ".screen"),
        (".toast", "body"),
        ("button.primary", "button.primary"),
        (".row button:not(.primary) .wait", ".screen"),
        ("pre", "pre"),
        (".places button", "body"),
    ):
        ink, under = await _colour(tab, text, "color"), await _colour(tab, ground, "backgroundColor")
        assert _contrast(ink, under) >= 4.5, f"{text} on {ground} (WCAG 2.2, 1.4.3)"
    motion = await tab.look("getComputedStyle(document.querySelector('.fresh')).animationName")
    assert motion == "none"


async def test_everything_that_can_be_used_has_a_name_and_a_visible_focus(tab: Tab) -> None:
    await tab.press(" ")
    await tab.sees("Those booked")
    tree = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    used = [node for node in tree if node["role"]["value"] in ("button", "link", "textbox", "region")]
    names = [node["name"]["value"] for node in used]
    assert all(names)
    assert "Good, back in 15 days" in names
    for _ in range(len(used)):
        await tab.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert await tab.look(f"document.activeElement === document.body || {outline} !== 'none'")


async def test_an_answer_survives_a_reload_and_a_second_browser_stays_out(
    tab: Tab, browser: int, page: Running
) -> None:
    await tab.press(" ")
    await tab.sees("Those booked")
    await tab.call("Page.reload")
    await tab.until("document.readyState === 'complete'")
    await tab.sees("Those booked")
    async with chromium.tab(browser) as other:
        await other.open(f"http://127.0.0.1:{page.port}/")
        await other.sees(words.CLOSED)
    assert tab.errors == []


async def test_without_scripts_the_forms_still_drill(browser: int, page: Running, tutor: ScriptedTutor) -> None:
    async with chromium.tab(browser) as plain:
        await plain.call("Emulation.setScriptExecutionDisabled", value=True)
        await plain.open(page.address)
        await plain.sees("Which sales are absent")
        await plain.activate("button.primary")
        await plain.sees("Those booked under a version")
        await plain.activate("button.primary")
        await plain.sees("2 of 3")
    assert tutor.calls[1:] == [Reveal("attempt0"), GOOD]


async def test_another_local_page_cannot_press(browser: int, page: Running, tab: Tab) -> None:
    """A page on another local port is same-site, so its forms carry the cookie: the Origin gives it away."""
    neighbour = await serve(ScriptedTutor().handle, port=0, announce=lambda _: None)
    try:
        await tab.call("Page.setBypassCSP", enabled=True)  # our own policy would not let this form leave
        await tab.open(neighbour.address)
        await tab.look(
            "(() => { const form = document.createElement('form'); form.method = 'post';"
            f" form.action = 'http://127.0.0.1:{page.port}/act'; document.body.append(form);"
            " setTimeout(() => form.submit()); })()"
        )
        await tab.sees(words.FOREIGN)
    finally:
        await neighbour.close()


async def _colour(tab: Tab, selector: str, kind: str) -> tuple[float, ...]:
    css = await tab.look(f"getComputedStyle(document.querySelector({selector!r})).{kind}")
    return tuple(int(part) / 255 for part in re.findall(r"\d+", css)[:3])


def _light(colour: tuple[float, ...]) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((_light(one), _light(other)))
    return (lighter + 0.05) / (darker + 0.05)
