"""Drives a headless Chromium over its DevTools protocol: open, press keys, look, photograph."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
PATIENCE = 20.0  # seconds until a wait counts as failed; nothing here takes one
CODES = {" ": ("Space", 32), "Enter": ("Enter", 13), "Escape": ("Escape", 27), "Tab": ("Tab", 9)}


def installed() -> str | None:
    """Where a browser is, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium(profile: Path) -> Iterator[int]:
    """A browser with a profile of its own; yields the port it is driven by."""
    program = installed()
    assert program is not None
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _port(profile / "DevToolsActivePort", process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _port(written: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        lines = written.read_text().splitlines() if written.exists() else []
        if len(lines) == 2:
            return int(lines[0])
        time.sleep(0.02)
    raise AssertionError("the browser did not start")


NAVIGATED = "Inspected target navigated or closed"  # the page was left while it was being asked


class PageLeft(Exception):
    """The page was left before it could answer."""


class Tab:
    """One tab, driven over its own connection. `errors` are what its console complained of."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.errors: list[str] = []
        self._socket = socket
        self._last = 0

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """One command of the protocol and its result."""
        self._last += 1
        await self._socket.send_json({"id": self._last, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json(timeout=PATIENCE)
            if message.get("id") == self._last:
                if message.get("error", {}).get("message") == NAVIGATED:
                    raise PageLeft
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        if message["method"] == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(message["params"]["exceptionDetails"]))
        elif message["method"] == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.errors.append(json.dumps(message["params"]["entry"]))

    async def look(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true on the page."""
        deadline = time.monotonic() + PATIENCE
        while not await self._is(expression):
            assert time.monotonic() < deadline, f"still not so: {expression}\n{await self.text()}"
            await asyncio.sleep(0.01)

    async def _is(self, expression: str) -> bool:
        """Whether an expression is true; of a page that is just being left it is not, yet."""
        try:
            return bool(await self.look(expression))
        except PageLeft:
            return False

    async def open(self, address: str) -> None:
        await self.call("Page.navigate", url=address)
        await self.until("document.readyState === 'complete' && location.protocol === 'http:'")

    async def sees(self, text: str) -> None:
        """Wait until a text stands on the screen."""
        await self.until(f"document.body?.innerText.includes({json.dumps(text)})")

    async def text(self) -> str:
        return str(await self.look("document.body?.innerText"))

    async def press(self, key: str, *, repeated: bool = False) -> None:
        """Press and release one key."""
        code, number = CODES.get(key, ("", ord(key.upper()) if len(key) == 1 else 0))
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, autoRepeat=repeated, **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def write(self, text: str) -> None:
        """Type a text where the focus is."""
        for letter in text:
            await self.press(letter)

    async def click(self, selector: str, times: int = 1) -> None:
        """Click an element at its middle, `times` within one double click."""
        box = await self.look(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            " found.scrollIntoView({block: 'center', behavior: 'instant'}); const b = found.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        at = {"x": box[0], "y": box[1], "button": "left"}
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                await self.call("Input.dispatchMouseEvent", type=kind, clickCount=count, **at)

    async def activate(self, selector: str) -> None:
        """Click an element without the mouse: a browser drops mouse input on a page until it has drawn it once."""
        with suppress(PageLeft):
            await self.look(f"document.querySelector({json.dumps(selector)}).click()")

    async def press_button(self, label: str) -> None:
        """Press the button so labelled from the keyboard: focus it, then Enter."""
        buttons = f"[...document.querySelectorAll('button')].find(b => b.innerText === {json.dumps(label)})"
        await self.look(f"{buttons}.focus()")
        await self.press("Enter")

    async def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=phone
        )

    async def prefer(self, **features: str) -> None:
        """Media features the learner prefers: `color_scheme="dark"`."""
        listed = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        await self.call("Emulation.setEmulatedMedia", features=listed)

    async def photograph(self) -> bytes:
        """What the window shows, as PNG."""
        shot = await self.call("Page.captureScreenshot", captureBeyondViewport=False)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def tab(port: int) -> AsyncIterator[Tab]:
    """A tab with cookies of its own."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/json/version") as response:
        browser = (await response.json(content_type=None))["webSocketDebuggerUrl"]
        async with http.ws_connect(browser, max_msg_size=0) as socket:
            whole = Tab(socket)
            context = (await whole.call("Target.createBrowserContext"))["browserContextId"]
            made = await whole.call("Target.createTarget", url="about:blank", browserContextId=context)
            address = f"ws://127.0.0.1:{port}/devtools/page/{made['targetId']}"
            async with http.ws_connect(address, max_msg_size=0) as connection:
                opened = Tab(connection)
                for domain in ("Page", "Runtime", "Log"):
                    await opened.call(f"{domain}.enable")
                yield opened
            await whole.call("Target.disposeBrowserContext", browserContextId=context)
