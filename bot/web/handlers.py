"""What the page's two routes do: read a press, ask the tutor, draw its reply."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

import structlog
from aiohttp import web

from bot.core.actions import Action, Begin, Type
from bot.core.buttons import decode
from bot.core.model import Account, TutorError
from bot.core.my_data_model import Pack, no_files
from bot.core.ports import StoreError
from bot.core.reply import Reply
from bot.core.words import went_wrong
from bot.web import render, words

Handle = Callable[[Account, Action, str], Awaitable[Reply]]
"""The tutor's one door, `Tutor.handle`: (account, action, idempotency key) -> reply; raises TutorError, StoreError."""

ACCOUNT = Account("web", "local")
FRAGMENT = "X-Fragment"  # sent by page.js, which swaps the screen only
FORM = "application/x-www-form-urlencoded"
KEY_LENGTH = 64  # characters
FIELDS = 8
FILE_SIZE = 64 << 20  # bytes of a download before it is packed

_log = structlog.get_logger(__name__)


class Handlers:
    """The routes. They keep nothing between requests: every screen carries what its presses need."""

    def __init__(self, handle: Handle, elsewhere: Callable[[], str], pack: Pack = no_files) -> None:
        """`elsewhere` gives the address that a deep link's payload is put behind to open Telegram, or ""."""
        self._handle = handle
        self._elsewhere = elsewhere
        self._pack = pack

    async def home(self, request: web.Request) -> web.Response:
        """GET /: the screen the learner is at."""
        return await self._answer(request, Begin(), _fresh_key())

    async def act(self, request: web.Request) -> web.Response:
        """POST /act: a press (`payload`) or typed text (`text`, `attempt`), with the `key` of the screen it was on."""
        form = await _form(request)
        key = form.get("key", "")
        if not 0 < len(key) <= KEY_LENGTH:
            return refusal(request, 400, words.NOT_UNDERSTOOD)
        return await self._answer(request, _action(form), _press_key(form))

    async def download(self, request: web.Request) -> web.Response:
        """GET /export.json and /export.csv: a learner's files."""
        try:
            documents = await self._pack(ACCOUNT, FILE_SIZE)
        except TutorError as told:
            return refusal(request, 409, str(told))
        except StoreError as told:
            return refusal(request, 503, str(told))
        document = documents[list(words.FILES).index(request.path[1:])]
        named = {"Content-Disposition": f'attachment; filename="{document.name}"'}
        return web.Response(body=document.content, headers=named, content_type="application/octet-stream")

    async def _answer(self, request: web.Request, action: Action, key: str) -> web.Response:
        try:
            return await self._draw_or_explain(request, action, key)
        except StoreError as told:  # nothing was saved: the screen stays, the same press may be repeated
            return refusal(request, 503, str(told))
        except Exception:  # noqa: BLE001 - the one handler of bugs: told with a reference, logged with the same
            reference = secrets.token_hex(4)
            _log.exception("page.failed", error_id=reference, action=type(action).__name__)
            return refusal(request, 500, went_wrong(reference))

    async def _draw_or_explain(self, request: web.Request, action: Action, key: str) -> web.Response:
        """The tutor's reply; or its sentence above the screen the learner is at."""
        try:
            return await self._draw(request, action, key)
        except TutorError as told:
            sentence = str(told)
        try:
            return await self._draw(request, Begin(), _fresh_key(), sentence)
        except TutorError:  # that screen is refused too: the first sentence stands alone
            return refusal(request, 409, sentence)

    async def _draw(self, request: web.Request, action: Action, key: str, notice: str = "") -> web.Response:
        reply = await self._handle(ACCOUNT, action, key)
        draw = render.screen if _wants_fragment(request) else render.page
        return _html(200, draw(reply, _fresh_key(), notice, self._elsewhere()))


def refusal(request: web.Request, status: int, sentence: str) -> web.Response:
    """A request that changed nothing, and why, as a sentence."""
    if _wants_fragment(request):
        return _html(status, render.notice(sentence))
    return _html(status, render.message(sentence, back="" if status in (401, 403) else words.TO_THE_CARDS))


async def _form(request: web.Request) -> Mapping[str, str]:
    """The fields of a posted form; empty for anything that is not one. Raises HTTPRequestEntityTooLarge."""
    body = await request.read()
    if request.content_type != FORM:
        return {}
    try:
        return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        return {}


def _action(form: Mapping[str, str]) -> Action:
    if "text" in form:
        return Type(form["text"].replace("\r\n", "\n"), form.get("attempt", ""))
    return decode(form.get("payload", ""))


def _press_key(form: Mapping[str, str]) -> str:
    """The same for a repeated press, another for every other press: the screen's key and what was pressed on it."""
    pressed = "\0".join((form.get("payload", ""), form.get("text", "")))
    return f"{form['key']}.{hashlib.blake2b(pressed.encode(), digest_size=8).hexdigest()}"


def _fresh_key() -> str:
    return secrets.token_urlsafe(16)


def _wants_fragment(request: web.Request) -> bool:
    return FRAGMENT in request.headers


def _html(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8")
