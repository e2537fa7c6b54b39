"""A local Bot API server, strict as Telegram is, for tests of the Telegram adapter.

`server` HTTP and state · `people` who writes and presses · `chats` messages and their JSON · `messages`, `about` the
methods · `polls` · `texts`, `html` formatting · `limits` · `updates` polling · `faults` · `refusals` the words of each
"""

from __future__ import annotations

from .chats import Chat, Message
from .faults import Answer, Fault, Garbled, LostAfter, LostBefore, SlowAfter, flood, server_error
from .html import parse_html, utf16
from .limits import Rates
from .people import Group, Person
from .refusals import Refusal
from .server import TOKEN, BotApiServer, Call
from .updates import repeated, shuffled

__all__ = [
    "TOKEN",
    "Answer",
    "BotApiServer",
    "Call",
    "Chat",
    "Fault",
    "Garbled",
    "Group",
    "LostAfter",
    "LostBefore",
    "Message",
    "Person",
    "Rates",
    "Refusal",
    "SlowAfter",
    "flood",
    "parse_html",
    "repeated",
    "server_error",
    "shuffled",
    "utf16",
]
