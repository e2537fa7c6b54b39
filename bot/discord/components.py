"""Puts what was drawn into discord.py's components, and reads presses back. State lives in each `custom_id`.

Nothing is registered per message: a button is found by its template, so it works after a restart and costs no memory.
Templates are disjoint, because discord.py runs every item whose template fits. A number in front of the payload keeps
two buttons of one message apart that mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never

import discord
from discord import ButtonStyle, ComponentType, ui

from bot.core.ask import GIVEN_LIMIT
from bot.core.reply import Weight
from bot.discord import words
from bot.discord.markdown import QUIET
from bot.discord.render import Drawn
from bot.discord.rows import ROW, Door, Key, Menu, Pen, Row

PRESS = r"b\d+:(?P<payload>.+)"
CHOICE = r"s\d+:"
PEN = r"(?P<size>[tT])\d+:(?P<attempt>[0-9A-Za-z]{0,26})"
FORM = re.compile(r"f:(?P<attempt>[0-9A-Za-z]{0,26})")
TEXT_ID = "text"  # of a form's field

_STYLES = {Weight.PLAIN: ButtonStyle.secondary, Weight.PRIMARY: ButtonStyle.primary, Weight.DANGER: ButtonStyle.danger}


def layout(drawn: Drawn) -> ui.LayoutView:
    """The last message of what was drawn."""
    return Shown(wire(drawn))


def plain(text: str) -> ui.LayoutView:
    """A message without buttons."""
    return Shown(wire(Drawn((text,))))


def wire(drawn: Drawn) -> list[dict[str, Any]]:
    """The components of the last message of what was drawn, as Discord takes them."""
    rows = (_row(row, place) for place, row in enumerate(drawn.rows))
    text = {"type": ComponentType.text_display.value, "content": drawn.texts[-1]}
    return [{"type": ComponentType.container.value, "components": [text, *rows]}]


class Shown(ui.LayoutView):
    """Components on their way out. The library would build an object for each, only to take it apart again, and keep
    every view it sends; of one that is finished it asks no more than this."""

    def __init__(self, components: list[dict[str, Any]]) -> None:
        self._components = components

    def to_components(self) -> list[dict[str, Any]]:
        return self._components

    def has_components_v2(self) -> bool:
        return True

    def is_finished(self) -> bool:
        return True

    def is_dispatchable(self) -> bool:
        return False

    timeout = None


class Press(ui.DynamicItem[ui.Button[Any]], template=PRESS):
    """A button that means an action."""

    def __init__(self, payload: str, button: ui.Button[Any]) -> None:
        super().__init__(button)
        self._payload = payload

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Press:
        assert isinstance(item, ui.Button)  # noqa: S101 - the library matches the type
        return cls(match["payload"], item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.handlers.press(interaction, self._payload)


class Choice(ui.DynamicItem[ui.Select[Any]], template=CHOICE):
    """A menu whose options mean actions."""

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], _match: re.Match[str], /) -> Choice:
        assert isinstance(item, ui.Select)  # noqa: S101 - the library matches the type
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        chosen = self.item.values[0] if self.item.values else ""
        await interaction.client.handlers.press(interaction, chosen.partition(":")[2])


class Write(ui.DynamicItem[ui.Button[Any]], template=PEN):
    """A button that opens the form for an answer in text."""

    def __init__(self, attempt: str, long: bool, button: ui.Button[Any]) -> None:
        super().__init__(button)
        self._attempt = attempt
        self._long = long

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Write:
        assert isinstance(item, ui.Button)  # noqa: S101 - the library matches the type
        return cls(match["attempt"], match["size"] == "T", item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.handlers.write(interaction, self._attempt, long=self._long)


ITEMS = (Press, Choice, Write)


def is_reached(interaction: discord.Interaction[Any], custom_id: str) -> bool:
    """Whether the library passes a press on to one of the items: it drops ids it knows no template for, and those no
    longer on the message, which was redrawn while the press was on its way."""
    if not any(item.__discord_ui_compiled_template__.fullmatch(custom_id) for item in interaction.client.items):
        return False
    message = interaction.message
    return message is not None and any(found == custom_id for found in _ids(message.components))


def form(attempt: str, question: str, *, long: bool) -> ui.Modal:
    """The form for an answer in text, with the question above, which the form covers on a phone.

    It is not kept: whatever process gets the answer reads the attempt from its id.
    """
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    field = ui.TextInput[Any](custom_id=TEXT_ID, style=style, max_length=GIVEN_LIMIT)
    made = ui.Modal(title=words.FORM_TITLE, custom_id=f"f:{attempt}", timeout=None)
    if question:
        made.add_item(ui.TextDisplay(question))
    made.add_item(ui.Label(text=words.FORM_LABEL, component=field))
    made.stop()
    return made


def text_of(data: Mapping[str, Any]) -> str:
    """What was typed into a form of any version: its text fields, one a line."""
    found: list[str] = []
    for component in data.get("components", ()):
        inner = component.get("component")
        for field in (component, *component.get("components", ()), *((inner,) if inner else ())):
            if isinstance(field.get("value"), str):
                found.append(field["value"])
    return "\n".join(found)


def question_on(message: discord.Message | None) -> str:
    """What a message of ours asks, as it was written: without its quiet lines, which are about something else."""
    if message is None:
        return ""
    view = ui.LayoutView.from_message(message, timeout=None)
    texts = (item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    lines = (line for text in texts for line in text.split("\n") if not line.startswith(QUIET))
    return "\n".join(lines).strip()


def _ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield getattr(component, "custom_id", None) or ""
        yield from _ids(getattr(component, "children", ()))


def _row(row: Row, place: int) -> dict[str, Any]:
    if isinstance(row, Menu):
        inside = [_menu(row, place)]
    else:
        inside = [_button(key, place * ROW + number) for number, key in enumerate(row)]
    return {"type": ComponentType.action_row.value, "components": inside}


def _menu(menu: Menu, place: int) -> dict[str, Any]:
    options = [{"label": key.label, "value": f"{number}:{key.payload}"} for number, key in enumerate(menu.options)]
    return {
        "type": ComponentType.select.value,
        "custom_id": f"s{place}:",
        "placeholder": menu.placeholder,
        "options": options,
    }


def _button(key: Key | Pen | Door, place: int) -> dict[str, Any]:
    button: dict[str, Any] = {"type": ComponentType.button.value, "label": key.label}
    match key:
        case Key(payload=payload, weight=weight):
            return button | {"style": _STYLES[weight].value, "custom_id": f"b{place}:{payload}"}
        case Pen(attempt=attempt, long=long, weight=weight):
            return button | {"style": _STYLES[weight].value, "custom_id": f"{'T' if long else 't'}{place}:{attempt}"}
        case Door(url=url):
            return button | {"style": ButtonStyle.link.value, "url": url}
        case _:
            assert_never(key)
