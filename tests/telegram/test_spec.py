"""The check against Telegram's own description passes what the library sends and finds what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputPollOption
from telegram.ext import ExtBot

from .server import BotApiServer, Call
from .spec import assert_in_spec, departures


def keyboard(*labels: str, data: str = "x") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": data} for label in labels]]}


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendMassage", {}, "sendMassage: no such method"),
        ("sendMessage", {"chat_id": 1}, "sendMessage: 'text' is missing"),
        ("sendMessage", {"chat_id": 1, "text": "x", "color": 1}, "sendMessage: unknown 'color'"),
        ("sendMessage", {"chat_id": 1, "text": 7}, "sendMessage.text: 7 is no String"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, "sendMessage.chat_id: 1.5 is no Integer"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "sendMessage.chat_id: True is no Integer"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "sendMessage.text: 0 characters, 1 to 4096 allowed"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "sendMessage.text: 4098 characters, 1 to 4096 allowed"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": keyboard("A", data="é" * 33)},
            "sendMessage.reply_markup.inline_keyboard[0][0].callback_data: 66 bytes, 1 to 64 allowed",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}},
            "sendMessage.reply_markup.inline_keyboard[0][0]: 'text' is missing",
        ),
        (
            "sendPoll",
            {"chat_id": 1, "question": "x", "options": [{"text": "a"}] * 13},
            "sendPoll.options: 13 entries, 1 to 12 allowed",
        ),
        ("sendPhoto", {"chat_id": 1}, "sendPhoto: 'photo' is missing"),
    ],
)
def test_a_call_that_departs_is_found(method: str, params: dict[str, Any], problem: str) -> None:
    assert departures(Call(method, params, [], 200)) == [problem]


def test_markup_is_not_counted_as_text() -> None:
    params = {"chat_id": 1, "text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"}
    assert departures(Call("sendMessage", params, [], 200)) == []


async def test_what_the_library_sends_is_in_the_description(server: BotApiServer, bot: ExtBot[None]) -> None:
    server.user(1, "Ann").write("hi")
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
    sent = await bot.send_message(1, "<b>x</b>", parse_mode="HTML", reply_markup=markup)
    await bot.edit_message_text("y", 1, sent.message_id)
    await bot.send_photo(1, b"\xff\xd8\xff" + b"0" * 50)
    await bot.send_poll(1, "?", [InputPollOption("a"), InputPollOption("b")], is_anonymous=False)
    await bot.set_my_commands([BotCommand("drill", "Study")])
    await bot.get_updates(timeout=0, allowed_updates=["message", "callback_query"])
    assert len(server.calls) == 7
    assert_in_spec(server)
