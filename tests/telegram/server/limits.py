"""Checks that stand between a call and its effect: keyboards, commands, pictures, and how often one may send.

Numbers come from `telegram.constants`; the documentation tells most of them only in prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from telegram.constants import (
    BotCommandLimit,
    FileSizeLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
)

from . import refusals

Json = dict[str, Any]
KEYBOARD_BYTES = 10240  # reported for REPLY_MARKUP_TOO_LONG
PHOTO_BYTES = int(FileSizeLimit.PHOTOSIZE_UPLOAD)
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20  # https://core.telegram.org/bots/api#sendphoto
KINDS = ("url", "callback_data", "web_app", "login_url", "copy_text", "pay", "callback_game")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def inline_keyboard(markup: object) -> list[list[Json]]:
    """The rows of an inline keyboard, empty rows dropped. Raises `Refusal` (ReplyMarkup.cpp, Client.cpp)."""
    if not isinstance(markup, dict):
        raise refusals.markup_is_no_object()
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise refusals.rows_are_no_arrays()
    kept = [[_button(button) for button in row] for row in rows if row]
    too_wide = any(len(row) > InlineKeyboardMarkupLimit.BUTTONS_PER_ROW for row in kept)
    too_many = sum(map(len, kept)) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    if too_wide or too_many or len(str(kept).encode()) > KEYBOARD_BYTES:
        raise refusals.markup_too_long()
    return kept


def _button(button: Json) -> Json:
    data = str(button.get("callback_data", "")).encode()
    if not any(button.get(kind) for kind in KINDS) and not any(kind.startswith("switch_") for kind in button):
        raise refusals.text_button()
    if not str(button.get("text", "")).strip():
        raise refusals.button_without_text()
    if len(data) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise refusals.button_data_invalid()
    if "url" in button and not re.match(r"(https?|tg|ton)://\S+$", button["url"]):
        raise refusals.button_url_invalid()
    return button


def commands(given: list[Json]) -> list[Json]:
    """The commands setMyCommands takes. Raises `Refusal` (BotCommand.cpp set_commands)."""
    if len(given) > BotCommandLimit.MAX_COMMAND_NUMBER:
        raise refusals.too_many_commands()
    return [_command(entry["command"].strip().removeprefix("/"), entry["description"].strip()) for entry in given]


def _command(command: str, description: str) -> Json:
    if not command:
        raise refusals.command_without_text()
    if len(command) > BotCommandLimit.MAX_COMMAND:
        raise refusals.bad_request(f"command length must not exceed {int(BotCommandLimit.MAX_COMMAND)}")
    if not description:
        raise refusals.command_without_description()
    if len(description) > BotCommandLimit.MAX_DESCRIPTION:
        limit = int(BotCommandLimit.MAX_DESCRIPTION)
        raise refusals.bad_request(f"command description length must not exceed {limit}")
    if not re.fullmatch(r"[a-z0-9_]+", command):
        raise refusals.command_invalid()
    return {"command": command, "description": description}


def photo_size(content: bytes) -> tuple[int, int]:
    """Width and height of a picture, read from a PNG's header and taken as 1 x 1 for other kinds."""
    if len(content) > PHOTO_BYTES:
        raise refusals.photo_too_big()
    if not content.startswith(PICTURES):
        raise refusals.image_process_failed()
    sides = (1, 1)
    if content.startswith(PICTURES[0]):
        sides = (int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if min(sides) < 1:
        raise refusals.image_process_failed()
    if sum(sides) > PHOTO_SIDES or max(sides) > PHOTO_RATIO * min(sides):
        raise refusals.photo_invalid_dimensions()
    return sides


@dataclass
class Rates:
    """How much may be sent before 429; everything is off (`None`) until a test says otherwise.

    The documented figures are in `telegram.constants.FloodLimit`: about one message a second in a chat, 30 in all,
    20 a minute in a group. Telegram tolerates bursts and tells nobody how long ones: `burst` is ours.
    """

    per_chat_a_second: float | None = None
    per_group_a_minute: float | None = None
    overall_a_second: float | None = None
    burst: int = 1
    _sent: dict[object, list[float]] = field(default_factory=dict)

    def take(self, chat_id: int, now: float) -> None:
        """Count one message at `now` (seconds), or raise `Refusal` 429 with whole seconds to wait."""
        windows = [(chat_id, 1.0, self.per_chat_a_second), ("all", 1.0, self.overall_a_second)]
        if chat_id < 0:
            windows.append((("group", chat_id), 60.0, self.per_group_a_minute))
        counted = [(self._sent.setdefault(key, []), span, cap) for key, span, cap in windows if cap is not None]
        for sent, span, cap in counted:
            sent[:] = [at for at in sent if at > now - span]
            if len(sent) >= max(cap, self.burst):
                raise refusals.too_many_requests(max(1, ceil(sent[0] + span - now)))
        for sent, _, _ in counted:
            sent.append(now)
