"""What Telegram answers when it will not do what was asked, word for word, each with the place it is known from.

`Client.cpp`, `ClientManager.cpp`, `HttpConnection.cpp` and `Query.cpp` are files of tdlib/telegram-bot-api (10.0),
the others of tdlib/td. The Bot API server lowers the first letter of an inner message unless it is all capitals
(`Client.cpp fail_query_with_error`). Messages in capitals come from Telegram's closed servers and are known only
from reports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Refusal(Exception):
    """An answer with `ok` false: HTTP status, description, and `parameters` (ResponseParameters)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        """The body of the answer (https://core.telegram.org/bots/api#making-requests)."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(problem: str) -> Refusal:
    """400, for wordings that carry a value."""
    return Refusal(400, f"Bad Request: {problem}")


def _bad(problem: str) -> Callable[[], Refusal]:
    return lambda: bad_request(problem)


def _forbidden(problem: str) -> Callable[[], Refusal]:
    return lambda: Refusal(403, f"Forbidden: {problem}")


# HttpConnection.cpp handle: no /bot prefix or no method; telegram.org answers the same for a malformed token.
def not_found() -> Refusal:
    return Refusal(404, "Not Found")


# Client.cpp send: unknown method.
def method_not_found() -> Refusal:
    return Refusal(404, "Not Found: method not found")


# nginx in front of telegram.org; 50 MB is documented at https://core.telegram.org/bots/api#sending-files
def too_large() -> Refusal:
    return Refusal(413, "Request Entity Too Large")


# Client.cpp get_closing_error: a well-formed token that belongs to no bot.
def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


# Query.cpp set_retry_after_error; documented at https://core.telegram.org/bots/api#responseparameters
def too_many_requests(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


# Client.cpp process_get_updates_query.
def webhook_is_active() -> Refusal:
    problem = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    return Refusal(409, f"Conflict: {problem}")


# Client.cpp abort_long_poll. The real server waits 3 s before the second of two conflicts; this one does not.
def other_poller() -> Refusal:
    problem = "terminated by other getUpdates request; make sure that only one bot instance is running"
    return Refusal(409, f"Conflict: {problem}")


def replaced_by_webhook() -> Refusal:
    return Refusal(409, "Conflict: terminated by setWebhook request")


# Client.cpp process_set_webhook_query. The protocol is checked there, ports in WebhookActor.cpp.
invalid_webhook_url = _bad("invalid webhook URL specified")
secret_token_too_long = _bad("secret token is too long")
secret_token_unallowed = _bad("secret token contains unallowed characters")

# Client.cpp check_chat, TdOnCheckChatCallback.
chat_id_is_empty = _bad("chat_id is empty")
chat_not_found = _bad("chat not found")

# Client.cpp check_chat_access.
user_is_deactivated = _forbidden("user is deactivated")
kicked_from_group = _forbidden("bot was kicked from the group chat")
kicked_from_supergroup = _forbidden("bot was kicked from the supergroup chat")


# Client.cpp check_chat_access; PTB raises ChatMigrated from the parameter.
def group_was_upgraded(supergroup_id: int) -> Refusal:
    problem = "group chat was upgraded to a supergroup chat"
    return Refusal(400, f"Bad Request: {problem}", migrate_to_chat_id=supergroup_id)


# Client.cpp check_chat_access: a bot that left, or was restricted out of a group.
def not_a_member(kind: str) -> Refusal:
    return Refusal(403, f"Forbidden: bot is not a member of the {kind} chat")


# DialogManager.cpp / MessagesManager.cpp can_send_message_content; for text tdlib/telegram-bot-api reports say so too
# (python-telegram-bot #3956).
no_rights_to_write = _bad("not enough rights to send text messages to the chat")
no_rights_to_send_polls = _bad("not enough rights to send polls to the chat")

# Telegram's servers, in capitals; reported, e.g. Rongronggg9/RSS-to-Telegram-Bot #275.
topic_closed = _bad("TOPIC_CLOSED")
url_invalid = _bad("URL_INVALID")

# Client.cpp process_get_chat_administrators_query.
no_administrators = _bad("there are no administrators in the private chat")

# Client.cpp fail_query_with_error, USER_IS_BLOCKED. That an edit meets it too is assumed: the stricter reading.
blocked_by_user = _forbidden("bot was blocked by the user")

# A bot cannot write first: https://core.telegram.org/bots#how-are-bots-different-from-users (wording reported).
bot_cannot_initiate = _forbidden("bot can't initiate conversation with a user")

# Client.cpp check_forum_topic.
thread_not_found = _bad("message thread not found")

# Client.cpp get_input_message_text; get_formatted_text; MessageEntity.cpp fix_formatted_text.
text_is_empty = _bad("message text is empty")
nothing_but_space = _bad("text must be non-empty")
raw_text_too_long = _bad("text is too long")
unsupported_parse_mode = _bad("unsupported parse_mode")


# SynchronousRequests.cpp parseTextEntities: "Can't parse entities: " and the parser's own words.
def cannot_parse(problem: str) -> Refusal:
    return bad_request(f"can't parse entities: {problem}")


# MessageContent.cpp get_input_message_content; an edit is measured by the server, which answers in capitals.
message_too_long = _bad("message is too long")
edited_message_too_long = _bad("MESSAGE_TOO_LONG")
caption_too_long = _bad("message caption is too long")

# Client.cpp check_message with "message to edit" and others.
message_to_edit_not_found = _bad("message to edit not found")
message_to_delete_not_found = _bad("message to delete not found")
poll_message_not_found = _bad("message with poll to stop not found")
message_to_reply_not_found = _bad("message to be replied not found")

# Client.cpp process_delete_message_query.
message_not_specified = _bad("message identifier is not specified")

# MessagesManager.cpp edit_message_text, edit_message_reply_markup.
message_cannot_be_edited = _bad("message can't be edited")
no_text_to_edit = _bad("there is no text in the message to edit")

# Client.cpp fail_query_with_error, MESSAGE_NOT_MODIFIED.
not_modified = _bad(
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)

# https://core.telegram.org/bots/api#deletemessage: only within 48 hours; wording from MessagesManager.cpp.
too_old_to_delete = _bad("message can't be deleted for everyone")

# Client.cpp fail_query_with_error, QUERY_ID_INVALID. A second answer to one query is refused the same way (reported).
query_too_old = _bad("query is too old and response timeout expired or query ID is invalid")

# Reported for answerCallbackQuery with more than 200 characters.
toast_too_long = _bad("MESSAGE_TOO_LONG")

# Client.cpp get_inline_keyboard_button_type; get_reply_markup wraps inner errors like this.
text_button = _bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
markup_is_not_json = _bad("can't parse reply keyboard markup JSON object")
markup_is_no_object = _bad("object expected as reply markup")
rows_are_no_arrays = _bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')

# ReplyMarkup.cpp get_inline_keyboard_button, get_inline_reply_markup.
button_without_text = _bad("inline keyboard button text must be non-empty")
inline_keyboard_expected = _bad("inline keyboard expected")

# Reported: callback_data of more than 64 bytes.
button_data_invalid = _bad("BUTTON_DATA_INVALID")
button_url_invalid = _bad("BUTTON_URL_INVALID")

# Client.cpp fail_query_with_error, REPLY_MARKUP_TOO_LONG. Clients drop a ninth button of a row silently, which nobody
# wants to find out on a phone: this server refuses it.
markup_too_long = _bad("reply markup is too long")

# MessageContent.cpp inputMessagePoll; PollOption.cpp; PollManager.cpp check_quiz_correct_option_ids, stop_poll.
poll_already_closed = _bad("poll has already been closed")
no_correct_option = _bad("correct quiz option list must be non-empty")
correct_options_not_increasing = _bad("correct quiz option list must be increasing")
poll_without_options = _bad("poll must have at least one answer option")
unsupported_poll_type = _bad("unsupported poll type specified")
invalid_correct_option = _bad("invalid correct option identifier specified")

# https://core.telegram.org/bots/api#sendpoll; the closed server's wording is not known.
explanation_too_long = _bad("POLL_EXPLANATION_INVALID")
period_and_date = _bad("open_period and close_date can't be used together")

# Client.cpp process_send_chat_action_query.
wrong_action = _bad("wrong parameter action in request")

# BotCommand.cpp set_commands. The pattern and the count are checked by the closed server.
command_invalid = _bad("BOT_COMMAND_INVALID")
too_many_commands = _bad("BOT_COMMANDS_TOO_MUCH")
command_without_text = _bad("command must be non-empty")
command_without_description = _bad("command description must be non-empty")

# https://core.telegram.org/bots/api#setmydescription and others; the closed server's wording is not known.
about_too_long = _bad("ABOUT_TOO_LONG")

# Client.cpp get_input_file; reported for bytes that are no picture, and for sides that add up to more than 10000.
no_photo = _bad("there is no photo in the request")
no_document = _bad("there is no document in the request")
image_process_failed = _bad("IMAGE_PROCESS_FAILED")
photo_invalid_dimensions = _bad("PHOTO_INVALID_DIMENSIONS")
photo_too_big = _bad("file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes")
