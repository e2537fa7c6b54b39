"""Reads the parameters of a call from a query string, a form, JSON or multipart, and gives each its type.

https://core.telegram.org/bots/api#making-requests. Only the kinds of the parameters our methods know are listed; any
other stays a string, so an unknown one shows up in `Call.params` as it came.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from .refusals import bad_request


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS = _words(
    "message_id message_thread_id offset limit timeout user_id cache_time open_period close_date correct_option_id "
    "max_connections reply_to_message_id"
)
FRACTIONS = _words("latitude longitude horizontal_accuracy")
TRUTHS = _words(
    "disable_notification protect_content show_alert is_anonymous allows_multiple_answers allows_revoting is_closed "
    "drop_pending_updates disable_web_page_preview allow_paid_broadcast has_spoiler show_caption_above_media "
    "shuffle_options hide_results_until_closes disable_content_type_detection"
)
STRUCTURES = _words(
    "reply_markup entities caption_entities question_entities explanation_entities options correct_option_ids "
    "allowed_updates commands scope link_preview_options reply_parameters rich_message menu_button"
)


@dataclass(frozen=True)
class Upload:
    """A file that came along in a multipart body."""

    name: str
    filename: str
    content_type: str
    content: bytes


@dataclass
class Received:
    """The parameters of one call, typed, and its files by field name."""

    params: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


async def received(request: web.BaseRequest) -> Received:
    """Everything the request says. Raises `Refusal` 400 for a value that is not of its parameter's type."""
    raw: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        raw |= json.loads(await request.text() or "{}")
    elif request.content_type == "multipart/form-data":
        await _multipart(request, raw, files)
    else:
        raw |= dict(await request.post())
    return Received({name: _typed(name, value) for name, value in raw.items()}, files)


async def _multipart(request: web.BaseRequest, raw: dict[str, Any], files: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "Telegram takes no nested multipart"
        name, content = part.name or "", bytes(await part.read())
        if part.filename is None:
            raw[name] = content.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[name] = Upload(name, part.filename, kind, content)


def _typed(name: str, value: Any) -> Any:
    if name in STRUCTURES:
        return _structure(name, value)
    if name in TRUTHS:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "yes", "1")  # Client.cpp to_bool
    if name in NUMBERS or name in FRACTIONS or (name == "chat_id" and not str(value).startswith("@")):
        return _number(name, value)
    return value if isinstance(value, str) else json.dumps(value)


def _structure(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        what = "reply keyboard markup" if name == "reply_markup" else name.replace("_", " ")
        raise bad_request(f"can't parse {what} JSON object") from None  # Client.cpp get_reply_markup and others


def _number(name: str, value: Any) -> int | float | str:
    if value == "":
        return ""
    try:
        return float(value) if name in FRACTIONS else int(value)
    except (TypeError, ValueError):
        # Telegram reads such a value as 0 and then fails elsewhere; saying so at once is kinder to a test.
        raise bad_request(f"invalid {name} specified") from None
