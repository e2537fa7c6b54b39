"""Reads Telegram's HTML as strictly as Telegram does: plain text and entities, or the refusal with its byte offset.

Behaviour and wording follow `parse_html` and `decode_html_entity` in tdlib/td `MessageEntity.cpp`; the list of tags is
https://core.telegram.org/bots/api#html-style. Offsets and lengths of entities are UTF-16 code units, offsets in
refusals are bytes of the UTF-8 markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .refusals import cannot_parse

Entity = dict[str, Any]

TYPES = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler",
    "a": "text_link", "tg-emoji": "custom_emoji", "tg-time": "date_time",
    "pre": "pre", "code": "code", "blockquote": "blockquote",
}  # fmt: skip

PRIORITY = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
    "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
"""`MessageEntity::get_type_priority`: which of two entities over the same text comes first."""

NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
SPACE = b" \t\r\n\0\v"  # td/utils/misc.h is_space counts the terminating zero
REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([a-zA-Z]*));?")
PLAIN = re.compile(rb"[^&<]+")
NAME = re.compile(rb"[^ \t\r\n\0\v>]*")
ATTRIBUTE = re.compile(rb"[^ \t\r\n\0\v=>/\"']*")
TOKEN = re.compile(rb"[0-9A-Za-z.\-]*")
BLANK = re.compile(rb"[ \t\r\n\v]*")


def utf16(text: str) -> int:
    """Length in UTF-16 code units, the unit of every length and offset in the Bot API."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """The text without tags and its entities in Telegram's order, nothing trimmed or dropped yet.

    Raises `Refusal`: "can't parse entities: ...".
    """
    reader = _Reader(markup.encode("utf-8", "surrogatepass") + b"\0")
    reader.read()
    text = "".join(reader.parts)
    if re.search("[\ud800-\udfff]", text):
        problem = "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate"
        raise cannot_parse(f"{problem} code units")
    return text, sorted(reader.entities, key=order)


def order(entity: Entity) -> tuple[int, int, int]:
    """Sort key of entities: by start, the longer first, then by kind."""
    return entity["offset"], -entity["length"], PRIORITY.get(entity["type"], 50)


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    part: int


@dataclass
class _Reader:
    source: bytes  # ends in a zero, as the original does
    position: int = 0
    offset: int = 0
    parts: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)

    def read(self) -> None:
        end = len(self.source) - 1
        while self.position < end:
            if self.source.startswith(b"</", self.position):
                self._end_tag()
            elif self.source.startswith(b"<", self.position):
                self._start_tag()
            elif plain := PLAIN.match(self.source, self.position, end):
                self._emit(plain[0].decode("utf-8", "surrogatepass"))
                self.position = plain.end()
            else:
                self._emit(self._reference() or self._ampersand())
        if self.opened:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')

    def _emit(self, text: str) -> None:
        self.parts.append(text)
        self.offset += utf16(text)

    def _ampersand(self) -> str:
        self.position += 1
        return "&"

    def _reference(self) -> str:
        """The character a reference stands for, or "" (and no progress) when Telegram leaves it as it is."""
        found = REFERENCE.match(self.source, self.position)
        assert found is not None
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            character = NAMED.get(name, "")
        else:
            code = int(hexadecimal or b"0", 16) if hexadecimal is not None else int(decimal or b"0")
            digits = found.end() - found[0].endswith(b";") - self.position
            character = chr(code) if 0 < code < 0x10FFFF and digits < 10 else ""
        if character:
            self.position = found.end()
        return character

    def _start_tag(self) -> None:
        begin = self.position
        name = _matched(NAME, self.source, begin + 1)
        self.position = begin + 1 + len(name)
        if self._at_end():
            raise cannot_parse(f"Unclosed start tag at byte offset {begin}")
        tag = name.decode("utf-8", "replace").lower()
        if tag not in TYPES:
            raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.position += 1
        self.opened.append(_Open(tag, argument, self.offset, len(self.parts)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self._skip_blank()
            if self._here() == b">":
                return argument
            name = _matched(ATTRIBUTE, self.source, self.position)
            if not name:
                raise cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self.position += len(name)
            self._skip_blank()
            if self._here() != b"=":
                self._refuse_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
                value = ""
            else:
                self.position += 1
                self._skip_blank()
                self._refuse_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
                value = self._value()
                self._refuse_end(f"Unclosed start tag at byte offset {begin}")
            argument = _argument(tag, name.decode("utf-8", "replace"), value, argument)

    def _value(self) -> str:
        quote = self._here()
        if quote not in (b"'", b'"'):
            begin = self.position
            token = _matched(TOKEN, self.source, begin)
            self.position += len(token)
            if self._here() not in (b">", *(SPACE[i : i + 1] for i in range(len(SPACE)))):
                raise cannot_parse(f"Unexpected end of name token at byte offset {begin}")
            return token.decode().lower()
        self.position += 1
        value = bytearray()
        while self._here() != quote and not self._at_end():
            if self._here() == b"&" and (character := self._reference()):
                value += character.encode("utf-8", "surrogatepass")
            else:
                value += self._here()
                self.position += 1
        if not self._at_end():
            self.position += 1
        return value.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self.position
        if not self.opened:
            raise cannot_parse(f"Unexpected end tag at byte offset {begin}")
        name = _matched(NAME, self.source, begin + 2)
        self.position = begin + 2 + len(name)
        self._skip_blank()
        if self._here() != b">":
            raise cannot_parse(f"Unclosed end tag at byte offset {begin}")
        self.position += 1
        opened, found = self.opened[-1], name.decode("utf-8", "replace").lower()
        if found and found != opened.tag:
            expected = f'expected "</{opened.tag}>", found "</{found}>"'
            raise cannot_parse(f"Unmatched end tag at byte offset {begin}, {expected}")
        self.opened.pop()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": TYPES[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == entity["offset"] and last.get("length") == entity["length"]
        match opened.tag:
            case "a":
                url = opened.argument or "".join(self.parts[opened.part :])
                if not _is_link(url):
                    return
                entity["url"] = url
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "tg-emoji":
                if not re.fullmatch(r"-?\d+", opened.argument) or int(opened.argument) == 0:
                    raise cannot_parse("Invalid custom emoji identifier specified")
                entity["custom_emoji_id"] = opened.argument
            case "tg-time":  # Bot API 9.5; the wording of its refusal is ours
                moment, _, form = opened.argument.partition(" ")
                if not re.fullmatch(r"[1-9]\d{0,11}", moment) or not re.fullmatch(r"r|w?[dD]?[tT]?", form):
                    raise cannot_parse("Invalid date specified")
                entity |= {"unix_time": int(moment), "date_time_format": form}
            case "pre" if same and last["type"] == "code" and last.get("language"):
                last["type"] = "pre"
                return
            case "code" if same and last["type"] == "pre" and opened.argument:
                last["language"] = opened.argument
                return
            case "code" if opened.argument:
                entity["language"] = opened.argument  # kept only if a <pre> follows; see `settle`
        self.entities.append(entity)

    def _here(self) -> bytes:
        return self.source[self.position : self.position + 1]

    def _at_end(self) -> bool:
        return self.position >= len(self.source) - 1

    def _refuse_end(self, problem: str) -> None:
        if self._at_end():
            raise cannot_parse(problem)

    def _skip_blank(self) -> None:
        self.position += len(_matched(BLANK, self.source, self.position))


def _matched(pattern: re.Pattern[bytes], source: bytes, position: int) -> bytes:
    found = pattern.match(source, position)
    return found[0] if found else b""


def _argument(tag: str, name: str, value: str, before: str) -> str:
    """What an attribute means for its tag; an attribute Telegram does not know changes nothing."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "tg-time", "unix":
            return f"{value} {before.strip()}"
        case "tg-time", "format":
            return f"{before.strip()} {value}"
        case "blockquote", "expandable":
            return "1"
    return before


def _is_link(url: str) -> bool:
    """`LinkManager::get_checked_link`, roughly: a scheme Telegram opens, or a host name with a dot."""
    if scheme := re.match(r"([A-Za-z][A-Za-z0-9+.\-]*):", url):
        return scheme[1].lower() in {"http", "https", "tg", "ton", "tonsite", "mailto", "tel"}
    return re.match(r"[\w\-]+(\.[\w\-]+)+", url) is not None
