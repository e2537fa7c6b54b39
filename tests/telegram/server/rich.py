"""Reads the rich HTML of Bot API 10.1 as blocks, or refuses it, and shows blocks as a phone does.

Tags, blocks and limits: https://core.telegram.org/bots/api#rich-message-formatting-options. Only what is needed here:
paragraphs, preformatted text and tables. The wording of refusals is our own, since the parser's is not documented.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from . import refusals

Json = dict[str, Any]

CHARACTERS, BLOCKS, COLUMNS = 32_768, 500, 20
INSIDE = {"p": "", "pre": "", "table": "", "tr": "table", "td": "tr", "th": "tr"}  # block tag -> the tag it stands in
MARKS = {"b": "p td", "i": "p td", "code": "p td pre"}  # inline tag -> where it may stand


def blocks(html: str) -> list[Json]:
    """The blocks of rich HTML (https://core.telegram.org/bots/api#richblock). Raises Refusal."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise refusals.cannot_parse(f"the tag {reader.open[-1]} is not closed")
    rows = sum(len(block["cells"]) for block in reader.blocks if block["type"] == "table")
    if not reader.blocks or len(reader.blocks) + rows > BLOCKS or len(html) > CHARACTERS:
        raise refusals.bad_request("the rich message is empty, or too large")
    return reader.blocks


def shown(found: list[Json]) -> list[str]:
    """Blocks as lines: tables with a bar between their cells."""
    lines: list[str] = []
    for block in found:
        if block["type"] == "table":
            lines += [" | ".join(cell["text"] for cell in row) for row in block["cells"]]
        else:
            lines.append(f"<pre>{block['text']}</pre>" if block["type"] == "pre" else block["text"])
    return lines


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Json] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = next((name for name in reversed(self.open) if name in INSIDE), "")
        known = INSIDE.get(tag) == around if tag in INSIDE else around in MARKS.get(tag, "").split()
        if not known:
            raise refusals.cannot_parse(f"unsupported start tag {tag} inside {around or 'the message'}")
        self.open.append(tag)
        match tag:
            case "p" | "pre":
                self.blocks.append({"type": {"p": "paragraph"}.get(tag, tag), "text": ""})
            case "table":
                self.blocks.append({"type": "table", "cells": []})
            case "tr":
                self.blocks[-1]["cells"].append([])
            case "td" | "th":
                self.blocks[-1]["cells"][-1].append({"text": "", "align": "left", "valign": "top"})
                if len(self.blocks[-1]["cells"][-1]) > COLUMNS:
                    raise refusals.bad_request("the table has too many columns")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise refusals.cannot_parse(f"unexpected end tag {tag}")

    def handle_data(self, data: str) -> None:
        holder = self.blocks[-1] if self.blocks else {}
        if self.open and self.open[-1] in ("td", "th"):
            holder = holder["cells"][-1][-1]
        if "text" not in holder or not self.open:
            raise refusals.cannot_parse("text outside of a block")
        holder["text"] += data if "pre" in self.open else re.sub(r"\s+", " ", data)
