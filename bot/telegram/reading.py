"""Reads what people write to the bot: commands with their arguments, deep links, places, mere text. Pure."""

from __future__ import annotations

import re

from telegram import Message, User

from bot.core.actions import (
    DATING,
    Action,
    Begin,
    Break,
    Browse,
    Erase,
    Export,
    Find,
    Link,
    ShowCard,
    ShowExam,
    ShowHelp,
    ShowPrivacy,
    ShowSettings,
    ShowStats,
    Start,
    Type,
    Undo,
    Unlink,
)
from bot.core.ask import GIVEN_LIMIT
from bot.core.model import Scope, ScopeKind
from bot.core.reply import Reply
from bot.telegram import words
from bot.telegram.locate import offer_zones

_ACTIONS: dict[str, Action] = {
    "drill": Start(),
    "decks": Browse(),
    "exam": ShowExam(),
    "stats": ShowStats(),
    "card": ShowCard(),
    "undo": Undo(),
    "settings": ShowSettings(),
    "unlink": Unlink(),
    "privacy": ShowPrivacy(),
    "export": Export(),
    "delete": Erase(),
    "help": ShowHelp(),
}
_LINKS = {"d": ScopeKind.DECK, "t": ScopeKind.TRACK}  # /start d_scd-types


def meaning(message: Message) -> Action | Reply:
    """What a message in a private chat means."""
    if message.location is not None:
        return offer_zones(message.location.latitude, message.location.longitude)
    if message.text is None:
        return words.ONLY_TEXT_REPLY
    if not message.text.startswith("/"):
        return Type(message.text)
    name, argument = command(message.text)
    if name == "start":
        return _linked(argument.strip(), called(message.from_user))
    if name == "link":
        return Link(argument.strip(), called(message.from_user))
    if name == "find":
        return Find(argument.strip())
    if name == "break":
        return Break(argument.strip())
    if name == "exam" and argument.strip():
        return Type(argument.strip(), DATING)
    return _ACTIONS.get(name, ShowHelp())


def is_ours(text: str, username: str) -> bool:
    """A bot that is an admin hears other bots' commands too."""
    _, _, bot = text.split(maxsplit=1)[0].partition("@")
    return bot.casefold() in ("", username.casefold())


def command(text: str) -> tuple[str, str]:
    """Name and argument of "/name@bot argument"."""
    first, _, rest = re.sub(r"\s", " ", text[1:], count=1).partition(" ")
    return first.partition("@")[0].casefold(), rest


def notice_of(text: str, said: Action) -> str:
    """What is to be told of a text that was not taken whole, or not for what it looks like."""
    if isinstance(said, Type):
        return words.first_of(GIVEN_LIMIT) if len(text) > GIVEN_LIMIT else ""
    return words.NOT_A_COMMAND if isinstance(said, ShowHelp) and command(text)[0] != "help" else ""


def called(person: User | None) -> str:
    """How Telegram calls somebody, for the other side of a link."""
    return "" if person is None else f"@{person.username}" if person.username else person.full_name


def _linked(payload: str, name: str) -> Action:
    """The action of a deep link, https://t.me/<bot>?start=d_<slug>; anything else is the beginning."""
    kind, _, slug = payload.partition("_")
    if kind == "l" and slug:
        return Link(slug, name)
    return Start(Scope(_LINKS[kind], slug)) if kind in _LINKS and slug else Begin()
