"""What Discord refuses in a message or a form, beyond what the simulation does.

https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .people import BUTTON, MENU, TEXT, walk

ROW, CONTAINER = 1, 17
LINK = 5  # style of a button that leads elsewhere
Json = dict[str, Any]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def departures(components: list[Json]) -> list[str]:
    """Every way in which the components of a message would be refused, or shown without what was meant."""
    return [*_whole(components), *(problem for component in walk(components) for problem in _single(component))]


def _whole(components: list[Json]) -> Iterator[str]:
    every = list(walk(components))
    if not 1 <= len(every) <= 40:
        yield f"{len(every)} components"
    text = sum(utf16(component["content"]) for component in every if component["type"] == TEXT)
    if text > 4000:
        yield f"{text} characters of text"
    ids = [component["custom_id"] for component in every if component.get("custom_id")]
    yield from (f"{found} twice" for found in set(ids) if ids.count(found) > 1)


def _single(component: Json) -> Iterator[str]:
    match component["type"]:
        case 1:
            buttons = [child for child in component["components"] if child["type"] == BUTTON]
            if not 1 <= len(component["components"]) <= 5 or (len(component["components"]) > 1 and not buttons):
                yield "a row of the wrong size"
        case 10 if not component["content"].strip():
            yield "a text of nothing"
        case 17 if not component["components"]:
            yield "an empty container"
        case 2:
            yield from _length(component, "label", 1, 80)
            if component["style"] != LINK:
                yield from _length(component, "custom_id", 1, 100)
        case 3:
            yield from _menu(component)


def _menu(menu: Json) -> Iterator[str]:
    yield from _length(menu, "custom_id", 1, 100)
    yield from _length(menu, "placeholder", 1, 150)
    options = menu["options"]
    if not 1 <= len(options) <= 25:
        yield f"{len(options)} options"
    if len({option["value"] for option in options}) != len(options):
        yield "an option's value twice"
    for option in options:
        yield from _length(option, "label", 1, 100)
        yield from _length(option, "value", 1, 100)


def _length(thing: Json, name: str, least: int, most: int) -> Iterator[str]:
    value = thing.get(name) or ""
    if not least <= utf16(value) <= most or not value.strip():
        yield f"{name} {value!r} of {utf16(value)}"


assert MENU == 3
