"""Actions as button payloads of at most 64 bytes, and back. Pure.

A payload is the action's tag and its fields, joined by dots: `r.<attempt>.3`. It carries no text and no authority:
the core looks every attempt up among the presser's own. Whatever cannot be read is `Unknown`.
"""

from __future__ import annotations

from enum import Enum
from typing import get_args

import msgspec

from bot.core.actions import Action, Find, Type, Unknown
from bot.core.model import Scope, ScopeKind

LIMIT = 64  # bytes of Telegram's callback_data; Discord's custom_id takes 100


def encode(action: Action) -> str:
    """The payload of an action. Typed text never goes into a button: `Type` and `Find` raise ValueError, as
    does over-length."""
    if isinstance(action, Type | Find):
        raise ValueError("typed text is not a button")
    values = (_word(value) for value in msgspec.structs.astuple(action))
    payload = ".".join((_tag(type(action)), *values))
    if len(payload.encode()) > LIMIT:
        raise ValueError(f"payload of {type(action).__name__} is longer than {LIMIT} bytes: {payload}")
    return payload


def decode(payload: str) -> Action:
    """The action of a payload; garbage of any kind is `Unknown`."""
    tag, *words = payload.split(".")
    kind = _KINDS.get(tag)
    if kind is None or kind in (Type, Find):
        return Unknown()
    fields = _FIELDS[kind]
    if len(words) > len(fields) > 0:  # a last field may hold dots: a zone, a decimal
        words[len(fields) - 1 :] = [".".join(words[len(fields) - 1 :])]
    if len(words) != len(fields):
        return Unknown()
    try:
        values = {field.name: _value(word, field.type) for field, word in zip(fields, words, strict=True)}
        action: Action = msgspec.convert(values, kind, strict=False)
    except (msgspec.ValidationError, ValueError):
        return Unknown()
    return action


def _tag(kind: type[Action]) -> str:
    return str(kind.__struct_config__.tag)


_KINDS: dict[str, type[Action]] = {_tag(kind): kind for kind in get_args(Action)}
_FIELDS = {kind: msgspec.structs.fields(kind) for kind in _KINDS.values()}  # slow to ask, and asked at every press


def _word(value: object) -> str:
    if isinstance(value, Scope):
        return f"{value.kind.value}~{value.slug}"
    if isinstance(value, Enum):
        return str(value.value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _value(word: str, wanted: object) -> object:
    if wanted is not Scope:
        return word
    kind, _, slug = word.partition("~")
    return Scope(ScopeKind(kind), slug)
