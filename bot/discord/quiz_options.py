"""Draws a quiz's options as Discord's lists: every value that may be chosen, those in force chosen. Pure.

The core offers values as buttons; decks and a role are lists that only Discord has. One list holds 25 decks, so a
button leads through the rest; what the quiz draws from now is on every page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from discord import ButtonStyle, ComponentType
from msgspec import Struct

from bot.core.actions import InQuiz
from bot.core.quiz.actions import SetOption
from bot.core.quiz.buttons import unfold
from bot.core.quiz.options import Options
from bot.core.quiz.source import TERMS, terms
from bot.core.reply import Button, Reply, Weight
from bot.discord import quiz_words as words
from bot.discord.components import wire
from bot.discord.render import Drawn
from bot.discord.rows import OPTION, OPTIONS, brief, rows
from decks.model import Catalogue

LIST = r"q:o:(?P<quiz>[0-9A-Za-z]{26}):(?P<name>[a-z]+)"
PAGE = r"q:p:(?P<quiz>[0-9A-Za-z]{26}):(?P<page>\d{1,2})"
LIST_ID, PAGE_ID = re.compile(LIST), re.compile(PAGE)

Json = dict[str, Any]


class Offer(Struct, frozen=True):
    """What the lists are made from: the options in force, the decks there are, and which page of them is shown."""

    options: Options
    catalogue: Catalogue
    page: int = 0


def quiz_of(reply: Reply) -> str:
    """The quiz whose options an answer shows; empty where it shows none."""
    found = _sets(reply)
    return found[0][1].quiz if found else ""


def screen(reply: Reply, text: str, offer: Offer) -> list[Json]:
    """The options below their text."""
    sets = _sets(reply)
    quiz = sets[0][1].quiz
    decks, pages = _decks(quiz, offer)
    lists = [decks]
    for name, found in groupby(sets, key=lambda pair: pair[1].name):
        lists.append(_choices(quiz, name, [button for button, _ in found]))
    lists.append(_role(quiz, offer.options.role))
    others = tuple(row for row in reply.rows if not any(map(_set, row)))
    (container,) = wire(Drawn((text,), rows(Reply(screen=reply.screen, body=(), rows=others))))
    first, *below = container["components"]
    more = [_row(_more(quiz, (offer.page + 1) % pages))] if pages > 1 else []
    return [{**container, "components": [first, _row(decks), *more, *map(_row, lists[1:]), *below]}]


def _sets(reply: Reply) -> list[tuple[Button, SetOption]]:
    """The buttons that change an option, with what they change."""
    return [(button, action) for row in reply.rows for button in row if (action := _set(button))]


def _set(button: Button) -> SetOption | None:
    action = unfold(button.action) if isinstance(button.action, InQuiz) else None
    return action if isinstance(action, SetOption) else None


def _choices(quiz: str, name: str, offered: Sequence[Button]) -> Json:
    label = words.LISTS.get(name, name.capitalize())
    found = [
        {
            "label": f"{label}: {_bare(button.label, name)}",
            "value": action.value,
            "default": button.weight is Weight.PRIMARY,
        }
        for button in offered[:OPTIONS]
        if (action := _set(button))
    ]
    return {**_list(ComponentType.string_select, quiz, name, label), "options": found}


def _bare(named: str, name: str) -> str:
    """A value without the name that its button repeats: the list says it already."""
    return named.removeprefix(f"{name} ").removesuffix(f" {name}")


def _decks(quiz: str, offer: Offer) -> tuple[Json, int]:
    """The list of decks and how many pages it has: what is in force, then tracks, then decks by title."""
    catalogue = offer.catalogue
    now = {written: title for written, title in terms(offer.options.source, catalogue) if len(written) <= OPTION}
    tracks = [(slug, track.title) for slug, track in catalogue.tracks.items()]
    decks = sorted(((slug, deck.title) for slug, deck in catalogue.decks.items()), key=lambda deck: deck[1].casefold())
    others = [(slug, title) for slug, title in (*tracks, *decks) if slug not in now and len(slug) <= OPTION]
    room = OPTIONS - len(now)
    pages = max(1, -(-len(others) // room))
    start = room * (offer.page % pages)
    found = [_deck(written, title, chosen=True) for written, title in now.items()]
    found += [_deck(slug, title, chosen=False) for slug, title in others[start : start + room]]
    made = _list(ComponentType.string_select, quiz, "decks", words.PICK_DECKS)
    return {**made, "options": found, "min_values": 0, "max_values": min(TERMS, len(found))}, pages


def _deck(written: str, title: str, *, chosen: bool) -> Json:
    return {"label": brief(title, OPTION), "value": written, "default": chosen}


def _role(quiz: str, role: str) -> Json:
    chosen = {"default_values": [{"id": role, "type": "role"}]} if role else {}
    return {**_list(ComponentType.role_select, quiz, "role", words.PICK_ROLE), "min_values": 0, **chosen}


def _more(quiz: str, page: int) -> Json:
    return {
        "type": ComponentType.button.value,
        "style": ButtonStyle.secondary.value,
        "label": words.MORE_DECKS,
        "custom_id": f"q:p:{quiz}:{page}",
    }


def _list(kind: ComponentType, quiz: str, name: str, placeholder: str) -> Json:
    return {"type": kind.value, "custom_id": f"q:o:{quiz}:{name}", "placeholder": placeholder}


def _row(component: Json) -> Json:
    return {"type": ComponentType.action_row.value, "components": [component]}
