"""Methods that send, change and remove messages, and the access checks in front of them.

Checks stand in the order of `Client.cpp` and `MessagesManager.cpp`: text and keyboard are parsed first, then the chat
is looked up, then the message, then lengths, and last whether anything changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telegram.constants import CallbackQueryLimit, ChatAction, MessageLimit

from . import refusals, rich
from .chats import Chat, Json, Message, Reach, Standing
from .html import utf16
from .limits import inline_keyboard, photo_size
from .parameters import Received, Upload
from .polls import poll_from
from .texts import Formatted, formatted

if TYPE_CHECKING:
    from .server import BotApiServer

TWO_DAYS = 48 * 3600


async def send_message(server: BotApiServer, call: Received) -> Json:
    content = _text(call.params)
    keyboard, other = _markup(call.params)
    chat = writable(server, call.params)
    if not content.text:
        raise refusals.nothing_but_space()
    if utf16(content.text) > MessageLimit.MAX_TEXT_LENGTH:
        raise refusals.message_too_long()
    return _post(server, chat, call.params, keyboard, other, content=content).as_json()


async def send_photo(server: BotApiServer, call: Received) -> Json:
    return _send_file(server, call, "photo")


async def send_document(server: BotApiServer, call: Received) -> Json:
    return _send_file(server, call, "document")


async def send_poll(server: BotApiServer, call: Received) -> Json:
    poll = poll_from(call.params, server.date())
    keyboard, other = _markup(call.params)
    chat = writable(server, call.params)
    if not chat.allows_polls:
        raise refusals.no_rights_to_send_polls()
    message = _post(server, chat, call.params, keyboard, other, poll=poll)
    server.polls[poll.id] = message
    return message.as_json()


async def send_rich_message(server: BotApiServer, call: Received) -> Json:
    """Bot API 10.1 `sendRichMessage`, off unless `server.enable` names it."""
    body = _rich(call.params)
    keyboard, other = _markup(call.params)
    chat = writable(server, call.params)
    return _post(server, chat, call.params, keyboard, other, body=body).as_json()


async def edit_message_text(server: BotApiServer, call: Received) -> Json:
    body: Json = {}
    if "rich_message" in call.params and "sendRichMessage" in server.enabled:
        content, body = Formatted(), _rich(call.params)
    else:
        content = _text(call.params)
    keyboard = _inline(call.params)
    message = _editable(server, call.params)
    if not message.is_text:
        raise refusals.no_text_to_edit()
    if not content.text and not body:
        raise refusals.nothing_but_space()
    if utf16(content.text) > MessageLimit.MAX_TEXT_LENGTH:
        raise refusals.edited_message_too_long()
    return _change(server, message, content, keyboard, body)


async def edit_message_caption(server: BotApiServer, call: Received) -> Json:
    content = _caption(call.params)
    keyboard = _inline(call.params)
    message = _editable(server, call.params)
    return _change(server, message, content, keyboard, message.body)


async def edit_message_reply_markup(server: BotApiServer, call: Received) -> Json:
    keyboard = _inline(call.params)
    message = _editable(server, call.params)
    return _change(server, message, message.content, keyboard, message.body)


async def delete_message(server: BotApiServer, call: Received) -> bool:
    if not call.params.get("message_id"):
        raise refusals.message_not_specified()
    chat = writable(server, call.params)
    message = chat.live(call.params["message_id"])
    if message is None:
        raise refusals.message_to_delete_not_found()
    if server.date() - message.date > TWO_DAYS:
        raise refusals.too_old_to_delete()
    message.deleted = True
    chat.tell(f"(message {message.id} is gone)")
    return True


async def stop_poll(server: BotApiServer, call: Received) -> Json:
    keyboard = _inline(call.params)
    chat = server.chat_of(call.params)
    message = chat.live(call.params.get("message_id"))
    if message is None or message.poll is None or not message.sender.is_bot:
        raise refusals.poll_message_not_found()
    if message.poll.is_closed:
        raise refusals.poll_already_closed()
    message.poll.is_closed = True
    message.keyboard = keyboard
    chat.tell(f"(poll closed) {message.poll.question}")
    server.updates.put("poll", message.poll.as_json())
    return message.poll.as_json()


async def answer_callback_query(server: BotApiServer, call: Received) -> bool:
    text = str(call.params.get("text", ""))
    if utf16(text) > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise refusals.toast_too_long()
    url = str(call.params.get("url", ""))
    query = server.queries.pop(str(call.params.get("callback_query_id", "")), None)
    if query is None or server.now() - query.at > server.query_lifetime:
        raise refusals.query_too_old()
    if url and not _leads_to(server.bot.username, url):
        raise refusals.url_invalid()
    if url:
        query.person.led_to = url
        query.chat.tell(f"({query.person.account.name} is led to) {url}")
    if text:
        query.person.toasts.append(text)
        kind = "alert" if call.params.get("show_alert") else "toast"
        query.chat.tell(f"({kind}) {text}")
    return True


def _leads_to(username: str, url: str) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery: "links like t.me/your_bot?start=XXXX"; a payload has at
    most 64 characters of A-Z, a-z, 0-9, _ and - (https://core.telegram.org/bots/features#deep-linking).
    """
    return re.fullmatch(rf"https://t\.me/{username}\?start=[A-Za-z0-9_-]{{1,64}}", url) is not None


async def send_chat_action(server: BotApiServer, call: Received) -> bool:
    if call.params.get("action") not in list(ChatAction):
        raise refusals.wrong_action()
    writable(server, call.params, counts=False)
    return True


def writable(server: BotApiServer, params: Json, *, counts: bool = True) -> Chat:
    """The chat a call writes to. Raises `Refusal`: not found, 403, migrated, 429 (only where the call `counts`)."""
    chat = server.chat_of(params)
    reachable(chat)
    if chat.mute and counts:
        raise refusals.no_rights_to_write()
    match chat.person.reach if chat.person else Reach.OPEN:
        case Reach.DEACTIVATED:
            raise refusals.user_is_deactivated()
        case Reach.BLOCKED:
            raise refusals.blocked_by_user()
        case Reach.STRANGER:
            raise refusals.bot_cannot_initiate()
    thread = params.get("message_thread_id")
    if thread and thread not in chat.topics:
        raise refusals.thread_not_found()
    if thread in chat.closed_topics:
        raise refusals.topic_closed()
    if counts:
        server.rates.take(chat.id, server.monotonic())
    return chat


def reachable(chat: Chat) -> None:
    """Raises `Refusal` where the bot is not in the group any more, or the group is another now."""
    if chat.migrated_to is not None:
        raise refusals.group_was_upgraded(chat.migrated_to)
    if chat.standing is Standing.KICKED:
        raise refusals.kicked_from_group() if chat.type == "group" else refusals.kicked_from_supergroup()
    if chat.standing is Standing.LEFT:
        raise refusals.not_a_member(chat.type)


def _rich(params: Json) -> Json:
    """https://core.telegram.org/bots/api#inputrichmessage: "exactly one of the fields html or markdown"."""
    given = params.get("rich_message", {})
    if ("html" in given) == ("markdown" in given):
        raise refusals.bad_request("exactly one of the fields html and markdown must be used")
    if "markdown" in given:
        raise refusals.bad_request("this server reads rich HTML only")
    return {"rich_message": {"blocks": rich.blocks(given["html"])}}


def _text(params: Json) -> Formatted:
    if not params.get("text"):
        raise refusals.text_is_empty()
    return formatted(params)


def _caption(params: Json) -> Formatted:
    names = {"caption_entities": params.get("caption_entities", []), "caption_parse_mode": params.get("parse_mode", "")}
    content = formatted(params | names, "caption", "caption_")
    if utf16(content.text) > MessageLimit.CAPTION_LENGTH:
        raise refusals.caption_too_long()
    return content


def _markup(params: Json) -> tuple[list[list[Json]], Json | None]:
    """The inline keyboard of a new message, and the other kind of markup if it has that instead."""
    markup = params.get("reply_markup")
    if not markup:
        return [], None
    keyboard = inline_keyboard(markup)
    return keyboard, None if "inline_keyboard" in markup else markup


def _inline(params: Json) -> list[list[Json]]:
    keyboard, other = _markup(params)
    if other is not None:
        raise refusals.inline_keyboard_expected()
    return keyboard


def _editable(server: BotApiServer, params: Json) -> Message:
    chat = writable(server, params, counts=False)
    message = chat.live(params.get("message_id"))
    if message is None:
        raise refusals.message_to_edit_not_found()
    if not message.sender.is_bot or message.asks_for_reply:
        raise refusals.message_cannot_be_edited()
    return message


def _change(server: BotApiServer, message: Message, content: Formatted, keyboard: list[list[Json]], body: Json) -> Json:
    if (content, keyboard, body) == (message.content, message.keyboard, message.body):
        raise refusals.not_modified()
    message.gone = message.buttons + message.gone
    message.body = body
    message.content, message.keyboard, message.edited = content, keyboard, server.date()
    server.lost_formatting += content.lost
    message.chat.tell(f"(message {message.id} becomes)\n{message.shown()}")
    return message.as_json()


def _post(
    server: BotApiServer, chat: Chat, params: Json, keyboard: list[list[Json]], other: Json | None, **made: Any
) -> Message:
    reply_to = params.get("reply_parameters", {}).get("message_id")
    lenient = params.get("reply_parameters", {}).get("allow_sending_without_reply")
    if reply_to and chat.live(reply_to) is None:
        if not lenient:
            raise refusals.message_to_reply_not_found()
        reply_to = None
    thread = params.get("message_thread_id")
    message = server.post(chat, server.bot, keyboard=keyboard, thread=thread, reply_to=reply_to, **made)
    if other is not None:
        message.asks_for_reply = True
        chat.reply_keyboard = None if other.get("remove_keyboard") else other
    return message


def _send_file(server: BotApiServer, call: Received, kind: str) -> Json:
    content = _caption(call.params)
    keyboard, other = _markup(call.params)
    upload = _upload(call, kind)
    if upload is None and not call.params.get(kind):
        raise refusals.no_photo() if kind == "photo" else refusals.no_document()
    body: Json = {kind: _photo(server, upload) if kind == "photo" else _document(server, upload)}
    chat = writable(server, call.params)
    return _post(server, chat, call.params, keyboard, other, content=content, body=body).as_json()


def _upload(call: Received, kind: str) -> Upload | None:
    given = str(call.params.get(kind, ""))
    return call.files.get(given.removeprefix("attach://") if given.startswith("attach://") else kind)


def _photo(server: BotApiServer, upload: Upload | None) -> list[Json]:
    width, height = photo_size(upload.content) if upload else (1, 1)
    return [server.keep_file(upload) | {"width": width, "height": height}]


def _document(server: BotApiServer, upload: Upload | None) -> Json:
    named = {"file_name": upload.filename, "mime_type": upload.content_type} if upload else {}
    return server.keep_file(upload) | named
