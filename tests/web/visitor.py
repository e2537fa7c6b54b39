"""A browser without JavaScript: follows the address, reads the forms, presses what they offer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser

import aiohttp


class Drawn(HTMLParser):
    """What a page shows: its text, and the fields each button would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.buttons: dict[str, dict[str, str]] = {}  # accessible name -> fields
        self.tags: list[str] = []
        self._form: dict[str, str] = {}
        self._button: dict[str, str] | None = None
        self._name = self._label = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = {}
        elif tag == "input":
            self._form[named["name"]] = named["value"]
        elif tag == "textarea":
            self._form[named["name"]] = ""
        elif tag == "button":
            self._button = {named["name"]: named["value"]} if "name" in named else {}
            self._name, self._label = named.get("aria-label", ""), ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            self.buttons[self._name or self._label] = self._form | self._button
            self._button = None

    def handle_data(self, data: str) -> None:
        self.text += data
        self._label += data


class Visitor:
    """One browser's cookies and the page it is on."""

    def __init__(self, http: aiohttp.ClientSession, origin: str) -> None:
        self.http = http
        self.origin = origin
        self.status = 0
        self.html = ""
        self.headers: dict[str, str] = {}

    @property
    def drawn(self) -> Drawn:
        return Drawn(self.html)

    async def open(self, address: str) -> None:
        async with self.http.get(address) as response:
            await self._keep(response)

    async def press(self, label: str, **changed: str) -> None:
        """Submit the form of the button so labelled, with some fields filled in."""
        await self.post(self.drawn.buttons[label] | changed)

    async def post(self, fields: dict[str, str], **headers: str) -> None:
        sent = {"Origin": self.origin} | headers
        async with self.http.post(f"{self.origin}/act", data=fields, headers=sent) as response:
            await self._keep(response)

    async def _keep(self, response: aiohttp.ClientResponse) -> None:
        self.status, self.html = response.status, await response.text()
        self.headers = dict(response.headers)


@asynccontextmanager
async def visitor(port: int) -> AsyncIterator[Visitor]:
    """A fresh browser, not let in yet."""
    jar = aiohttp.CookieJar(unsafe=True)  # "unsafe" lets it keep cookies of a bare IP address, as browsers do
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Visitor(http, f"http://127.0.0.1:{port}")
