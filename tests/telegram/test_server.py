"""The Bot API server refuses what Telegram refuses, seen through an unmodified python-telegram-bot."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from telegram import BotCommand, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, error
from telegram.ext import ExtBot

from .server import BotApiServer, Person, Rates

Bot = ExtBot[None]
Ask = Callable[[Bot, Person], Awaitable[Any]]


def keyboard(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in row] for row in rows])


@pytest.fixture
def ann(server: BotApiServer) -> Person:
    person = server.user(1, "Ann")
    person.write("/start")
    return person


def one_button(**given: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("A", **given)]])


async def sends_and_edits(bot: Bot, text: str, again: str, **given: Any) -> None:
    sent = await bot.send_message(1, text, **given)
    await bot.edit_message_text(again, 1, sent.message_id, **given)


REFUSED: list[tuple[str, Ask]] = [
    ("message text is empty", lambda bot, ann: bot.send_message(1, "")),
    ("text must be non-empty", lambda bot, ann: bot.send_message(1, " \n ")),
    ("text must be non-empty", lambda bot, ann: bot.send_message(1, "<b> </b>", parse_mode="HTML")),
    ("message is too long", lambda bot, ann: bot.send_message(1, "x" * 4097)),
    ("message is too long", lambda bot, ann: bot.send_message(1, "😀" * 2049)),
    ("text is too long", lambda bot, ann: bot.send_message(1, "x" * 32769)),
    ("MESSAGE_TOO_LONG", lambda bot, ann: sends_and_edits(bot, "x", "x" * 4097)),
    (
        'can\'t parse entities: Unsupported start tag "3" at byte offset 2',
        lambda bot, ann: bot.send_message(1, "a <3 b", parse_mode="HTML"),
    ),
    ("unsupported parse_mode", lambda bot, ann: bot.send_message(1, "x", parse_mode="BBCode")),
    ("chat not found", lambda bot, ann: bot.send_message(404, "x")),
    ("chat_id is empty", lambda bot, ann: bot.send_message("", "x")),
    ("message thread not found", lambda bot, ann: bot.send_message(1, "x", message_thread_id=9)),
    ("message to be replied not found", lambda bot, ann: bot.send_message(1, "x", reply_to_message_id=99)),
    ("BUTTON_DATA_INVALID", lambda bot, ann: bot.send_message(1, "x", reply_markup=one_button(callback_data="é" * 33))),
    ("BUTTON_URL_INVALID", lambda bot, ann: bot.send_message(1, "x", reply_markup=one_button(url="localhost"))),
    (
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        lambda bot, ann: bot.send_message(1, "x", reply_markup=one_button()),
    ),
    (
        "inline keyboard button text must be non-empty",
        lambda bot, ann: bot.send_message(1, "x", reply_markup=keyboard([" "])),
    ),
    ("reply markup is too long", lambda bot, ann: bot.send_message(1, "x", reply_markup=keyboard(list("abcdefghi")))),
    ("reply markup is too long", lambda bot, ann: bot.send_message(1, "x", reply_markup=keyboard(*[["a"]] * 101))),
    ("inline keyboard expected", lambda bot, ann: sends_and_edits(bot, "x", "y", reply_markup=ForceReply())),
    ("message to edit not found", lambda bot, ann: bot.edit_message_text("x", 1, 77)),
    ("message can't be edited", lambda bot, ann: bot.edit_message_text("x", 1, 1)),
    ("message to delete not found", lambda bot, ann: bot.delete_message(1, 77)),
    ("message with poll to stop not found", lambda bot, ann: bot.stop_poll(1, 1)),
    (
        "query is too old and response timeout expired or query ID is invalid",
        lambda bot, ann: bot.answer_callback_query("123"),
    ),
    ("wrong parameter action in request", lambda bot, ann: bot.send_chat_action(1, "dancing")),
    ("poll must have at least one answer option", lambda bot, ann: bot.send_poll(1, "?", [])),
    ("poll can't have more than 12 options", lambda bot, ann: bot.send_poll(1, "?", list("abcdefghijklm"))),
    ("poll question length must not exceed 300", lambda bot, ann: bot.send_poll(1, "?" * 301, ["a", "b"])),
    ("poll options length must not exceed 100", lambda bot, ann: bot.send_poll(1, "?", ["a", "b" * 101])),
    ("correct quiz option list must be non-empty", lambda bot, ann: bot.send_poll(1, "?", ["a", "b"], type="quiz")),
    (
        "POLL_EXPLANATION_INVALID",
        lambda bot, ann: bot.send_poll(
            1, "?", ["a", "b"], type="quiz", correct_option_ids=[0], explanation="a\nb\nc\nd"
        ),
    ),
    ("IMAGE_PROCESS_FAILED", lambda bot, ann: bot.send_photo(1, b"no picture at all")),
    ("PHOTO_INVALID_DIMENSIONS", lambda bot, ann: bot.send_photo(1, png(9000, 1001))),
    ("message caption is too long", lambda bot, ann: bot.send_photo(1, png(1, 1), caption="x" * 1025)),
    ("command length must not exceed 32", lambda bot, ann: bot.set_my_commands([BotCommand("a" * 33, "x")])),
    ("BOT_COMMAND_INVALID", lambda bot, ann: bot.set_my_commands([BotCommand("Drill", "x")])),
    ("command description must be non-empty", lambda bot, ann: bot.set_my_commands([BotCommand("drill", " ")])),
    ("ABOUT_TOO_LONG", lambda bot, ann: bot.set_my_short_description("x" * 121)),
    ("invalid webhook URL specified", lambda bot, ann: bot.set_webhook("http://insecure.example")),
    (
        "secret token contains unallowed characters",
        lambda bot, ann: bot.set_webhook("https://a.example", secret_token="é"),
    ),
]


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


@pytest.mark.parametrize(("words", "ask"), REFUSED, ids=[f"{n}-{words[:40]}" for n, (words, _) in enumerate(REFUSED)])
async def test_it_refuses_in_telegrams_words(bot: Bot, ann: Person, words: str, ask: Ask) -> None:
    before = ann.chat.screen
    with pytest.raises(error.BadRequest) as caught:
        await ask(bot, ann)
    assert caught.value.message.lower() == words.lower()  # the library drops the prefix and lowers the rest
    assert ann.server.calls[-1].description == f"Bad Request: {words}"
    assert ann.chat.screen.startswith(before)


async def test_an_edit_that_changes_nothing_is_not_modified(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "<b>x</b>", parse_mode="HTML", reply_markup=keyboard(["A"]))
    with pytest.raises(error.BadRequest, match="Message is not modified: specified new message content and reply"):
        await bot.edit_message_text(" <b>x</b> ", 1, sent.message_id, parse_mode="HTML", reply_markup=keyboard(["A"]))
    with pytest.raises(error.BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(1, sent.message_id, reply_markup=keyboard(["A"]))
    await bot.edit_message_text("x", 1, sent.message_id, reply_markup=keyboard(["A"]))
    assert ann.messages[-1].entities == []


async def test_an_edit_without_a_keyboard_removes_it(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "x", reply_markup=keyboard(["A"]))
    await bot.edit_message_text("y", 1, sent.message_id)
    assert ann.buttons == []


async def test_a_photo_has_no_text_to_edit_but_a_caption(bot: Bot, ann: Person) -> None:
    sent = await bot.send_photo(1, png(30, 20), caption="<i>a</i>", parse_mode="HTML")
    assert (sent.photo[0].width, sent.photo[0].height) == (30, 20)
    with pytest.raises(error.BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("y", 1, sent.message_id)
    await bot.edit_message_caption(1, sent.message_id, caption="b")
    assert ann.screen.endswith("(photo)\nb")


async def test_a_deleted_message_cannot_be_edited_or_deleted_again(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "x")
    ann.deletes(ann.messages[-1])
    with pytest.raises(error.BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", 1, sent.message_id)
    with pytest.raises(error.BadRequest, match="Message to delete not found"):
        await bot.delete_message(1, sent.message_id)


async def test_a_message_of_two_days_ago_stays(server: BotApiServer, bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "x")
    clock = server.now() + 48 * 3600 + 5
    server.now = lambda: clock
    with pytest.raises(error.BadRequest, match="can't be deleted for everyone"):
        await bot.delete_message(1, sent.message_id)


# Presses


async def test_a_press_is_answered_once_and_in_time(server: BotApiServer, bot: Bot, ann: Person) -> None:
    await bot.send_message(1, "x", reply_markup=keyboard(["A"]))
    first, second = ann.press("A"), ann.press("A")
    assert await bot.answer_callback_query(first, "Good.")
    assert ann.toasts == ["Good."]
    with pytest.raises(error.BadRequest, match="Query is too old"):
        await bot.answer_callback_query(first)
    clock = server.now() + 151
    server.now = lambda: clock
    with pytest.raises(error.BadRequest, match="Query is too old"):
        await bot.answer_callback_query(second)
    with pytest.raises(error.BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(ann.press("A"), "x" * 201)
    assert len(server.unanswered) == 1


async def test_a_button_is_pressed_by_its_label_on_the_newest_message_or_an_older_one(bot: Bot, ann: Person) -> None:
    await bot.send_message(1, "old", reply_markup=keyboard(["A"]))
    await bot.send_message(1, "new", reply_markup=keyboard(["A"], ["B"]))
    await bot.send_message(1, "last")
    assert ann.buttons == ["A", "B"]
    ann.press("A")
    ann.press("A", on=ann.messages[0])
    pressed = [update["callback_query"]["message"]["text"] for update in ann.server.updates.waiting[1:]]
    assert pressed == ["new", "old"]
    with pytest.raises(AssertionError, match="no button 'C'"):
        ann.press("C")


async def test_a_button_that_an_edit_removed_can_still_be_pressed_by_a_slow_phone(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "x", reply_markup=keyboard(["A"]))
    await bot.edit_message_text("y", 1, sent.message_id)
    ann.press("A", on=ann.messages[-1])
    assert ann.server.updates.waiting[-1]["callback_query"]["data"] == "A"
    with pytest.raises(AssertionError, match="no button 'A'"):
        ann.press("A")


async def test_a_press_on_a_deleted_message_shows_it_as_inaccessible(bot: Bot, ann: Person) -> None:
    await bot.send_message(1, "x", reply_markup=keyboard(["A"]))
    message = ann.messages[-1]
    ann.deletes(message)
    ann.tap("A", message)
    update = (await bot.get_updates())[-1]
    assert update.callback_query is not None
    assert not update.callback_query.message.is_accessible  # type: ignore[union-attr]


# Who may be written to


async def test_nobody_is_written_to_before_they_wrote(server: BotApiServer, bot: Bot) -> None:
    server.user(2, "Ben")
    with pytest.raises(error.Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(2, "hello")


async def test_a_block_is_announced_and_refused_until_it_ends(server: BotApiServer, bot: Bot, ann: Person) -> None:
    server.updates.forget()
    await bot.send_message(1, "x")
    await _while_confirming(bot, ann.blocks())
    with pytest.raises(error.Forbidden, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(1, "y")
    await _while_confirming(bot, ann.unblocks())
    await bot.send_message(1, "z")
    changes = [update["my_chat_member"]["new_chat_member"]["status"] for update in server.updates.confirmed]
    assert changes == ["kicked", "member"]


async def test_a_deactivated_account_is_refused_silently(bot: Bot, ann: Person) -> None:
    ann.deactivates()
    with pytest.raises(error.Forbidden, match="user is deactivated"):
        await bot.send_message(1, "x")


async def test_a_bot_that_was_kicked_is_refused(server: BotApiServer, bot: Bot, ann: Person) -> None:
    for group in (server.group(-5, "Study"), server.supergroup(-1005, "Study")):
        await bot.send_message(group.chat.id, "x")
        group.kicks_the_bot(by=ann)
    with pytest.raises(error.Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(-5, "x")
    with pytest.raises(error.Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(-1005, "x")


async def test_a_group_that_became_a_supergroup_says_its_new_id(server: BotApiServer, bot: Bot, ann: Person) -> None:
    group = server.group(-5, "Study")
    new = group.becomes_supergroup(-1_000_000_000_005, by=ann)
    with pytest.raises(error.ChatMigrated) as caught:
        await bot.send_message(-5, "x")
    assert caught.value.new_chat_id == new.chat.id
    await bot.send_message(new.chat.id, "x")
    signs = [update.message for update in await bot.get_updates()][1:]
    assert [(m.migrate_to_chat_id, m.migrate_from_chat_id) for m in signs if m] == [(new.chat.id, None), (None, -5)]


async def test_in_a_group_the_bot_hears_commands_and_replies_to_itself(
    server: BotApiServer, bot: Bot, ann: Person
) -> None:
    group = server.supergroup(-1005, "Study", "SQL", "Spark")
    sent = await bot.send_message(-1005, "Who?", message_thread_id=2)
    assert (sent.message_thread_id, sent.is_topic_message) == (2, True)
    ann.write("just talking", group)
    ann.write("/drill@other_bot", group)
    ann.write("/drill", group, thread=3)
    ann.write("/drill@backfill_bot", group)
    ann.write("me", group, reply_to=group.chat.messages[1])
    heard = [update.message.text for update in await bot.get_updates() if update.message]
    assert heard == ["/start", "/drill", "/drill@backfill_bot", "me"]


# Methods and tokens


async def test_a_newer_method_is_unknown_until_it_is_enabled(server: BotApiServer, bot: Bot, ann: Person) -> None:
    rich = {"chat_id": 1, "rich_message": {"html": "<p>x</p>"}}
    with pytest.raises(error.EndPointNotFound):
        await bot.do_api_request("sendRichMessage", rich)
    assert server.calls[-1].description == "Not Found: method not found"
    server.enable("sendRichMessage")
    made = await bot.do_api_request("sendRichMessage", rich)
    assert made["message_id"] == 2


async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_not_found(server: BotApiServer) -> None:
    async with aiohttp.ClientSession() as session:
        for token, status in (("123:wrong", 401), ("nonsense", 404)):
            async with session.get(f"{server.base_url}{token}/getMe") as response:
                assert response.status == status
                assert (await response.json())["error_code"] == status


async def test_json_forms_queries_and_multipart_say_the_same(server: BotApiServer, ann: Person) -> None:
    url = f"{server.base_url}{server.token}/SENDMESSAGE"
    fields = {"chat_id": "1", "text": "é & x", "disable_notification": "true"}
    form = aiohttp.FormData(fields)
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for body in ({"json": fields}, {"data": form}, {"data": multipart}, {"params": fields}):
            async with session.post(url, **body) as response:
                assert response.status == 200
    assert [call.params for call in server.calls] == [{"chat_id": 1, "text": "é & x", "disable_notification": True}] * 4
    assert {call.method for call in server.calls} == {"sendMessage"}


async def test_the_bot_is_described_and_remembers_its_profile(server: BotApiServer, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username, me.can_join_groups) == (True, "backfill_bot", True)
    await bot.set_my_commands([BotCommand("drill", "Study")])
    await bot.set_my_commands([BotCommand("drill", "Lernen")], language_code="de")
    assert [c.description for c in await bot.get_my_commands()] == ["Study"]
    assert [c.description for c in await bot.get_my_commands(language_code="de")] == ["Lernen"]
    await bot.set_my_description("What it does")
    assert (await bot.get_my_description()).description == "What it does"
    server.user(1, "Ann")
    assert (await bot.get_chat(1)).first_name == "Ann"


# Polls


async def test_a_quiz_tells_the_bot_who_chose_what(server: BotApiServer, bot: Bot, ann: Person) -> None:
    sent = await bot.send_poll(
        1, "Which?", ["a", "b", "c"], type="quiz", correct_option_ids=[1, 2], is_anonymous=False, explanation="b, c"
    )
    assert sent.poll is not None
    assert [option.persistent_id for option in sent.poll.options] == [f"{sent.poll.id}:{n}" for n in range(3)]
    await _while_confirming(bot, ann.votes(ann.messages[-1], "b"))
    answer = server.updates.confirmed[-1]["poll_answer"]
    assert (answer["user"]["id"], answer["option_ids"], answer["option_persistent_ids"]) == (
        1,
        [1],
        [f"{sent.poll.id}:1"],
    )
    closed = await bot.stop_poll(1, sent.message_id)
    assert (closed.is_closed, closed.total_voter_count, closed.options[1].voter_count) == (True, 1, 1)
    with pytest.raises(error.BadRequest, match="Poll has already been closed"):
        await bot.stop_poll(1, sent.message_id)


async def test_an_anonymous_poll_tells_only_the_counts(server: BotApiServer, bot: Bot, ann: Person) -> None:
    await bot.send_poll(1, "Which?", ["a", "b"])
    await _while_confirming(bot, ann.votes(ann.messages[-1], "a"))
    assert {key for update in server.updates.confirmed for key in update} == {"update_id", "message", "poll"}


# How often


async def test_sending_too_fast_is_told_how_long_to_wait(server: BotApiServer, bot: Bot, ann: Person) -> None:
    clock = [100.0]
    server.monotonic = lambda: clock[0]
    server.rates = Rates(per_chat_a_second=1, per_group_a_minute=20, burst=2)
    server.group(-5, "Study")
    for _ in range(2):
        await bot.send_message(1, "x")
    with pytest.raises(error.RetryAfter) as caught:
        await bot.send_message(1, "x")
    assert caught.value.retry_after == timedelta(seconds=1)
    await bot.edit_message_text("edits are not counted", 1, 2)
    clock[0] += 1.01
    await bot.send_message(1, "x")
    for _ in range(20):
        clock[0] += 1.01
        await bot.send_message(-5, "x")
    with pytest.raises(error.RetryAfter) as caught:
        await bot.send_message(-5, "x")
    assert 35 < caught.value.retry_after.total_seconds() < 42  # type: ignore[union-attr]


# The phone


async def test_the_screen_shows_edits_in_place_and_the_transcript_tells_the_story(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(1, "<b>Q</b> 1 &lt; 2?", parse_mode="HTML", reply_markup=keyboard(["Yes", "No"]))
    await bot.answer_callback_query(ann.press("Yes"), "Right.", show_alert=True)
    await bot.edit_message_text("Right.", 1, sent.message_id)
    await bot.delete_message(1, 1)
    assert ann.screen == "Right."
    assert ann.chat.transcript().split("\n\n") == [
        "Ann: /start",
        "<b>Q</b> 1 < 2?\n[Yes] [No]",
        "(Ann presses) Yes",
        "(alert) Right.",
        "(message 2 becomes)\nRight.",
        "(message 1 is gone)",
    ]


async def test_lost_formatting_is_remembered_for_the_test_to_see(server: BotApiServer, bot: Bot, ann: Person) -> None:
    await bot.send_message(1, "<pre>a <i>b</i></pre>", parse_mode="HTML")
    assert [entity["type"] for entity in server.lost_formatting] == ["italic"]


async def _while_confirming(bot: Bot, event: Awaitable[None]) -> None:
    """Let the event happen while a poller confirms everything."""
    happening = asyncio.ensure_future(event)
    offset = 0
    while not happening.done():
        updates = await bot.get_updates(offset=offset, timeout=0)
        offset = max([offset, *(update.update_id + 1 for update in updates)])
        await asyncio.sleep(0.01)
    await happening
