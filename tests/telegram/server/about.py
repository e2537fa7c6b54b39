"""Methods about the bot itself and about chats: getMe, commands, descriptions, getChat, updates and webhooks."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram.constants import BotDescriptionLimit, BotNameLimit

from . import messages, refusals
from .chats import Json
from .html import utf16
from .limits import commands
from .parameters import Received

if TYPE_CHECKING:
    from .server import BotApiServer

Method = Callable[["BotApiServer", Received], Awaitable[Any]]


async def get_me(server: BotApiServer, call: Received) -> Json:
    """https://core.telegram.org/bots/api#getme: the capabilities come only here."""
    able = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    more = ("can_connect_to_business", "has_main_web_app", "has_topics_enabled", "allows_users_to_create_topics")
    return server.bot.as_json() | able | dict.fromkeys(more, False)


async def get_updates(server: BotApiServer, call: Received) -> list[Json]:
    if server.webhook:
        raise refusals.webhook_is_active()
    params = call.params
    return await server.updates.take(
        params.get("offset", 0), params.get("limit", 100), params.get("timeout", 0), params.get("allowed_updates")
    )


async def set_webhook(server: BotApiServer, call: Received) -> bool:
    """Remembers the webhook and stops polling; nothing is pushed."""
    url, secret = str(call.params.get("url", "")), str(call.params.get("secret_token", ""))
    if url and not re.match(r"https://[^/\s]+", url):
        raise refusals.invalid_webhook_url()
    if len(secret) > 256:
        raise refusals.secret_token_too_long()
    if not re.fullmatch(r"[A-Za-z0-9_\-]*", secret):
        raise refusals.secret_token_unallowed()
    if url:
        server.updates.interrupt(refusals.replaced_by_webhook())
    if call.params.get("drop_pending_updates"):
        server.updates.forget()
    server.webhook = url
    return True


async def delete_webhook(server: BotApiServer, call: Received) -> bool:
    return await set_webhook(server, Received({**call.params, "url": ""}))


async def get_webhook_info(server: BotApiServer, call: Received) -> Json:
    waiting = len(server.updates.waiting)
    return {"url": server.webhook, "has_custom_certificate": False, "pending_update_count": waiting}


async def set_my_commands(server: BotApiServer, call: Received) -> bool:
    server.profile[_scope("commands", call)] = commands(call.params.get("commands", []))
    return True


async def get_my_commands(server: BotApiServer, call: Received) -> list[Json]:
    return list(server.profile.get(_scope("commands", call), []))


async def delete_my_commands(server: BotApiServer, call: Received) -> bool:
    server.profile.pop(_scope("commands", call), None)
    return True


async def set_about(field: str, limit: int, server: BotApiServer, call: Received) -> bool:
    value = str(call.params.get(field, ""))
    if utf16(value) > limit:
        raise refusals.about_too_long()
    server.profile[_scope(field, call)] = value
    return True


async def get_about(field: str, server: BotApiServer, call: Received) -> Json:
    return {field: server.profile.get(_scope(field, call), server.bot.name if field == "name" else "")}


async def set_chat_menu_button(server: BotApiServer, call: Received) -> bool:
    server.profile["menu_button"] = call.params.get("menu_button", {"type": "default"})
    return True


async def get_chat(server: BotApiServer, call: Received) -> Json:
    """https://core.telegram.org/bots/api#chatfullinfo, the fields that are always there."""
    chat = server.chat_of(call.params)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    always = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    return chat.as_json() | always


async def get_chat_administrators(server: BotApiServer, call: Received) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators: "a list of administrators ... which aren't bots"."""
    chat = server.chat_of(call.params)
    if chat.person is not None:
        raise refusals.no_administrators()
    messages.reachable(chat)
    return [_administrator(server.people[person].account.as_json(), person == chat.creator) for person in chat.admins]


def _administrator(user: Json, creates: bool) -> Json:
    """https://core.telegram.org/bots/api#chatmemberadministrator, #chatmemberowner."""
    if creates:
        return {"status": "creator", "user": user, "is_anonymous": False}
    rights = (
        "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
        "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
    )
    return {"status": "administrator", "user": user} | dict.fromkeys(rights.split(), False)


def _scope(field: str, call: Received) -> str:
    """Commands and descriptions are kept per scope and language (https://core.telegram.org/bots/api#botcommandscope)."""
    scope = call.params.get("scope", {"type": "default"})
    return f"{field} {json.dumps(scope, sort_keys=True)} {call.params.get('language_code', '')}"


_ABOUT = {
    "description": ("Description", int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH)),
    "short_description": ("ShortDescription", int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)),
    "name": ("Name", int(BotNameLimit.MAX_NAME_LENGTH)),
}

METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChat": get_chat,
    "getChatAdministrators": get_chat_administrators,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendDocument": messages.send_document,
    "sendPoll": messages.send_poll,
    "sendChatAction": messages.send_chat_action,
    "editMessageText": messages.edit_message_text,
    "editMessageCaption": messages.edit_message_caption,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "stopPoll": messages.stop_poll,
    "answerCallbackQuery": messages.answer_callback_query,
    **{f"setMy{name}": partial(set_about, field, limit) for field, (name, limit) in _ABOUT.items()},
    **{f"getMy{name}": partial(get_about, field) for field, (name, _) in _ABOUT.items()},
}
"""What this server understands at once."""

NEWER: dict[str, Method] = {"sendRichMessage": messages.send_rich_message}
"""What it refuses as unknown, like an older Bot API server, until `server.enable(name)`."""
