"""Turns a text parameter into what Telegram stores: parsed, cleaned, trimmed, measured in UTF-16 units.

Follows `Client.cpp get_formatted_text` (tdlib/telegram-bot-api) and `MessageEntity.cpp fix_formatted_text` (tdlib/td).
Only HTML and explicit entities are read; Markdown is refused, since our bot never sends it. Links and commands inside
a bot's own text are not detected, as nothing of ours reads them back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from telegram.constants import MessageLimit

from . import refusals
from .html import Entity, order, parse_html, utf16

RAW_BYTES = 1 << 15  # Client.cpp get_formatted_text
SOLID = {"pre", "code", "text_link", "text_mention", "date_time"}  # entities that hold no other of their kind


@dataclass(frozen=True)
class Formatted:
    """A text with its entities, and the entities that Telegram dropped without a word."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    lost: list[Entity] = field(default_factory=list, compare=False)


def formatted(params: dict[str, Any], name: str = "text", prefix: str = "") -> Formatted:
    """The parameter `name` with its parse mode or entities, trimmed; empty when nothing but space is left."""
    raw = str(params.get(name, "")).replace("\r", "")
    if re.search("[\ud800-\udfff]", raw):
        raise refusals.bad_request("strings must be encoded in UTF-8")  # Requests.cpp CLEAN_INPUT_STRING
    if len(raw.encode()) > RAW_BYTES:
        raise refusals.raw_text_too_long()
    mode = str(params.get(f"{prefix}parse_mode", "")).lower()
    if mode not in ("", "none", "html"):
        raise refusals.unsupported_parse_mode()
    entities: list[Entity] = params.get(f"{prefix}entities", [])
    text, entities = parse_html(raw) if mode == "html" else (raw, sorted(entities, key=order))
    return _trimmed(*_settled(text, entities))


def _settled(text: str, entities: list[Entity]) -> tuple[str, list[Entity], list[Entity]]:
    """Drop what Telegram drops: marks inside code, code inside a link, a quote in a quote, all after a hundred.

    https://core.telegram.org/bots/api#formatting-options: "pre and code entities can't contain other entities",
    "blockquote and expandable_blockquote entities can't be nested"; PTB `MessageLimit.MESSAGE_ENTITIES`.
    """
    kept: list[Entity] = []
    lost: list[Entity] = []
    for entity in entities:
        entity = {key: entity[key] for key in entity if (entity["type"], key) != ("code", "language")}
        if "blockquote" not in entity["type"] and any(_is_same_mark(other, entity) for other in kept):
            continue
        crowded = len(kept) >= MessageLimit.MESSAGE_ENTITIES
        (lost if crowded or any(_excludes(other, entity) for other in kept) else kept).append(entity)
    inside = [e for e in kept if any(_is_mark_in_code(e, other) for other in kept)]
    return re.sub(r"[\x00-\x09\x0b-\x1f]", " ", text), [e for e in kept if e not in inside], lost + inside


def _excludes(earlier: Entity, later: Entity) -> bool:
    quotes = "blockquote" in earlier["type"] and "blockquote" in later["type"]
    solids = earlier["type"] in SOLID and later["type"] in SOLID
    return _overlap(earlier, later) and (quotes or solids)


def _is_same_mark(earlier: Entity, later: Entity) -> bool:
    """A <b> inside a <b> is one mark, and nothing is lost."""
    return bool(earlier["type"] == later["type"]) and _overlap(earlier, later)


def _is_mark_in_code(entity: Entity, other: Entity) -> bool:
    mark = entity["type"] not in SOLID and "blockquote" not in entity["type"]
    return mark and other["type"] in ("pre", "code") and _within(entity, other)


def _overlap(one: Entity, other: Entity) -> bool:
    start: int = max(one["offset"], other["offset"])
    end: int = min(one["offset"] + one["length"], other["offset"] + other["length"])
    return start < end


def _within(inner: Entity, outer: Entity) -> bool:
    begin, end = outer["offset"], outer["offset"] + outer["length"]
    return bool(begin <= inner["offset"] and inner["offset"] + inner["length"] <= end)


def _trimmed(text: str, entities: list[Entity], lost: list[Entity]) -> Formatted:
    """Space is cut from the end, and from the front up to the first entity."""
    text = text.rstrip(" \n\t")
    end = utf16(text)
    entities = [e | {"length": min(e["length"], end - e["offset"])} for e in entities if e["offset"] < end]
    first = entities[0]["offset"] if entities else end
    front = min(len(text) - len(text.lstrip(" \n")), first)
    return Formatted(text[front:], [e | {"offset": e["offset"] - front} for e in entities], lost)


def as_markup(text: str, entities: list[Entity]) -> str:
    """The text with its entities written back as tags and nothing escaped: for people who read a transcript."""
    marks: list[tuple[int, int, str]] = []
    for place, entity in enumerate(entities):
        begin, end = TAGS.get(entity["type"], ("", ""))
        if entity["type"] == "pre" and entity.get("language"):
            begin, end = f'<pre><code class="language-{entity["language"]}">', "</code></pre>"
        begin = begin.replace("{url}", str(entity.get("url", "")))
        marks.append((entity["offset"], place + 1, begin))
        marks.append((entity["offset"] + entity["length"], -place - 1, end))
    units = text.encode("utf-16-le")
    for offset, _, mark in sorted(marks, reverse=True):
        units = units[: 2 * offset] + mark.encode("utf-16-le") + units[2 * offset :]
    return units.decode("utf-16-le")


TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "date_time": ("<tg-time>", "</tg-time>"),
    "text_link": ('<a href="{url}">', "</a>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}
