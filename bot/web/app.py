"""Wires the page together: a server on the loopback address, its routes, its refusals and its security headers."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.core.my_data_model import Pack, no_files
from bot.web import words
from bot.web.gate import Gate
from bot.web.handlers import Handle, Handlers, refusal

HOST = "127.0.0.1"
BODY_LIMIT = 64 * 1024  # bytes; 4,000 characters of any script fit, percent-encoded
FINISH_WITHIN = 20.0  # seconds that requests under way get when the page closes

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": under it browsers send `Origin: null` with our own forms, and the gate needs the real one.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Running:
    """A page being served."""

    def __init__(self, runner: web.AppRunner, gate: Gate, port: int) -> None:
        self.port = port
        self._runner = runner
        self._gate = gate

    @property
    def address(self) -> str:
        """The address that opens the page in one (more) browser; it changes once it was used."""
        return self._gate.address

    async def close(self) -> None:
        """Accept nothing new, finish what is under way, stop."""
        await self._runner.cleanup()


async def serve(
    handle: Handle,
    *,
    port: int,
    announce: Callable[[str], None],
    token: str | None = None,
    elsewhere: Callable[[], str] = str,
    pack: Pack = no_files,
) -> Running:
    """Serve the page on 127.0.0.1; port 0 takes a free one.

    `announce` is given each sentence to print: first the address, and, whenever that was used up by a browser, the
    next one. `elsewhere` gives the address that a deep link's payload is put behind to open Telegram, or ""; `pack`
    gives a learner's files. Raises OSError if the port is taken.
    """
    listener = socket.create_server((HOST, port))
    port = listener.getsockname()[1]
    gate = Gate(port, token)
    runner = web.AppRunner(
        _application(Handlers(handle, elsewhere, pack), gate, announce), access_log=None, shutdown_timeout=FINISH_WITHIN
    )
    await runner.setup()
    await web.SockSite(runner, listener).start()
    announce(gate.address)
    return Running(runner, gate, port)


def _application(handlers: Handlers, gate: Gate, announce: Callable[[str], None]) -> web.Application:
    app = web.Application(middlewares=[_refusals, _guard(gate, announce)], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(_add_headers)
    app.router.add_get("/", handlers.home, allow_head=False)
    app.router.add_post("/act", handlers.act)
    for name in words.FILES:
        app.router.add_get(f"/{name}", handlers.download, allow_head=False)
    for name, kind in STATIC.items():
        app.router.add_get(f"/static/{name}", _file(name, kind))
    return app


@web.middleware
async def _refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn aiohttp's own refusals into the page's sentences."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return refusal(request, 413, words.TOO_LONG)
    except web.HTTPMethodNotAllowed:
        return refusal(request, 405, words.NOT_HERE)
    except web.HTTPNotFound:
        return refusal(request, 404, words.NOT_HERE)


def _guard(gate: Gate, announce: Callable[[str], None]) -> Callable[..., Awaitable[web.StreamResponse]]:
    @web.middleware
    async def guard(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not gate.is_own(request.method, request.headers.get("Host", ""), request.headers.get("Origin")):
            return refusal(request, 403, words.FOREIGN)
        if request.path.startswith("/static/"):
            return await handler(request)  # nobody's secrets; the refusals are styled by them
        token = request.query.get("token")
        if gate.admits(request.cookies.get(gate.cookie, "")):
            return await handler(request) if token is None else _home()
        session = gate.redeem(token) if token is not None and request.method == "GET" else None
        if session is None:
            return refusal(request, 401, words.CLOSED)
        announce(words.another_browser(gate.address))
        response = _home()
        response.set_cookie(gate.cookie, session, path="/", httponly=True, samesite="Strict")
        return response

    return guard


def _home() -> web.Response:
    """Back to the page without the token in its address."""
    return web.Response(status=303, headers={"Location": "/"})


def _file(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    text = (Path(__file__).parent / "static" / name).read_text(encoding="utf-8")

    async def send(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=kind, charset="utf-8")

    return send


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers["Server"] = "Backfill"  # aiohttp's default names its version and Python's
