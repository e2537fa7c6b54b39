"""Draws a quiz's channel messages, private answers and forms as Discord's components. Pure.

A channel message is always one message within Discord's limits: what is too long is cut. Discord counts down by itself
from a timestamp, so a message is edited only when something happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import discord
from discord import ButtonStyle, ComponentType, ui

from bot.core.ask import GIVEN_LIMIT
from bot.core.graphemes import cut, units
from bot.core.quiz.press import REASON
from bot.core.quiz.show import Show
from bot.core.reply import Aside, Block, Items, Line, Listing, Reply, Screen, Table
from bot.discord import quiz_words as words
from bot.discord.components import TEXT_ID, Shown, plain, wire
from bot.discord.markdown import QUIET
from bot.discord.quiz_options import Offer, screen
from bot.discord.render import TEXT, Drawn, texts
from bot.discord.rows import rows

PEN = r"q:w:(?P<quiz>[0-9A-Za-z]{26}):(?P<question>\d{1,4})"
PEN_ID = re.compile(PEN)
FORM = re.compile(r"q:(?P<kind>[WD]):(?P<quiz>[0-9A-Za-z]{26}):(?P<question>\d{1,4})")

_HEADED = re.compile(r"^### ", re.MULTILINE)
_HEADING = re.compile(r"^\*\*([^*\n]+)\*\*(?=$| · )", re.MULTILINE)
_BESIDE = re.compile(
    r"\n\n(?=\*\*(?:Right|First|Out|\d+)\*\* (?! )|(?:Harder|Easier) than it looked|About as expected)"
)
_CROWD = "**In ("

Json = dict[str, Any]


# --- the channel -------------------------------------------------------------------------------------------------


def card(show: Show) -> list[Json]:
    """The components of a channel message."""
    drawn = Drawn((_text(show),), rows(show.reply))
    (container,) = wire(drawn)
    if show.typed and show.live:
        text, *others = container["components"]
        container["components"] = [text, _pen(show), *others]
    return [container]


def nonce(show: Show) -> str:
    """What Discord knows a message by when it is sent again: the same for the same message, at most 25 characters."""
    named = f"{show.place.channel}.{show.quiz}.{show.slot}.{show.message}"
    return blake2b(named.encode(), digest_size=12).hexdigest()


def _text(show: Show) -> str:
    below = "\n".join(part for part in (_line(show), _single(show.foot)) if part)
    above = f"<@&{show.mention}>\n" if show.mention else ""
    room = TEXT - units(above) - units(below) - len("\n\n### ")
    body = _HEADING.sub(r"### \1", _fitting(show.reply.body, room), count=1)
    together = "\n" if show.reply.screen is Screen.MENU else "\n\n"
    return above + together.join(part for part in (_close(body, show), below) if part)


def _close(body: str, show: Show) -> str:
    """The lobby in one piece, and the outcome of a question: a channel's message is read while others write below."""
    return _BESIDE.sub("\n", body) if show.reply.screen is not Screen.MENU else body.replace("\n\n", "\n")


def _line(show: Show) -> str:
    """When something happens, and who is in. The second is rounded up: it is not over before it says so."""
    timing = f"{show.timing.label} <t:{-(-show.timing.at // 1000)}:R>" if show.timing else ""
    crowd = _single((Line(show.crowd),)) if show.crowd else ""
    return " · ".join(part for part in (timing, crowd) if part)


def _single(blocks: Sequence[Block]) -> str:
    return texts(blocks)[0] if blocks else ""


def _fitting(body: Sequence[Block], room: int) -> str:
    """The body in one text: the longest of its blocks is cut, or left out at last, until it fits."""
    blocks = list(body)
    while True:
        first, *more = texts(blocks)
        if not more and units(first) <= room:
            return first
        longest = max(range(len(blocks)), key=lambda place: _length(blocks[place]))
        shorter = _shortened(blocks[longest])
        blocks[longest : longest + 1] = [shorter] if _length(shorter) < _length(blocks[longest]) else []


def _length(block: Block) -> int:
    match block:
        case Line(text=text) | Aside(text=text) | Listing(text=text):
            return units(text)
        case Items(items=items):
            return sum(map(units, items))
        case Table(rows=cells):
            return sum(units(cell) for row in cells for cell in row)


def _shortened(block: Block) -> Block:
    match block:
        case Line(text=text):
            return Line(_half(text))
        case Aside(text=text):
            return Aside(_half(text))
        case Listing(text=text, language=language):
            return Listing(_half(text), language)
        case Items(items=items, marker=marker):
            return Items(tuple(map(_half, items)), marker)
        case Table(rows=cells):
            return Table(cells[: len(cells) // 2])


def _half(text: str) -> str:
    return cut(text, max(1, units(text) // 2))[0].rstrip(" \\…") + "…"


def _pen(show: Show) -> Json:
    """The button that opens the form for an answer in text."""
    button = {
        "type": ComponentType.button.value,
        "style": ButtonStyle.primary.value,
        "label": words.ANSWER,
        "custom_id": f"q:w:{show.quiz}:{show.slot.removeprefix('q')}",
    }
    return _row(button)


# --- in private --------------------------------------------------------------------------------------------------


def private(reply: Reply, offer: Offer | None = None) -> list[ui.LayoutView]:
    """The messages of an answer that only one person sees, its options with what is offered; none where there is
    nothing to say."""
    body = reply.body or ((Line(reply.toast),) if reply.toast else ())
    if not body:
        return []
    *first, last = (_BESIDE.sub("\n", text) for text in texts(body))
    below = wire(Drawn((last,), rows(reply))) if offer is None else screen(reply, last, offer)
    return [*map(plain, first), Shown(below)]


def said(sentence: str) -> list[ui.LayoutView]:
    """One sentence (in the dialect)."""
    return [plain(text) for text in texts((Line(sentence),))]


def _row(component: Json) -> Json:
    return {"type": ComponentType.action_row.value, "components": [component]}


# --- forms -------------------------------------------------------------------------------------------------------


def answer_form(quiz: str, question: int, asked: str) -> ui.Modal:
    """The form for an answer in text, below the question, which it covers on a phone."""
    field = ui.TextInput[Any](custom_id=TEXT_ID, style=discord.TextStyle.short, max_length=GIVEN_LIMIT)
    return _form(f"q:W:{quiz}:{question}", words.ANSWER_TITLE, words.ANSWER_TITLE, field, asked)


def dispute_form(quiz: str, question: int) -> ui.Modal:
    """The form for what is wrong with a question."""
    field = ui.TextInput[Any](custom_id=TEXT_ID, style=discord.TextStyle.paragraph, max_length=REASON)
    return _form(f"q:D:{quiz}:{question}", words.DISPUTE_TITLE, words.DISPUTE_LABEL, field)


def question_of(shown: str) -> str:
    """Of a question's message, what it asks: without what happened, who is in, until when, and quiet lines."""
    heading = _HEADED.search(shown)
    lines = (
        line
        for line in shown[heading.start() if heading else 0 :].split("\n")
        if not line.startswith((QUIET, _CROWD)) and "<t:" not in line
    )
    return "\n".join(lines).strip()


def _form(custom_id: str, title: str, label: str, field: ui.TextInput[Any], above: str = "") -> ui.Modal:
    """It is not kept: whatever process gets it reads what it answers from its id."""
    made = ui.Modal(title=title, custom_id=custom_id, timeout=None)
    if above:
        made.add_item(ui.TextDisplay(above))
    made.add_item(ui.Label(text=label, component=field))
    made.stop()
    return made


def line_of(given: Mapping[str, object]) -> str:
    """The options of a command as the line that the core reads; what was left out is left out."""
    return " ".join(f"{name}:{str(value).strip()}" for name, value in given.items() if value not in (None, ""))
