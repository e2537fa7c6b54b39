"""A whole python-telegram-bot application against the server: handlers, presses, groups, restarts, transcripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.telegram.transport import AiohttpRequest

from .server import BotApiServer, repeated

Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    assert update.message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Good 10m", callback_data="good")]])
    await update.message.reply_html("<b>Q</b> 1 &lt; 2?", reply_markup=markup)


async def rate(update: Update, context: Context) -> None:
    query = update.callback_query
    assert query is not None
    await asyncio.sleep(0.05)  # the core thinks; `idle` must not take this for silence
    await query.answer("Good. Back in 10 minutes.")
    await query.edit_message_text(f"<i>done, {query.from_user.first_name}</i>", parse_mode="HTML")


@asynccontextmanager
async def running(server: BotApiServer) -> AsyncIterator[None]:
    """The application behind the plainest intake: handle, then confirm."""
    builder = Application.builder().token(server.token).base_url(server.base_url).base_file_url(server.base_file_url)
    builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest()).updater(None)
    app: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(rate))

    async def intake() -> None:
        offset = 0
        while True:
            for update in await app.bot.get_updates(offset=offset, timeout=20):
                await app.process_update(update)
                offset = update.update_id + 1

    async with app:
        polling = asyncio.create_task(intake())
        yield
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


async def test_a_learner_starts_and_presses(server: BotApiServer) -> None:
    ann = server.user(1, "Ann")
    async with running(server):
        await ann.says("/start")
        assert ann.screen == "Ann: /start\n\n<b>Q</b> 1 < 2?\n[Good 10m]"
        await ann.presses("Good 10m")
    assert ann.chat.transcript() == (
        "Ann: /start\n\n<b>Q</b> 1 < 2?\n[Good 10m]\n\n(Ann presses) Good 10m\n\n"
        "(toast) Good. Back in 10 minutes.\n\n(message 2 becomes)\n<i>done, Ann</i>"
    )
    assert server.unanswered == []


async def test_learners_press_at_the_same_time(server: BotApiServer) -> None:
    people = [server.user(number, f"P{number}") for number in range(1, 9)]
    async with running(server):
        await asyncio.gather(*(person.says("/start") for person in people))
        await asyncio.gather(*(person.presses("Good 10m") for person in people))
    assert [person.messages[-1].text for person in people] == [f"done, P{number}" for number in range(1, 9)]


async def test_a_press_in_a_group_is_found_there(server: BotApiServer) -> None:
    ann, group = server.user(1, "Ann"), server.supergroup(-1005, "Study")
    async with running(server):
        await ann.says("/start", group)
        await ann.presses("Good 10m", where=group)
    assert group.screen.endswith("<i>done, Ann</i>")
    assert ann.screen == ""


async def test_what_waited_while_the_bot_was_away_is_handled_after_a_restart(server: BotApiServer) -> None:
    ann = server.user(1, "Ann")
    async with running(server):
        await ann.says("/start")
    ann.press("Good 10m")
    async with running(server):
        await server.idle()
    assert ann.messages[-1].text == "done, Ann"


async def test_a_bot_that_takes_every_update_at_its_word_doubles_it(server: BotApiServer) -> None:
    """The twin that must fail: this application keeps no keys, and the server shows it."""
    server.updates.arrange = repeated(2)
    ann = server.user(1, "Ann")
    async with running(server):
        await ann.says("/start")
    assert len(ann.messages) == 2
